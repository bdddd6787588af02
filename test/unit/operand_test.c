/* operand_test.c - conditions that are refused, each with its text; warnings. */
#include "filter_fake.h"

static const struct { const char *field, *op, *modifier, *operands, *error;
} BAD[] = {
	{ "t.u64", "contains", "", "1",
	  "filter error: 'contains' operator not supported for numeric filters" },
	{ "t.bool", "startswith", "", "true",
	  "filter error: 'startswith' operator not supported for numeric filters" },
	{ "t.double", "iglob", "", "1",
	  "filter error: 'iglob' operator not supported for numeric filters" },
	{ "t.port", "regex", "", "1",
	  "filter error: 'regex' operator not supported for numeric filters" },
	{ "t.buf", "<", "", "1", "filter error: '<' operator not supported for buffer filters" },
	{ "t.buf", "pmatch", "", "a",
	  "filter error: 'pmatch' operator not supported for buffer filters" },
	{ "t.str", "bcontains", "", "61",
	  "filter error: 'bcontains' operator not supported for string filters" },
	{ "t.ip", "<=", "", "127",
	  "filter error: '<=' operator not supported for ip address and network filters" },
	{ "t.net", "regex", "", ".*",
	  "filter error: 'regex' operator not supported for ip address and network filters" },
	{ "t.ip", "regex", "allof", ".*",
	  "filter error: 'regex' with modifier not supported for ip address and network filters" },
	{ "t.net", "startswith", "allof", "127.0.0.1/32",
	  "filter error: 'startswith' with modifier not supported for ip address and network filters" },
	{ "t.list", "=", "", "file", "filter error: '=' operator not supported list filters" },
	{ "t.list", "==", "anyof", "file",
	  "filter error: '=' operator not supported list filters" },
	{ "t.list", "contains", "", "file",
	  "filter error: 'contains' operator not supported list filters" },
	{ "t.sockaddr", ">", "", "0",
	  "filter error: '>' operator not supported for type 'SOCKADDR'" },
	{ "t.uid", "=", "", "4294967295",
	  "filter error: '=' operator not supported for type 'UID'" },
	{ "t.i16", "=", "", "1.0", "1.0 is not a valid number" },
	{ "t.i16", "=", "", "1e3", "1e3 is not a valid number" },
	{ "t.i16", "=", "", "1 ", "1  is not a valid number" },
	{ "t.i16", "=", "", "abc", "abc is not a valid number" },
	{ "t.i16", "=", "", "", " is not a valid number" },
	{ "t.u64", "=", "", "0x10", "0x10 is not a valid number" },
	{ "t.i64", "in", "", "1|a", "a is not a valid number" },
	{ "t.double", "=", "", "1.0", "1.0 is not a valid number" },
	{ "t.ip", "=", "", "1.2.3", "unrecognized IPv4 address 1.2.3" },
	{ "t.ip", "in", "", "10.0.0.0/8", "unrecognized IPv4 address 10.0.0.0/8" },
	{ "t.ip", "=", "", "zz", "unrecognized IPv6 address zz" },
	{ "t.net", "=", "", "10.0.0.1", "unrecognized IP network 10.0.0.1" },
	{ "t.net", "=", "", "10.0.0.0/33", "invalid netmask 33" },
	{ "t.net", "=", "", "10.0.0.0/-1", "invalid netmask -1" },
	{ "t.net", "=", "", "fe80::/129", "invalid netmask 129" },
	{ "t.net", "=", "", "10.0.0.0/x", "x is not a valid number" },
	{ "t.port", "=", "", "nosuchservice", "unrecognized protocol nosuchservice" },
	{ "t.port", "=", "", "-1", "unrecognized protocol -1" },
	{ "t.bool", "=", "", "1", "filter error: unrecognized boolean value 1" },
	{ "t.bool", "=", "", "TRUE", "filter error: unrecognized boolean value TRUE" },
	{ "t.buf", "bcontains", "", "2g",
	  "filter error: bcontains and bstartswith operator support hex strings only" },
	{ "t.buf", "bstartswith", "", "CAFE0",
	  "filter error: bcontains and bstartswith operator support hex strings only" },
	{ "t.str", "regex", "", "(", "invalid regex pattern: missing ): (" },
	{ "t.str", "regex", "", "a(?i)b",
	  "invalid regex pattern: no argument for repetition operator: ?" },
	{ "t.str", "regex", "anyof", "a|(", "invalid regex pattern: missing ): (" },
	{ "evt.type", "=", "", "foo", "unknown event type foo" },
	{ "evt.type", "in", "", "open|foo", "unknown event type foo" },
	{ "evt.type", "contains", "", "foo", "unknown event type foo" },
	{ "t.nofield", "=", "", "1", "filter_check called with nonexistent field t.nofield" },
	{ "t.str.foo", "=", "", "1", "filter_check called with nonexistent field t.str.foo" },
	{ "t.st", "=", "", "1", "filter_check called with nonexistent field t.st" },
	{ "t.must", "=", "", "1", "filter syntax error: t.must" },
};

static void bad_conditions_are_refused_with_their_text(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < COUNT(BAD); i++) {
		/* twice: a refused test leaves nothing behind that would be found again */
		for (unsigned k = 0; k < 2; k++) {
			int32_t atom = rig_atom(&r, BAD[i].field, BAD[i].op, BAD[i].modifier,
						BAD[i].operands);

			if (atom >= 0)
				fail_msg("row %zu: %s %s %s is taken", i, BAD[i].field, BAD[i].op,
					 BAD[i].operands);
			assert_string_equal(r.err.msg, BAD[i].error);
		}
	}
	rig_close(&r);
}

static void arguments_are_checked_by_rule(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	assert_non_null(expr_field(r.exprs, "t.arg", 5, "3", &r.err));
	assert_int_equal(expr_field_ref(expr_field(r.exprs, "t.arg", 5, "-1", &r.err))->index, -1);
	assert_null(expr_field(r.exprs, "t.arg", 5, "x", &r.err));
	assert_string_equal(r.err.msg, "filter_check called with nonexistent field t.arg[x]");
	assert_null(expr_field(r.exprs, "t.str", 5, "1", &r.err));
	assert_string_equal(r.err.msg, "filter_check called with nonexistent field t.str[1]");
	rig_close(&r);
}

static void a_NUL_byte_is_for_buffers_only(void **state)
{
	const char *text = "a\0b";
	uint32_t len = 3;
	struct rig r;
	int32_t atom;

	(void)state;
	rig_open(&r);
	assert_true(atom_add(r.atoms, rig_field(&r, "t.str"), OP_CONTAINS, MOD_NONE, &text, &len, 1,
			     &r.err) < 0);
	assert_string_equal(r.err.msg,
			    "filter error: filter value cannot contain a NUL byte (\\x00)");
	atom = atom_add(r.atoms, rig_field(&r, "t.buf"), OP_EQ, MOD_NONE, &text, &len, 1, &r.err);
	assert_true(atom >= 0);
	fake.v[0] = (struct value){ .s = "a\0b", .len = 3 };
	assert_true(rig_verdict(&r, atom));
	rig_close(&r);
}

static void a_value_of_256_bytes_is_too_long(void **state)
{
	char s[257];
	struct rig r;

	(void)state;
	memset(s, 'a', 256);
	s[256] = 0;
	rig_open(&r);
	assert_true(rig_atom(&r, "t.str", "=", "", s) < 0);
	assert_non_null(strstr(r.err.msg, "filter parameter too long"));
	assert_true(rig_atom(&r, "t.str", "=", "", s + 1) >= 0);
	rig_close(&r);
}

static void right_side_fields_are_checked(void **state)
{
	static const struct { const char *l, *op, *r, *error;
	} RIGHT[] = {
		{ "t.str", "=", "t.u64",
		  "field 't.str' has type 'CHARBUF' while the right-hand side field 't.u64' "
		  "has incompatible type 'UINT64'" },
		{ "t.any", "=", "t.str", "field 't.any' doesn't support right-hand side fields" },
		{ "t.str", "=", "t.any", "field 't.any' can't be used as a right-hand side field" },
		{ "t.str", "regex", "t.str2",
		  "operator 'REGEX' doesn't support right-hand side fields" },
		{ "t.str", "pmatch", "t.str2",
		  "operator 'PMATCH' doesn't support right-hand side fields" },
		{ "t.u64", "contains", "t.u64",
		  "filter error: 'contains' operator not supported for numeric filters" },
	};
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < COUNT(RIGHT); i++) {
		assert_true(atom_add_rhs(r.atoms, rig_field(&r, RIGHT[i].l),
					 op_by_name(RIGHT[i].op), rig_field(&r, RIGHT[i].r),
					 &r.err) < 0);
		assert_string_equal(r.err.msg, RIGHT[i].error);
	}
	rig_close(&r);
}

static void constants_that_look_odd_are_reported(void **state)
{
	static const struct { const char *op, *modifier, *value; unsigned bits, count;
	} WARN[] = {
		{ "regex", "", "yscal.*", 1, 1 },      { "regex", "", ".*yscal", 1, 1 },
		{ "regex", "", "syscall", 1, 1 },      { "regex", "", "^syscall$", 1, 1 },
		{ "regex", "", ".+syscall.+", 1, 1 },  { "regex", "", ".?syscall.?", 1, 1 },
		{ "regex", "anyof", "my.*|b", 1, 2 },  { "regex", "", "^[s]{1}ysca[l]{2}$", 0, 0 },
		{ "regex", "", "/p./q.", 0, 0 },       { "regex", "", "/home/.*/dev", 0, 0 },
		{ "regex", "", "syscall.{1}", 0, 0 },  { "regex", "", "syscall\\.*", 0, 0 },
		{ "regex", "", "s.*l", 0, 0 },	       { "regex", "", "syscal[l]?", 0, 0 },
		{ "regex", "", "[[:digit:]]+", 0, 0 }, { "=", "", "t.u64", 2, 1 },
		{ "=", "", "t.arg[1]", 2, 1 },	       { "=", "", "t.nofield", 0, 0 },
		{ "=", "", "tolower(t.str)", 4, 1 },   { "=", "", "tolower", 0, 0 },
		{ "in", "", "t.u64|x|t.u32", 2, 2 },
	};
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < COUNT(WARN); i++) {
		int32_t atom = rig_atom(&r, "t.str", WARN[i].op, WARN[i].modifier, WARN[i].value);
		const char *value;
		unsigned n = 0;

		assert_true(atom >= 0);
		if (atom_warnings(r.atoms, (uint32_t)atom, &value) != WARN[i].bits)
			fail_msg("%s", WARN[i].value);
		while (atom_warning(r.atoms, (uint32_t)atom, n, &value))
			n++;
		assert_int_equal(n, WARN[i].count);
	}
	rig_close(&r);
}

static void op_names_are_known(void **state)
{
	(void)state;
	assert_int_equal(op_by_name("=="), OP_EQ);
	assert_int_equal(op_by_name("iglob"), OP_IGLOB);
	assert_int_equal(op_by_name("like"), OP_NONE);
	assert_int_equal(op_by_name(""), OP_NONE);
	assert_int_equal(modifier_by_name("allof"), MOD_ALLOF);
	assert_int_equal(modifier_by_name(""), MOD_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_conditions_are_refused_with_their_text),
		cmocka_unit_test(arguments_are_checked_by_rule),
		cmocka_unit_test(a_NUL_byte_is_for_buffers_only),
		cmocka_unit_test(a_value_of_256_bytes_is_too_long),
		cmocka_unit_test(right_side_fields_are_checked),
		cmocka_unit_test(constants_that_look_odd_are_reported),
		cmocka_unit_test(op_names_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
