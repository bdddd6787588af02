/* param_text_net.c - fds, socket addresses and fd lists among event parameters. */
#include "filter/param_text.h"
#include "filter/text.h"

enum { UNIX = 1, INET = 2, INET6 = 10, AT_FDCWD_ID = -100 };

static bool fd_is_inet(const struct fd *f)
{
	return f->type == FD_IPV4_SOCK || f->type == FD_IPV4_SERVSOCK || f->type == FD_IPV6_SOCK ||
	       f->type == FD_IPV6_SERVSOCK;
}

/* "<f>/etc/passwd", "<4t>1.2.3.4:5->6.7.8.9:10" */
void param_fd_resolved(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	static const char L4[] = {
		[L4_TCP] = 't', [L4_UDP] = 'u', [L4_ICMP] = 'i', [L4_RAW] = 'r',
	};
	int64_t num = load_int(r->p, r->len);
	const struct fd *f;

	if (num < 0) {
		const char *name = num > INT32_MIN ? errno_name((int)-num) : NULL;

		if (num == AT_FDCWD_ID)
			name = "AT_FDCWD";
		if (name)
			strbuf_adds(out, name);
		return;
	}
	f = x->ec->thread ? fd_table_get(thread_fds(x->ec->thread), num) : NULL;
	if (!f)
		return;
	strbuf_addc(out, '<');
	strbuf_addc(out, fd_type_char(f->type));
	/* known once somebody is client or server */
	if (fd_is_inet(f) && f->l4 < sizeof L4 && L4[f->l4] &&
	    (f->l4 == L4_RAW || (f->flags & (FDF_ROLE_CLIENT | FDF_ROLE_SERVER))))
		strbuf_addc(out, L4[f->l4]);
	strbuf_addc(out, '>');
	strbuf_add(out, f->name->s, f->name->len);
}

static void add_port(struct strbuf *out, const uint8_t *p)
{
	strbuf_addc(out, ':');
	strbuf_u64(out, load_uint(p, 2));
}

static void add_family(struct strbuf *out, unsigned family)
{
	strbuf_adds(out, "family ");
	strbuf_u64(out, family);
}

/* NUL terminated or not, within the parameter. */
static void add_unix_path(struct strbuf *out, const struct raw_param *r, uint32_t at)
{
	if (at < r->len)
		strbuf_add(out, r->p + at, strnlen((const char *)r->p + at, r->len - at));
}

void param_sockaddr_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	switch (r->p[0]) {
	case UNIX:
		add_unix_path(out, r, 1);
		break;
	case INET:
		if (r->len == 7) {
			text_ip(out, r->p + 1, false);
			add_port(out, r->p + 5);
		} else {
			strbuf_adds(out, "INVALID IPv4");
		}
		break;
	case INET6:
		if (r->len == 19) {
			text_ip(out, r->p + 1, true);
			add_port(out, r->p + 17);
		} else {
			strbuf_adds(out, "INVALID IPv6");
		}
		break;
	default:
		add_family(out, r->p[0]);
	}
}

static void add_end(struct strbuf *out, const uint8_t *ip, bool v6, const uint8_t *port)
{
	text_ip(out, ip, v6);
	add_port(out, port);
}

/* ::ffff:1.2.3.4, or all zeros. */
static bool is_mapped(const uint8_t *ip)
{
	static const uint8_t zero[16], prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ip, prefix, 12) == 0 || memcmp(ip, zero, 16) == 0;
}

static void tuple6(struct strbuf *out, const uint8_t *p)
{
	bool v6 = !(is_mapped(p) && is_mapped(p + 18));
	unsigned skip = v6 ? 0 : 12;

	add_end(out, p + skip, v6, p + 16);
	strbuf_add(out, "->", 2);
	add_end(out, p + 18 + skip, v6, p + 34);
}

static void add_hex(struct strbuf *out, uint64_t v)
{
	static const char digits[] = "0123456789abcdef";
	char t[16], *p = t + sizeof t;

	do
		*--p = digits[v & 15];
	while ((v >>= 4) != 0);
	strbuf_add(out, p, (size_t)(t + sizeof t - p));
}

static void tuple_unix(struct strbuf *out, const struct raw_param *r)
{
	if (r->len < 17)
		return;
	add_hex(out, load_uint(r->p + 1, 8));
	strbuf_add(out, "->", 2);
	add_hex(out, load_uint(r->p + 9, 8));
	strbuf_addc(out, ' ');
	add_unix_path(out, r, 17);
}

void param_socktuple_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	switch (r->p[0]) {
	case UNIX:
		tuple_unix(out, r);
		break;
	case INET:
		if (r->len == 13) {
			add_end(out, r->p + 1, false, r->p + 5);
			strbuf_add(out, "->", 2);
			add_end(out, r->p + 7, false, r->p + 11);
		} else {
			strbuf_adds(out, "INVALID IPv4");
		}
		break;
	case INET6:
		if (r->len == 37)
			tuple6(out, r->p + 1);
		else
			strbuf_adds(out, "INVALID IPv6");
		break;
	default:
		add_family(out, r->p[0]);
	}
}

/* "3:p0 4:p4 999:?40": number, type character, flags in hex. */
void param_fdlist_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	const struct fd_table *fds = x->ec->thread ? thread_fds(x->ec->thread) : NULL;
	uint32_t n = r->len < 2 ? 0 : (uint32_t)load_uint(r->p, 2);

	if (n > (r->len < 2 ? 0 : (r->len - 2) / 10))
		n = (r->len - 2) / 10;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *p = r->p + 2 + 10 * i;
		int64_t num = load_int(p, 8);
		const struct fd *f = fds ? fd_table_get(fds, num) : NULL;

		if (i)
			strbuf_addc(out, ' ');
		strbuf_u64(out, (uint64_t)num);
		strbuf_addc(out, ':');
		strbuf_addc(out, f ? fd_type_char(f->type) : '?');
		add_hex(out, (uint32_t)load_int(p + 8, 2));
	}
}

void param_ip_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	if (r->len == 4 || r->len == 16)
		text_ip(out, r->p, r->len == 16);
}
