/* scratch.h - text made by extractors, good until the event ends.
 *
 * Text grows in one buffer of the evaluator (eval_ctx.text), which stops
 * allocating once it has held the longest text, and is then copied to the
 * event's arena.  Uses nest: an inner text begins where the outer one stands
 * and is taken away again before the outer one goes on.
 *
 *	size_t from;
 *	struct strbuf *b = scratch_begin(x, &from);
 *
 *	strbuf_adds(b, "<f>");
 *	return scratch_end(x, from, out);
 */
#pragma once
#include "filter/field.h"

static inline struct strbuf *scratch_begin(struct eval_ctx *x, size_t *from)
{
	*from = x->text.len;
	return &x->text;
}

/* Takes the text since from away again; the copy, NUL terminated, is in the arena. */
static inline const char *scratch_take(struct eval_ctx *x, size_t from, uint32_t *len)
{
	struct strbuf *b = &x->text;
	size_t n = b->len - from;
	char *s;

	*len = (uint32_t)n;
	if (n == 0)
		return "";
	s = arena_strndup(x->scratch, b->s + from, n);
	b->len = from;
	b->s[from] = 0;
	return s;
}

/* The text since from becomes the value.  Always true. */
static inline bool scratch_end(struct eval_ctx *x, size_t from, struct values *out)
{
	uint32_t len;
	const char *s = scratch_take(x, from, &len);

	return value_set_mem(out, s, len);
}

/* Room for n values in the arena: out->v, out->n. */
static inline struct value *scratch_values(struct eval_ctx *x, uint32_t n, struct values *out)
{
	out->n = n;
	out->v = arena_alloc(x->scratch, n * sizeof(struct value));
	return out->v;
}
