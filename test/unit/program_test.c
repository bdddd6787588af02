/* program_test.c - programs: what the verifier refuses, what specialising leaves, and
 * that it never changes which rules match.
 */
#include "filter_fake.h"

enum { OPEN = PPME_SYSCALL_OPEN_X, OPENAT = PPME_SYSCALL_OPENAT_2_X, CLOSE = PPME_SYSCALL_CLOSE_X };

static void rules_that_do_not_verify_are_refused(void **state)
{
	static const struct { struct saker_row row[3]; uint32_t n; const char *error;
	} ROWS[] = {
		{ { { 0, 0, GOAL_REJECT } }, 1, "rule 7: row 0 jumps to 0 or -2 of 1" },
		{ { { 0, GOAL_ACCEPT, 1 }, { 0, 0, -2 } },
		  2,
		  "rule 7: row 1 jumps to 0 or -2 of 2" },
		{ { { 0, GOAL_ACCEPT, 2 }, { 0, -1, -2 } },
		  2,
		  "rule 7: row 0 jumps to -1 or 2 of 2" },
		{ { { 0, -3, GOAL_REJECT } }, 1, "rule 7: row 0 jumps to -3 or -2 of 1" },
		{ { { 0, INT32_MIN, GOAL_REJECT } },
		  1,
		  "rule 7: row 0 jumps to -2147483648 or -2 of 1" },
		{ { { 0, INT32_MAX, GOAL_REJECT } },
		  1,
		  "rule 7: row 0 jumps to 2147483647 or -2 of 1" },
		{ { { 1, GOAL_ACCEPT, GOAL_REJECT } }, 1, "rule 7: row 0 tests atom 1 of 1" },
		{ { { -1, GOAL_ACCEPT, GOAL_REJECT } }, 1, "rule 7: row 0 tests atom -1 of 1" },
	};
	struct rig r;

	(void)state;
	rig_open(&r);
	assert_int_equal(rig_atom(&r, "t.u64", "=", "", "1"), 0);
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		struct rule_rows rule = { ROWS[i].row, ROWS[i].n, 7 };

		assert_null(programs_build(r.atoms, &rule, 1, false, &r.err));
		assert_int_equal(r.err.code, SAKER_E_BUG);
		assert_string_equal(r.err.msg, ROWS[i].error);
	}
	rig_close(&r);
}

static void a_code_no_rule_wants_has_no_program(void **state)
{
	struct rig r;
	struct programs *p;
	uint64_t rows;
	uint32_t distinct;

	(void)state;
	rig_open(&r);
	int32_t open = rig_atom(&r, "evt.type", "in", "", "open|getcwd"),
		one = rig_atom(&r, "t.u64", "=", "", "1");
	int getuid = syscall_by_name("getuid"), getcwd = syscall_by_name("getcwd");
	struct saker_row row[] = { { open, 1, GOAL_REJECT }, { one, GOAL_ACCEPT, GOAL_REJECT } };
	struct rule_rows rules[] = { { row, 2, 0 }, { row, 0, 1 } };

	p = programs_build(r.atoms, rules, 2, false, &r.err);
	assert_non_null(p);
	assert_true(programs_want(p, OPEN, 0));
	assert_false(programs_want(p, OPENAT, 0));
	assert_false(programs_want(p, PPME_GENERIC_X, (unsigned)getuid));
	assert_true(programs_want(p, PPME_GENERIC_X, (unsigned)getcwd));
	assert_true(programs_want(p, PPME_GENERIC_X, 0));       /* its name is in the event */
	assert_true(programs_want(p, PPME_GENERIC_X, 60000));
	assert_false(programs_want(p, EVENT_MAX, 0));
	programs_size(p, &rows, &distinct);
	assert_int_equal(distinct, 2);          /* the atom alone; with the type undecided */
	assert_int_equal(rows, 3);
	evaluator_take(r.ev, r.atoms, r.exprs);
	fake.v[0].n = 1;
	rig_code(&r, OPEN, 0);
	assert_int_equal(rig_run(&r, p), 1);
	rig_code(&r, OPENAT, 0);
	assert_int_equal(rig_run(&r, p), 0);
	rig_code(&r, PPME_GENERIC_X, (unsigned)getuid);
	assert_int_equal(rig_run(&r, p), 0);
	rig_code(&r, PPME_GENERIC_X, (unsigned)getcwd);
	assert_int_equal(rig_run(&r, p), 1);
	assert_int_equal(evaluator_stats(r.ev)->skipped_by_code, 2);
	programs_free(p);
	rig_close(&r);
}

static void rules_that_begin_alike_share_their_tests(void **state)
{
	struct rig r;
	struct programs *p;
	struct rule_rows rules[40];
	struct saker_row row[40][3];

	(void)state;
	rig_open(&r);
	for (int i = 0; i < 40; i++) {
		char n[8];

		snprintf(n, sizeof n, "%d", i);
		row[i][0] =
			(struct saker_row){ rig_atom(&r, "t.u64", "=", "", "1"), 1, GOAL_REJECT };
		row[i][1] =
			(struct saker_row){ rig_atom(&r, "t.u32", "!=", "", "1"), GOAL_REJECT, 2 };
		row[i][2] = (struct saker_row){ rig_atom(&r, "t.i64", "=", "", n), GOAL_ACCEPT,
						GOAL_REJECT };
		rules[i] = (struct rule_rows){ row[i], 3, (uint32_t)i };
	}
	p = programs_build(r.atoms, rules, 40, false, &r.err);
	evaluator_take(r.ev, r.atoms, r.exprs);
	fake.v[0].n = 5;
	rig_code(&r, OPEN, 0);
	assert_int_equal(rig_run(&r, p), 0);
	assert_int_equal(evaluator_stats(r.ev)->atoms_run, 1); /* one test answers for all forty */
	fake.v[0].n = 1;
	assert_int_equal(rig_run(&r, p), 2);
	assert_int_equal(evaluator_stats(r.ev)->atoms_run, 1 + 2 + 40);
	programs_free(p);
	rig_close(&r);
}

static void the_first_match_stops_when_asked_to(void **state)
{
	struct rig r;
	struct programs *p;

	(void)state;
	rig_open(&r);
	struct saker_row yes = { rig_atom(&r, "t.u64", "=", "", "1"), GOAL_ACCEPT, GOAL_REJECT };
	struct rule_rows rules[] = { { &yes, 1, 3 }, { &yes, 1, 4 } };

	fake.v[0].n = 1;
	for (unsigned first = 0; first < 2; first++) {
		p = programs_build(r.atoms, rules, 2, first, &r.err);
		evaluator_take(r.ev, r.atoms, r.exprs);
		assert_int_equal(rig_run(&r, p), first ? 8 : 24);
		programs_free(p);
	}
	rig_close(&r);
}

static void a_rule_that_always_matches_matches_every_event(void **state)
{
	struct rig r;
	struct programs *p;

	(void)state;
	rig_open(&r);
	int32_t open = rig_atom(&r, "evt.type", "=", "", "open");
	struct saker_row row[] = { { open, GOAL_ACCEPT, GOAL_REJECT },
				   { open, GOAL_REJECT, GOAL_ACCEPT } };
	struct rule_rows rules[] = { { &row[0], 1, 0 }, { &row[1], 1, 1 } };

	p = programs_build(r.atoms, rules, 2, false, &r.err);
	evaluator_take(r.ev, r.atoms, r.exprs);
	rig_code(&r, OPEN, 0);
	assert_int_equal(rig_run(&r, p), 1);
	rig_code(&r, CLOSE, 0);
	assert_int_equal(rig_run(&r, p), 2);
	programs_free(p);
	rig_close(&r);
}

static void without_rules_nothing_is_wanted(void **state)
{
	struct rig r;
	struct programs *p;

	(void)state;
	rig_open(&r);
	p = programs_build(r.atoms, NULL, 0, false, &r.err);
	evaluator_take(r.ev, r.atoms, r.exprs);
	for (unsigned code = 0; code < EVENT_MAX; code++)
		assert_false(programs_want(p, code, 0));
	assert_int_equal(rig_run(&r, p), 0);
	programs_free(p);
	rig_close(&r);
}

/* -- any rules: the program against the rows as they are written --------------------- */
enum { BITS = 12, NATOMS = BITS + 3, NRULES = 14, NROWS = 9 };

static bool interpret(struct rig *r, const struct rule_rows *rule, const int32_t *atom)
{
	int32_t i = rule->n ? 0 : GOAL_REJECT;

	while (i >= 0) {
		const struct saker_row *row = &rule->row[i];
		bool v = false;

		for (unsigned k = 0; k < NATOMS; k++)
			if (atom[k] == row->atom)
				v = k < BITS ? fake.bits >> k & 1
					     : atom_decide(r->ev, &r->atoms->v[row->atom]);
		i = v ? row->on_true : row->on_false;
	}
	return i == GOAL_ACCEPT;
}

static int32_t some_goal(int32_t from, uint32_t n)
{
	uint32_t room = n - (uint32_t)from - 1;

	if (!room || rand() % 3 == 0)
		return rand() % 2 ? GOAL_ACCEPT : GOAL_REJECT;
	return from + 1 + (int32_t)((unsigned)rand() % room);
}

static void specialised_programs_match_what_the_rows_match(void **state)
{
	static const struct { unsigned code; const char *sc; } EVENT[] = {
		{ OPEN, "open" }, { OPENAT, "openat" }, { CLOSE, "close" },
		{ PPME_GENERIC_X, "getuid" }, { PPME_GENERIC_X, "sync" },
	};
	static struct saker_row row[NRULES][NROWS];
	struct rule_rows rules[NRULES];
	uint64_t matched = 0;

	(void)state;
	srand(2);
	for (int round = 0; round < 300; round++) {
		int32_t atom[NATOMS];
		struct programs *p;
		struct rig r;

		rig_open(&r);
		for (int32_t k = 0; k < BITS; k++) {
			const char *one = "1";
			uint32_t len = 1;
			char arg[4];

			snprintf(arg, sizeof arg, "%d", k);
			atom[k] = atom_add(r.atoms, expr_field(r.exprs, "t.bit", 5, arg, &r.err),
					   OP_EQ, MOD_NONE, &one, &len, 1, &r.err);
		}
		atom[BITS] = rig_atom(&r, "evt.type", "=", "", "open");
		atom[BITS + 1] = rig_atom(&r, "evt.type", "in", "", "openat|getuid");
		atom[BITS + 2] = rig_atom(&r, "evt.type", "!=", "", "sync");
		for (int k = 0; k < NRULES; k++) {
			uint32_t n = (unsigned)rand() % (NROWS + 1);

			for (uint32_t i = 0; i < n; i++)
				row[k][i] = (struct saker_row){ atom[rand() % NATOMS],
								some_goal((int32_t)i, n),
								some_goal((int32_t)i, n) };
			rules[k] = (struct rule_rows){ row[k], n, (uint32_t)k };
		}
		p = programs_build(r.atoms, rules, NRULES, false, &r.err);
		assert_non_null(p);
		evaluator_take(r.ev, r.atoms, r.exprs);
		for (int e = 0; e < 60; e++) {
			uint64_t got, want = 0;

			rig_code(&r, EVENT[e % 5].code, (unsigned)syscall_by_name(EVENT[e % 5].sc));
			fake.bits = (uint64_t)rand();
			fake.extracted = 0;
			got = rig_run(&r, p);
			assert_true(fake.extracted <= BITS);
			for (int k = 0; k < NRULES; k++)
				want |= (uint64_t)interpret(&r, &rules[k], atom) << k;
			assert_int_equal(got, want);
			matched += (unsigned)__builtin_popcountll(got);
		}
		programs_free(p);
		rig_close(&r);
	}
	assert_in_range(matched, 300 * 60, 300 * 60 * NRULES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_do_not_verify_are_refused),
		cmocka_unit_test(a_code_no_rule_wants_has_no_program),
		cmocka_unit_test(rules_that_begin_alike_share_their_tests),
		cmocka_unit_test(the_first_match_stops_when_asked_to),
		cmocka_unit_test(a_rule_that_always_matches_matches_every_event),
		cmocka_unit_test(without_rules_nothing_is_wanted),
		cmocka_unit_test(specialised_programs_match_what_the_rows_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
