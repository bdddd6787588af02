/* value.h - what a field yields, and how it reads as text.
 *
 * A value's type is that of its field (enum param_type).  Numbers live in n,
 * signed ones sign-extended, booleans 0 or 1, doubles as their bits.  Strings
 * and buffers are s[0..len), without the closing NUL, not necessarily
 * terminated; string types hold no NUL inside.  Addresses are the 4 or 16 raw
 * bytes at s.  s is borrowed until the end of the event.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/strbuf.h"
#include "event/schema.h"

struct value {
	const char *s;
	uint32_t len;
	uint8_t type, fmt;      /* 0, or what this value is, not its field's (evt.rawarg) */
	uint64_t n;
};

/* n values; a scalar field has exactly one.  No value at all is "not extracted",
 * told by the extractor's return, never by n = 0 (that is an empty list). */
struct values { uint32_t n; struct value *v; struct value one; };

static inline bool type_is_string(unsigned t)
{
	return t == PT_CHARBUF || t == PT_FSPATH || t == PT_FSRELPATH;
}

static inline bool type_is_signed(unsigned t)
{
	switch (t) {
	case PT_INT8: case PT_INT16: case PT_INT32: case PT_INT64:
	case PT_FD: case PT_PID: case PT_ERRNO: case PT_FD32: case PT_PID32:
		return true;
	default:
		return false;
	}
}

bool type_is_number(unsigned t);        /* all that compares as an integer; not BOOL */

/* A print format of our own, next to enum print_format: text as s says, in JSON the number n. */
enum { PF_TEXT_OR_NUMBER = 64 };

struct render_options { bool base64; }; /* buffer_format_base64 */

/* Appends the value as an alert's text shows it (state_engine.md 5, 10). */
void value_text(struct strbuf *out, unsigned type, unsigned fmt, const struct value *v,
		const struct render_options *o);
/* Appends the value as JSON: number, true/false or quoted string. */
void value_json(struct strbuf *out, unsigned type, unsigned fmt, const struct value *v,
		const struct render_options *o);
/* "(a,b,c)" for lists, else the one value. */
void values_text(struct strbuf *out, unsigned type, unsigned fmt, bool list,
		 const struct values *vs, const struct render_options *o);
void values_json(struct strbuf *out, unsigned type, unsigned fmt, bool list,
		 const struct values *vs, const struct render_options *o);
