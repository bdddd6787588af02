/* sets.c - immutable sets of byte strings and of numbers, for in and intersects,
 * and the table that finds equal things at load.
 *
 * Open addressing at most half full.  A set of strings knows which lengths it
 * holds, so that most strings that are not in it cost one test of a bit.
 */
#include "base/hash.h"
#include "filter/bytes.h"
#include "filter/impl.h"

struct text_slot { uint32_t hash, len; const char *s; };       /* s NULL: free */
struct textset { uint64_t lengths; uint32_t mask; struct text_slot slot[]; };

struct num_slot { uint64_t n; bool used; };
struct numset { uint32_t mask; struct num_slot slot[]; };

static uint32_t table_size(uint32_t n)
{
	uint32_t size = 4;

	while (size < 2 * n)
		size *= 2;
	return size;
}

static inline uint64_t length_bit(uint32_t len)
{
	return 1ull << (len < 63 ? len : 63);
}

const struct textset *textset_new(struct arena *a, const struct operand *o, uint32_t n)
{
	uint32_t size = table_size(n), j;
	struct textset *s = arena_zalloc(a, sizeof *s + size * sizeof s->slot[0]);

	s->mask = size - 1;
	for (uint32_t i = 0; i < n; i++) {
		const struct value *v = &o[i].v;
		uint32_t h = (uint32_t)hash_bytes(v->s, v->len);

		if (textset_has(s, v->s, v->len))
			continue;
		for (j = h & s->mask; s->slot[j].s; j = (j + 1) & s->mask)
			;
		s->slot[j] = (struct text_slot){ .hash = h, .len = v->len, .s = v->s };
		s->lengths |= length_bit(v->len);
	}
	return s;
}

bool textset_has(const struct textset *s, const char *p, uint32_t len)
{
	uint32_t h;

	if (!(s->lengths & length_bit(len)))
		return false;
	h = (uint32_t)hash_bytes(p, len);
	for (uint32_t i = h & s->mask; s->slot[i].s; i = (i + 1) & s->mask)
		if (s->slot[i].hash == h && s->slot[i].len == len &&
		    bytes_same(s->slot[i].s, p, len))
			return true;
	return false;
}

const struct numset *numset_new(struct arena *a, const struct operand *o, uint32_t n)
{
	uint32_t size = table_size(n), j;
	struct numset *s = arena_zalloc(a, sizeof *s + size * sizeof s->slot[0]);

	s->mask = size - 1;
	for (uint32_t i = 0; i < n; i++) {
		if (numset_has(s, o[i].v.n))
			continue;
		for (j = (uint32_t)hash_u64(o[i].v.n) & s->mask; s->slot[j].used;
		     j = (j + 1) & s->mask)
			;
		s->slot[j] = (struct num_slot){ .n = o[i].v.n, .used = true };
	}
	return s;
}

bool numset_has(const struct numset *s, uint64_t n)
{
	for (uint32_t i = (uint32_t)hash_u64(n) & s->mask; s->slot[i].used; i = (i + 1) & s->mask)
		if (s->slot[i].n == n)
			return true;
	return false;
}

void intern_init(struct intern *t, struct arena *a)
{
	*t = (struct intern){ .a = a };
}

static void intern_grow(struct intern *t)
{
	uint32_t size = t->mask ? 2 * (t->mask + 1) : 64, mask = size - 1;
	struct intern_slot *slot = arena_zalloc(t->a, size * sizeof *slot);

	for (uint32_t i = 0; t->slot && i <= t->mask; i++) {
		uint32_t j = (uint32_t)t->slot[i].hash & mask;

		if (!t->slot[i].key)
			continue;
		while (slot[j].key)
			j = (j + 1) & mask;
		slot[j] = t->slot[i];
	}
	t->slot = slot;
	t->mask = mask;
}

int64_t intern_get(const struct intern *t, const char *key, uint32_t len)
{
	uint64_t h = hash_bytes(key, len);

	if (!t->slot)
		return -1;
	for (uint32_t i = (uint32_t)h & t->mask; t->slot[i].key; i = (i + 1) & t->mask)
		if (t->slot[i].hash == h && t->slot[i].len == len &&
		    memcmp(t->slot[i].key, key, len) == 0)
			return t->slot[i].index;
	return -1;
}

void intern_put(struct intern *t, const char *key, uint32_t len, uint32_t index)
{
	uint64_t h = hash_bytes(key, len);
	uint32_t i;

	if (2 * t->n >= t->mask)
		intern_grow(t);
	for (i = (uint32_t)h & t->mask; t->slot[i].key; i = (i + 1) & t->mask)
		;
	t->slot[i] = (struct intern_slot){
		.hash = h, .key = arena_memdup(t->a, key, len), .len = len, .index = index
	};
	t->n++;
}
