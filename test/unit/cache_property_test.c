/* cache_property_test.c - kept verdicts and joined programs against plain evaluation.
 *
 * Replays captures (the arguments, or the traces) with random atoms over all fields, on
 * values seen in the capture, in random rules.  Each event is judged by the programs,
 * with caches large and tiny, and by walking every rule with verdicts that are computed
 * anew from the values.  They must agree on every rule of every event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include "filter/program_impl.h"
#include "source/capture.h"
#include <cmocka.h>
#include <glob.h>
#include <stdlib.h>

#define LENGTH(a) (sizeof(a) / sizeof *(a))

enum {
	ROUNDS = 4, FIELDS = 60, ATOMS = 300, RULES = 200, ROWS = 10, SEEN = 48, TEXT = 64,
	MOST_EVENTS = 40000, MAX_FIELDS = 1024
};

struct seen { const char *name, *arg; char text[SEEN][TEXT]; unsigned n; unsigned scope; };

struct bench {
	struct seen *field;
	unsigned nfields;
	struct expr *made[MAX_FIELDS];
	uint64_t random;
	unsigned focus;                 /* scope of most of a round's atoms */
	struct arena arena;
	struct exprs *exprs;
	struct atoms *atoms;
	struct saker_row (*row)[ROWS];
	struct rule_rows rule[RULES + ATOMS];
	uint32_t nrules;
	struct programs *all, *first;
	struct evaluator *plain, *kept, *tiny;
	uint8_t *got;
	uint64_t events, matches, hits;
};

static unsigned draw(struct bench *b, unsigned n)
{
	b->random = b->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((b->random >> 33) % n);
}

static void add_field(struct bench *b, const char *name, const char *arg)
{
	if (b->nfields < MAX_FIELDS)
		b->field[b->nfields++] = (struct seen){ .name = name, .arg = arg };
}

static void list_fields(struct bench *b)
{
	static const char *const ARGS[] = { "0", "1", "2", "3", "fd", "flags", "name", "PATH", "HOME",
					    "memory", "cpuset" };

	for (unsigned c = 0; FIELD_CLASSES[c]; c++)
		for (unsigned i = 0; i < FIELD_CLASSES[c]->n; i++) {
			const struct field_def *d = &FIELD_CLASSES[c]->fields[i];

			if (d->scope & SCOPE_STATEFUL)
				continue;
			if (d->arg != ARG_REQUIRED)
				add_field(b, d->name, NULL);
			for (unsigned k = 0; d->arg != ARG_NONE && k < LENGTH(ARGS); k++)
				add_field(b, d->name, ARGS[k]);
		}
}

/* -- replaying --------------------------------------------------------------------------- */
typedef void event_fn(struct bench *b, const struct event_ctx *ec);

static void replay(struct bench *b, const char *path, event_fn *f)
{
	struct state_options o = { 0 };
	struct state *state = state_new(&o);
	struct saker_error err = { 0 };
	struct source_sink sink;
	struct event ev = { 0 };
	struct event_ctx ec;
	struct source *src;

	state_sink(state, &sink);
	src = capture_open(path, &sink, &err);
	if (!src)
		fail_msg("%s", err.msg);
	for (unsigned n = 0; n < MOST_EVENTS && source_next(src, &ev, &err) == SOURCE_EVENT; n++) {
		ev.num = n + 1;
		state_apply(state, &ev, &ec);
		if (ec.visible)
			f(b, &ec);
	}
	source_free(src);
	state_free(state);
}

/* -- values seen --------------------------------------------------------------------------- */
static void note(struct bench *b, struct seen *s, const struct strbuf *t)
{
	unsigned at = s->n < SEEN ? s->n : draw(b, SEEN);

	if (t->len >= TEXT || memchr(t->s, 0, t->len))
		return;
	for (unsigned i = 0; i < s->n; i++)
		if (strlen(s->text[i]) == t->len && memcmp(s->text[i], t->s, t->len) == 0)
			return;
	memcpy(s->text[at], t->s, t->len);
	s->text[at][t->len] = '\0';
	s->n += s->n < SEEN;
}

static void look(struct bench *b, const struct event_ctx *ec)
{
	struct render_options o = { 0 };
	struct strbuf t = { 0 };

	if (draw(b, 11))
		return;
	evaluator_begin(b->plain, ec);
	for (unsigned i = 0; i < b->nfields; i++) {
		const struct values *v = b->made[i] ? expr_eval(b->plain, b->made[i]) : NULL;

		if (!v || !v->n)
			continue;
		strbuf_clear(&t);
		strbuf_add(&t, "", 0);
		value_text(&t, expr_type(b->made[i]), expr_fmt(b->made[i]), &v->v[0], &o);
		note(b, &b->field[i], &t);
	}
	strbuf_release(&t);
}

static void begin_ruleset(struct bench *b)
{
	arena_init(&b->arena, 0);
	b->exprs = exprs_new(&b->arena);
	b->atoms = atoms_new(&b->arena, b->exprs);
}

static void end_ruleset(struct bench *b)
{
	atoms_release(b->atoms);
	arena_release(&b->arena);
}

static void collect(struct bench *b, const char *path)
{
	struct evaluator_options none = { .cache_bytes = 1 };
	struct saker_error err;

	begin_ruleset(b);
	for (unsigned i = 0; i < b->nfields; i++) {
		b->made[i] = expr_field(b->exprs, b->field[i].name, (uint32_t)strlen(b->field[i].name),
				     b->field[i].arg, &err);
		b->field[i].scope = b->made[i] ? expr_scope(b->made[i]) : SCOPE_EVENT;
	}
	b->plain = evaluator_new(&none);
	evaluator_take(b->plain, b->atoms, b->exprs);
	replay(b, path, look);
	evaluator_free(b->plain);
	end_ruleset(b);
}

/* Mostly a field of the round's scope whose verdicts are kept, and that had values. */
static unsigned some_field(struct bench *b)
{
	for (;;) {
		unsigned i = draw(b, b->nfields);
		unsigned scope = b->field[i].scope;
		bool kept = scope & b->focus && !(scope & SCOPE_EVENT) && b->field[i].n > 1;

		if (kept || draw(b, 40) == 0)
			return i;
	}
}

/* -- random rules ----------------------------------------------------------------------------- */
static struct expr *dress(struct bench *b, struct expr *e)
{
	static const char *const CALLS[] = { "tolower", "toupper", "basename", "len", "b64" };
	struct saker_error err;
	struct expr *call;

	if (draw(b, 4))
		return e;
	call = expr_call(b->exprs, CALLS[draw(b, LENGTH(CALLS))], &e, 1, NULL, &err);
	return call ? call : e;
}

static struct expr *some_expr(struct bench *b, const struct seen *s)
{
	struct saker_error err;
	struct expr *e = expr_field(b->exprs, s->name, (uint32_t)strlen(s->name), s->arg, &err);

	return e ? dress(b, e) : NULL;
}

static void some_atom(struct bench *b, const struct seen *s)
{
	static const unsigned OPS[] = {
		OP_EQ, OP_EQ, OP_NE, OP_LT, OP_GE, OP_CONTAINS, OP_ICONTAINS, OP_STARTSWITH,
		OP_ENDSWITH, OP_GLOB, OP_IGLOB, OP_PMATCH, OP_IN, OP_IN, OP_INTERSECTS, OP_EXISTS,
		OP_REGEX
	};
	unsigned op = OPS[draw(b, LENGTH(OPS))], n = op == OP_EXISTS ? 0 : 1;
	struct expr *e = some_expr(b, s);
	const char *text[4];
	uint32_t len[4];
	struct saker_error err;
	char part[4][TEXT];

	if (!e)
		return;
	if (op == OP_IN || op == OP_INTERSECTS || op == OP_PMATCH)
		n = 1 + draw(b, 4);
	for (unsigned i = 0; i < n; i++) {
		const char *v = s->n ? s->text[draw(b, s->n)] : "1";
		size_t l = strlen(v);

		if (op >= OP_CONTAINS && op <= OP_ENDSWITH && l > 2)
			l = 1 + draw(b, (unsigned)l);
		memcpy(part[i], v, l);
		part[i][l] = '\0';
		if ((op == OP_GLOB || op == OP_IGLOB) && l > 2)
			part[i][l / 2] = '*';
		text[i] = part[i];
		len[i] = (uint32_t)l;
	}
	if (draw(b, 12) == 0 && (op == OP_EQ || op == OP_NE)) {
		struct expr *r = some_expr(b, &b->field[some_field(b)]);

		if (r)
			atom_add_rhs(b->atoms, e, op, r, &err);
		return;
	}
	atom_add(b->atoms, e, op, MOD_NONE, text, len, n, &err);
}

static int32_t some_goal(struct bench *b, int32_t at, int32_t n)
{
	unsigned k = draw(b, 4);

	return at + 1 < n && k ? at + 1 + (int32_t)draw(b, (unsigned)(n - at - 1)) :
	       draw(b, 2) ? GOAL_ACCEPT : GOAL_REJECT;
}

static void make_rules(struct bench *b)
{
	struct saker_error err;
	uint32_t natoms = atoms_count(b->atoms);

	b->nrules = RULES + natoms;
	b->row = calloc(b->nrules, sizeof *b->row);
	b->got = calloc(b->nrules, 1);
	for (uint32_t r = 0; r < b->nrules; r++) {
		uint32_t n = r < RULES ? 1 + draw(b, ROWS) : 1;

		for (uint32_t i = 0; i < n; i++)
			b->row[r][i] = (struct saker_row){ (int32_t)draw(b, natoms),
							   some_goal(b, (int32_t)i, (int32_t)n),
							   some_goal(b, (int32_t)i, (int32_t)n) };
		if (r >= RULES)
			b->row[r][0] = (struct saker_row){ (int32_t)(r - RULES), GOAL_ACCEPT,
							   GOAL_REJECT };
		b->rule[r] = (struct rule_rows){ b->row[r], n, r };
	}
	b->all = programs_build(b->atoms, b->rule, b->nrules, false, &err);
	b->first = programs_build(b->atoms, b->rule, b->nrules, true, &err);
	assert_non_null(b->all);
	assert_non_null(b->first);
}

/* -- the two ways ------------------------------------------------------------------------------ */
static bool plainly(struct bench *b, const struct rule_rows *r)
{
	int32_t at = 0;

	while (at >= 0)
		at = atom_decide(b->plain, &b->atoms->v[r->row[at].atom]) ? r->row[at].on_true :
									    r->row[at].on_false;
	return at == GOAL_ACCEPT;
}

static void found(void *ctx, uint32_t rule)
{
	struct bench *b = ctx;

	b->got[rule] = 1;
	b->matches++;
}

static void differs(struct bench *b, const struct event_ctx *ec, uint32_t rule, const char *way)
{
	const struct atom *a = &b->atoms->v[b->rule[rule].row[0].atom];

	fail_msg("event %lu (code %u, tid %ld), %s: rule %u of %u rows, %s %s '%s' (group %u): %u",
		 (unsigned long)ec->ev->num, ec->ev->type, (long)ec->ev->tid, way, rule,
		 b->rule[rule].n, a->lhs->name, op_name(a->op), a->ntext ? a->text[0] : "",
		 a->group, b->got[rule]);
}

static void compare(struct bench *b, const struct event_ctx *ec, struct evaluator *e,
		    const char *way)
{
	memset(b->got, 0, b->nrules);
	evaluator_begin(e, ec);
	programs_run(b->all, e, found, b);
	for (uint32_t k = 0; k < b->nrules; k++) {
		uint32_t r = k < b->nrules - RULES ? k + RULES : k - (b->nrules - RULES);

		if (plainly(b, &b->rule[r]) != b->got[r])
			differs(b, ec, r, way);
	}
}

static void compare_first(struct bench *b, const struct event_ctx *ec)
{
	uint32_t r = 0;

	memset(b->got, 0, b->nrules);
	programs_run(b->first, b->kept, found, b);
	while (r < b->nrules && !plainly(b, &b->rule[r]))
		r++;
	for (uint32_t i = 0; i < b->nrules; i++)
		if (b->got[i] != (i == r))
			differs(b, ec, i, "first match only");
}

static void judge(struct bench *b, const struct event_ctx *ec)
{
	b->events++;
	evaluator_begin(b->plain, ec);
	compare(b, ec, b->kept, "kept");
	compare_first(b, ec);
	if (draw(b, 3))                 /* sees some events only: what it kept is old */
		compare(b, ec, b->tiny, "small caches, now and then");
}

static void round_of(struct bench *b, const char *path)
{
	struct evaluator_options none = { .cache_bytes = 1 }, tiny = { .cache_bytes = 64 << 10 };
	unsigned which[FIELDS];

	begin_ruleset(b);
	for (unsigned i = 0; i < FIELDS; i++)
		which[i] = some_field(b);
	for (unsigned i = 0; i < ATOMS; i++)
		some_atom(b, &b->field[which[draw(b, FIELDS)]]);
	make_rules(b);
	b->plain = evaluator_new(&none);
	b->kept = evaluator_new(NULL);
	b->tiny = evaluator_new(&tiny);
	evaluator_take(b->plain, b->atoms, b->exprs);
	evaluator_take(b->kept, b->atoms, b->exprs);
	evaluator_take(b->tiny, b->atoms, b->exprs);
	replay(b, path, judge);
	b->hits += evaluator_stats(b->kept)->cache_hits;
	evaluator_free(b->plain);
	evaluator_free(b->kept);
	evaluator_free(b->tiny);
	programs_free(b->all);
	programs_free(b->first);
	free(b->row);
	free(b->got);
	end_ruleset(b);
}

struct plan { glob_t captures; unsigned rounds, seed; };

static void kept_verdicts_are_those_of_the_values(void **state)
{
	static const unsigned FOCUS[] = { SCOPE_THREAD, SCOPE_LINEAGE, SCOPE_FDTABLE, SCOPE_FD };
	const struct plan *plan = *state;
	struct bench *b = calloc(1, sizeof *b);

	assert_true(plan->captures.gl_pathc > 0);
	b->field = calloc(MAX_FIELDS, sizeof *b->field);
	b->random = plan->seed;
	list_fields(b);
	for (size_t i = 0; i < plan->captures.gl_pathc; i++) {
		collect(b, plan->captures.gl_pathv[i]);
		for (unsigned r = 0; r < plan->rounds; r++) {
			b->focus = FOCUS[r % LENGTH(FOCUS)];
			round_of(b, plan->captures.gl_pathv[i]);
		}
	}
	assert_true(b->events && b->matches && b->hits);
	printf("%lu events, %lu matches, %lu verdicts from caches\n", (unsigned long)b->events,
	       (unsigned long)b->matches, (unsigned long)b->hits);
	free(b->field);
	free(b);
}

/* Arguments: -N for seed N, captures. */
int main(int argc, char **argv)
{
	struct plan plan = { .rounds = ROUNDS, .seed = 1 };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(kept_verdicts_are_those_of_the_values, &plan),
	};
	int bad, flags = 0;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-') {
			plan.seed = (unsigned)strtoul(argv[i] + 1, NULL, 10);
			continue;
		}
		glob(argv[i], flags, NULL, &plan.captures);
		flags = GLOB_APPEND;
	}
	if (!flags)
		glob("traces/*.scap*", 0, NULL, &plan.captures);
	bad = cmocka_run_group_tests(tests, NULL, NULL);
	globfree(&plan.captures);
	return bad;
}
