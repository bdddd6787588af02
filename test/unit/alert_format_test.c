/* alert_format_test.c - alert lines and templates, over expressions whose values the
 * test says: it stands in for expr.h and the evaluator. */
#include "format/template.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* -- the stand-in ------------------------------------------------------------------ */

struct expr { unsigned type, fmt; bool list; const struct values *values; const struct field_ref *ref; };
struct evaluator { struct eval_ctx x; };

unsigned expr_type(const struct expr *e) { return e->type; }
unsigned expr_fmt(const struct expr *e) { return e->fmt; }
bool expr_is_list(const struct expr *e) { return e->list; }
const struct field_ref *expr_field_ref(const struct expr *e) { return e->ref; }
const struct values *expr_eval(struct evaluator *ev, const struct expr *e)
{
	(void)ev;
	return e->values;
}
struct eval_ctx *evaluator_ctx(struct evaluator *ev) { return &ev->x; }

static const struct render_options RENDER;
static struct arena arena, scratch;
static struct event event;
static struct event_ctx ec = { .ev = &event };
static struct evaluator evaluator = { .x = { .ec = &ec, .scratch = &scratch, .render = &RENDER } };

static struct expr *expr_of(unsigned type, bool list, uint32_t n, const struct value *v)
{
	struct values *vs = arena_zalloc(&arena, sizeof *vs);
	struct expr *e = arena_zalloc(&arena, sizeof *e);

	*e = (struct expr){ .type = type, .fmt = PF_DEC, .list = list, .values = vs };
	vs->v = arena_memdup(&arena, v, n * sizeof *v);
	vs->n = n;
	return e;
}

static struct expr *string(const char *s)
{
	struct value v = { .s = s, .len = (uint32_t)strlen(s) };

	return expr_of(PT_CHARBUF, false, 1, &v);
}

static struct expr *number(uint64_t n)
{
	struct value v = { .n = n };

	return expr_of(PT_UINT64, false, 1, &v);
}

static struct expr *nothing(void)
{
	struct expr *e = string("");

	e->values = NULL;
	return e;
}

static struct expr *strings(void)
{
	struct value v[] = { { .s = "a\"b", .len = 3 }, { .s = "c\n", .len = 2 } };

	return expr_of(PT_CHARBUF, true, 2, v);
}

static struct template *template(void) { return template_new(&arena); }

static struct template *text(struct template *t, const char *s)
{
	template_text(t, s, (uint32_t)strlen(s));
	return t;
}

static struct template *with(struct template *t, const struct expr *e, const char *name)
{
	template_expr(t, e, name, 0);
	return t;
}

/* -- templates ------------------------------------------------------------------------ */

static void values_read_as_text(void **state)
{
	struct { const struct expr *e; uint32_t width; const char *expect; } rows[] = {
		{ string("plain"), 0, "plain" },
		{ string(""), 0, "" },
		{ nothing(), 0, "<NA>" },
		{ string("quote\" back\\ \xc3\xa9"), 0, "quote\" back\\ \xc3\xa9" },
		{ string("nl\n tab\t del\x7f"), 0, "nl\xef\xbf\xbd tab\xef\xbf\xbd del\xef\xbf\xbd" },
		{ string("bad \xff\xc3"), 0, "bad \xef\xbf\xbd\xef\xbf\xbd" },
		{ number(42), 0, "42" },
		{ strings(), 0, "(a\"b,c\xef\xbf\xbd)" },
		{ string("abc"), 5, "abc  " },
		{ string("abcdef"), 3, "abc" },
		{ nothing(), 6, "<NA>  " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct template *t = text(template(), "<");
		struct strbuf out = STRBUF_INIT, expect = STRBUF_INIT;

		template_expr(t, rows[i].e, "x", rows[i].width);
		text(t, ">");
		template_render(t, &evaluator, &out);
		strbuf_printf(&expect, "<%s>", rows[i].expect);
		assert_string_equal(out.s, expect.s);
		strbuf_release(&out);
		strbuf_release(&expect);
	}
}

/* -- whole lines ------------------------------------------------------------------------ */

static const char *const TAGS[] = { "T1003", "files\"" };

static char *line(const struct alert_format *f, const struct template *t, const struct extra_field *extra,
		  uint32_t nextra, unsigned priority, uint32_t ntags)
{
	struct alert_rule r = {
		.name = "Secret \"read\"", .source = "syscall", .priority = priority, .tag = TAGS,
		.ntags = ntags, .output = t, .extra = extra, .nextra = nextra,
	};
	struct alert_line *l = alert_prepare(&arena, NULL, f, &r);
	struct strbuf out = STRBUF_INIT;

	alert_render(l, &evaluator, &out);
	strbuf_clear(&out);
	alert_render(l, &evaluator, &out);      /* with what it cached */
	return out.s;
}

static const struct alert_format TEXT = { .hostname = "lab" };
static const struct alert_format JSON = {
	.json = true, .include_output = true, .include_fields = true, .include_tags = true, .hostname = "lab",
};

static void a_text_line_is_time_priority_and_message(void **state)
{
	struct template *t = with(text(template(), "opened "), string("/etc/\"x\""), "fd.name");
	struct alert_format iso = TEXT;
	char *s;

	(void)state;
	iso.iso8601 = true;
	s = line(&TEXT, t, NULL, 0, 4, 0);
	assert_string_equal(s, "03:11:37.934843509: Warning opened /etc/\"x\"");
	free(s);
	s = line(&iso, t, NULL, 0, 6, 0);
	assert_string_equal(s, "2026-11-22T03:11:37.934843509+0000: Informational opened /etc/\"x\"");
	free(s);
}

static void local_time_follows_tz(void **state)
{
	char *s;

	(void)state;
	setenv("TZ", "XST-05:30", 1);
	tzset();
	s = line(&TEXT, text(template(), "x"), NULL, 0, 0, 0);
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(s, "08:41:37.934843509: Emergency x");
	free(s);
}

static void json_has_sorted_keys_and_typed_fields(void **state)
{
	struct template *t = text(template(), "say \"");
	char *s;

	(void)state;
	with(t, string("b\\\n"), "proc.name");
	with(t, number(7), "evt.num");
	with(t, nothing(), "fd.name");
	with(t, strings(), "fd.types");
	with(t, string("UP"), NULL);            /* a transformed token: not in output_fields */
	with(t, number(7), "evt.num");
	s = line(&JSON, t, NULL, 0, 4, 2);
	assert_string_equal(s, "{\"hostname\":\"lab\","
		"\"output\":\"03:11:37.934843509: Warning say \\\"b\\\\\xef\xbf\xbd" "7<NA>(a\\\"b,c\xef\xbf\xbd)UP7\","
		"\"output_fields\":{\"evt.num\":7,\"evt.time\":1795317097934843509,\"fd.name\":null,"
		"\"fd.types\":[\"a\\\"b\",\"c\xef\xbf\xbd\"],\"proc.name\":\"b\\\\\xef\xbf\xbd\"},"
		"\"priority\":\"Warning\",\"rule\":\"Secret \\\"read\\\"\",\"source\":\"syscall\","
		"\"tags\":[\"T1003\",\"files\\\"\"],\"time\":\"2026-11-22T03:11:37.934843509Z\"}");
	free(s);
}

static void each_json_member_can_be_left_out(void **state)
{
	static const struct { struct alert_format f; const char *expect; } rows[] = {
		{ { .json = true, .hostname = "h" }, "" },
		{ { .json = true, .hostname = "h", .include_message = true }, ",\"message\":\"a\\\\b\"" },
		{ { .json = true, .hostname = "h", .include_output = true },
		  ",\"output\":\"03:11:37.934843509: Debug a\\\\b\"" },
		{ { .json = true, .hostname = "h", .include_message = true, .include_output = true },
		  ",\"message\":\"a\\\\b\",\"output\":\"03:11:37.934843509: Debug a\\\\b\"" },
		{ { .json = true, .hostname = "h", .include_fields = true, .iso8601 = true },
		  ",\"output_fields\":{\"evt.time.iso8601\":1795317097934843509,\"x\":\"a\\\\b\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *s = line(&rows[i].f, with(template(), string("a\\b"), "x"), NULL, 0, 7, 1);
		struct strbuf expect = STRBUF_INIT;

		strbuf_printf(&expect, "{\"hostname\":\"h\"%s,\"priority\":\"Debug\",\"rule\":\"Secret \\\"read\\\"\","
			      "\"source\":\"syscall\",\"time\":\"2026-11-22T03:11:37.934843509Z\"}",
			      rows[i].expect);
		assert_string_equal(s, expect.s);
		strbuf_release(&expect);
		free(s);
	}
}

static void a_rule_without_tags_has_an_empty_list(void **state)
{
	char *s = line(&JSON, template(), NULL, 0, 7, 0);

	(void)state;
	assert_non_null(strstr(s, "\"tags\":[],"));
	free(s);
}

static void times_are_numbers_and_extra_fields_join_in(void **state)
{
	struct template *t = template();
	struct extra_field extra[] = {
		{ .key = "evt.num", .e = number(9) },
		{ .key = "a \"key\"", .text = with(text(template(), "v="), string("\"q\""), "proc.name") },
		{ .key = "proc.name", .text = text(template(), "replaced") },
	};
	struct alert_format f = JSON;
	char *s;

	(void)state;
	f.include_output = f.include_tags = false;
	with(t, string("03:11:37"), "evt.time.s");
	with(t, number(500), "evt.deltatime");
	with(t, string("cat"), "proc.name");
	s = line(&f, t, extra, 3, 7, 0);
	assert_non_null(strstr(s, "\"output_fields\":{\"a \\\"key\\\"\":\"v=\\\"q\\\"\",\"evt.deltatime\":0,"
		"\"evt.num\":9,\"evt.time\":1795317097934843509,\"evt.time.s\":1795317097934843509,"
		"\"proc.name\":\"replaced\"}"));
	free(s);
}

/* Falco: evt.abspath moves the event's fd to the directory's for all that is extracted later. */
static bool where(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_cstr(out, x->ec->fd ? "directory" : "file");
}

static void after_evt_abspath_outputs_read_the_directory_fd(void **state)
{
	static const struct field_def def = { .name = "fd.name", .scope = SCOPE_FD, .extract = where };
	static const struct field_ref ref = { .def = &def, .scope = SCOPE_FD };
	struct expr *fd = string("file");
	struct alert_format f = JSON;
	struct template *t;
	char *s;

	(void)state;
	fd->ref = &ref;
	t = with(template(), fd, "fd.name");
	event.num = 12;
	s = line(&f, t, NULL, 0, 7, 0);
	assert_non_null(strstr(s, "Debug file\""));
	assert_non_null(strstr(s, "\"fd.name\":\"file\""));
	free(s);
	evaluator.x.moved_fd = (const struct fd *)&event;
	evaluator.x.moved_num = 11;             /* an earlier event */
	s = line(&f, t, NULL, 0, 7, 0);
	assert_non_null(strstr(s, "\"fd.name\":\"file\""));
	free(s);
	evaluator.x.moved_num = 12;
	s = line(&f, t, NULL, 0, 7, 0);
	assert_non_null(strstr(s, "\"fd.name\":\"directory\""));
	assert_null(ec.fd);
	free(s);
	evaluator.x.moved_num = 0;
}

/* No value unless the event says so, as of an event without fd fields. */
static bool name_changed(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return x->ec->fd && value_set_num(out, 1);
}

static void a_changed_name_is_of_the_event_not_of_the_directory(void **state)
{
	static const struct field_def def = { .name = "fd.name_changed", .type = PT_BOOL,
					      .extract = name_changed };
	static const struct field_ref ref = { .def = &def, .type = PT_BOOL };
	static const struct { bool fd_event, has_fd; const char *want; } ROWS[] = {
		{ true, true, ":true" }, { true, false, ":false" }, { false, false, ":null" },
	};
	struct value v = { .n = 1 };
	struct expr *e = expr_of(PT_BOOL, false, 1, &v);
	struct template *t = with(template(), e, "fd.name_changed");

	(void)state;
	e->ref = &ref;
	evaluator.x.moved_fd = (const struct fd *)&event;
	evaluator.x.moved_num = event.num = 12;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		char *s;

		ec.has_fd_fields = ROWS[i].fd_event;
		ec.fd = ROWS[i].has_fd ? (const struct fd *)&event : NULL;
		if (!ROWS[i].fd_event)
			evaluator.x.moved_fd = NULL;
		s = line(&JSON, t, NULL, 0, 7, 0);
		assert_non_null(strstr(s, ROWS[i].want));
		free(s);
	}
	ec.has_fd_fields = false;
	evaluator.x.moved_num = 0;
}

static void an_empty_list_is_null_and_a_load_that_was_just_read_0(void **state)
{
	struct template *t = template();
	char *s;

	(void)state;
	with(t, expr_of(PT_CHARBUF, true, 0, &(struct value){ 0 }), "fd.types");
	with(t, number(7), "thread.cpu.user");
	with(t, nothing(), "thread.cpu.system");
	s = line(&JSON, t, NULL, 0, 7, 0);
	assert_non_null(strstr(s, "Debug ()7<NA>\""));
	assert_non_null(strstr(s, "\"fd.types\":null,\"thread.cpu.system\":null,\"thread.cpu.user\":0.0}"));
	free(s);
}

static void priorities_go_by_name(void **state)
{
	static const struct { const char *name; int priority; } rows[] = {
		{ "emergency", 0 }, { "WARNING", 4 }, { "Informational", 6 }, { "info", 6 }, { "debug", 7 },
		{ "", -1 }, { "warn", -1 }, { "debugging", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(priority_by_name(rows[i].name), rows[i].priority);
	assert_string_equal(priority_short(6), "INFO");
	assert_string_equal(priority_name(8), "Unknown");
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	event.ts = 1795317097934843509ull;
	arena_init(&arena, 0);
	arena_init(&scratch, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	arena_release(&scratch);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_read_as_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_text_line_is_time_priority_and_message, set_up, tear_down),
		cmocka_unit_test_setup_teardown(local_time_follows_tz, set_up, tear_down),
		cmocka_unit_test_setup_teardown(json_has_sorted_keys_and_typed_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_json_member_can_be_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_rule_without_tags_has_an_empty_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(times_are_numbers_and_extra_fields_join_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(after_evt_abspath_outputs_read_the_directory_fd, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_changed_name_is_of_the_event_not_of_the_directory, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_empty_list_is_null_and_a_load_that_was_just_read_0, set_up,
						tear_down),
		cmocka_unit_test(priorities_go_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
