/* specialise.c - what is left of rules when some of their atoms are decided.
 *
 * One rule at a time: decided rows are bypassed and rows that nothing reaches
 * are dropped.  Then the rules are joined, and facts are followed along the
 * rows: where every way to a row has already settled its atom, the row is jumped
 * over, so that rules that begin alike cost their common part once.
 */
#include "base/mem.h"
#include "filter/program_impl.h"
#include <stdlib.h>

/* -- one rule ------------------------------------------------------------------------ */
static int32_t follow(const int32_t *to, int32_t goal)
{
	return goal < 0 ? goal : to[goal];
}

bool rule_specialise(struct arena *a, const struct rule_rows *r, const uint8_t *verdict,
		     const struct atoms *atoms, struct residue *out)
{
	int32_t *to = arena_alloc(a, (r->n + 1) * sizeof *to),
		*at = arena_alloc(a, (r->n + 1) * sizeof *at);
	uint8_t *use = arena_zalloc(a, r->n + 1);
	bool accepts = false;

	*out = (struct residue){ .row = arena_alloc(a, (r->n + 1) * sizeof *out->row),
				 .entry = GOAL_REJECT };
	for (int32_t i = (int32_t)r->n - 1; i >= 0; i--) {
		const struct saker_row *row = &r->row[i];
		int32_t t = follow(to, row->on_true), f = follow(to, row->on_false);
		uint8_t v = verdict[row->atom];

		to[i] = v == 1 ? t : v == 0 ? f : i;
		if (t == f && !(atoms->v[row->atom].scope & SCOPE_STATEFUL))
			to[i] = t;
	}
	if (!r->n)
		return false;
	out->entry = to[0];
	if (out->entry < 0)
		return out->entry == GOAL_ACCEPT;
	use[out->entry] = 1;
	for (uint32_t i = 0; i < r->n; i++) {
		int32_t goal[2] = { follow(to, r->row[i].on_true), follow(to, r->row[i].on_false) };

		if (!use[i])
			continue;
		at[i] = (int32_t)out->n;
		out->row[out->n++] = (struct saker_row){ r->row[i].atom, goal[0], goal[1] };
		for (unsigned k = 0; k < 2; k++) {
			accepts |= goal[k] == GOAL_ACCEPT;
			if (goal[k] >= 0)
				use[goal[k]] = 1;
		}
	}
	for (uint32_t i = 0; i < out->n; i++) {
		struct saker_row *row = &out->row[i];

		row->on_true = row->on_true < 0 ? row->on_true : at[row->on_true];
		row->on_false = row->on_false < 0 ? row->on_false : at[row->on_false];
	}
	out->entry = 0;
	return accepts;
}

/* -- all rules ---------------------------------------------------------------------------- */
struct join {
	struct prow *row;
	struct accept *accept;
	uint32_t rows, accepts, entry;
	uint32_t *local;                /* by atom: its number among those used, 0 not used */
	uint32_t words;                 /* of a set of facts: true bits, then false bits */
	uint64_t *fact;                 /* a set for each row and each accept */
	uint8_t *reached;
};

static uint32_t goal_of(const struct join *j, int32_t goal, uint32_t base, uint32_t k,
			const uint32_t *entry)
{
	if (goal >= 0)
		return base + (uint32_t)goal;
	return goal == GOAL_ACCEPT ? j->rows + k : entry[k + 1];
}

static void lay_out(struct arena *a, struct join *j, const struct residue *part,
		    const uint32_t *rule, uint32_t n, const struct atoms *atoms)
{
	uint32_t *entry = mem_alloc((n + 1) * sizeof *entry), at = 0;

	for (uint32_t k = 0; k < n; k++)
		j->rows += part[k].n;
	j->accepts = n;
	j->row = arena_alloc(a, (j->rows + 1) * sizeof *j->row);
	j->accept = arena_alloc(a, n * sizeof *j->accept);
	for (uint32_t k = 0, first = 0; k < n; first += part[k].n, k++)
		entry[k] = part[k].entry < 0 ? j->rows + k : first;
	entry[n] = (uint32_t)GOAL_END;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t base = at;

		for (uint32_t i = 0; i < part[k].n; i++, at++) {
			const struct saker_row *r = &part[k].row[i];
			const struct atom *atom = &atoms->v[r->atom];

			j->row[at] = (struct prow){
				.atom = (uint32_t)r->atom,
				.on_true = goal_of(j, r->on_true, base, k, entry),
				.on_false = goal_of(j, r->on_false, base, k, entry),
				.kept = (uint32_t)atom->group << KEPT_SHIFT | atom->bit,
			};
		}
		j->accept[k] = (struct accept){ rule[k], entry[k + 1] };
	}
	j->entry = entry[0];
	free(entry);
}

static uint64_t *facts_of(struct join *j, uint32_t goal)
{
	return j->fact + (size_t)goal * 2 * j->words;
}

/* Follows an edge that carries facts past the rows they decide, and leaves them there. */
static uint32_t settle(struct join *j, uint32_t goal, const uint64_t *facts)
{
	uint64_t *there;

	while (goal < j->rows) {
		uint32_t n = j->local[j->row[goal].atom];
		uint64_t m = 1ull << (n & 63);

		if (facts[n >> 6] & m)
			goal = j->row[goal].on_true;
		else if (facts[j->words + (n >> 6)] & m)
			goal = j->row[goal].on_false;
		else
			break;
	}
	if (goal == (uint32_t)GOAL_END)
		return goal;
	there = facts_of(j, goal);
	for (uint32_t i = 0; i < 2 * j->words; i++)
		there[i] = j->reached[goal] ? there[i] & facts[i] : facts[i];
	j->reached[goal] = 1;
	return goal;
}

/* Accept k lies behind the rows of rule k and before those of rule k + 1: rows are visited
 * in order, and each accept when the first row behind it comes up. */
static void thread_jumps(struct join *j, const struct residue *part, uint32_t n)
{
	uint64_t *facts = mem_zalloc(2 * j->words * sizeof *facts);
	uint32_t at = 0;

	j->entry = settle(j, j->entry, facts);
	for (uint32_t k = 0; k < n; k++) {
		for (uint32_t i = 0; i < part[k].n; i++, at++) {
			struct prow *r = &j->row[at];
			uint32_t bit = j->local[r->atom];

			if (!j->reached[at])
				continue;
			memcpy(facts, facts_of(j, at), 2 * j->words * sizeof *facts);
			facts[bit >> 6] |= 1ull << (bit & 63);
			r->on_true = settle(j, r->on_true, facts);
			facts[bit >> 6] &= ~(1ull << (bit & 63));
			facts[j->words + (bit >> 6)] |= 1ull << (bit & 63);
			r->on_false = settle(j, r->on_false, facts);
		}
		if (j->reached[j->rows + k]) {
			memcpy(facts, facts_of(j, j->rows + k), 2 * j->words * sizeof *facts);
			j->accept[k].next = settle(j, j->accept[k].next, facts);
		}
	}
	free(facts);
}

static void number_atoms(struct join *j, const struct atoms *atoms)
{
	uint32_t n = 0;

	j->local = mem_zalloc((atoms->n + 1) * sizeof *j->local);
	for (uint32_t i = 0; i < j->rows; i++)
		if (!j->local[j->row[i].atom])
			j->local[j->row[i].atom] = ++n;
	j->words = n / 64 + 1;
	j->fact = mem_zalloc((size_t)(j->rows + j->accepts) * 2 * j->words * sizeof *j->fact);
	j->reached = mem_zalloc(j->rows + j->accepts);
}

static uint32_t moved(const uint32_t *to, uint32_t goal)
{
	return goal == (uint32_t)GOAL_END ? goal : to[goal];
}

/* Drops what is not reached. */
static void compact(struct join *j)
{
	uint32_t *to = mem_alloc((j->rows + j->accepts) * sizeof *to), rows = 0, accepts = 0;

	for (uint32_t i = 0; i < j->rows; i++)
		to[i] = rows, rows += j->reached[i];
	for (uint32_t k = 0; k < j->accepts; k++)
		to[j->rows + k] = rows + accepts, accepts += j->reached[j->rows + k];
	for (uint32_t i = 0; i < j->rows; i++) {
		struct prow r = j->row[i];

		r.on_true = moved(to, r.on_true);
		r.on_false = moved(to, r.on_false);
		if (j->reached[i])
			j->row[to[i]] = r;
	}
	for (uint32_t k = 0; k < j->accepts; k++) {
		struct accept x = { j->accept[k].rule, moved(to, j->accept[k].next) };

		if (j->reached[j->rows + k])
			j->accept[to[j->rows + k] - rows] = x;
	}
	j->entry = moved(to, j->entry);
	j->rows = rows;
	j->accepts = accepts;
	free(to);
}

struct program *program_join(struct arena *a, const struct residue *part, const uint32_t *rule,
			     uint32_t n, const struct atoms *atoms)
{
	struct join j = { 0 };
	struct program *p;

	if (!n)
		return NULL;
	lay_out(a, &j, part, rule, n, atoms);
	number_atoms(&j, atoms);
	thread_jumps(&j, part, n);
	compact(&j);
	free(j.local);
	free(j.fact);
	free(j.reached);
	p = arena_zalloc(a, sizeof *p);
	*p = (struct program){ .rows = j.rows, .accepts = j.accepts, .entry = j.entry,
			       .row = j.row, .accept = j.accept };
	return p;
}
