/* verdicts.c - verdicts that outlive their event.
 *
 * Direct-mapped tables of blocks, by thread, by fd entry and by text; a block
 * holds two bits an atom (known, verdict) and what they are good for: revisions,
 * or the text itself.  When that is another, the bits are cleared, all at once.
 * Revisions are unique in the engine, so a block never needs to be told that its
 * thread or fd is gone, and nothing is allocated or freed while events run.
 *
 * Text: most events name what earlier ones have named, so that all tests of a
 * file's name together cost one look-up.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "filter/bytes.h"
#include "filter/impl.h"

struct block {
	uint64_t rev, main_rev, epochs;         /* of all its bits */
	uint64_t lineage, fds;                  /* of the bits of those groups */
	uint64_t bits[];
};

enum {
	TEXT_KEPT_MAX = 100,            /* with 64 atoms' bits: two cache lines */
	TEXT_TABLE_MAX = 256 << 10,     /* bytes: a table should stay in the processor's cache */
};
struct text_block {
	uint64_t hash;                  /* 0: empty */
	uint32_t len;
	char s[TEXT_KEPT_MAX];
	uint64_t bits[];
};

struct table { char *mem, *base; size_t size; uint32_t mask; };       /* base: mem, aligned */

struct verdicts {
	uint32_t words[CG_COUNT];       /* of a group in its block: pairs */
	uint32_t at[CG_COUNT];          /* where they begin in bits[] */
	struct table thread, fd;
	struct table text[CG_COUNT];
	uint64_t *never;                /* words when there is no text: all known, none holds */
};

static void table_init(struct table *t, size_t head, uint32_t words, size_t bytes)
{
	size_t n = 1;

	if (!words)
		return;
	t->size = (head + words * sizeof(uint64_t) + 63) & ~(size_t)63;
	if (t->size > bytes)
		return;
	while (2 * n * t->size <= bytes)
		n *= 2;
	t->mem = mem_zalloc(n * t->size + 63);          /* untouched pages cost nothing */
	t->base = (char *)(((uintptr_t)t->mem + 63) & ~(uintptr_t)63);
	t->mask = (uint32_t)n - 1;
}

/* The words of a text that is not there: for the largest group. */
static uint64_t *all_false(const struct verdicts *v, unsigned groups)
{
	uint32_t most = 0;
	uint64_t *words;

	for (unsigned g = CG_TEXT; g < CG_TEXT + groups; g++)
		most = v->words[g] > most ? v->words[g] : most;
	words = mem_zalloc((most + 1) * sizeof *words);
	for (uint32_t i = 0; i < most; i += 2)
		words[i] = UINT64_MAX;
	return words;
}

struct verdicts *verdicts_new(const struct atoms *atoms, size_t bytes)
{
	struct verdicts *v = mem_zalloc(sizeof *v);
	unsigned groups = atoms->ngroups;
	uint32_t at = 0;
	size_t each;

	for (unsigned g = 0; g < CG_TEXT + groups; g++)
		v->words[g] = (atoms->nbits[g] + 63) / 64 * 2;
	for (unsigned g = CG_THREAD; g <= CG_FDTABLE; g++) {
		v->at[g] = at;
		at += v->words[g];
	}
	table_init(&v->thread, sizeof(struct block), at, bytes / 2);
	table_init(&v->fd, sizeof(struct block), v->words[CG_FD], bytes / 4);
	each = bytes / 4 / (groups ? groups : 1);
	if (each > TEXT_TABLE_MAX)
		each = TEXT_TABLE_MAX;
	for (unsigned g = CG_TEXT; g < CG_TEXT + groups; g++)
		table_init(&v->text[g], sizeof(struct text_block), v->words[g], each);
	v->never = all_false(v, groups);
	return v;
}

void verdicts_free(struct verdicts *v)
{
	if (!v)
		return;
	free(v->thread.mem);
	free(v->fd.mem);
	for (unsigned g = CG_TEXT; g < CG_COUNT; g++)
		free(v->text[g].mem);
	free(v->never);
	free(v);
}

static inline struct block *table_at(const struct table *t, uint64_t where)
{
	return (struct block *)(void *)(t->base + (where & t->mask) * t->size);
}

static void clear(const struct verdicts *v, struct block *b, unsigned group)
{
	memset(b->bits + v->at[group], 0, v->words[group] * sizeof(uint64_t));
}

static uint64_t outside_epochs(const struct state *s)
{
	return state_users_epoch(s) + state_containers_epoch(s) + state_interfaces_epoch(s);
}

/* The thread's block, with the bits of its own group right. */
static struct block *thread_block(struct evaluator *ev, const struct thread *t)
{
	const struct verdicts *v = ev->verdicts;
	const struct thread *main = thread_main(t);
	uint64_t main_rev = main ? main->rev : 0, epochs = outside_epochs(ev->x.ec->state);
	struct block *b = table_at(&v->thread, (uint64_t)t->tid);

	if (b->rev == t->rev && b->main_rev == main_rev && b->epochs == epochs)
		return b;
	ev->stats.cache_refused += b->rev != 0;
	b->rev = t->rev;
	b->main_rev = main_rev;
	b->epochs = epochs;
	for (unsigned g = CG_THREAD; g <= CG_FDTABLE; g++)
		clear(v, b, g);
	return b;
}

static uint64_t *thread_words(struct evaluator *ev, unsigned group)
{
	const struct event_ctx *ec = ev->x.ec;
	const struct verdicts *v = ev->verdicts;
	struct block *b;
	uint64_t now;

	if (!ec->thread || !ec->thread->rev || !ec->state || !v->thread.base)
		return NULL;
	b = thread_block(ev, ec->thread);
	if (group == CG_LINEAGE && b->lineage != (now = state_lineage_epoch(ec->state))) {
		b->lineage = now;
		clear(v, b, group);
	} else if (group == CG_FDTABLE) {
		const struct fd_table *fds = thread_fds(ec->thread);

		now = fds ? fd_table_rev(fds) : 0;
		if (b->fds != now)
			clear(v, b, group);
		b->fds = now;
	}
	return b->bits + v->at[group];
}

static uint64_t *fd_words(struct evaluator *ev)
{
	const struct event_ctx *ec = ev->x.ec;
	const struct verdicts *v = ev->verdicts;
	struct block *b;
	uint64_t epochs;

	if (!ec->fd || !ec->fd->rev || !ec->has_fd_fields || !ec->state || !v->fd.base)
		return NULL;
	epochs = outside_epochs(ec->state);
	b = table_at(&v->fd, hash_u64(ec->fd->rev));
	if (b->rev != ec->fd->rev || b->epochs != epochs) {
		b->rev = ec->fd->rev;
		b->epochs = epochs;
		clear(v, b, CG_FD);
	}
	return b->bits;
}

static uint64_t *text_words(struct evaluator *ev, unsigned group)
{
	const struct verdicts *v = ev->verdicts;
	const struct values *vs;
	struct text_block *b;
	uint64_t h;

	if (!v->text[group].base)
		return NULL;
	vs = expr_eval(ev, ev->atoms->text_expr[group]);
	if (!vs)
		return v->never;
	if (vs->v->len > TEXT_KEPT_MAX)
		return NULL;
	h = hash_bytes(vs->v->s, vs->v->len) | 1;
	b = (struct text_block *)(void *)(v->text[group].base +
					  (h >> 16 & v->text[group].mask) * v->text[group].size);
	if (b->hash == h && b->len == vs->v->len && bytes_same(b->s, vs->v->s, b->len))
		return b->bits;
	b->hash = h;
	b->len = vs->v->len;
	if (b->len)
		memcpy(b->s, vs->v->s, b->len);
	memset(b->bits, 0, v->words[group] * sizeof(uint64_t));
	return b->bits;
}

uint64_t *verdicts_open(struct evaluator *ev, unsigned group)
{
	ev->ready |= 1u << group;
	return ev->words[group] = group >= CG_TEXT ? text_words(ev, group) :
				  group == CG_FD ? fd_words(ev) : thread_words(ev, group);
}
