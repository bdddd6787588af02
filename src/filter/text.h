/* text.h - pieces of text that values and event parameters share (value.c). */
#pragma once
#include "filter/value.h"

/* v in base 2^shift, upper-case, without a prefix. */
void text_base(struct strbuf *out, uint64_t v, unsigned shift);
/* Bytes with '.' for all that is not printable ASCII. */
void text_printable(struct strbuf *out, const char *s, uint32_t len);
void text_base64(struct strbuf *out, const char *s, uint32_t len);
/* The one or the other; o may be NULL. */
void text_buffer(struct strbuf *out, const char *s, uint32_t len, const struct render_options *o);
/* An address: 4 or 16 bytes in network order. */
void text_ip(struct strbuf *out, const uint8_t *ip, bool v6);
