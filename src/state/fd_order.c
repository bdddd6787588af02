/* fd_order.c - in which order Falco goes through a process's fds.
 *
 * Its table is a hash map: a new entry comes first, growing turns the order
 * around, a fork enters the parent's entries one by one and so turns it, too.
 * fd.types shows it.  Each entry keeps an age; forks of a shared table are
 * counted on the thread and made up for when the table is written or read.
 * Ages are AGE_STEP apart, so that one that joins the entries of its bucket
 * finds room next to them.
 */
#include <stdlib.h>
#include "state/state_internal.h"

#define AGE_STEP 65536u
#define AGE_FULL 60000u

enum { PAIRS_MAX = 64 };

struct ranked { int64_t num; const struct fd *fd; uint64_t *age; };

/* The sizes Falco's map grows through, until every fd fits. */
static uint32_t next_size(uint32_t size)
{
	static const uint32_t SIZES[] = { FIRST_SIZE, 29, 59, 127, 257, 541, 1109, 2357, 5087 };

	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
		if (SIZES[i] > size)
			return SIZES[i];
	return UINT32_MAX;
}

/* All entries in no order; v has room for count. */
static uint32_t collect(const struct fd_table *t, struct ranked *v)
{
	uint32_t n = 0;

	FD_EACH_DENSE(t, i)
		v[n++] = (struct ranked){ i, t->dense[i].fd, &t->dense[i].age };
	for (uint32_t i = 0; i < t->nrest; i++)
		v[n++] = (struct ranked){ t->rest[i].num, t->rest[i].fd, &t->rest[i].age };
	return n;
}

static int by_age(const void *a, const void *b)
{
	uint64_t x = *((const struct ranked *)a)->age, y = *((const struct ranked *)b)->age;

	return x < y ? -1 : x > y;
}

/* Falco's map in small: nodes 0..n-1 in one chain, buckets know the node before their first. */
struct chain {
	const struct ranked *v;
	int32_t head, *next, *before;   /* before: NONE, or a node, or AT_HEAD */
	uint32_t size, n;
};
enum { NIL = -1, AT_HEAD = -1, NONE = -2 };

static void chain_clear(struct chain *c, uint32_t size)
{
	c->size = size;
	c->head = NIL;
	for (uint32_t i = 0; i < size; i++)
		c->before[i] = NONE;
}

static void chain_add(struct chain *c, int32_t p)
{
	int32_t *b = &c->before[(uint64_t)c->v[p].num % c->size];

	if (*b == NONE) {
		c->next[p] = c->head;
		c->head = p;
		*b = AT_HEAD;
		if (c->next[p] != NIL)
			c->before[(uint64_t)c->v[c->next[p]].num % c->size] = p;
	} else {
		int32_t *link = *b == AT_HEAD ? &c->head : &c->next[*b];

		c->next[p] = *link;
		*link = p;
	}
}

static void chain_grow(struct chain *c)
{
	int32_t p = c->head, next;

	chain_clear(c, next_size(c->size));
	for (; p != NIL; p = next) {
		next = c->next[p];
		chain_add(c, p);
	}
}

/* v, oldest first, becomes what entering its n entries from the newest on gives, in a
 * map that grows from size.  Returns the size it came to. */
static uint32_t reenter(struct ranked *v, uint32_t n, uint32_t size)
{
	struct ranked *old = mem_alloc((n + 1) * sizeof *old);
	struct chain c = { .v = old };
	uint32_t last = size, k = n;

	while (last < n)
		last = next_size(last);
	c.next = mem_alloc((n + 1) * sizeof *c.next);
	c.before = mem_alloc(last * sizeof *c.before);
	memcpy(old, v, n * sizeof *v);
	chain_clear(&c, size);
	for (uint32_t i = 0; i < n; i++) {
		if (i == c.size)
			chain_grow(&c);
		chain_add(&c, (int32_t)(n - 1 - i));
	}
	for (int32_t p = c.head; p != NIL; p = c.next[p])
		v[--k] = old[p];
	free(c.before);
	free(c.next);
	free(old);
	return last;
}

/* Enters the entries again for each turn.  Soon every other turn gives the same order, so that
 * a long row of forks costs no more than a short one; should it not, the parity counts. */
static uint32_t turn(struct ranked *v, uint32_t n, uint32_t turns, uint32_t size)
{
	struct ranked *two_ago = mem_alloc((n + 1) * sizeof *two_ago);
	uint32_t map_size = size;

	for (unsigned pairs = 0; turns > 2; turns -= 2) {
		memcpy(two_ago, v, n * sizeof *v);
		reenter(v, n, size);
		map_size = reenter(v, n, size);
		if (++pairs == PAIRS_MAX || !memcmp(two_ago, v, n * sizeof *v))
			turns = turns % 2 + 2;
	}
	for (; turns > 0; turns--)
		map_size = reenter(v, n, size);
	free(two_ago);
	return map_size;
}

/* How many entries share each bucket of the smallest map; nearly always none do. */
static void recount(struct fd_table *t, const struct ranked *v, uint32_t n)
{
	memset(t->bucket, 0, sizeof t->bucket);
	t->crowded = 0;
	for (uint32_t i = 0; t->map_size == FIRST_SIZE && i < n; i++)
		t->crowded += ++t->bucket[(uint64_t)v[i].num % FIRST_SIZE] == 2;
}

/* The order becomes that of v, oldest first. */
static void renumber(struct fd_table *t, struct ranked *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		*v[i].age = (uint64_t)(i + 1) * AGE_STEP;
	t->newest = (uint64_t)n * AGE_STEP;
	recount(t, v, n);
}

/* The order of t after turns forks, or (one turn) in a map of the size; 0 turns
 * leave it as it is and make room between the ages. */
static void reorder(struct fd_table *t, uint32_t turns, uint32_t size)
{
	struct ranked *v = mem_alloc((t->count + 1) * sizeof *v);
	uint32_t n = collect(t, v);

	qsort(v, n, sizeof *v, by_age);
	if (turns)
		t->map_size = turn(v, n, turns, size);
	renumber(t, v, n);
	free(v);
}

/* The age of the newest entry that shares a bucket with num; 0: none. */
static uint64_t bucket_age(const struct fd_table *t, int64_t num)
{
	uint64_t b = (uint64_t)num % t->map_size;
	uint64_t age = 0;

	for (uint64_t i = b; i < t->dense_cap; i += t->map_size)
		if (t->dense[i].fd && t->dense[i].age > age)
			age = t->dense[i].age;
	for (uint32_t i = 0; i < t->nrest; i++)
		if ((uint64_t)t->rest[i].num % t->map_size == b && t->rest[i].age > age)
			age = t->rest[i].age;
	return age;
}

uint64_t fd_order_insert(struct fd_table *t, int64_t num)
{
	uint64_t age;

	if (!t->map_size)
		t->map_size = FIRST_SIZE;
	if (t->count == t->map_size)
		reorder(t, 1, next_size(t->map_size));
	if (t->map_size == FIRST_SIZE) {
		uint8_t *bucket = &t->bucket[(uint64_t)num % FIRST_SIZE];

		if (++*bucket == 1)
			return t->newest += AGE_STEP;
		t->crowded += *bucket == 2;
	}
	age = bucket_age(t, num);
	if (!age)
		return t->newest += AGE_STEP;
	if (age % AGE_STEP > AGE_FULL) {
		reorder(t, 0, 0);
		if (t->map_size == FIRST_SIZE)  /* the new entry was not there to be counted */
			t->crowded += ++t->bucket[(uint64_t)num % FIRST_SIZE] == 2;
		age = bucket_age(t, num);
	}
	return age + 1;
}

void fd_order_delete(struct fd_table *t, int64_t num)
{
	if (t->map_size == FIRST_SIZE)
		t->crowded -= t->bucket[(uint64_t)num % FIRST_SIZE]-- == 2;
}

void fd_order_settle(struct fd_table *t, uint32_t turns)
{
	if (t->map_size != FIRST_SIZE || t->crowded) {
		reorder(t, turns, FIRST_SIZE);
		return;
	}
	/* few entries in buckets of their own: to enter them again is to turn them around */
	if (turns % 2 == 0)
		return;
	FD_EACH_DENSE(t, i)
		t->dense[i].age = t->newest + AGE_STEP - t->dense[i].age;
	for (uint32_t i = 0; i < t->nrest; i++)
		t->rest[i].age = t->newest + AGE_STEP - t->rest[i].age;
}

void thread_fds_each(const struct thread *t, bool (*f)(void *ctx, int64_t fd, const struct fd *e),
		     void *ctx)
{
	struct fd_table **slot = thread_fds_slot((struct thread *)t);
	struct ranked *v;
	uint32_t n;

	if (!slot || !*slot || !(*slot)->count)
		return;
	v = mem_alloc((*slot)->count * sizeof *v);
	n = collect(*slot, v);
	qsort(v, n, sizeof *v, by_age);
	turn(v, n, *fd_turns(slot), FIRST_SIZE);
	for (uint32_t i = n; i-- > 0;)
		if (!f(ctx, v[i].num, v[i].fd))
			break;
	free(v);
}
