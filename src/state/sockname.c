/* sockname.c - addresses as text. */
#include <stdio.h>
#include "base/strbuf.h"
#include "state/state_internal.h"

enum { AF_ADDR_INET = 2, AF_ADDR_INET6 = 10, AF_ADDR_UNIX = 1 };

bool ip6_is_mapped(const uint8_t *ip)
{
	static const uint8_t ZERO[16], MAPPED[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(ip, MAPPED, 12) || !memcmp(ip, ZERO, 16);
}

static uint32_t put_uint(char *out, uint32_t v)
{
	char tmp[10];
	uint32_t n = 0;

	do
		tmp[n++] = (char)('0' + v % 10);
	while (v /= 10);
	for (uint32_t i = 0; i < n; i++)
		out[i] = tmp[n - 1 - i];
	return n;
}

static uint32_t put_ip4(char *out, const uint8_t *ip)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < 4; i++) {
		n += put_uint(out + n, ip[i]);
		out[n++] = '.';
	}
	return n - 1;
}

static uint32_t put_ip6(char *out, const uint8_t *ip)
{
	return (uint32_t)ip6_text(out, ip);
}

static uint32_t put_ip(char *out, const uint8_t *ip, bool v6)
{
	return v6 ? put_ip6(out, ip) : put_ip4(out, ip);
}

static uint32_t put_endpoint(char *out, const uint8_t *ip, bool v6, uint16_t port, bool with_port)
{
	uint32_t n = put_ip(out, ip, v6);

	if (with_port) {
		out[n++] = ':';
		n += put_uint(out + n, port);
	}
	return n;
}

static uint32_t put_pair(char *out, const struct fd *e, bool v6, bool with_port)
{
	bool mapped = v6 && ip6_is_mapped(e->sip) && ip6_is_mapped(e->dip);
	unsigned skip = mapped ? 12 : 0;
	uint32_t n;

	v6 = v6 && !mapped;
	n = put_endpoint(out, e->sip + skip, v6, e->sport, with_port);
	memcpy(out + n, "->", 2);
	n += 2;
	n += put_endpoint(out + n, e->dip + skip, v6, e->dport, with_port);
	out[n] = 0;
	return n;
}

uint32_t sock_name(char *out, const struct fd *e)
{
	bool v6 = e->type == FD_IPV6_SOCK || e->type == FD_IPV6_SERVSOCK;
	uint32_t n;

	switch (e->type) {
	case FD_IPV4_SOCK:
	case FD_IPV6_SOCK:
		if (e->l4 == L4_UNKNOWN || e->l4 == L4_NA)
			break;
		return put_pair(out, e, v6, e->l4 == L4_TCP || e->l4 == L4_UDP);
	case FD_IPV4_SERVSOCK:
	case FD_IPV6_SERVSOCK:
		n = put_endpoint(out, e->sip, v6, e->sport, true);
		out[n] = 0;
		return n;
	}
	memcpy(out, "<unknown>", 10);
	return 9;
}

uint32_t sock_tuple_name(char *out, const struct fd *e)
{
	return put_pair(out, e, e->type == FD_IPV6_SOCK, true);
}

/* A path inside a parameter, without its closing NUL. */
static uint32_t put_path(char *out, const uint8_t *p, uint32_t len)
{
	uint32_t n = (uint32_t)strnlen((const char *)p, len);

	if (n > STATE_PATH_MAX)
		n = STATE_PATH_MAX;
	memcpy(out, p, n);
	out[n] = 0;
	return n;
}

uint32_t sockaddr_text(char *out, const uint8_t *p, uint32_t len)
{
	uint32_t n;

	if (!len)
		return 0;
	if (p[0] == AF_ADDR_INET && len >= 7)
		n = put_endpoint(out, p + 1, false, (uint16_t)load_uint(p + 5, 2), true);
	else if (p[0] == AF_ADDR_INET6 && len >= 19 && ip6_is_mapped(p + 1) && p[11])
		n = put_endpoint(out, p + 13, false, (uint16_t)load_uint(p + 17, 2), true);
	else if (p[0] == AF_ADDR_INET6 && len >= 19)
		n = put_endpoint(out, p + 1, true, (uint16_t)load_uint(p + 17, 2), true);
	else if (p[0] == AF_ADDR_UNIX)
		return put_path(out, p + 1, len - 1);
	else
		return 0;
	out[n] = 0;
	return n;
}

uint32_t socktuple_text(char *out, const uint8_t *p, uint32_t len)
{
	struct fd e = { .type = FD_IPV4_SOCK };

	if (len >= 13 && p[0] == AF_ADDR_INET) {
		memcpy(e.sip, p + 1, 4);
		memcpy(e.dip, p + 7, 4);
		e.sport = (uint16_t)load_uint(p + 5, 2);
		e.dport = (uint16_t)load_uint(p + 11, 2);
		return put_pair(out, &e, false, true);
	}
	if (len >= 37 && p[0] == AF_ADDR_INET6) {
		memcpy(e.sip, p + 1, 16);
		memcpy(e.dip, p + 19, 16);
		e.sport = (uint16_t)load_uint(p + 17, 2);
		e.dport = (uint16_t)load_uint(p + 35, 2);
		return put_pair(out, &e, true, true);
	}
	if (len >= 18 && p[0] == AF_ADDR_UNIX) {
		int n = snprintf(out, 40, "%llx->%llx ", (unsigned long long)load_uint(p + 1, 8),
				 (unsigned long long)load_uint(p + 9, 8));

		return (uint32_t)n + put_path(out + n, p + 17, len - 17);
	}
	return 0;
}
