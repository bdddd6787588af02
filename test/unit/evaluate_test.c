/* evaluate_test.c - what outlives an event and what ends it.
 *
 * The fake fields change without moving a revision, which real ones never do: a
 * verdict that stays the same then proves that it was kept.
 */
#include "filter_fake.h"

struct kept {
	struct rig r;
	struct thread thread, main;
	struct fd fd;
	struct saker_row row;
	struct programs *p;
};

/* One rule: the field is 1. */
static void kept_open(struct kept *k, const char *field, const char *op, const char *operands)
{
	struct rule_rows rule = { &k->row, 1, 0 };

	memset(k, 0, sizeof *k);
	rig_open(&k->r);
	k->row = (struct saker_row){ rig_atom(&k->r, field, op, "", operands), GOAL_ACCEPT,
				     GOAL_REJECT };
	assert_true(k->row.atom >= 0);
	k->p = programs_build(k->r.atoms, &rule, 1, false, &k->r.err);
	assert_non_null(k->p);
	k->thread = (struct thread){ .tid = 5, .rev = 100, .parent = &k->main };
	k->main = (struct thread){ .tid = 4, .rev = 101 };
	k->fd.rev = 102;
	k->r.ec.thread = &k->thread;
	k->r.ec.fd = &k->fd;
	k->r.ec.has_fd_fields = true;
	evaluator_take(k->r.ev, k->r.atoms, k->r.exprs);
	fake.v[0] = (struct value){ .s = "1", .len = 1, .n = 1 };
}

static void kept_close(struct kept *k)
{
	programs_free(k->p);
	rig_close(&k->r);
}

/* Was the verdict of a new event kept? */
static bool was_kept(struct kept *k)
{
	unsigned before = fake.extracted;

	assert_int_equal(rig_run(&k->r, k->p), fake.v[0].n);
	return fake.extracted == before;
}

static void a_thread_verdict_lives_until_its_revision_moves(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.thread", "=", "1");
	assert_false(was_kept(&k));
	assert_true(was_kept(&k));
	assert_true(was_kept(&k));
	fake.v[0].n = 0;
	assert_int_equal(rig_run(&k.r, k.p), 1);        /* stale: that is what kept means */
	uint64_t *const moves[] = { &k.thread.rev, &k.main.rev, &fake.users, &fake.containers,
				    &fake.interfaces };
	for (size_t i = 0; i < COUNT(moves); i++) {
		fake.v[0].n = i & 1;
		*moves[i] += 1000;
		assert_false(was_kept(&k));
		assert_true(was_kept(&k));
	}
	fake.lineage++;
	fake.fds++;
	k.fd.rev++;
	assert_true(was_kept(&k));
	assert_true(evaluator_stats(k.r.ev)->cache_hits > 0);
	kept_close(&k);
}

static void lineage_and_fd_tables_have_revisions_of_their_own(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.lineage", "=", "1");
	assert_false(was_kept(&k));
	assert_true(was_kept(&k));
	fake.fds++;
	assert_true(was_kept(&k));
	fake.lineage++;
	assert_false(was_kept(&k));
	k.thread.rev += 1000;
	assert_false(was_kept(&k));
	kept_close(&k);
	kept_open(&k, "t.fds", "=", "1");
	assert_false(was_kept(&k));
	fake.lineage++;
	assert_true(was_kept(&k));
	fake.fds++;
	assert_false(was_kept(&k));
	assert_true(was_kept(&k));
	kept_close(&k);
}

static void an_fd_verdict_lives_on_the_entry(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.fd", "exists", "");
	assert_false(was_kept(&k));
	assert_true(was_kept(&k));
	k.thread.rev++;
	assert_true(was_kept(&k));
	k.fd.rev += 1000;
	assert_false(was_kept(&k));
	k.r.ec.has_fd_fields = false;           /* the code has no fd: the field has no value */
	assert_false(was_kept(&k));
	k.r.ec.has_fd_fields = true;
	k.r.ec.fd = NULL;                       /* nothing to hang it on */
	assert_false(was_kept(&k));
	assert_false(was_kept(&k));
	kept_close(&k);
}

static void event_values_are_never_kept(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.u64", "=", "1");
	assert_false(was_kept(&k));
	assert_false(was_kept(&k));
	kept_close(&k);
}

static void events_without_a_thread_keep_nothing(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.thread", "=", "1");
	k.r.ec.thread = NULL;
	assert_false(was_kept(&k));
	assert_false(was_kept(&k));
	kept_close(&k);
}

static void two_threads_do_not_share_verdicts(void **state)
{
	struct thread other = { .rev = 200 };
	struct kept k;

	(void)state;
	kept_open(&k, "t.thread", "=", "1");
	assert_false(was_kept(&k));
	for (int64_t tid = 6; tid < 200000; tid += 19997) {
		other.tid = tid;
		other.rev++;
		k.r.ec.thread = &other;
		fake.v[0].n = 0;
		assert_false(was_kept(&k));
		assert_true(was_kept(&k));
	}
	other.tid = k.thread.tid + (1 << 30);   /* the same place in the table */
	other.rev++;
	assert_false(was_kept(&k));
	k.r.ec.thread = &k.thread;
	fake.v[0].n = 1;
	assert_false(was_kept(&k));
	assert_true(evaluator_stats(k.r.ev)->cache_refused > 0);
	kept_close(&k);
}

static void a_new_ruleset_forgets_everything(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.thread", "=", "1");
	assert_false(was_kept(&k));
	evaluator_take(k.r.ev, k.r.atoms, k.r.exprs);
	assert_false(was_kept(&k));
	kept_close(&k);
}

static void no_room_for_caches_is_no_error(void **state)
{
	struct evaluator_options small = { .cache_bytes = 100 };
	struct kept k;

	(void)state;
	kept_open(&k, "t.thread", "=", "1");
	evaluator_free(k.r.ev);
	k.r.ev = evaluator_new(&small);
	evaluator_take(k.r.ev, k.r.atoms, k.r.exprs);
	assert_false(was_kept(&k));
	assert_false(was_kept(&k));
	kept_close(&k);
}

static void stamps_that_run_out_begin_again(void **state)
{
	struct kept k;

	(void)state;
	kept_open(&k, "t.u64", "=", "1");
	k.r.ev->stamp = 0x7ffffffd;
	for (int i = 0; i < 6; i++) {
		fake.v[0].n = i & 1;
		assert_false(was_kept(&k));
	}
	assert_in_range(k.r.ev->stamp, 1, 8);
	kept_close(&k);
}

static void text_of_an_event_ends_with_it(void **state)
{
	struct rig r;
	struct expr *e, *up;
	size_t most = 0;

	(void)state;
	rig_open(&r);
	e = rig_field(&r, "t.str");
	up = expr_call(r.exprs, "toupper", &e, 1, NULL, &r.err);
	evaluator_take(r.ev, r.atoms, r.exprs);
	for (int i = 0; i < 10000; i++) {
		fake.v[0] = text_value(i & 1 ? "some text of an event\n" : "another one");
		rig_begin(&r);
		assert_true(expr_eval(r.ev, up)->v->s[0] == (i & 1 ? 'S' : 'A'));
		most = r.ev->scratch.total > most ? r.ev->scratch.total : most;
	}
	assert_true(most < 100000);
	rig_close(&r);
}

/* Many tests of one text are kept by the text: they must say what each says alone. */
static void verdicts_kept_by_text_are_those_of_the_text(void **state)
{
	static const struct { const char *op, *modifier, *operands;
	} TEST[] = {
		{ "=", "", "ab" },
		{ "!=", "", "ab" },
		{ "startswith", "", "a" },
		{ "endswith", "", "b" },
		{ "contains", "", "ba" },
		{ "glob", "", "*a?b" },
		{ "regex", "", "(ab)*" },
		{ "in", "", "|a|ab|abab" },
		{ "icontains", "anyof", "AA|BB" },
		{ "pmatch", "", "ab|b" },
		{ "exists", "", NULL },
	};
	struct rule_rows rule[COUNT(TEST)];
	struct saker_row row[COUNT(TEST)];
	static char text[64][200];
	struct programs *p;
	struct rig r;

	(void)state;
	srand(4);
	for (int i = 0; i < 64; i++) {
		unsigned n = i < 48 ? (unsigned)i % 6 : 90 + (unsigned)rand() % 30;

		for (unsigned k = 0; k < n; k++)
			text[i][k] = "ab/"[rand() % 3];
		if (i % 8 == 7)
			text[i][0] = '\n';
	}
	rig_open(&r);
	for (uint32_t i = 0; i < COUNT(TEST); i++) {
		row[i] = (struct saker_row){ rig_atom(&r, "t.str", TEST[i].op, TEST[i].modifier,
						      TEST[i].operands),
					     GOAL_ACCEPT, GOAL_REJECT };
		rule[i] = (struct rule_rows){ &row[i], 1, i };
	}
	assert_int_equal(r.atoms->ngroups, 1);
	p = programs_build(r.atoms, rule, COUNT(TEST), false, &r.err);
	evaluator_take(r.ev, r.atoms, r.exprs);
	for (int e = 0; e < 20000; e++) {
		uint64_t want = 0, got;

		fake.v[0] = text_value(text[rand() % 64]);
		fake.missing = rand() % 16 == 0;
		got = rig_run(&r, p);
		for (uint32_t i = 0; i < COUNT(TEST) && !fake.missing; i++)
			want |= (uint64_t)atom_test(evaluator_ctx(r.ev), &r.atoms->v[row[i].atom],
						    &fake.v[0])
				<< i;
		assert_int_equal(got, want);
	}
	assert_true(evaluator_stats(r.ev)->cache_hits > 50000);
	programs_free(p);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_verdict_lives_until_its_revision_moves),
		cmocka_unit_test(lineage_and_fd_tables_have_revisions_of_their_own),
		cmocka_unit_test(an_fd_verdict_lives_on_the_entry),
		cmocka_unit_test(event_values_are_never_kept),
		cmocka_unit_test(events_without_a_thread_keep_nothing),
		cmocka_unit_test(two_threads_do_not_share_verdicts),
		cmocka_unit_test(a_new_ruleset_forgets_everything),
		cmocka_unit_test(no_room_for_caches_is_no_error),
		cmocka_unit_test(stamps_that_run_out_begin_again),
		cmocka_unit_test(text_of_an_event_ends_with_it),
		cmocka_unit_test(verdicts_kept_by_text_are_those_of_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
