/* peek.h - looks into JSON text without building anything.
 *
 * For the metadata of containers, which captures carry as JSON and few rules ask
 * for.  Text that is no JSON yields nothing or nonsense, never a read outside.
 */
#pragma once
#include <stdbool.h>
#include "base/strbuf.h"

struct peek { const char *s, *end; };   /* one value's text; s NULL: none */

/* The value the text holds. */
struct peek peek_of(const char *text, size_t len);
/* A member of an object. */
struct peek peek_member(struct peek object, const char *key, size_t key_len);
/* Goes through an array's elements or an object's members: *at starts as {0}; key
 * (may be NULL) gets the member's name.  False at the end. */
bool peek_next(struct peek v, struct peek *at, struct peek *key, struct peek *value);
/* Appends a string without its quotes and escapes, anything else as it stands. */
void peek_text(struct strbuf *b, struct peek v);
bool peek_is_true(struct peek v);
