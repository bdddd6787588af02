/* names.c - file names that are opened again and again share one string.
 *
 * A small table of the latest ones, by a hash of their bytes: a name that comes
 * again costs a comparison instead of tidying, allocating and copying it.
 */
#include "state/state_internal.h"

/* The end of a path tells more than its beginning. */
static inline struct str **place(struct state *s, const char *p, uint32_t len)
{
	uint64_t h = len;

	if (len < 16)
		return &s->name[hash_bytes(p, len) % NAMES_KEPT];
	h = hash_u64(h ^ load_uint((const uint8_t *)p + len - 8, 8));
	h ^= load_uint((const uint8_t *)p + len - 16, 8);
	h = hash_u64(h ^ load_uint((const uint8_t *)p + len / 2 - 4, 8) * 31);
	return &s->name[h % NAMES_KEPT];
}

struct str *name_known(struct state *s, const char *p, uint32_t len)
{
	struct str *t = *place(s, p, len);

	return t && str_equal(t, p, len) ? str_ref(t) : NULL;
}

struct str *name_new(struct state *s, const char *p, uint32_t len)
{
	struct str **at = place(s, p, len), *t = str_new(p, len);

	if (*at)
		str_unref(*at);
	*at = str_ref(t);
	return t;
}

void names_free(struct state *s)
{
	for (unsigned i = 0; i < NAMES_KEPT; i++)
		if (s->name[i])
			str_unref(s->name[i]);
	memset(s->name, 0, sizeof s->name);
}
