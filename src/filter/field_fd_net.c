/* field_fd_net.c - addresses and ports of sockets.
 *
 * A connection has a source and a destination; client is the source, server the
 * destination, once it is known which role the process plays.  Local and remote
 * are told by the interface list.  fd.ip, fd.port, fd.net and fd.proto look at
 * both sides and need no role.
 */
#include "filter/field_fd.h"

static bool is_v6(const struct fd *e)
{
	return e->type == FD_IPV6_SOCK || e->type == FD_IPV6_SERVSOCK;
}

static bool is_connection(const struct fd *e)
{
	return e->type == FD_IPV4_SOCK || e->type == FD_IPV6_SOCK;
}

static bool is_listener(const struct fd *e)
{
	return e->type == FD_IPV4_SERVSOCK || e->type == FD_IPV6_SERVSOCK;
}

static bool has_role(const struct fd *e)
{
	return e->flags & (FDF_ROLE_CLIENT | FDF_ROLE_SERVER);
}

/* The event's entry when it is a connection whose role is known. */
static const struct fd *connection(const struct eval_ctx *x)
{
	const struct fd *e = fd_entry(x);

	return e && is_connection(e) && has_role(e) ? e : NULL;
}

static bool source_is_local(const struct eval_ctx *x, const struct fd *e)
{
	return state_ip_is_local(x->ec->state, x->ec->thread, e->sip, is_v6(e));
}

static bool set_ip(struct values *out, const struct fd *e, const uint8_t *ip)
{
	return value_set_mem(out, (const char *)ip, is_v6(e) ? 16 : 4);
}

static bool set_port_text(struct eval_ctx *x, uint16_t port, struct values *out)
{
	size_t from;

	strbuf_u64(scratch_begin(x, &from), port);
	return scratch_end(x, from, out);
}

bool fd_cip(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && set_ip(out, e, e->sip);
}

bool fd_sip(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	if (!e || !has_role(e))
		return false;
	if (is_listener(e))
		return set_ip(out, e, e->sip);
	return is_connection(e) && set_ip(out, e, e->dip);
}

bool fd_lip(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && set_ip(out, e, source_is_local(x, e) ? e->sip : e->dip);
}

bool fd_rip(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && set_ip(out, e, source_is_local(x, e) ? e->dip : e->sip);
}

bool fd_cport(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && value_set_num(out, e->sport);
}

/* A listener's port needs no role. */
bool fd_sport(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	if (e && is_listener(e))
		return value_set_num(out, e->sport);
	e = connection(x);
	return e && value_set_num(out, e->dport);
}

bool fd_lport(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && value_set_num(out, source_is_local(x, e) ? e->sport : e->dport);
}

bool fd_rport(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && value_set_num(out, source_is_local(x, e) ? e->dport : e->sport);
}

/* Service names would be this machine's, not the capture's: ports read as numbers.
 * Anything else that has a role (a listener, a unix socket) reads as empty. */
bool fd_cproto(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	if (!e || !has_role(e))
		return false;
	return is_connection(e) ? set_port_text(x, e->sport, out) : value_set_cstr(out, "");
}

bool fd_sproto(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	if (e && is_listener(e))
		return value_set_cstr(out, "");
	e = connection(x);
	return e && set_port_text(x, e->dport, out);
}

bool fd_lproto(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && set_port_text(x, source_is_local(x, e) ? e->sport : e->dport, out);
}

bool fd_rproto(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = connection(x);

	(void)ref;
	return e && set_port_text(x, source_is_local(x, e) ? e->dport : e->sport, out);
}

bool fd_l4proto(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	static const char *const NAMES[] = {
		[L4_TCP] = "tcp", [L4_UDP] = "udp", [L4_ICMP] = "icmp", [L4_RAW] = "raw",
	};
	const struct fd *e = fd_entry(x);
	const char *name = NULL;

	(void)ref;
	if (!e)
		return false;
	if ((is_connection(e) || is_listener(e)) && (has_role(e) || e->l4 == L4_RAW) &&
	    e->l4 < sizeof NAMES / sizeof *NAMES)
		name = NAMES[e->l4];
	return value_set_cstr(out, name ? name : "<NA>");
}

bool fd_sockfamily(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	if (!e)
		return false;
	if (is_connection(e) || is_listener(e))
		return value_set_cstr(out, "ip");
	return e->type == FD_UNIX && value_set_cstr(out, "unix");
}

bool fd_is_server(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);
	bool server;

	(void)ref;
	if (!e)
		return false;
	server = is_listener(e) ||
		 (is_connection(e) &&
		  state_ip_is_local(x->ec->state, x->ec->thread, e->dip, is_v6(e)));
	return value_set_num(out, server);
}

/* Names of addresses would be asked of this machine's resolver: never known. */
bool fd_no_value(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref, (void)out;
	return false;
}

/* -- both sides -------------------------------------------------------------------- */
typedef bool test_one(struct eval_ctx *x, const struct atom *a, const struct value *v);

/* True when either side satisfies the atom; for "!=" both must. */
static bool both_sides(struct eval_ctx *x, const struct atom *a, test_one *test,
		       const struct value *src, const struct value *dst)
{
	if (atom_is_negative(a))
		return test(x, a, src) && test(x, a, dst);
	return test(x, a, src) || test(x, a, dst);
}

static bool match_address(struct eval_ctx *x, const struct atom *a, test_one *test)
{
	const struct fd *e = fd_entry(x);
	struct values src, dst;

	if (!e || !(is_connection(e) || is_listener(e)))
		return false;
	set_ip(&src, e, e->sip);
	if (is_listener(e))
		return test(x, a, src.v);
	set_ip(&dst, e, e->dip);
	return both_sides(x, a, test, src.v, dst.v);
}

/* Falco's set look-up of these compares no bytes ("in" never holds), and
 * "intersects" ends in an error; both are false here.  Corrected, "in" looks. */
bool match_ip(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	unsigned op = atom_op(a);

	(void)ref;
	if (op == OP_EXISTS)
		return fd_entry(x) != NULL;
	if (op == OP_INTERSECTS || (op == OP_IN && !atom_has_modifier(a) && !x->corrected))
		return false;
	return match_address(x, a, atom_has_modifier(a) ? atom_test_first : atom_test);
}

/* "in" looks at the first network only, unless corrected. */
bool match_net(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	unsigned op = atom_op(a);

	(void)ref;
	if (op == OP_EXISTS)
		return fd_entry(x) != NULL;
	if (op == OP_INTERSECTS)
		return false;
	return match_address(x, a, x->corrected && !atom_has_modifier(a) ? atom_test : atom_test_first);
}

/* No name is ever known, so that every address has another one than the operand's. */
bool match_ip_name(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	/* "fd.sip.name": a listener has a server's address; the others need both ends */
	field_extract *ip = ref->def->name[3] == 's' ? fd_sip : fd_cip;
	struct values v;

	return atom_is_negative(a) && ip(x, ref, &v);
}

bool match_port(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	test_one *test = atom_has_modifier(a) ? atom_test_first : atom_test;
	const struct fd *e = fd_entry(x);
	struct value src, dst;

	(void)ref;
	if (atom_op(a) == OP_EXISTS || !e)
		return e != NULL;
	if (atom_op(a) == OP_INTERSECTS)
		return false;
	src = (struct value){ .n = e->sport };
	dst = (struct value){ .n = e->dport };
	if (is_listener(e))
		return test(x, a, &src);
	return is_connection(e) && both_sides(x, a, test, &src, &dst);
}
