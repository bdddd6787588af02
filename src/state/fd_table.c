/* fd_table.c - what one process has open, by number.
 *
 * Numbers that are small, or not large for how many there are, index an array;
 * all others (a shell's 255, or negative by a quirk of memfd_create) are in a
 * sorted list, beyond the array.  A fork shares the table; the first
 * write after that copies it, entries stay shared until they are written.
 */
#include <stdlib.h>
#include "state/state_internal.h"

enum { DENSE_MIN = 16, DENSE_FREE = 64, DENSE_MAX = 65536 };

/* Index of num in the sorted list, or where it belongs. */
static uint32_t rest_find(const struct fd_table *t, int64_t num)
{
	uint32_t lo = 0, hi = t->nrest;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (t->rest[mid].num < num)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct fd **find(const struct fd_table *t, int64_t num)
{
	uint32_t i;

	if ((uint64_t)num < t->dense_cap)
		return &t->dense[num].fd;
	if (!t->nrest)
		return NULL;
	i = rest_find(t, num);
	return i < t->nrest && t->rest[i].num == num ? &t->rest[i].fd : NULL;
}

const struct fd *fd_table_get(const struct fd_table *t, int64_t fd)
{
	struct fd **p = t ? find(t, fd) : NULL;

	return p ? *p : NULL;
}

uint32_t fd_table_count(const struct fd_table *t)
{
	return t ? t->count : 0;
}

uint64_t fd_table_rev(const struct fd_table *t)
{
	return t ? t->rev : 0;
}

void fd_table_each(const struct fd_table *t, bool (*f)(void *ctx, int64_t fd, const struct fd *e),
		   void *ctx)
{
	uint32_t i = 0;

	if (!t)
		return;
	for (; i < t->nrest && t->rest[i].num < 0; i++)
		if (!f(ctx, t->rest[i].num, t->rest[i].fd))
			return;
	FD_EACH_DENSE(t, k)
		if (!f(ctx, k, t->dense[k].fd))
			return;
	for (; i < t->nrest; i++)
		if (!f(ctx, t->rest[i].num, t->rest[i].fd))
			return;
}

static void table_unref(struct state *s, struct fd_table *t)
{
	if (--t->refs)
		return;
	FD_EACH_DENSE(t, i)
		fd_unref(s, t->dense[i].fd);
	for (uint32_t i = 0; i < t->nrest; i++)
		fd_unref(s, t->rest[i].fd);
	free(t->dense);
	free(t->rest);
	free(t);
}

void fd_table_drop(struct state *s, struct fd_table **slot)
{
	if (*slot)
		table_unref(s, *slot);
	*slot = NULL;
}

void fd_table_share(struct state *s, struct fd_table **slot, struct fd_table **from)
{
	struct fd_table *t = from ? *from : NULL;

	if (t)
		t->refs++;
	fd_table_drop(s, slot);
	*slot = t;
	*fd_turns(slot) = t ? *fd_turns(from) + 1 : 0;
}

/* Room for cap entries and, behind them, their bits. */
static void dense_alloc(struct fd_table *t, uint32_t cap)
{
	t->dense = mem_zalloc(cap * sizeof *t->dense + dense_words(cap) * sizeof *t->used);
	t->used = (uint64_t *)(void *)(t->dense + cap);
	t->dense_cap = cap;
}

static void dense_set(struct fd_table *t, int64_t num, struct fd *e, uint64_t age)
{
	t->dense[num] = (struct fd_dense){ e, age };
	t->used[num / 64] |= 1ull << (num % 64);
}

static struct fd_table *table_copy(const struct fd_table *from)
{
	struct fd_table *t = mem_alloc(sizeof *t);

	*t = *from;
	t->refs = 1;
	t->rest_cap = t->nrest;
	if (t->dense_cap)
		dense_alloc(t, t->dense_cap);
	FD_EACH_DENSE(from, i) {
		dense_set(t, i, from->dense[i].fd, from->dense[i].age);
		t->dense[i].fd->refs++;
	}
	t->rest = t->nrest ? mem_alloc(t->nrest * sizeof *t->rest) : NULL;
	for (uint32_t i = 0; i < t->nrest; i++) {
		t->rest[i] = from->rest[i];
		t->rest[i].fd->refs++;
	}
	return t;
}

static __attribute__((noinline)) struct fd_table *table_make_own(struct fd_table **slot)
{
	struct fd_table *t = *slot;

	if (!t) {
		t = mem_zalloc(sizeof *t);
		t->refs = 1;
	} else if (t->refs > 1) {
		t->refs--;
		t = table_copy(t);
	}
	if (*fd_turns(slot)) {
		fd_order_settle(t, *fd_turns(slot));
		*fd_turns(slot) = 0;
	}
	return *slot = t;
}

/* The table to write to, shared by nobody, its revision moved. */
static inline struct fd_table *table_own(struct state *s, struct fd_table **slot)
{
	struct fd_table *t = *slot;

	if (__builtin_expect(!t || t->refs > 1 || *fd_turns(slot), 0))
		t = table_make_own(slot);
	t->rev = rev_next(s);
	return t;
}

/* Takes over what lies below the new end of the array. */
static void rest_to_dense(struct fd_table *t)
{
	uint32_t i = rest_find(t, 0), from = i;

	for (; i < t->nrest && t->rest[i].num < t->dense_cap; i++)
		dense_set(t, t->rest[i].num, t->rest[i].fd, t->rest[i].age);
	if (i > from)
		memmove(t->rest + from, t->rest + i, (t->nrest - i) * sizeof *t->rest);
	t->nrest -= i - from;
}

static bool belongs_to_dense(const struct fd_table *t, int64_t num)
{
	return (uint64_t)num < t->dense_cap || (uint64_t)num < DENSE_FREE ||
	       (num >= 0 && num < DENSE_MAX && num / 4 < t->count);
}

static void dense_grow(struct fd_table *t, int64_t num)
{
	struct fd_table old = *t;
	uint32_t cap = t->dense_cap ? t->dense_cap : DENSE_MIN;

	while (cap <= num)
		cap *= 2;
	dense_alloc(t, cap);
	FD_EACH_DENSE(&old, i)
		dense_set(t, i, old.dense[i].fd, old.dense[i].age);
	free(old.dense);
	rest_to_dense(t);
}

static void rest_insert(struct fd_table *t, int64_t num, struct fd *e, uint64_t age)
{
	uint32_t i = rest_find(t, num);

	if (t->nrest == t->rest_cap) {
		t->rest_cap = t->rest_cap ? t->rest_cap * 2 : 8;
		t->rest = mem_realloc(t->rest, t->rest_cap, sizeof *t->rest);
	}
	memmove(t->rest + i + 1, t->rest + i, (t->nrest - i) * sizeof *t->rest);
	t->rest[i] = (struct fd_slot){ num, e, age };
	t->nrest++;
}

struct fd *fd_table_put(struct state *s, struct fd_table **slot, int64_t num, struct fd *e)
{
	struct fd_table *t = table_own(s, slot);
	struct fd **p = find(t, num);
	uint64_t age;

	if (p && *p) {
		fd_unref(s, *p);
		return *p = e;
	}
	if (t->count >= s->opt.max_fds) {
		s->stats.fds_refused++;
		fd_unref(s, e);
		return NULL;
	}
	age = fd_order_insert(t, num);
	t->count++;
	s->stats.fds_added++;
	if (belongs_to_dense(t, num)) {
		if (num >= t->dense_cap)
			dense_grow(t, num);
		dense_set(t, num, e, age);
		return e;
	}
	rest_insert(t, num, e, age);
	return e;
}

void fd_table_del(struct state *s, struct fd_table **slot, int64_t num)
{
	struct fd_table *t;
	struct fd *e = (struct fd *)fd_table_get(*slot, num);

	if (!e)
		return;
	t = table_own(s, slot);
	fd_order_delete(t, num);
	if ((uint64_t)num < t->dense_cap) {
		t->dense[num].fd = NULL;
		t->used[num / 64] &= ~(1ull << (num % 64));
	} else {
		uint32_t i = rest_find(t, num);

		memmove(t->rest + i, t->rest + i + 1, (t->nrest - i - 1) * sizeof *t->rest);
		t->nrest--;
	}
	t->count--;
	s->stats.fds_removed++;
	fd_unref(s, e);
}

struct fd *fd_table_edit(struct state *s, struct fd_table **slot, int64_t num)
{
	struct fd_table *t;
	struct fd **p;

	if (!fd_table_get(*slot, num))
		return NULL;
	t = table_own(s, slot);
	p = find(t, num);
	if ((*p)->refs > 1) {
		(*p)->refs--;
		*p = fd_copy(s, *p);
	} else {
		fd_touch(s, *p);
	}
	return *p;
}

/* One number of a sweep. */
static void sweep_one(struct state *s, struct fd_table **slot, int64_t num, uint16_t mask,
		      uint16_t set_bits)
{
	const struct fd *e = fd_table_get(*slot, num);

	if (!e || (e->flags & mask) != mask)
		return;
	if (!set_bits)
		fd_table_del(s, slot, num);
	else if ((e->flags & set_bits) != set_bits)
		fd_table_edit(s, slot, num)->flags |= set_bits;
}

void fd_table_sweep(struct state *s, struct fd_table **slot, int64_t first, int64_t last,
		    uint16_t mask, uint16_t set_bits)
{
	if (!*slot)
		return;
	FD_EACH_DENSE(*slot, n) {       /* *slot: the first change may copy the table */
		if (n > last)
			break;
		if (n >= first && ((*slot)->dense[n].fd->flags & mask) == mask)
			sweep_one(s, slot, n, mask, set_bits);
	}
	for (uint32_t i = (*slot)->nrest; i-- > 0;) {
		int64_t n = (*slot)->rest[i].num;

		if (n >= first && n <= last)
			sweep_one(s, slot, n, mask, set_bits);
	}
}
