/* strbuf.h - a growing byte buffer, always NUL terminated.
 *
 * For text that is built piece by piece: alerts, JSON, reports.  A buffer that
 * is kept and cleared between uses stops allocating once it has grown to the
 * largest text it ever held.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
	char *s;        /* NULL only before the first byte */
	size_t len, cap;
};

#define STRBUF_INIT { 0, 0, 0 }

void strbuf_release(struct strbuf *b);
void strbuf_grow(struct strbuf *b, size_t more);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Decimal, as %llu and %lld print it, without the cost of printf. */
void strbuf_u64(struct strbuf *b, uint64_t v);
void strbuf_i64(struct strbuf *b, int64_t v);
/* An IPv6 address as inet_ntop() writes it; out has 46 bytes.  Returns the length. */
enum { IP6_TEXT_MAX = 46 };
size_t ip6_text(char *out, const uint8_t *ip);
/* v in exactly width digits, padded with zeros. */
void strbuf_u64_padded(struct strbuf *b, uint64_t v, unsigned width);
/* s as the inside of a JSON string: escapes, and U+FFFD for bytes that are no UTF-8. */
void strbuf_json(struct strbuf *b, const char *s, size_t n);
/* s with U+FFFD for each byte that is no UTF-8 and each control character
 * (reference/falco_features.md 4.1: what 0.44 prints). */
void strbuf_sanitized(struct strbuf *b, const char *s, size_t n);

static inline void strbuf_clear(struct strbuf *b)
{
	b->len = 0;
	if (b->s)
		b->s[0] = 0;
}

static inline void strbuf_add(struct strbuf *b, const void *p, size_t n)
{
	if (b->cap - b->len <= n)
		strbuf_grow(b, n);
	if (n)
		memcpy(b->s + b->len, p, n);
	b->len += n;
	b->s[b->len] = 0;
}

static inline void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

static inline void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}
