/* hash.h - the two hash functions, and a map from numbers to pointers.
 *
 * The map is open addressing with linear probing over a power of two, grown at
 * three quarters, with deletion by shifting back (no tombstones), so that
 * look-ups stay one or two cache lines however long it lives.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

static inline uint64_t hash_u64(uint64_t x)
{
	x ^= x >> 32;
	x *= 0x9E3779B97F4A7C15ull;
	return x ^ (x >> 29);
}

/* For byte strings: fast, not for untrusted keys in unbounded tables. */
uint64_t hash_bytes(const void *p, size_t n);

struct u64map_slot { uint64_t key; void *val; };        /* val NULL: free */
struct u64map { struct u64map_slot *slot; uint32_t mask, n; };

void u64map_init(struct u64map *m);
void u64map_release(struct u64map *m);          /* the values are the caller's */
/* val is not NULL.  Replaces an equal key. */
void u64map_set(struct u64map *m, uint64_t key, void *val);
/* Returns what was there, or NULL. */
void *u64map_del(struct u64map *m, uint64_t key);

static inline void *u64map_get(const struct u64map *m, uint64_t key)
{
	if (!m->n)
		return NULL;
	for (uint32_t i = (uint32_t)hash_u64(key) & m->mask; m->slot[i].val; i = (i + 1) & m->mask)
		if (m->slot[i].key == key)
			return m->slot[i].val;
	return NULL;
}
