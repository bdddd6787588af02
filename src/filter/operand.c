/* operand.c - constants of conditions, parsed once at load by the type of the left side. */
#include "filter/impl.h"
#include <netdb.h>

enum { TEXT_MAX = 255 };

static int bad_hex(struct saker_error *err)
{
	return fail(err, SAKER_E_RULES,
		    "filter error: bcontains and bstartswith operator support hex strings only");
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int parse_hex(struct arena *a, const char *s, uint32_t len, struct value *out,
		     struct saker_error *err)
{
	char *bytes = arena_alloc(a, len / 2 + 1);

	if (len % 2)
		return bad_hex(err);
	for (uint32_t i = 0; i < len; i += 2) {
		int hi = hex_digit(s[i]), lo = hex_digit(s[i + 1]);

		if (hi < 0 || lo < 0)
			return bad_hex(err);
		bytes[i / 2] = (char)(hi << 4 | lo);
	}
	*out = (struct value){ .s = bytes, .len = len / 2 };
	return 0;
}

static int parse_text(struct arena *a, unsigned op, const char *s, uint32_t len,
		      struct operand *out, struct saker_error *err)
{
	char msg[256];

	if (memchr(s, 0, len))
		return fail(err, SAKER_E_RULES,
			    "filter error: filter value cannot contain a NUL byte (\\x00)");
	if (op == OP_REGEX) {
		out->made = regex_new(s, len, msg, sizeof msg);
		return out->made ? 0 : fail(err, SAKER_E_RULES, "invalid regex pattern: %s", msg);
	}
	out->v = (struct value){ .s = arena_strndup(a, s, len), .len = len };
	if (op == OP_GLOB || op == OP_IGLOB)
		out->made = glob_new(a, s, len, op == OP_IGLOB);
	return 0;
}

static int parse_bool(const char *s, struct value *out, struct saker_error *err)
{
	if (strcmp(s, "true") != 0 && strcmp(s, "false") != 0)
		return fail(err, SAKER_E_RULES, "filter error: unrecognized boolean value %s", s);
	out->n = *s == 't';
	return 0;
}

static int parse_port(const char *s, struct value *out, struct saker_error *err)
{
	const struct servent *e;

	if (!*s)
		return 0;
	if (*s >= '0' && *s <= '9')
		return number_parse(s, PT_PORT, &out->n, err);
	e = getservbyname(s, NULL);     /* load path: the one place that asks /etc/services */
	if (!e)
		return fail(err, SAKER_E_RULES, "unrecognized protocol %s", s);
	out->n = (uint16_t)((e->s_port & 0xff) << 8 | (e->s_port >> 8 & 0xff));
	return 0;
}

static int parse_number(unsigned type, const char *s, struct value *out, struct saker_error *err)
{
	int rc = number_parse(s, type, &out->n, err);
	double d;

	if (rc == 0 && type == PT_DOUBLE) {
		d = (double)(int64_t)out->n;
		memcpy(&out->n, &d, sizeof d);
	}
	return rc;
}

int operand_parse(struct arena *a, unsigned type, unsigned op, const char *text, uint32_t len,
		  struct operand *out, struct saker_error *err)
{
	unsigned g = type_group(type);
	const char *s;

	*out = (struct operand){ 0 };
	if (op == OP_BCONTAINS || op == OP_BSTARTSWITH)
		return parse_hex(a, text, len, &out->v, err);
	if (len > TEXT_MAX)
		return fail(err, SAKER_E_RULES, "filter parameter too long:%.*s", (int)len, text);
	if (g == TG_STRING)
		return parse_text(a, op, text, len, out, err);
	s = arena_strndup(a, text, len);
	switch (g) {
	case TG_BUFFER:
		out->v = (struct value){ .s = s, .len = len };
		return 0;
	case TG_BOOL:
		return parse_bool(s, &out->v, err);
	case TG_IP:
		return address_parse(a, s, &out->v, err);
	case TG_NET:
		return network_parse(a, s, &out->v, err);
	default:
		if (type == PT_PORT)
			return parse_port(s, &out->v, err);
		return parse_number(type, s, &out->v, err);
	}
}
