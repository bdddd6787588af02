/* atom_test.c - equal atoms are one; scopes; what match() may ask of its atom. */
#include "filter_fake.h"

static void equal_atoms_are_one(void **state)
{
	struct rig r;
	int32_t a;

	(void)state;
	rig_open(&r);
	a = rig_atom(&r, "t.str", "=", "", "x");
	assert_int_equal(rig_atom(&r, "t.str", "==", "", "x"), a);
	assert_int_not_equal(rig_atom(&r, "t.str", "=", "", "y"), a);
	assert_int_not_equal(rig_atom(&r, "t.str", "!=", "", "x"), a); /* its own, not a negation */
	assert_int_not_equal(rig_atom(&r, "t.str2", "=", "", "x"), a);
	assert_int_not_equal(rig_atom(&r, "t.str", "=", "anyof", "x"), a);
	assert_int_not_equal(rig_atom(&r, "t.str", "in", "", "a|b"),
			     rig_atom(&r, "t.str", "in", "", "a b"));
	assert_int_not_equal(rig_atom(&r, "t.str", "in", "", "a|b"),
			     rig_atom(&r, "t.str", "intersects", "", "a|b"));
	a = atom_add_rhs(r.atoms, rig_field(&r, "t.str"), OP_EQ, rig_field(&r, "t.str2"), &r.err);
	assert_int_equal(atom_add_rhs(r.atoms, rig_field(&r, "t.str"), OP_EQ,
				      rig_field(&r, "t.str2"), &r.err),
			 a);
	assert_int_not_equal(atom_add_rhs(r.atoms, rig_field(&r, "t.str2"), OP_EQ,
					  rig_field(&r, "t.str"), &r.err),
			     a);
	rig_close(&r);
}

static void many_atoms_keep_their_places(void **state)
{
	struct rig r;
	char text[16];

	(void)state;
	rig_open(&r);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			snprintf(text, sizeof text, "%d", i);
			assert_int_equal(rig_atom(&r, "t.u64", "=", "", text), i);
		}
	}
	assert_int_equal(atoms_count(r.atoms), 1000);
	fake.v[0].n = 777;
	assert_true(rig_verdict(&r, 777));
	assert_false(rig_verdict(&r, 776));
	rig_close(&r);
}

static void stateful_fields_are_never_shared(void **state)
{
	struct rig r;
	int32_t a, b;

	(void)state;
	rig_open(&r);
	a = rig_atom(&r, "t.count", "=", "", "2");
	b = rig_atom(&r, "t.count", "=", "", "2");
	assert_int_not_equal(a, b);
	evaluator_take(r.ev, r.atoms, r.exprs);
	rig_begin(&r);
	assert_false(atom_decide(r.ev, &r.atoms->v[a]));
	rig_begin(&r);
	assert_true(atom_decide(r.ev, &r.atoms->v[a]));         /* its second */
	assert_true(atom_decide(r.ev, &r.atoms->v[a]));         /* once an event */
	assert_false(atom_decide(r.ev, &r.atoms->v[b]));        /* its first */
	rig_close(&r);
}

static void a_scope_is_that_of_all_inputs(void **state)
{
	struct rig r;
	struct expr *arg[2], *both;
	const char *text = "x";
	uint32_t len = 1;
	int32_t a;

	(void)state;
	rig_open(&r);
	assert_int_equal(atom_scope(r.atoms, (uint32_t)rig_atom(&r, "t.fd", "=", "", "x")),
			 SCOPE_FD);
	assert_int_equal(atom_scope(r.atoms, (uint32_t)rig_atom(&r, "evt.type", "=", "", "open")),
			 SCOPE_CONST);
	arg[0] = rig_field(&r, "t.fd");
	arg[1] = rig_field(&r, "t.str");
	both = expr_call(r.exprs, "concat", arg, 2, NULL, &r.err);
	a = atom_add(r.atoms, both, OP_EQ, MOD_NONE, &text, &len, 1, &r.err);
	assert_int_equal(atom_scope(r.atoms, (uint32_t)a), SCOPE_FD | SCOPE_EVENT);
	a = atom_add_rhs(r.atoms, rig_field(&r, "t.thread"), OP_LT, rig_field(&r, "t.fds"), &r.err);
	assert_int_equal(atom_scope(r.atoms, (uint32_t)a), SCOPE_THREAD | SCOPE_FDTABLE);
	rig_close(&r);
}

static void an_atom_tells_what_it_is(void **state)
{
	struct rig r;
	const struct atom *ne, *any;
	struct value v = text_value("b");

	(void)state;
	rig_open(&r);
	rig_atom(&r, "t.str", "!=", "", "x");
	rig_atom(&r, "t.any", "=", "anyof", "a|b");
	rig_atom(&r, "t.any", "=", "anyof", NULL);
	ne = &r.atoms->v[0];
	any = &r.atoms->v[1];
	assert_int_equal(atom_op(ne), OP_NE);
	assert_true(atom_is_negative(ne) && !atom_is_negative(any));
	assert_true(atom_has_modifier(any) && !atom_has_modifier(ne));
	assert_memory_equal(atom_operand(any, 1)->s, "b", 1);
	assert_null(atom_operand(any, 2));
	assert_true(atom_test(evaluator_ctx(r.ev), any, &v));
	assert_false(atom_test_first(evaluator_ctx(r.ev), any, &v));
	assert_false(atom_test_first(evaluator_ctx(r.ev), any + 1, &v));
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_atoms_are_one),
		cmocka_unit_test(many_atoms_keep_their_places),
		cmocka_unit_test(stateful_fields_are_never_shared),
		cmocka_unit_test(a_scope_is_that_of_all_inputs),
		cmocka_unit_test(an_atom_tells_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
