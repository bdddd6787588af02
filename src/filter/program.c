/* program.c - from rules to one program for each event code.
 *
 * The atoms that depend on the code alone are decided for every code; codes that
 * decide them alike share a program, so that only a few dozen are built.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "filter/program_impl.h"
#include <stdlib.h>

/* -- the verifier ------------------------------------------------------------------- */
static bool goal_ok(int32_t goal, uint32_t at, uint32_t n)
{
	return goal == GOAL_ACCEPT || goal == GOAL_REJECT ||
	       (goal > (int32_t)at && goal < (int32_t)n);
}

int rule_verify(const struct rule_rows *r, uint32_t natoms, struct saker_error *err)
{
	if (r->n > INT32_MAX)
		return fail(err, SAKER_E_BUG, "rule %u: too many rows", r->rule);
	for (uint32_t i = 0; i < r->n; i++) {
		const struct saker_row *row = &r->row[i];

		if (row->atom < 0 || (uint32_t)row->atom >= natoms)
			return fail(err, SAKER_E_BUG, "rule %u: row %u tests atom %d of %u",
				    r->rule, i, row->atom, natoms);
		if (!goal_ok(row->on_true, i, r->n) || !goal_ok(row->on_false, i, r->n))
			return fail(err, SAKER_E_BUG, "rule %u: row %u jumps to %d or %d of %u",
				    r->rule, i, row->on_true, row->on_false, r->n);
	}
	return 0;
}

/* -- deciding by code ------------------------------------------------------------------ */
struct builder {
	struct programs *p;
	const struct atoms *atoms;
	const struct rule_rows *rule;
	uint32_t nrules;
	struct evaluator *ev;
	uint32_t *constant;             /* atoms that depend on the code alone */
	uint32_t nconstant;
	uint8_t *verdict;               /* by atom, of the code at hand */
	struct intern seen;             /* verdicts of the constants to index in made */
	const struct program **made;
	uint32_t nmade;
};

/* Codes whose names are in their parameters: nothing is decided before the event. */
static bool open_code(unsigned code, unsigned sc)
{
	return (code <= PPME_GENERIC_X && sc == 0) || code == PPME_ASYNCEVENT_E ||
	       (EVENTS[code].category & EC_PLUGIN);
}

static void decide(struct builder *b, unsigned code, unsigned sc)
{
	uint16_t id = (uint16_t)sc, native = (uint16_t)SYSCALLS[sc].x86_64;
	struct event e = { .info = &EVENTS[code], .type = (uint16_t)code };
	struct event_ctx ec = { .ev = &e, .fd_num = -1, .visible = true };

	if (code == PPME_GENERIC_X) {
		e.param[0] = (struct param){ (const uint8_t *)&id, sizeof id };
		e.param[1] = (struct param){ (const uint8_t *)&native, sizeof native };
		e.nparams = 2;
	}
	evaluator_begin(b->ev, &ec);
	for (uint32_t i = 0; i < b->nconstant; i++) {
		uint32_t atom = b->constant[i];

		b->verdict[atom] = open_code(code, sc) ? UNDECIDED :
				   atom_decide(b->ev, &b->atoms->v[atom]);
	}
}

/* -- building ------------------------------------------------------------------------------ */
static const struct program *build(struct builder *b)
{
	struct residue *part = mem_alloc((b->nrules + 1) * sizeof *part);
	uint32_t *rule = mem_alloc((b->nrules + 1) * sizeof *rule), n = 0;
	struct program *p, *copy = NULL;
	struct arena tmp;

	arena_init(&tmp, 0);
	for (uint32_t i = 0; i < b->nrules; i++) {
		if (!rule_specialise(&tmp, &b->rule[i], b->verdict, b->atoms, &part[n]))
			continue;
		rule[n++] = b->rule[i].rule;
	}
	p = program_join(&tmp, part, rule, n, b->atoms);
	if (p) {
		copy = arena_memdup(&b->p->arena, p, sizeof *p);
		copy->row = arena_memdup(&b->p->arena, p->row, p->rows * sizeof *p->row);
		copy->accept =
			arena_memdup(&b->p->arena, p->accept, p->accepts * sizeof *p->accept);
		b->p->distinct++;
		b->p->rows += p->rows;
	}
	arena_release(&tmp);
	free(rule);
	free(part);
	return copy;
}

static const struct program *program_for(struct builder *b, unsigned code, unsigned sc)
{
	char *key = mem_alloc(b->nconstant + 1);
	const struct program *p;
	int64_t at;

	decide(b, code, sc);
	for (uint32_t i = 0; i < b->nconstant; i++)
		key[i] = (char)b->verdict[b->constant[i]];
	at = intern_get(&b->seen, key, b->nconstant);
	if (at >= 0) {
		p = b->made[at];
	} else {
		p = build(b);
		intern_put(&b->seen, key, b->nconstant, b->nmade);
		b->made = mem_realloc(b->made, b->nmade + 1, sizeof *b->made);
		b->made[b->nmade++] = p;
	}
	free(key);
	return p;
}

static void build_all(struct builder *b)
{
	struct evaluator_options o = { .cache_bytes = 1 };
	struct arena keys;

	arena_init(&keys, 0);
	intern_init(&b->seen, &keys);
	b->ev = evaluator_new(&o);
	evaluator_take(b->ev, b->atoms, b->atoms->exprs);
	b->verdict = mem_alloc(b->atoms->n + 1);
	b->constant = mem_alloc((b->atoms->n + 1) * sizeof *b->constant);
	for (uint32_t i = 0; i < b->atoms->n; i++) {
		b->verdict[i] = UNDECIDED;
		if (b->atoms->v[i].scope == SCOPE_CONST)
			b->constant[b->nconstant++] = i;
	}
	for (unsigned code = 0; code < EVENT_MAX; code++)
		b->p->code[code] = program_for(b, code, 0);
	for (unsigned sc = 0; sc < SYSCALL_COUNT; sc++)
		b->p->generic[sc] = program_for(b, PPME_GENERIC_X, sc);
	evaluator_free(b->ev);
	free(b->verdict);
	free(b->constant);
	free(b->made);
	arena_release(&keys);
}

struct programs *programs_build(const struct atoms *atoms, const struct rule_rows *rules,
				uint32_t n, bool stop_at_first, struct saker_error *err)
{
	struct builder b = { .atoms = atoms, .rule = rules, .nrules = n };
	struct programs *p;
	struct arena a;

	for (uint32_t i = 0; i < n; i++)
		if (rule_verify(&rules[i], atoms->n, err) < 0)
			return NULL;
	arena_init(&a, 0);
	p = arena_zalloc(&a, sizeof *p);
	p->generic = arena_zalloc(&a, (SYSCALL_COUNT + 1) * sizeof *p->generic);
	p->arena = a;
	p->stop_at_first = stop_at_first;
	b.p = p;
	build_all(&b);
	return p;
}
