/* hazards_test.c - where a shared, cached evaluation could say something else than one
 * that reads every field anew for every rule.  One test a hazard.
 */
#include "filter_fake.h"

struct scene {
	struct rig r;
	struct saker_row row[4][2];
	struct rule_rows rule[4];
	uint32_t n;
	struct thread thread, main;
	struct fd fd;
	struct programs *p;
};

static void scene_open(struct scene *s)
{
	memset(s, 0, sizeof *s);
	rig_open(&s->r);
	s->thread = (struct thread){ .tid = 5, .rev = 1, .parent = &s->main };
	s->main = (struct thread){ .tid = 4, .rev = 2 };
	s->fd.rev = 3;
	s->r.ec.thread = &s->thread;
	s->r.ec.fd = &s->fd;
	s->r.ec.has_fd_fields = true;
}

static void scene_rule(struct scene *s, int32_t atom, bool negated)
{
	assert_true(atom >= 0);
	s->row[s->n][0] = negated ? (struct saker_row){ atom, GOAL_REJECT, GOAL_ACCEPT } :
				    (struct saker_row){ atom, GOAL_ACCEPT, GOAL_REJECT };
	s->rule[s->n] = (struct rule_rows){ s->row[s->n], 1, s->n };
	s->n++;
}

static void scene_ready(struct scene *s, bool first)
{
	s->p = programs_build(s->r.atoms, s->rule, s->n, first, &s->r.err);
	assert_non_null(s->p);
	evaluator_take(s->r.ev, s->r.atoms, s->r.exprs);
}

static void scene_close(struct scene *s)
{
	programs_free(s->p);
	rig_close(&s->r);
}

static void the_type_of_a_generic_event_is_its_system_call(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "evt.type", "=", "", "sync"), false);
	scene_rule(&s, rig_atom(&s.r, "evt.type", "!=", "", "sync"), false);
	scene_ready(&s, false);
	rig_code(&s.r, PPME_GENERIC_X, (unsigned)syscall_by_name("sync"));
	assert_int_equal(rig_run(&s.r, s.p), 1);
	rig_code(&s.r, PPME_GENERIC_X, (unsigned)syscall_by_name("getppid"));
	assert_int_equal(rig_run(&s.r, s.p), 2);
	scene_close(&s);
}

static void types_are_narrowed_by_every_operator_alike(void **state)
{
	static const struct {
		const char *op, *modifier, *operands;
		uint64_t open, close;
	} ROWS[] = {
		{ "=", "anyof", "open|openat", 1, 0 },	{ "=", "oneof", "open|openat", 1, 0 },
		{ "!=", "allof", "open|openat", 0, 1 }, { "glob", "", "open", 1, 0 },
		{ "contains", "", "open", 1, 0 },	{ "in", "", NULL, 0, 0 },
		{ "exists", "", NULL, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		struct scene s;

		scene_open(&s);
		scene_rule(
			&s,
			rig_atom(&s.r, "evt.type", ROWS[i].op, ROWS[i].modifier, ROWS[i].operands),
			false);
		scene_ready(&s, false);
		rig_code(&s.r, PPME_SYSCALL_OPEN_X, 0);
		assert_int_equal(rig_run(&s.r, s.p), ROWS[i].open);
		rig_code(&s.r, PPME_SYSCALL_CLOSE_X, 0);
		assert_int_equal(rig_run(&s.r, s.p), ROWS[i].close);
		scene_close(&s);
	}
}

static void each_occurrence_of_a_stateful_field_counts_for_itself(void **state)
{
	struct scene s;

	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		scene_open(&s);
		scene_rule(&s, rig_atom(&s.r, "t.count", "in", "", "1|3"), false);
		scene_rule(&s, rig_atom(&s.r, "t.count", "in", "", "1|2"), false);
		scene_ready(&s, first);
		/* with the first match only, the second field is not read on events 1 and 3 */
		assert_int_equal(rig_run(&s.r, s.p), first ? 1 : 3);
		assert_int_equal(rig_run(&s.r, s.p), 2);
		assert_int_equal(rig_run(&s.r, s.p), 1);
		assert_int_equal(rig_run(&s.r, s.p), first ? 2 : 0);
		scene_close(&s);
	}
}

static void a_stateful_field_is_read_though_nothing_hangs_on_it(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	int32_t count = rig_atom(&s.r, "t.count", "<", "", "3"),
		open = rig_atom(&s.r, "evt.type", "=", "", "open");
	s.row[0][0] = (struct saker_row){ count, 1, 1 };
	s.row[0][1] = (struct saker_row){ open, GOAL_ACCEPT, GOAL_REJECT };
	s.rule[0] = (struct rule_rows){ s.row[0], 2, 0 };
	s.n = 1;
	scene_ready(&s, false);
	rig_code(&s.r, PPME_SYSCALL_OPEN_X, 0);
	rig_run(&s.r, s.p);
	rig_run(&s.r, s.p);
	assert_int_equal(evaluator_ctx(s.r.ev)->stateful[0].n, 2);
	rig_code(&s.r, PPME_SYSCALL_CLOSE_X, 0); /* a code the rule cannot match: not asked */
	rig_run(&s.r, s.p);
	assert_int_equal(evaluator_ctx(s.r.ev)->stateful[0].n, 2);
	scene_close(&s);
}

static void an_fd_field_without_an_entry_is_the_events_own(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.fd", "glob", "", "/tmp/*"), false);
	scene_ready(&s, false);
	s.r.ec.fd = NULL;
	fake.v[0] = text_value("/tmp/x");
	assert_int_equal(rig_run(&s.r, s.p), 1);
	fake.v[0] = text_value("/etc/x");
	assert_int_equal(rig_run(&s.r, s.p), 0);
	scene_close(&s);
}

static void a_code_without_fd_fields_does_not_see_what_was_kept(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.fd", "glob", "", "/tmp/*"), false);
	scene_ready(&s, false);
	fake.v[0] = text_value("/tmp/x");
	assert_int_equal(rig_run(&s.r, s.p), 1);
	s.r.ec.has_fd_fields = false;
	fake.missing = true;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	s.r.ec.has_fd_fields = true;
	fake.missing = false;
	assert_int_equal(rig_run(&s.r, s.p), 1);
	scene_close(&s);
}

static void values_of_the_process_follow_its_main_thread(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.thread", "=", "", "1"), false);
	scene_ready(&s, false);
	fake.v[0].n = 1;
	assert_int_equal(rig_run(&s.r, s.p), 1);
	fake.v[0].n = 0;
	s.main.rev = 50;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	scene_close(&s);
}

static void a_reused_thread_id_has_nothing_of_the_one_before(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.thread", "=", "", "1"), false);
	scene_ready(&s, false);
	fake.v[0].n = 1;
	assert_int_equal(rig_run(&s.r, s.p), 1);
	s.thread = (struct thread){ .tid = 5, .rev = 60, .parent = &s.main };
	fake.v[0].n = 0;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	scene_close(&s);
}

static void an_event_without_a_thread_has_no_values_of_one(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.thread", "=", "", "1"), false);
	scene_rule(&s, rig_atom(&s.r, "t.lineage", "!=", "", "1"), true);
	scene_ready(&s, false);
	fake.v[0].n = 1;
	assert_int_equal(rig_run(&s.r, s.p), 3);
	s.r.ec.thread = NULL;
	fake.missing = true;
	assert_int_equal(rig_run(&s.r, s.p), 2);
	scene_close(&s);
}

static void unequal_is_not_the_negation_of_equal(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.str", "=", "", "x"), false);
	scene_rule(&s, rig_atom(&s.r, "t.str", "!=", "", "x"), false);
	scene_rule(&s, rig_atom(&s.r, "t.str", "=", "", "x"), true);
	scene_rule(&s, rig_atom(&s.r, "t.str", "!=", "", "x"), true);
	scene_ready(&s, false);
	fake.v[0] = text_value("x");
	assert_int_equal(rig_run(&s.r, s.p), 1 | 8);
	fake.v[0] = text_value("y");
	assert_int_equal(rig_run(&s.r, s.p), 2 | 4);
	fake.missing = true;
	assert_int_equal(rig_run(&s.r, s.p), 4 | 8);
	scene_close(&s);
}

static void both_can_hold_where_a_field_has_many_candidates(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.any", "=", "", "a"), false);
	scene_rule(&s, rig_atom(&s.r, "t.any", "!=", "", "a"), false);
	scene_ready(&s, false);
	fake.v[0] = text_value("a");
	fake.v[1] = text_value("b");
	fake.n = 2;
	assert_int_equal(rig_run(&s.r, s.p), 3);
	fake.n = 0;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	scene_close(&s);
}

static void addresses_of_two_families_are_unequal(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.ip", "=", "", "::1"), false);
	scene_rule(&s, rig_atom(&s.r, "t.ip", "!=", "", "::1"), false);
	scene_ready(&s, false);
	fake.v[0] = (struct value){ .s = "\0\0\0\1", .len = 4 };
	assert_int_equal(rig_run(&s.r, s.p), 2);
	scene_close(&s);
}

static void in_on_a_list_means_every_element(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	scene_rule(&s, rig_atom(&s.r, "t.list", "in", "", "a|b"), false);
	scene_rule(&s, rig_atom(&s.r, "t.list", "intersects", "", "a|b"), false);
	scene_ready(&s, false);
	fake.v[0] = text_value("a");
	fake.v[1] = text_value("c");
	fake.n = 2;
	assert_int_equal(rig_run(&s.r, s.p), 2);
	fake.n = 0;
	assert_int_equal(rig_run(&s.r, s.p), 1);
	fake.missing = true;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	scene_close(&s);
}

static void a_transformer_is_as_lasting_as_its_shortest_input(void **state)
{
	struct scene s;
	struct expr *arg[2], *both;
	const char *text = "1/t";
	uint32_t len = 3;

	(void)state;
	scene_open(&s);
	arg[0] = rig_field(&s.r, "t.fd");
	arg[1] = rig_field(&s.r, "t.str");
	both = expr_call(s.r.exprs, "concat", arg, 2, NULL, &s.r.err);
	scene_rule(&s, atom_add(s.r.atoms, both, OP_GLOB, MOD_NONE, &text, &len, 1, &s.r.err),
		   false);
	scene_ready(&s, false);
	fake.v[0] = text_value("1/t");
	assert_int_equal(rig_run(&s.r, s.p), 0);
	unsigned before = fake.extracted;
	assert_int_equal(rig_run(&s.r, s.p), 0);
	assert_int_equal(fake.extracted, before + 2);
	scene_close(&s);
}

static void a_missing_input_or_bad_base64_is_false(void **state)
{
	struct scene s;
	struct expr *arg, *e;
	const char *text = "x";
	uint32_t len = 1;

	(void)state;
	scene_open(&s);
	arg = rig_field(&s.r, "t.str");
	e = expr_call(s.r.exprs, "b64", &arg, 1, NULL, &s.r.err);
	scene_rule(&s, atom_add(s.r.atoms, e, OP_NE, MOD_NONE, &text, &len, 1, &s.r.err), false);
	scene_rule(&s, atom_add(s.r.atoms, e, OP_EXISTS, MOD_NONE, NULL, NULL, 0, &s.r.err), true);
	scene_ready(&s, false);
	fake.v[0] = text_value("YWFh");
	assert_int_equal(rig_run(&s.r, s.p), 1);
	fake.v[0] = text_value("not base64");
	assert_int_equal(rig_run(&s.r, s.p), 2);
	fake.missing = true;
	assert_int_equal(rig_run(&s.r, s.p), 2);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_type_of_a_generic_event_is_its_system_call),
		cmocka_unit_test(types_are_narrowed_by_every_operator_alike),
		cmocka_unit_test(each_occurrence_of_a_stateful_field_counts_for_itself),
		cmocka_unit_test(a_stateful_field_is_read_though_nothing_hangs_on_it),
		cmocka_unit_test(an_fd_field_without_an_entry_is_the_events_own),
		cmocka_unit_test(a_code_without_fd_fields_does_not_see_what_was_kept),
		cmocka_unit_test(values_of_the_process_follow_its_main_thread),
		cmocka_unit_test(a_reused_thread_id_has_nothing_of_the_one_before),
		cmocka_unit_test(an_event_without_a_thread_has_no_values_of_one),
		cmocka_unit_test(unequal_is_not_the_negation_of_equal),
		cmocka_unit_test(both_can_hold_where_a_field_has_many_candidates),
		cmocka_unit_test(addresses_of_two_families_are_unequal),
		cmocka_unit_test(in_on_a_list_means_every_element),
		cmocka_unit_test(a_transformer_is_as_lasting_as_its_shortest_input),
		cmocka_unit_test(a_missing_input_or_bad_base64_is_false),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
