/* strbuf.c - see strbuf.h. */
#include "base/strbuf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>

void strbuf_release(struct strbuf *b)
{
	free(b->s);
	memset(b, 0, sizeof *b);
}

void strbuf_grow(struct strbuf *b, size_t more)
{
	size_t need = b->len + more + 1, cap = b->cap ? b->cap : 128;

	if (need <= b->cap)
		return;
	while (cap < need)
		cap *= 2;
	b->s = mem_realloc(b->s, cap, 1);
	b->cap = cap;
	b->s[b->len] = 0;
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	strbuf_grow(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

static const char PAIRS[] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

/* Two digits a division. */
static char *digits(char *end, uint64_t v)
{
	for (; v >= 100; v /= 100)
		memcpy(end -= 2, PAIRS + v % 100 * 2, 2);
	if (v >= 10)
		return memcpy(end - 2, PAIRS + v * 2, 2);
	*--end = (char)('0' + v);
	return end;
}

void strbuf_u64(struct strbuf *b, uint64_t v)
{
	char t[20], *p = digits(t + sizeof t, v);

	strbuf_add(b, p, (size_t)(t + sizeof t - p));
}

void strbuf_i64(struct strbuf *b, int64_t v)
{
	if (v < 0)
		strbuf_addc(b, '-');
	strbuf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void strbuf_u64_padded(struct strbuf *b, uint64_t v, unsigned width)
{
	char t[20], *p = digits(t + sizeof t, v);
	unsigned n = (unsigned)(t + sizeof t - p);

	for (; n < width; n++)
		strbuf_addc(b, '0');
	strbuf_add(b, p, (size_t)(t + sizeof t - p));
}

static char *hex_group(char *p, unsigned v)
{
	static const char hex[] = "0123456789abcdef";

	for (int shift = 12; shift >= 0; shift -= 4)
		if (shift == 0 || v >> shift)
			*p++ = hex[v >> shift & 15];
	return p;
}

/* The longest run of two or more zero groups, the first of equal ones. */
static unsigned zero_run(const unsigned *group, unsigned n, unsigned *len)
{
	unsigned best = 8, run = 0;

	*len = 1;
	for (unsigned i = 0; i < n; i++) {
		run = group[i] ? 0 : run + 1;
		if (run > *len) {
			*len = run;
			best = i + 1 - run;
		}
	}
	return best;
}

size_t ip6_text(char *out, const uint8_t *ip)
{
	unsigned group[8], len, from, n = 8;
	char *p = out;

	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
	from = zero_run(group, 8, &len);
	/* an IPv4 address in the last 32 bits shows as one: ::a.b.c.d, ::ffff:a.b.c.d */
	if (from == 0 && (len == 6 || (len == 5 && group[5] == 0xffff)))
		n = 6;
	for (unsigned i = 0; i < n; i++) {
		if (i >= from && i < from + len) {
			if (i == from)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		p = hex_group(p, group[i]);
	}
	if (from != 8 && from + len >= 8)
		*p++ = ':';
	for (unsigned i = 12; n == 6 && i < 16; i++) {
		char t[3], *d = digits(t + sizeof t, ip[i]);
		size_t k = (size_t)(t + sizeof t - d);

		*p++ = i == 12 ? ':' : '.';
		memcpy(p, d, k);
		p += k;
	}
	*p = 0;
	return (size_t)(p - out);
}

static const char REPLACEMENT[] = "\xef\xbf\xbd";

static void json_special(struct strbuf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char u[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	switch (c) {
	case '"': strbuf_add(b, "\\\"", 2); break;
	case '\\': strbuf_add(b, "\\\\", 2); break;
	case '\b': strbuf_add(b, "\\b", 2); break;
	case '\f': strbuf_add(b, "\\f", 2); break;
	case '\n': strbuf_add(b, "\\n", 2); break;
	case '\r': strbuf_add(b, "\\r", 2); break;
	case '\t': strbuf_add(b, "\\t", 2); break;
	default: strbuf_add(b, u, sizeof u);
	}
}

void strbuf_json(struct strbuf *b, const char *s, size_t n)
{
	size_t i = 0, from = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		unsigned k;

		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			i++;
			continue;
		}
		k = c < 0x80 ? 0 : utf8_char(s + i, n - i);
		if (k) {
			i += k;
			continue;
		}
		strbuf_add(b, s + from, i - from);
		if (c < 0x80)
			json_special(b, c);
		else
			strbuf_add(b, REPLACEMENT, 3);
		from = ++i;
	}
	strbuf_add(b, s + from, n - from);
}

void strbuf_sanitized(struct strbuf *b, const char *s, size_t n)
{
	size_t i = 0, from = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		unsigned k = c >= 0x20 && c < 0x7f ? 1 : c < 0x80 ? 0 : utf8_char(s + i, n - i);

		if (k) {
			i += k;
			continue;
		}
		strbuf_add(b, s + from, i - from);
		strbuf_add(b, REPLACEMENT, 3);
		from = ++i;
	}
	strbuf_add(b, s + from, n - from);
}
