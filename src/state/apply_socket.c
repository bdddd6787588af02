/* apply_socket.c - sockets: made, bound, connected, accepted, and what their
 * traffic tells of both ends (state_engine.md 3.6).
 */
#include "state/state_internal.h"

enum { DOMAIN_UNIX = 1, DOMAIN_INET = 2, DOMAIN_INET6 = 10, DOMAIN_NETLINK = 16,
       TYPE_STREAM = 1, TYPE_DGRAM = 2, TYPE_RAW = 3, PROTO_ICMP = 1, PROTO_TCP = 6,
       PROTO_UDP = 17, IN_PROGRESS = -115, O_SCAP_CLOEXEC = 1 << 12, SOCK_CLOEXEC_BIT = 1 << 19 };

/* One tuple parameter, taken apart. */
struct ends {
	uint8_t family;
	uint8_t sip[16], dip[16];       /* IPv4, mapped IPv6 too: the first 4 */
	uint16_t sport, dport;
	uint64_t src, dst;              /* unix */
	bool v4;
};

static bool read_ends(const struct event *ev, unsigned index, struct ends *o)
{
	const uint8_t *p;
	uint32_t len;

	memset(o, 0, sizeof *o);
	if (!param_has(ev, index))
		return false;
	p = ev->param[index].p;
	len = ev->param[index].len;
	o->family = p[0];
	if (p[0] == DOMAIN_INET && len >= 13) {
		memcpy(o->sip, p + 1, 4);
		memcpy(o->dip, p + 7, 4);
		o->sport = (uint16_t)load_uint(p + 5, 2);
		o->dport = (uint16_t)load_uint(p + 11, 2);
		o->v4 = true;
		return true;
	}
	if (p[0] == DOMAIN_INET6 && len >= 37) {
		o->v4 = ip6_is_mapped(p + 1) && ip6_is_mapped(p + 19);
		memcpy(o->sip, p + (o->v4 ? 13 : 1), o->v4 ? 4 : 16);
		memcpy(o->dip, p + (o->v4 ? 31 : 19), o->v4 ? 4 : 16);
		o->sport = (uint16_t)load_uint(p + 17, 2);
		o->dport = (uint16_t)load_uint(p + 35, 2);
		return true;
	}
	if (p[0] == DOMAIN_UNIX && len >= 17) {
		o->src = load_uint(p + 1, 8);
		o->dst = load_uint(p + 9, 8);
		return true;
	}
	return false;
}

static bool is_inet_sock(const struct fd *e)
{
	return e->type == FD_IPV4_SOCK || e->type == FD_IPV6_SOCK;
}

/* [Q] IPv6 never counts as TCP here. */
static bool is_tcp(const struct fd *e)
{
	return e->type == FD_IPV4_SOCK && e->l4 == L4_TCP;
}

static bool same_ends(const struct fd *e, const struct ends *o)
{
	return e->sport == o->sport && e->dport == o->dport && !memcmp(e->sip, o->sip, 16) &&
	       !memcmp(e->dip, o->dip, 16);
}

static bool mirrored_ends(const struct fd *e, const struct ends *o)
{
	return e->sport == o->dport && e->dport == o->sport && !memcmp(e->sip, o->dip, 16) &&
	       !memcmp(e->dip, o->sip, 16);
}

static void set_ends(struct fd *e, const struct ends *o)
{
	memcpy(e->sip, o->sip, 16);
	memcpy(e->dip, o->dip, 16);
	e->sport = o->sport;
	e->dport = o->dport;
}

static void name_by_ends(struct fd *e)
{
	char buf[STATE_PATH_BUF];

	str_assign(&e->name, buf, sock_name(buf, e));
}

/* The parameter as evt.arg shows it. */
static void name_by_tuple(struct fd *e, const struct event *ev, unsigned index)
{
	char buf[STATE_PATH_BUF];

	str_assign(&e->name, buf, socktuple_text(buf, ev->param[index].p, ev->param[index].len));
}

void apply_socket(struct apply *a)
{
	uint32_t domain = (uint32_t)param_u64(a->ev, 1, 0), type = (uint32_t)param_u64(a->ev, 2, 0);
	uint32_t proto = (uint32_t)param_u64(a->ev, 3, 0);
	struct fd *e;

	if (a->res < 0)
		return;
	e = fd_new(a->s, domain == DOMAIN_UNIX ? FD_UNIX : domain == DOMAIN_INET ? FD_IPV4_SOCK :
		   domain == DOMAIN_INET6 ? FD_IPV6_SOCK :
		   domain == DOMAIN_NETLINK ? FD_NETLINK : FD_UNKNOWN);
	if (is_inet_sock(e)) {
		if (proto == PROTO_TCP)
			e->l4 = type == TYPE_RAW ? L4_RAW : L4_TCP;
		else if (proto == PROTO_UDP)
			e->l4 = type == TYPE_RAW ? L4_RAW : L4_UDP;
		else if (proto == PROTO_ICMP)
			e->l4 = type == TYPE_RAW ? L4_RAW : L4_ICMP;
		else if (proto == 0)
			e->l4 = (type & 0xff) == TYPE_STREAM ? L4_TCP :
				(type & 0xff) == TYPE_DGRAM ? L4_UDP : L4_UNKNOWN;
		else if (type == TYPE_RAW)
			e->l4 = L4_RAW;
	}
	e->openflags = (uint32_t)param_u64(a->ev, 4, 0);
	e->flags = e->openflags & O_SCAP_CLOEXEC ? FDF_CLOEXEC : 0;
	apply_add_fd(a, a->res, e);
}

void apply_socketpair(struct apply *a)
{
	int64_t num[2] = { param_i64(a->ev, 1, -1), param_i64(a->ev, 2, -1) };

	if (a->res < 0 || num[0] == num[1])
		return;
	for (unsigned i = 0; i < 2; i++) {
		struct fd *e = fd_new(a->s, FD_UNIX);

		e->unix_src = param_u64(a->ev, 3, 0);
		e->unix_dst = param_u64(a->ev, 4, 0);
		apply_add_fd(a, num[i], e);
	}
}

/* A listening or receiving socket's own address. */
static void set_servsock(struct fd *e, const uint8_t *ip, bool v6, uint16_t port)
{
	memset(e->sip, 0, 16);
	memset(e->dip, 0, 16);
	memcpy(e->sip, ip, v6 ? 16 : 4);
	e->type = v6 ? FD_IPV6_SERVSOCK : FD_IPV4_SERVSOCK;
	e->sport = port;
	e->dport = 0;
	e->flags |= FDF_ROLE_SERVER;
}

void apply_bind(struct apply *a)
{
	char text[STATE_PATH_BUF];
	const uint8_t *p;
	uint32_t len, n;
	struct fd *e;

	if (a->res < 0 || !a->ctx->fd || !param_has(a->ev, 1))
		return;
	p = a->ev->param[1].p;
	len = a->ev->param[1].len;
	n = sockaddr_text(text, p, len);
	if (!n && p[0] != DOMAIN_UNIX)
		return;
	e = apply_edit_fd(a);
	if (p[0] == DOMAIN_INET && load_uint(p + 5, 2))
		set_servsock(e, p + 1, false, (uint16_t)load_uint(p + 5, 2));
	else if (p[0] == DOMAIN_INET6 && load_uint(p + 17, 2)) {
		bool mapped = ip6_is_mapped(p + 1);

		set_servsock(e, p + (mapped ? 13 : 1), !mapped, (uint16_t)load_uint(p + 17, 2));
	}
	str_assign(&e->name, text, n);
}

/* -- connect --------------------------------------------------------------------- */

/* The destination of a sockaddr parameter instead of the tuple's. */
static bool take_destination(const struct event *ev, unsigned index, struct ends *o)
{
	const uint8_t *p;
	uint32_t len;

	if (!param_has(ev, index))
		return false;
	p = ev->param[index].p;
	len = ev->param[index].len;
	if (p[0] == DOMAIN_INET && len >= 7 && (o->v4 || !o->family)) {
		memset(o->dip, 0, 16);
		memcpy(o->dip, p + 1, 4);
		o->dport = (uint16_t)load_uint(p + 5, 2);
		o->v4 = true;
	} else if (p[0] == DOMAIN_INET6 && len >= 19) {
		bool mapped = ip6_is_mapped(p + 1) && (o->v4 || !o->family);

		if (o->family && o->v4 != mapped)
			return false;
		memset(o->dip, 0, 16);
		memcpy(o->dip, p + (mapped ? 13 : 1), mapped ? 4 : 16);
		o->dport = (uint16_t)load_uint(p + 17, 2);
		o->v4 = mapped;
	} else {
		return false;
	}
	o->family = p[0];
	return true;
}

/* Where the program wanted to go, unless the kernel went elsewhere. */
static bool connect_ends(const struct apply *a, struct ends *o)
{
	struct ends asked;

	if (!read_ends(a->ev, 1, o))    /* TCP fast open: no tuple yet */
		return a->enter && !param_has(a->ev, 1) && take_destination(a->enter, 1, o);
	if (o->family == DOMAIN_UNIX || !a->enter)
		return true;
	asked = *o;
	if (take_destination(a->ev, 3, &asked) && asked.dport == o->dport &&
	    !memcmp(asked.dip, o->dip, 16))
		take_destination(a->enter, 1, o);
	return true;
}

static void connect_inet(const struct apply *a, struct fd *e, const struct ends *o)
{
	uint8_t type = o->v4 ? FD_IPV4_SOCK : FD_IPV6_SOCK;
	bool changed = e->type != type || !(same_ends(e, o) || mirrored_ends(e, o));

	/* [Q] In Falco an address pair of IPv4 has its protocol where that of IPv6 has a byte of
	 * its first address: none, before it was connected. */
	if (o->v4 && e->type == FD_IPV6_SOCK && !a->s->opt.corrected)
		e->l4 = e->sip[12] <= L4_RAW ? e->sip[12] : L4_UNKNOWN;
	e->type = type;
	if (changed)
		set_ends(e, o);
	if (changed && (e->flags & FDF_ROLE_SERVER) && e->type == FD_IPV4_SOCK && e->l4 == L4_UDP)
		fd_swap_ends(e);
	name_by_ends(e);
}

void apply_connect(struct apply *a)
{
	struct ends o;
	struct fd *e;

	if (!a->ctx->fd || (a->res < 0 && a->res != IN_PROGRESS))
		return;
	e = apply_edit_fd(a);
	e->flags |= FDF_CONNECTED;
	if (!connect_ends(a, &o))
		return;
	if (o.family == DOMAIN_UNIX) {
		e->unix_src = o.src;
		e->unix_dst = o.dst;
		name_by_tuple(e, a->ev, 1);
	} else {
		connect_inet(a, e, &o);
	}
	if (!(e->flags & (FDF_ROLE_CLIENT | FDF_ROLE_SERVER)))
		e->flags |= FDF_ROLE_CLIENT;
}

void apply_accept(struct apply *a)
{
	uint32_t flags = a->ev->type == PPME_SOCKET_ACCEPT4_6_X ? (uint32_t)param_u64(a->ev, 5, 0) : 0;
	struct ends o;
	struct fd *e;

	if (a->res < 0 || !read_ends(a->ev, 1, &o))
		return;
	e = fd_new(a->s, o.family == DOMAIN_UNIX ? FD_UNIX : o.v4 ? FD_IPV4_SOCK : FD_IPV6_SOCK);
	if (o.family == DOMAIN_UNIX) {
		e->unix_src = o.src;
		e->unix_dst = o.dst;
	} else {
		set_ends(e, &o);
		e->l4 = L4_TCP;
	}
	e->flags = FDF_ROLE_SERVER | FDF_CONNECTED;
	if (flags & (O_SCAP_CLOEXEC | SOCK_CLOEXEC_BIT)) {
		e->openflags = O_SCAP_CLOEXEC;
		e->flags |= FDF_CLOEXEC;
	}
	name_by_tuple(e, a->ev, 1);
	apply_add_fd(a, a->res, e);
}

/* -- traffic --------------------------------------------------------------------- */

/* [Q] A bound IPv6 socket stays one in Falco while the address pair is written
 * over the place where its port and protocol were. */
static void overwrite_servsock6(struct fd *e, const struct ends *o)
{
	set_ends(e, o);
	e->sport = (uint16_t)load_uint(o->dip, 2);
	e->l4 = o->dip[2];
}

/* Takes the ends of a datagram over; false when there is nothing new. */
static bool update_ends(const struct apply *a, struct fd *e, const struct ends *o)
{
	uint8_t type = o->v4 ? FD_IPV4_SOCK : FD_IPV6_SOCK;

	if (o->family == DOMAIN_UNIX) {
		e->type = FD_UNIX;
		e->unix_src = o->src;
		e->unix_dst = o->dst;
		return true;
	}
	if (e->type == type && (same_ends(e, o) || mirrored_ends(e, o)))
		return false;
	if (e->type == FD_IPV6_SERVSOCK && !o->v4 && !a->s->opt.corrected) {
		overwrite_servsock6(e, o);
		return true;
	}
	e->type = type;
	set_ends(e, o);
	if (e->l4 == L4_UNKNOWN)
		e->l4 = L4_UDP;
	interfaces_patch(a->s, e);
	return true;
}

struct port_search { uint16_t sport, dport; bool bound, used; };

static bool look_at_ports(void *ctx, int64_t num, const struct fd *e)
{
	struct port_search *p = ctx;

	(void)num;
	if (e->type == FD_IPV4_SOCK) {
		p->bound |= e->dport == p->dport;
		p->used |= e->sport == p->sport;
	} else if (e->type == FD_IPV4_SERVSOCK) {
		p->bound |= e->sport == p->dport;
	}
	return true;
}

/* [Q] For IPv6 the ports are read out of the source address. */
static void guess_role(const struct apply *a, struct fd *e, bool incoming)
{
	struct port_search p = { .sport = e->sport, .dport = e->dport };

	if (e->type == FD_IPV6_SOCK && !a->s->opt.corrected) {
		p.sport = (uint16_t)load_uint(e->sip + 8, 2);
		p.dport = (uint16_t)load_uint(e->sip + 10, 2);
	}
	fd_table_each(thread_fds(a->t), look_at_ports, &p);
	if (!p.bound)
		e->flags |= FDF_ROLE_CLIENT;
	else if (!p.used)
		e->flags |= FDF_ROLE_SERVER;
	else
		e->flags |= incoming ? FDF_ROLE_SERVER : FDF_ROLE_CLIENT;
}

static void apply_traffic(struct apply *a, unsigned tuple, bool incoming)
{
	struct ends o;
	struct fd *e;

	if ((a->ctx->fd->name->len && is_tcp(a->ctx->fd)) || !read_ends(a->ev, tuple, &o))
		return;
	if (is_inet_sock(a->ctx->fd) && o.family != DOMAIN_UNIX &&
	    a->ctx->fd->type == (o.v4 ? FD_IPV4_SOCK : FD_IPV6_SOCK) &&
	    (same_ends(a->ctx->fd, &o) || mirrored_ends(a->ctx->fd, &o)))
		return;                 /* nothing new: the entry is not touched */
	e = apply_edit_fd(a);
	if (!update_ends(a, e, &o))
		return;
	if (!is_inet_sock(e)) {
		name_by_tuple(e, a->ev, tuple);
		return;
	}
	if (!(e->flags & (FDF_ROLE_CLIENT | FDF_ROLE_SERVER)))
		guess_role(a, e, incoming);
	if (e->flags & (incoming ? FDF_ROLE_CLIENT : FDF_ROLE_SERVER))
		fd_swap_ends(e);
	name_by_ends(e);
}

void apply_recv(struct apply *a)
{
	unsigned tuple = a->ev->type == PPME_SOCKET_RECVFROM_X ? 2 :
			 a->ev->type == PPME_SOCKET_RECVMSG_X ? 3 : 4;

	if (a->res < 0 || !a->ctx->fd)
		return;
	apply_connected(a);
	apply_traffic(a, tuple, true);
}

/* [Q] Sending on an unknown fd makes it a UDP socket. */
static void make_udp(struct apply *a)
{
	struct ends o;
	struct fd *e;

	if (a->ev->type == PPME_SOCKET_SENDMMSG_X || a->t->last_fd < 0 ||
	    !read_ends(a->ev, 4, &o) || o.family == DOMAIN_UNIX)
		return;
	e = fd_new(a->s, o.v4 ? FD_IPV4_SOCK : FD_IPV6_SOCK);
	e->l4 = L4_UDP;
	apply_add_fd(a, a->t->last_fd, e);
}

void apply_send(struct apply *a)
{
	if (a->res < 0)
		return;
	if (!a->ctx->fd)
		make_udp(a);
	if (!a->ctx->fd)
		return;
	apply_connected(a);
	apply_traffic(a, 4, false);
}
