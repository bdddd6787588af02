/* value.c - values as text and as JSON; see value.h.
 *
 * Strings are shown as Falco 0.44 shows them: every byte that is no printable
 * character or no UTF-8 becomes U+FFFD, in JSON too.  Comparisons never come
 * here and see the bytes as they are.
 */
#include "filter/text.h"
#include <math.h>
#include <stdio.h>
#include "base/utf8.h"

enum shape {
	SHAPE_SIGNED, SHAPE_UNSIGNED, SHAPE_BOOL, SHAPE_DOUBLE, SHAPE_STRING, SHAPE_BUFFER,
	SHAPE_IP, SHAPE_NONE
};

static const uint8_t SHAPES[PT_MAX] = {
	[PT_NONE] = SHAPE_NONE,
	[PT_INT8] = SHAPE_SIGNED, [PT_INT16] = SHAPE_SIGNED, [PT_INT32] = SHAPE_SIGNED,
	[PT_INT64] = SHAPE_SIGNED, [PT_ERRNO] = SHAPE_SIGNED, [PT_FD] = SHAPE_SIGNED,
	[PT_PID] = SHAPE_SIGNED, [PT_FD32] = SHAPE_SIGNED, [PT_PID32] = SHAPE_SIGNED,
	[PT_UINT8] = SHAPE_UNSIGNED, [PT_UINT16] = SHAPE_UNSIGNED, [PT_UINT32] = SHAPE_UNSIGNED,
	[PT_UINT64] = SHAPE_UNSIGNED, [PT_SYSCALLID] = SHAPE_UNSIGNED,
	[PT_SIGTYPE] = SHAPE_UNSIGNED,
	[PT_RELTIME] = SHAPE_UNSIGNED, [PT_ABSTIME] = SHAPE_UNSIGNED, [PT_PORT] = SHAPE_UNSIGNED,
	[PT_L4PROTO] = SHAPE_UNSIGNED, [PT_SOCKFAMILY] = SHAPE_UNSIGNED,
	[PT_FLAGS8] = SHAPE_UNSIGNED, [PT_FLAGS16] = SHAPE_UNSIGNED, [PT_FLAGS32] = SHAPE_UNSIGNED,
	[PT_ENUMFLAGS8] = SHAPE_UNSIGNED, [PT_ENUMFLAGS16] = SHAPE_UNSIGNED,
	[PT_ENUMFLAGS32] = SHAPE_UNSIGNED, [PT_MODE] = SHAPE_UNSIGNED, [PT_SIGSET] = SHAPE_UNSIGNED,
	[PT_UID] = SHAPE_UNSIGNED, [PT_GID] = SHAPE_UNSIGNED,
	[PT_BOOL] = SHAPE_BOOL, [PT_DOUBLE] = SHAPE_DOUBLE,
	[PT_CHARBUF] = SHAPE_STRING, [PT_FSPATH] = SHAPE_STRING, [PT_FSRELPATH] = SHAPE_STRING,
	[PT_BYTEBUF] = SHAPE_BUFFER, [PT_CHARBUFARRAY] = SHAPE_BUFFER,
	[PT_CHARBUF_PAIR_ARRAY] = SHAPE_BUFFER, [PT_FDLIST] = SHAPE_BUFFER,
	[PT_SOCKADDR] = SHAPE_BUFFER, [PT_SOCKTUPLE] = SHAPE_BUFFER, [PT_DYN] = SHAPE_BUFFER,
	[PT_IPV4ADDR] = SHAPE_IP, [PT_IPV6ADDR] = SHAPE_IP, [PT_IPADDR] = SHAPE_IP,
	[PT_IPV4NET] = SHAPE_IP, [PT_IPV6NET] = SHAPE_IP, [PT_IPNET] = SHAPE_IP,
};

static unsigned shape_of(unsigned type)
{
	return type < PT_MAX ? SHAPES[type] : SHAPE_NONE;
}

bool type_is_number(unsigned t)
{
	unsigned s = shape_of(t);

	return s == SHAPE_SIGNED || s == SHAPE_UNSIGNED || s == SHAPE_DOUBLE;
}

/* Bits of a number's type: negative ones are cut to them before hex and octal. */
static unsigned bits_of(unsigned type)
{
	unsigned size = param_type_size(type);

	return size ? 8 * size : 64;
}

void text_base(struct strbuf *out, uint64_t v, unsigned shift)
{
	static const char digits[] = "0123456789ABCDEF";
	char t[24], *p = t + sizeof t;

	do
		*--p = digits[v & ((1u << shift) - 1)];
	while ((v >>= shift) != 0);
	strbuf_add(out, p, (size_t)(t + sizeof t - p));
}

static void number_text(struct strbuf *out, unsigned type, unsigned fmt, uint64_t n)
{
	bool negative = shape_of(type) == SHAPE_SIGNED && (int64_t)n < 0;

	if (fmt == PF_HEX || fmt == PF_OCT) {
		unsigned bits = bits_of(type);

		text_base(out, bits < 64 ? n & ((1ull << bits) - 1) : n, fmt == PF_HEX ? 4 : 3);
		return;
	}
	if (negative) {
		strbuf_i64(out, (int64_t)n);
		return;
	}
	if (fmt == PF_10_PADDED_DEC)
		strbuf_u64_padded(out, n, 9);
	else
		strbuf_u64(out, n);
}

/* -- buffers --------------------------------------------------------------------- */
void text_printable(struct strbuf *out, const char *s, uint32_t len)
{
	char *p;

	if (out->cap - out->len <= len)
		strbuf_grow(out, len);
	p = out->s + out->len;
	for (uint32_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		p[i] = c >= 0x20 && c < 0x7f ? (char)c : '.';
	}
	p[len] = 0;
	out->len += len;
}

void text_base64(struct strbuf *out, const char *s, uint32_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *u = (const unsigned char *)s;

	for (uint32_t i = 0; i < len; i += 3) {
		uint32_t left = len - i;
		uint32_t v = (uint32_t)u[i] << 16 | (left > 1 ? (uint32_t)u[i + 1] << 8 : 0) |
			     (left > 2 ? u[i + 2] : 0);
		char q[4] = { digits[v >> 18], digits[v >> 12 & 63],
			      left > 1 ? digits[v >> 6 & 63] : '=',
			      left > 2 ? digits[v & 63] : '=' };

		strbuf_add(out, q, 4);
	}
}

void text_buffer(struct strbuf *out, const char *s, uint32_t len, const struct render_options *o)
{
	if (o && o->base64)
		text_base64(out, s, len);
	else
		text_printable(out, s, len);
}

/* -- addresses --------------------------------------------------------------------- */
void text_ip(struct strbuf *out, const uint8_t *ip, bool v6)
{
	char t[IP6_TEXT_MAX];

	if (v6) {
		size_t n = ip6_text(t, ip);

		strbuf_add(out, t, n);
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			strbuf_addc(out, '.');
		strbuf_u64(out, ip[i]);
	}
}

static void ip_text(struct strbuf *out, const struct value *v)
{
	if (v->len == 4 || v->len == 16)
		text_ip(out, (const uint8_t *)v->s, v->len == 16);
}

/* -- doubles ----------------------------------------------------------------------- */
static double double_of(const struct value *v)
{
	double d;

	memcpy(&d, &v->n, sizeof d);
	return d;
}

/* The shortest text that reads back as the same number. */
static void double_json(struct strbuf *out, double d)
{
	char t[40];

	if (!isfinite(d)) {
		strbuf_adds(out, "null");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		double back;

		snprintf(t, sizeof t, "%.*g", precision, d);
		if (sscanf(t, "%lf", &back) == 1 && !(back < d) && !(back > d))
			break;
	}
	strbuf_adds(out, t);
	if (!strpbrk(t, ".e"))
		strbuf_add(out, ".0", 2);
}

/* -- strings ----------------------------------------------------------------------- */
static void string_json(struct strbuf *out, const char *s, uint32_t n)
{
	uint32_t i = 0, from = 0;

	strbuf_addc(out, '"');
	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		bool quoted = c == '"' || c == '\\';
		unsigned k;

		if (c >= 0x20 && c < 0x7f && !quoted) {
			i++;
			continue;
		}
		k = c < 0x80 ? 0 : utf8_char(s + i, n - i);
		if (k) {
			i += k;
			continue;
		}
		strbuf_add(out, s + from, i - from);
		if (quoted) {
			char pair[2] = { '\\', (char)c };

			strbuf_add(out, pair, 2);
		} else {
			strbuf_add(out, "\xef\xbf\xbd", 3);
		}
		from = ++i;
	}
	strbuf_add(out, s + from, n - from);
	strbuf_addc(out, '"');
}

static void buffer_json(struct strbuf *out, const struct value *v, const struct render_options *o)
{
	uint32_t from = 0;

	strbuf_addc(out, '"');
	if (o && o->base64) {
		text_base64(out, v->s, v->len);
		from = v->len;
	}
	for (uint32_t i = from; i < v->len; i++)
		if (v->s[i] == '"' || v->s[i] == '\\') {
			char pair[2] = { '\\', v->s[i] };

			text_printable(out, v->s + from, i - from);
			strbuf_add(out, pair, 2);
			from = i + 1;
		}
	text_printable(out, v->s + from, v->len - from);
	strbuf_addc(out, '"');
}

/* -- public --------------------------------------------------------------------------- */
void value_text(struct strbuf *out, unsigned type, unsigned fmt, const struct value *v,
		const struct render_options *o)
{
	switch (shape_of(type)) {
	case SHAPE_SIGNED:
	case SHAPE_UNSIGNED:
		number_text(out, type, fmt, v->n);
		break;
	case SHAPE_BOOL:
		strbuf_adds(out, v->n ? "true" : "false");
		break;
	case SHAPE_DOUBLE:
		strbuf_printf(out, "%.1f", double_of(v));
		break;
	case SHAPE_STRING:
		strbuf_sanitized(out, v->s, v->len);
		break;
	case SHAPE_BUFFER:
		text_buffer(out, v->s, v->len, o);
		break;
	case SHAPE_IP:
		ip_text(out, v);
		break;
	default:
		break;
	}
}

/* Hex and octal, and numbers whose field gives no format, are strings in JSON; a
 * port is a number whatever its format. */
static bool number_is_json_string(unsigned type, unsigned fmt)
{
	return type != PT_PORT && (fmt == PF_HEX || fmt == PF_OCT || fmt == PF_NA);
}

void value_json(struct strbuf *out, unsigned type, unsigned fmt, const struct value *v,
		const struct render_options *o)
{
	if (fmt == PF_TEXT_OR_NUMBER) {
		strbuf_u64(out, v->n);
		return;
	}
	switch (shape_of(type)) {
	case SHAPE_SIGNED:
	case SHAPE_UNSIGNED:
		if (!number_is_json_string(type, fmt)) {
			number_text(out, type, PF_DEC, v->n);
			break;
		}
		strbuf_addc(out, '"');
		number_text(out, type, fmt, v->n);
		strbuf_addc(out, '"');
		break;
	case SHAPE_BOOL:
		strbuf_adds(out, v->n ? "true" : "false");
		break;
	case SHAPE_DOUBLE:
		double_json(out, double_of(v));
		break;
	case SHAPE_STRING:
		string_json(out, v->s, v->len);
		break;
	case SHAPE_BUFFER:
		buffer_json(out, v, o);
		break;
	case SHAPE_IP:
		strbuf_addc(out, '"');
		ip_text(out, v);
		strbuf_addc(out, '"');
		break;
	default:
		strbuf_add(out, "\"\"", 2);
	}
}

void values_text(struct strbuf *out, unsigned type, unsigned fmt, bool list,
		 const struct values *vs, const struct render_options *o)
{
	if (!list) {
		const struct value *v = vs->v;

		if (vs->n)
			value_text(out, v->type ? v->type : type, v->type ? v->fmt : fmt, v, o);
		return;
	}
	strbuf_addc(out, '(');
	for (uint32_t i = 0; i < vs->n; i++) {
		if (i)
			strbuf_addc(out, ',');
		value_text(out, type, fmt, &vs->v[i], o);
	}
	strbuf_addc(out, ')');
}

void values_json(struct strbuf *out, unsigned type, unsigned fmt, bool list,
		 const struct values *vs, const struct render_options *o)
{
	if (!list) {
		const struct value *v = vs->v;

		if (vs->n)
			value_json(out, v->type ? v->type : type, v->type ? v->fmt : fmt, v, o);
		else
			strbuf_adds(out, "null");
		return;
	}
	strbuf_addc(out, '[');
	for (uint32_t i = 0; i < vs->n; i++) {
		if (i)
			strbuf_addc(out, ',');
		value_json(out, type, fmt, &vs->v[i], o);
	}
	strbuf_addc(out, ']');
}
