/* str.h - shared, immutable byte strings.
 *
 * Process state is full of values that a child inherits and rarely changes:
 * name, arguments, environment, working directory.  They are counted
 * references to immutable bytes, so that a clone copies pointers.  The count is
 * not atomic: state belongs to the event thread.
 *
 * A struct str may hold a list: NUL separated, each element NUL terminated
 * (args, env, cgroups).  n counts the elements then; of a plain string it is 1.
 */
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct str {
	uint32_t refs;
	uint32_t len;           /* bytes in s, the closing NUL of a plain string not counted */
	uint32_t n;             /* elements, when it is a list */
	char s[];               /* always NUL terminated */
};

/* The empty string; never counted, never freed, shared by all engines.  Fields of state are never NULL, they are this. */
extern struct str STR_EMPTY;

/* A plain string of n bytes.  Never NULL. */
struct str *str_new(const char *s, size_t n) __attribute__((returns_nonnull));
/* A list from NUL separated bytes; a missing last NUL is added.  An empty
 * input is STR_EMPTY with n = 0. */
struct str *str_new_list(const char *s, size_t n) __attribute__((returns_nonnull));

static inline struct str *str_ref(struct str *s)
{
	if (s != &STR_EMPTY)
		s->refs++;
	return s;
}

static inline void str_unref(struct str *s)
{
	if (s != &STR_EMPTY && --s->refs == 0)
		free(s);
}

/* *slot becomes s, whose reference it takes over. */
static inline void str_set(struct str **slot, struct str *s)
{
	struct str *old = *slot;

	*slot = s;
	str_unref(old);
}

static inline int str_equal(const struct str *a, const char *s, size_t n)
{
	return a->len == n && memcmp(a->s, s, n) == 0;
}
