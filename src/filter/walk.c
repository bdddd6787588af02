/* walk.c - walks the program of an event's code.  The hot loop. */
#include "filter/program_impl.h"

/* By the event's stamp alone: what no cache keeps. */
static inline bool memo_verdict(struct evaluator *ev, uint32_t atom)
{
	uint32_t m = ev->memo[atom];
	bool v;

	if (m >> 1 == ev->stamp)
		return m & 1;
	v = atom_decide(ev, &ev->atom[atom]);
	ev->memo[atom] = ev->stamp << 1 | v;
	return v;
}

static inline bool row_verdict(struct evaluator *ev, const struct prow *r)
{
	unsigned group = r->kept >> KEPT_SHIFT;
	uint32_t bit = r->kept & KEPT_MASK;
	uint64_t *w, m;
	bool v;

	if (group == CG_NONE)
		return memo_verdict(ev, r->atom);
	w = ev->ready >> group & 1 ? ev->words[group] : verdicts_open(ev, group);
	if (!w)
		return memo_verdict(ev, r->atom);
	w += (bit >> 6) * 2;
	m = 1ull << (bit & 63);
	if (w[0] & m) {
		ev->stats.cache_hits++;
		return w[1] & m;
	}
	v = atom_decide(ev, &ev->atom[r->atom]);
	w[0] |= m;
	w[1] = v ? w[1] | m : w[1] & ~m;
	return v;
}

static inline const struct program *program_of(const struct programs *p, const struct event *e)
{
	uint64_t sc;

	if (e->type != PPME_GENERIC_X)
		return p->code[e->type];
	sc = param_u64(e, 0, 0);
	return p->generic[sc < SYSCALL_COUNT ? sc : 0];
}

unsigned programs_run(const struct programs *p, struct evaluator *ev,
		      void (*found)(void *ctx, uint32_t rule), void *ctx)
{
	const struct program *prog = program_of(p, ev->x.ec->ev);
	uint32_t i, k, run = 0;
	unsigned n = 0;

	if (!prog) {
		ev->stats.skipped_by_code++;
		return 0;
	}
	for (i = prog->entry;;) {
		while (i < prog->rows) {
			const struct prow *r = &prog->row[i];

			run++;
			i = row_verdict(ev, r) ? r->on_true : r->on_false;
		}
		k = i - prog->rows;
		if (k >= prog->accepts)
			break;
		n++;
		found(ctx, prog->accept[k].rule);
		if (p->stop_at_first)
			break;
		i = prog->accept[k].next;
	}
	ev->stats.evaluated++;
	ev->stats.atoms_run += run;
	return n;
}

bool programs_want(const struct programs *p, unsigned code, unsigned sc)
{
	if (code != PPME_GENERIC_X)
		return code < EVENT_MAX && p->code[code];
	return p->generic[sc < SYSCALL_COUNT ? sc : 0];
}

void programs_size(const struct programs *p, uint64_t *rows, uint32_t *distinct)
{
	*rows = p->rows;
	*distinct = p->distinct;
}

void programs_free(struct programs *p)
{
	struct arena a;

	if (!p)
		return;
	a = p->arena;           /* p itself lies in it */
	arena_release(&a);
}
