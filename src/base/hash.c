/* hash.c - see hash.h. */
#include "base/hash.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

uint64_t hash_bytes(const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = 0x9E3779B97F4A7C15ull ^ n, w;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&w, b, 8);
		h = hash_u64(h ^ w);
	}
	w = 0;
	memcpy(&w, b, n);
	return hash_u64(h ^ w ^ ((uint64_t)n << 56));
}

void u64map_init(struct u64map *m)
{
	memset(m, 0, sizeof *m);
}

void u64map_release(struct u64map *m)
{
	free(m->slot);
	u64map_init(m);
}

static void put(struct u64map *m, uint64_t key, void *val)
{
	uint32_t i = (uint32_t)hash_u64(key) & m->mask;

	while (m->slot[i].val && m->slot[i].key != key)
		i = (i + 1) & m->mask;
	m->n += !m->slot[i].val;
	m->slot[i] = (struct u64map_slot){ key, val };
}

static void resize(struct u64map *m, uint32_t size)
{
	struct u64map old = *m;

	m->slot = mem_zalloc(size * sizeof *m->slot);
	m->mask = size - 1;
	m->n = 0;
	for (uint32_t i = 0; old.slot && i <= old.mask; i++)
		if (old.slot[i].val)
			put(m, old.slot[i].key, old.slot[i].val);
	free(old.slot);
}

void u64map_set(struct u64map *m, uint64_t key, void *val)
{
	if (!m->slot)
		resize(m, 64);
	else if (m->n >= (m->mask + 1) / 4 * 3)
		resize(m, (m->mask + 1) * 2);
	put(m, key, val);
}

void *u64map_del(struct u64map *m, uint64_t key)
{
	uint32_t i, j;
	void *val;

	if (!m->n)
		return NULL;
	i = (uint32_t)hash_u64(key) & m->mask;
	while (m->slot[i].val && m->slot[i].key != key)
		i = (i + 1) & m->mask;
	val = m->slot[i].val;
	if (!val)
		return NULL;
	m->n--;
	for (j = i;;) {         /* close the gap: move back what may move */
		uint32_t home;

		m->slot[i].val = NULL;
		do {
			j = (j + 1) & m->mask;
			if (!m->slot[j].val)
				return val;
			home = (uint32_t)hash_u64(m->slot[j].key) & m->mask;
		} while (i <= j ? (i < home && home <= j) : (i < home || home <= j));
		m->slot[i] = m->slot[j];
		i = j;
	}
}
