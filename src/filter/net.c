/* net.c - constants that are addresses, networks and numbers. */
#include "filter/impl.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

/* As sscanf("%d%c") takes it: leading blanks and a sign, nothing behind, and no
 * complaint about numbers that do not fit: they wrap to the type's width. */
int number_parse(const char *text, unsigned type, uint64_t *out, struct saker_error *err)
{
	unsigned bits = param_type_size(type) * 8;
	bool is_signed = type_is_signed(type) || type == PT_DOUBLE;
	uint64_t n;
	char *end;

	n = is_signed ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
	if (end == text || *end)
		return fail(err, SAKER_E_RULES, "%s is not a valid number", text);
	if (type == PT_DOUBLE)
		bits = 32;
	if (bits && bits < 64)
		n = is_signed ? (uint64_t)((int64_t)(n << (64 - bits)) >> (64 - bits)) :
				n & ((1ull << bits) - 1);
	*out = n;
	return 0;
}

static int address_v4(struct arena *a, const char *text, struct value *out)
{
	struct in_addr ip;

	if (inet_pton(AF_INET, text, &ip) != 1)
		return -1;
	*out = (struct value){ .s = arena_memdup(a, &ip, 4), .len = 4 };
	return 0;
}

static int address_v6(struct arena *a, const char *text, struct value *out)
{
	struct in6_addr ip;

	if (inet_pton(AF_INET6, text, &ip) != 1)
		return -1;
	*out = (struct value){ .s = arena_memdup(a, &ip, 16), .len = 16 };
	return 0;
}

int address_parse(struct arena *a, const char *text, struct value *out, struct saker_error *err)
{
	if (strchr(text, '.'))
		return address_v4(a, text, out) == 0 ? 0 :
		       fail(err, SAKER_E_RULES, "unrecognized IPv4 address %s", text);
	return address_v6(a, text, out) == 0 ? 0 :
	       fail(err, SAKER_E_RULES, "unrecognized IPv6 address %s", text);
}

int network_parse(struct arena *a, const char *text, struct value *out, struct saker_error *err)
{
	const char *slash = strchr(text, '/');
	uint64_t bits;
	char *ip;
	int rc;

	if (!slash)
		return fail(err, SAKER_E_RULES, "unrecognized IP network %s", text);
	ip = arena_strndup(a, text, (size_t)(slash - text));
	rc = strchr(ip, '.') ? address_v4(a, ip, out) : address_v6(a, ip, out);
	if (rc < 0)
		return fail(err, SAKER_E_RULES, "unrecognized IP network %s", text);
	rc = number_parse(slash + 1, PT_INT32, &bits, err);
	if (rc < 0)
		return rc;
	if ((int64_t)bits < 0 || bits > out->len * 8)
		return fail(err, SAKER_E_RULES, "invalid netmask %s", slash + 1);
	out->n = bits;
	return 0;
}

bool network_has(const struct value *net, const struct value *address)
{
	unsigned whole = (unsigned)net->n / 8, rest = (unsigned)net->n % 8;

	if (net->len != address->len || memcmp(net->s, address->s, whole) != 0)
		return false;
	return rest == 0 ||
	       (((uint8_t)net->s[whole] ^ (uint8_t)address->s[whole]) >> (8 - rest)) == 0;
}
