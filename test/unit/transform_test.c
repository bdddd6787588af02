/* transform_test.c - transformers: what they make, what they refuse. */
#include "filter_fake.h"

/* An expression from words: "f t.str" a field, "s text" a string, "n" none. */
static struct expr *of(struct rig *r, const char *what)
{
	if (what[0] == 'f')
		return rig_field(r, what + 2);
	return expr_string(r->exprs, what + 2, (uint32_t)strlen(what + 2));
}

/* Items "a|b|c" as strings; "" is one empty item, NULL none. */
static struct expr *list_of(struct rig *r, const char *items)
{
	struct expr *item[32];
	uint32_t n = 0;
	const char *end;

	for (; items && n < 32; items = *end ? end + 1 : NULL) {
		end = strchrnul(items, '|');
		item[n++] = expr_string(r->exprs, items, (uint32_t)(end - items));
	}
	return expr_list(r->exprs, item, n, &r->err);
}

static const struct values *value_of(struct rig *r, struct expr *e)
{
	evaluator_take(r->ev, r->atoms, r->exprs);
	rig_begin(r);
	return expr_eval(r->ev, e);
}

/* The values with '|' between them, or "(none)". */
static const char *shown(struct rig *r, struct expr *e)
{
	static char text[256];
	const struct values *vs = value_of(r, e);
	size_t n = 0;

	if (!vs)
		return "(none)";
	text[0] = 0;
	for (uint32_t i = 0; i < vs->n; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s", i ? "|" : "",
				      (int)vs->v[i].len, vs->v[i].s);
	return text;
}

static void transformers_of_one_argument_make_text(void **state)
{
	static const struct { const char *name, *in, *out;
	} ROWS[] = {
		{ "tolower", "GetCwd[\xc3\x84", "getcwd[\xc3\x84" },
		{ "toupper", "getcwd1{", "GETCWD1{" },
		{ "basename", "/tmp/file", "file" },
		{ "basename", "file", "file" },
		{ "basename", "/tmp/", "" },
		{ "basename", "", "" },
		{ "val", "x", "x" },
		{ "b64", "YWFhLWJiYg", "aaa-bbb" },
		{ "b64", "YWFhLWJiYg==", "aaa-bbb" },
		{ "b64", "", "" },
		{ "b64", "YWFhLWJiY", "(none)" },
		{ "b64", "YW*h", "(none)" },
		{ "b64", "YWFh=", "(none)" },
		{ "b64", "YQBi", "a" },
	};
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		struct expr *arg = of(&r, "f t.str"),
			    *e = expr_call(r.exprs, ROWS[i].name, &arg, 1, NULL, &r.err);

		assert_non_null(e);
		fake.v[0] = text_value(ROWS[i].in);
		fake.missing = false;
		assert_string_equal(shown(&r, e), ROWS[i].out);
		fake.missing = true;
		assert_string_equal(shown(&r, e), "(none)");
	}
	rig_close(&r);
}

static void len_counts_bytes_or_elements(void **state)
{
	struct rig r;
	struct expr *s, *b, *l;

	(void)state;
	rig_open(&r);
	s = of(&r, "f t.str");
	b = of(&r, "f t.buf");
	l = of(&r, "f t.list");
	fake.v[0] = (struct value){ .s = "ab\0c", .len = 4 };
	fake.n = 3;
	assert_int_equal(value_of(&r, expr_call(r.exprs, "len", &b, 1, NULL, &r.err))->v->n, 4);
	assert_int_equal(value_of(&r, expr_call(r.exprs, "len", &l, 1, NULL, &r.err))->v->n, 3);
	fake.v[0] = text_value("abcdefgh");
	assert_int_equal(value_of(&r, expr_call(r.exprs, "len", &s, 1, NULL, &r.err))->v->n, 8);
	assert_int_equal(expr_type(expr_call(r.exprs, "len", &s, 1, NULL, &r.err)), PT_UINT64);
	rig_close(&r);
}

static void join_and_concat_put_text_together(void **state)
{
	struct expr *arg[3], *item[3];
	struct rig r;

	(void)state;
	rig_open(&r);
	fake.v[0] = text_value("dir");
	arg[0] = of(&r, "s ->");
	item[0] = of(&r, "f t.str");
	item[1] = expr_number(r.exprs, "123", &r.err);
	item[2] = expr_call(r.exprs, "toupper", item, 1, NULL, &r.err);
	arg[1] = expr_list(r.exprs, item, 3, &r.err);
	assert_string_equal(shown(&r, expr_call(r.exprs, "join", arg, 2, NULL, &r.err)),
			    "dir->123->DIR");
	arg[1] = list_of(&r, NULL);
	assert_string_equal(shown(&r, expr_call(r.exprs, "join", arg, 2, NULL, &r.err)), "");
	arg[0] = item[0];
	arg[1] = list_of(&r, "a|b");
	assert_string_equal(shown(&r, expr_call(r.exprs, "join", arg, 2, NULL, &r.err)), "adirb");
	arg[0] = expr_call(r.exprs, "concat", item, 3, NULL, &r.err);
	arg[1] = of(&r, "s !");
	assert_string_equal(shown(&r, expr_call(r.exprs, "concat", arg, 2, NULL, &r.err)),
			    "dir123DIR!");
	fake.missing = true;
	assert_string_equal(shown(&r, expr_call(r.exprs, "concat", arg, 2, NULL, &r.err)),
			    "(none)");
	rig_close(&r);
}

static void numbers_in_lists_read_as_text(void **state)
{
	struct expr *arg[2], *item[2];
	struct rig r;

	(void)state;
	rig_open(&r);
	fake.v[0] = (struct value){ .n = 1 };
	item[0] = item[1] = of(&r, "f t.u64");
	arg[0] = of(&r, "s ,");
	arg[1] = expr_list(r.exprs, item, 2, &r.err);
	assert_string_equal(shown(&r, expr_call(r.exprs, "join", arg, 2, NULL, &r.err)), "1,1");
	rig_close(&r);
}

static void getopt_reads_short_options(void **state)
{
	static const struct { const char *argv, *spec, *option, *out;
	} ROWS[] = {
		{ "-n|", "n", NULL, "n" },
		{ "-t|hello", "t:", NULL, "t|hello" },
		{ "-nt|hello", "nt:", NULL, "n|t|hello" },
		{ "-thello", "t:", NULL, "t|hello" },
		{ "-n|--|-t", "nt:", NULL, "n" },
		{ "-x|-n", "n", NULL, "?|n" },
		{ "-lpe|/bin/sh", "lp:e:", NULL, "l|p|e" },
		{ "", "n", NULL, "" },
		{ "arg1|-n", "n", NULL, "" },
		{ "-|-n", "n", NULL, "" },
		{ "-t", "t:", NULL, "" },
		{ "-t", ":t:", NULL, "" },
		{ "--|-n", "n", NULL, "" },
		{ "-abcvalue", "abc:", NULL, "a|b|c|value" },
		{ "-t|-123", "t:", NULL, "t|-123" },
		{ "-t|", "t:", NULL, "t|" },
		{ "--exec", "e:", NULL, "" },
		{ "--exec|-n", "n", NULL, "n" },
		{ "-n|file|-t", "nt", NULL, "n" },
		{ "-nx", "n", NULL, "n|?" },
		{ "-@|-+", "@+", NULL, "@|+" },
		{ "-n|-t", "", NULL, "?|?" },
		{ "-a:b", "ab", NULL, "a|?|b" },
		{ NULL, "n", NULL, "" },
		{ "-n|-t|hello", "nt:", "t", "hello" },
		{ "-n|-t|hello", "nt:", "n", "n" },
		{ "-t|v1|-t|v2", "t:", "t", "v2" },
		{ "-t?", "t:", "t", "?" },
		{ "-t:", ":t:", "t", ":" },
		{ "-t", "t:", "t", "" },
		{ "-t|v1|-t", "t:", "t", "" },
		{ "-n", "nt:", "t", "(none)" },
	};
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		struct expr *arg[2] = { list_of(&r, ROWS[i].argv),
					expr_string(r.exprs, ROWS[i].spec,
						    (uint32_t)strlen(ROWS[i].spec)) };
		struct expr *e = expr_call(r.exprs, "getopt", arg, 2, ROWS[i].option, &r.err);

		assert_non_null(e);
		assert_int_equal(expr_is_list(e), !ROWS[i].option);
		if (strcmp(shown(&r, e), ROWS[i].out) != 0)
			fail_msg("row %zu: %s instead of %s", i, shown(&r, e), ROWS[i].out);
	}
	rig_close(&r);
}

static void wrong_calls_are_refused_with_their_text(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	struct expr *s = of(&r, "f t.str"), *n = of(&r, "f t.u64"), *l = of(&r, "f t.list"),
		    *any = of(&r, "f t.any"), *a = of(&r, "s a"), *buf = of(&r, "f t.buf");
	const struct {
		const char *name;
		struct expr *arg[3];
		uint32_t n;
		const char *bracket, *error;
	} ROWS[] = {
		{ "nosuch", { s }, 1, NULL, "unknown field transfomer 'nosuch'" },
		{ "join", { a }, 1, NULL, "unknown field transfomer 'join'" },
		{ "getopt", { l }, 1, NULL, "unknown field transfomer 'getopt'" },
		{ "join",
		  { a, a, a },
		  3,
		  NULL,
		  "join() requires exactly 2 arguments: separator and list" },
		{ "join",
		  { l, a },
		  2,
		  NULL,
		  "join() first argument (separator) must be a single value, not a list" },
		{ "join", { a, s }, 2, NULL, "join() second argument must be a list" },
		{ "concat", { a, l }, 2, NULL, "concat() arguments must be strings" },
		{ "concat", { s, n }, 2, NULL, "concat() arguments must be strings" },
		{ "getopt", { s, a }, 2, NULL, "getopt() first argument must be a list" },
		{ "getopt",
		  { l, a, a },
		  3,
		  NULL,
		  "getopt() requires exactly 2 arguments: args list and optstring" },
		{ "getopt",
		  { l, a },
		  2,
		  "",
		  "getopt() field argument must be a single option character" },
		{ "getopt",
		  { l, a },
		  2,
		  "ab",
		  "getopt() field argument must be a single option character" },
		{ "val",
		  { s },
		  1,
		  "x",
		  "filter error: transformer 'val' does not support field arguments" },
		{ "tolower",
		  { s },
		  1,
		  "x",
		  "filter error: transformer 'tolower' does not support field arguments" },
		{ "tolower", { any }, 1, NULL, "field 't.any' does not support transformers" },
		{ "b64",
		  { n },
		  1,
		  NULL,
		  "can't add field transformer: type 'UINT64' is not supported by 'b64' "
		  "transformer applied on field 't.u64'" },
		{ "basename",
		  { buf },
		  1,
		  NULL,
		  "can't add field transformer: type 'BYTEBUF' is not supported by "
		  "'basename' transformer applied on field 't.buf'" },
	};
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		assert_null(expr_call(r.exprs, ROWS[i].name, ROWS[i].arg, ROWS[i].n,
				      ROWS[i].bracket, &r.err));
		assert_string_equal(r.err.msg, ROWS[i].error);
	}
	rig_close(&r);
}

static void equal_expressions_are_one_and_read_once(void **state)
{
	struct rig r;
	struct expr *s, *up;
	uint32_t n;

	(void)state;
	rig_open(&r);
	s = of(&r, "f t.str");
	up = expr_call(r.exprs, "toupper", &s, 1, NULL, &r.err);
	n = exprs_count(r.exprs);
	assert_ptr_equal(of(&r, "f t.str"), s);
	assert_ptr_equal(expr_call(r.exprs, "toupper", &s, 1, NULL, &r.err), up);
	assert_ptr_equal(of(&r, "s a"), of(&r, "s a"));
	assert_int_equal(exprs_count(r.exprs), n + 1);
	assert_ptr_not_equal(expr_field(r.exprs, "t.arg", 5, "1", &r.err),
			     expr_field(r.exprs, "t.arg", 5, "2", &r.err));
	fake.v[0] = text_value("a");
	assert_string_equal(shown(&r, up), "A");
	expr_eval(r.ev, s);
	expr_eval(r.ev, up);
	assert_int_equal(fake.extracted, 1);
	rig_begin(&r);
	expr_eval(r.ev, s);
	assert_int_equal(fake.extracted, 2);
	rig_close(&r);
}

static void what_may_stand_behind_a_percent_sign(void **state)
{
	struct rig r;
	struct expr *any, *val;

	(void)state;
	rig_open(&r);
	any = of(&r, "f t.any");
	val = expr_call(r.exprs, "val", &any, 1, NULL, &r.err);
	assert_true(expr_printable(of(&r, "f t.str"), &r.err));
	assert_false(expr_printable(any, &r.err));
	assert_string_equal(r.err.msg,
			    "t.any is filter only and cannot be used as a display field");
	assert_false(expr_printable(val, &r.err));
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transformers_of_one_argument_make_text),
		cmocka_unit_test(len_counts_bytes_or_elements),
		cmocka_unit_test(join_and_concat_put_text_together),
		cmocka_unit_test(numbers_in_lists_read_as_text),
		cmocka_unit_test(getopt_reads_short_options),
		cmocka_unit_test(wrong_calls_are_refused_with_their_text),
		cmocka_unit_test(equal_expressions_are_one_and_read_once),
		cmocka_unit_test(what_may_stand_behind_a_percent_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
