/* alert_queue.c - see alert_queue.h.
 *
 * The producer publishes a record by storing its end in the chunk's `end`, and a
 * new chunk by storing it in `next` after the last record of the old one.  The
 * consumer gives chunks back on a stack that the producer takes whole, so that
 * no pointer is ever compared with a recycled one.
 */
#include "engine/alert_queue.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "base/mem.h"

enum {
	CHUNK = 64 << 10, LINE = 64, NAP_MS = 20,
	WAKE_ALERTS = 512,              /* a backlog that ends a nap */
	SMALL_BATCH = 128,              /* after one, a nap comes first */
	DEFAULT_BYTES = 16 << 20,
};

/* In the chunk: header, rule, NUL, text, newline; padded to 8. */
struct record {
	uint64_t ts;
	uint32_t text_len, size;
	uint16_t rule_len;
	uint8_t priority, internal;
	uint32_t reserved;
};

struct chunk {
	struct chunk *_Atomic next;
	_Atomic uint32_t end;           /* bytes published */
	uint32_t size;                  /* of data */
	struct chunk *free_next;
	char data[] __attribute__((aligned(8)));
};

enum sleep { AWAKE, NAPPING, ASLEEP };

struct alert_queue {
	/* the producer's */
	struct chunk *tail;
	struct chunk *spare;
	uint64_t put, seen_taken, chunk_bytes_made;
	struct alert_queue_options o;
	_Atomic uint64_t dropped, waits, wakeups;
	/* the consumer's */
	struct chunk *head __attribute__((aligned(LINE)));
	uint32_t at;                    /* read so far in head */
	struct chunk *done;             /* read, but borrowed until the next get */
	uint64_t read;          /* records */
	uint32_t last;                  /* how many the last get gave */
	/* both */
	struct chunk *_Atomic returned __attribute__((aligned(LINE)));
	_Atomic uint64_t taken, published, freed_bytes;
	_Atomic uint32_t sleep;         /* futex: enum sleep */
	_Atomic uint32_t room;          /* futex: moves when chunks come back */
	_Atomic uint32_t producer_waits, closed, poked;
};

/* -- futexes -------------------------------------------------------------------- */

static void wait_on(_Atomic uint32_t *word, uint32_t value, uint32_t ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &t, NULL, 0);
}

static void wake(_Atomic uint32_t *word)
{
	int keep = errno;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	errno = keep;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void wake_consumer(struct alert_queue *q)
{
	if (atomic_exchange(&q->sleep, AWAKE) != AWAKE)
		wake(&q->sleep);
}

/* -- chunks ----------------------------------------------------------------------- */

static struct chunk *chunk_new(uint32_t size)
{
	struct chunk *c = mem_alloc(sizeof *c + size);

	atomic_init(&c->next, NULL);
	atomic_init(&c->end, 0);
	c->size = size;
	c->free_next = NULL;
	return c;
}

static void free_list(struct chunk *c)
{
	while (c) {
		struct chunk *next = c->free_next;

		free(c);
		c = next;
	}
}

struct alert_queue *alert_queue_new(const struct alert_queue_options *o)
{
	struct alert_queue *q = aligned_alloc(LINE, (sizeof *q + LINE - 1) / LINE * LINE);

	if (!q)
		return NULL;
	memset(q, 0, sizeof *q);
	q->o = *o;
	if (!q->o.max_bytes)
		q->o.max_bytes = DEFAULT_BYTES;
	q->head = q->tail = chunk_new(CHUNK);
	q->chunk_bytes_made = CHUNK;
	return q;
}

void alert_queue_free(struct alert_queue *q)
{
	if (!q)
		return;
	while (q->head) {
		struct chunk *next = atomic_load(&q->head->next);

		free(q->head);
		q->head = next;
	}
	free_list(q->done);
	free_list(q->spare);
	free_list(atomic_load(&q->returned));
	free(q);
}

/* Chunks that came back make room for a larger one. */
static void free_spares(struct alert_queue *q)
{
	struct chunk *list[2] = { q->spare, atomic_exchange_explicit(&q->returned, NULL, memory_order_acquire) };

	q->spare = NULL;
	for (unsigned i = 0; i < 2; i++) {
		for (struct chunk *c = list[i]; c; c = c->free_next)
			q->chunk_bytes_made -= c->size;
		free_list(list[i]);
	}
}

/* A chunk with room for size bytes, or NULL when the queue holds all it may. */
static struct chunk *take_chunk(struct alert_queue *q, uint32_t size)
{
	uint64_t live;
	struct chunk *c;

	if (size > CHUNK) {
		free_spares(q);
	} else {
		if (!q->spare)
			q->spare = atomic_exchange_explicit(&q->returned, NULL, memory_order_acquire);
		c = q->spare;
		if (c) {
			q->spare = c->free_next;
			atomic_store_explicit(&c->next, NULL, memory_order_relaxed);
			atomic_store_explicit(&c->end, 0, memory_order_relaxed);
			return c;
		}
		size = CHUNK;
	}
	live = q->chunk_bytes_made - atomic_load_explicit(&q->freed_bytes, memory_order_relaxed);
	/* the one chunk in use is never counted: a single alert always fits somewhere */
	if (live + size > q->o.max_bytes && live > q->tail->size)
		return NULL;
	q->chunk_bytes_made += size;
	return chunk_new(size);
}

/* -- the producer ---------------------------------------------------------------------- */

static bool too_many(struct alert_queue *q)
{
	if (!q->o.max_alerts || q->put - q->seen_taken < q->o.max_alerts)
		return false;
	q->seen_taken = atomic_load_explicit(&q->taken, memory_order_acquire);
	return q->put - q->seen_taken >= q->o.max_alerts;
}

/* Room for size bytes at the tail's end; false when there is none now. */
static bool make_room(struct alert_queue *q, uint32_t size)
{
	struct chunk *c = q->tail, *fresh;
	uint32_t end = atomic_load_explicit(&c->end, memory_order_relaxed);

	if (too_many(q))
		return false;
	if (c->size - end >= size)
		return true;
	fresh = take_chunk(q, size);
	if (!fresh)
		return false;
	q->tail = fresh;
	atomic_store_explicit(&c->next, fresh, memory_order_release);
	return true;
}

/* False: closed meanwhile. */
static bool wait_for_room(struct alert_queue *q, uint32_t size)
{
	bool got;

	atomic_fetch_add_explicit(&q->waits, 1, memory_order_relaxed);
	for (;;) {
		uint32_t room = atomic_load(&q->room);

		atomic_store(&q->producer_waits, 1);
		got = make_room(q, size);
		if (got || atomic_load(&q->closed))
			break;
		wake_consumer(q);
		wait_on(&q->room, room, 1000);
	}
	atomic_store(&q->producer_waits, 0);
	return got;
}

static void write_record(struct alert_queue *q, const struct saker_alert *a, uint32_t rule_len,
			 uint32_t size)
{
	struct chunk *c = q->tail;
	uint32_t end = atomic_load_explicit(&c->end, memory_order_relaxed);
	struct record r = {
		.ts = a->ts_ns, .text_len = a->text_len, .size = size, .rule_len = (uint16_t)rule_len,
		.priority = (uint8_t)a->priority, .internal = (uint8_t)a->internal,
	};
	char *p = c->data + end;

	memcpy(p, &r, sizeof r);
	p += sizeof r;
	memcpy(p, a->rule, rule_len);
	p[rule_len] = 0;
	p += rule_len + 1;
	memcpy(p, a->text, a->text_len);
	p[a->text_len] = '\n';
	atomic_store_explicit(&c->end, end + size, memory_order_release);
}

bool alert_queue_put(struct alert_queue *q, const struct saker_alert *a, uint32_t rule_len)
{
	uint64_t total = sizeof(struct record) + (uint64_t)a->text_len + 2;
	uint32_t size, sleep;

	if (rule_len > UINT16_MAX)
		rule_len = UINT16_MAX;
	total = (total + rule_len + 7) & ~7ull;
	size = (uint32_t)total;
	if (atomic_load_explicit(&q->closed, memory_order_relaxed) || total > INT32_MAX)
		goto drop;
	if (!make_room(q, size) && !(q->o.wait && wait_for_room(q, size)))
		goto drop;
	write_record(q, a, rule_len, size);
	q->put++;
	atomic_store(&q->published, q->put);    /* ordered before the look at sleep */
	sleep = atomic_load(&q->sleep);
	if (sleep == ASLEEP || (sleep == NAPPING && q->put - atomic_load_explicit(&q->taken,
			memory_order_relaxed) >= WAKE_ALERTS)) {
		atomic_fetch_add_explicit(&q->wakeups, 1, memory_order_relaxed);
		wake_consumer(q);
	}
	return true;
drop:
	atomic_fetch_add_explicit(&q->dropped, 1, memory_order_relaxed);
	return false;
}

void alert_queue_close(struct alert_queue *q)
{
	atomic_store(&q->closed, 1);
	wake_consumer(q);
	atomic_fetch_add(&q->room, 1);
	wake(&q->room);
}

void alert_queue_poke(struct alert_queue *q)
{
	atomic_store(&q->poked, 1);
	wake_consumer(q);
}

/* -- the consumer ---------------------------------------------------------------------- */

static void return_chunk(struct alert_queue *q, struct chunk *c)
{
	if (c->size != CHUNK) {
		atomic_fetch_add_explicit(&q->freed_bytes, c->size, memory_order_relaxed);
		free(c);
		return;
	}
	c->free_next = atomic_load_explicit(&q->returned, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(&q->returned, &c->free_next, c,
			memory_order_release, memory_order_relaxed))
		;
}

/* What the last get lent out is the producer's again. */
static void give_back(struct alert_queue *q)
{
	struct chunk *c = q->done, *next;

	if (!c && atomic_load_explicit(&q->taken, memory_order_relaxed) == q->read)
		return;
	q->done = NULL;
	for (; c; c = next) {
		next = c->free_next;
		return_chunk(q, c);
	}
	atomic_store(&q->taken, q->read);
	if (atomic_load(&q->producer_waits)) {
		atomic_fetch_add(&q->room, 1);
		wake(&q->room);
	}
}

/* True when head holds an unread record, after moving to the next chunk if need be. */
static bool advance(struct alert_queue *q)
{
	struct chunk *next;

	for (;;) {
		if (atomic_load_explicit(&q->head->end, memory_order_acquire) > q->at)
			return true;
		next = atomic_load_explicit(&q->head->next, memory_order_acquire);
		if (!next)
			return false;
		if (atomic_load_explicit(&q->head->end, memory_order_acquire) > q->at)
			return true;
		q->head->free_next = q->done;
		q->done = q->head;
		q->head = next;
		q->at = 0;
	}
}

static void read_record(struct alert_queue *q, struct saker_alert *out)
{
	const char *p = q->head->data + q->at;
	struct record r;

	memcpy(&r, p, sizeof r);
	*out = (struct saker_alert){
		.ts_ns = r.ts, .rule = p + sizeof r, .text = p + sizeof r + r.rule_len + 1,
		.text_len = r.text_len, .priority = r.priority, .internal = r.internal,
	};
	q->at += r.size;
	q->read++;
}

static int take(struct alert_queue *q, struct saker_alert *out, uint32_t max)
{
	uint32_t n = 0;

	while (n < max && advance(q))
		read_record(q, &out[n++]);
	return (int)n;
}

/* Sleeps as told; returns at once when there is something to do: for a nap, a good deal. */
static void doze(struct alert_queue *q, uint32_t how, uint32_t ms)
{
	uint64_t enough = how == NAPPING ? WAKE_ALERTS : 1;

	atomic_store(&q->sleep, how);
	if (atomic_load(&q->published) - q->read < enough && !atomic_load(&q->closed) &&
	    !atomic_load(&q->poked))
		wait_on(&q->sleep, how, ms);
	atomic_store(&q->sleep, AWAKE);
}

/* Before going to sleep for good, and after small batches, a nap lets alerts gather. */
int alert_queue_get(struct alert_queue *q, struct saker_alert *out, uint32_t max, uint32_t timeout_ms)
{
	uint64_t now = now_ms(), until = now + timeout_ms;
	bool nap = q->last > 0 && q->last < SMALL_BATCH;

	q->last = 0;
	for (;;) {
		uint32_t closed = atomic_load(&q->closed), left = (uint32_t)(until - now);
		int n;

		give_back(q);
		n = nap && !closed ? 0 : take(q, out, max);
		if (n) {
			q->last = (uint32_t)n;
			return n;
		}
		if (closed)
			return -1;
		if (atomic_exchange(&q->poked, 0) || now >= until)
			return nap ? take(q, out, max) : 0;
		doze(q, nap ? NAPPING : ASLEEP, nap && left > NAP_MS ? NAP_MS : left);
		nap = false;
		now = now_ms();
		if (now > until)
			now = until;
	}
}

void alert_queue_stats(const struct alert_queue *q, struct alert_queue_stats *out)
{
	*out = (struct alert_queue_stats){
		.put = atomic_load(&q->published), .taken = atomic_load(&q->taken),
		.dropped = atomic_load(&q->dropped), .waits = atomic_load(&q->waits),
		.wakeups = atomic_load(&q->wakeups),
	};
}
