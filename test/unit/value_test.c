/* Tests of how values read: text and JSON of every type and print format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "filter/value.h"

#define NUM(x) { .n = (uint64_t)(x) }
#define STR(x) { .s = (x), .len = sizeof(x) - 1 }

struct row {
	uint8_t type, fmt;
	struct value v;
	const char *text, *json;
};

static void check(const struct row *rows, size_t n, const struct render_options *o)
{
	struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		strbuf_clear(&b);
		value_text(&b, rows[i].type, rows[i].fmt, &rows[i].v, o);
		if (strcmp(b.s ? b.s : "", rows[i].text) != 0)
			fail_msg("row %zu: text is %s, not %s", i, b.s, rows[i].text);
		strbuf_clear(&b);
		value_json(&b, rows[i].type, rows[i].fmt, &rows[i].v, o);
		if (strcmp(b.s, rows[i].json) != 0)
			fail_msg("row %zu: JSON is %s, not %s", i, b.s, rows[i].json);
	}
	strbuf_release(&b);
}
#define CHECK(rows, o) check(rows, sizeof rows / sizeof *rows, o)

static void numbers_follow_their_print_format(void **state)
{
	static const struct row ROWS[] = {
		{ PT_INT64, PF_ID, NUM(-1), "-1", "-1" },
		{ PT_INT64, PF_DEC, NUM(INT64_MIN), "-9223372036854775808",
		  "-9223372036854775808" },
		{ PT_UINT64, PF_DEC, NUM(-67), "18446744073709551549", "18446744073709551549" },
		{ PT_UINT32, PF_DEC, NUM(4294967295u), "4294967295", "4294967295" },
		{ PT_INT32, PF_HEX, NUM(40), "28", "\"28\"" },
		{ PT_INT32, PF_HEX, NUM(-1), "FFFFFFFF", "\"FFFFFFFF\"" },
		{ PT_UINT64, PF_HEX, NUM(-1), "FFFFFFFFFFFFFFFF", "\"FFFFFFFFFFFFFFFF\"" },
		{ PT_FLAGS32, PF_HEX, NUM(0), "0", "\"0\"" },
		{ PT_UINT32, PF_OCT, NUM(0640), "640", "\"640\"" },
		{ PT_ABSTIME, PF_10_PADDED_DEC, NUM(8707142), "008707142", "8707142" },
		{ PT_RELTIME, PF_10_PADDED_DEC, NUM(1118269286), "1118269286", "1118269286" },
		{ PT_FD, PF_NA, NUM(3), "3", "\"3\"" },
		{ PT_PORT, PF_NA, NUM(443), "443", "443" },
		{ PT_BOOL, PF_NA, NUM(1), "true", "true" },
		{ PT_BOOL, PF_NA, NUM(0), "false", "false" },
	};

	(void)state;
	CHECK(ROWS, NULL);
}

static void doubles_are_short_in_json_and_have_one_digit_in_text(void **state)
{
	static const struct { double d; const char *text, *json; } ROWS[] = {
		{ 0, "0.0", "0.0" }, { 1.6, "1.6", "1.6" },
		{ 0.00095367431640625, "0.0", "0.00095367431640625" }, { 100, "100.0", "100.0" },
	};
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct value v = { 0 };

		memcpy(&v.n, &ROWS[i].d, sizeof v.n);
		strbuf_clear(&b);
		value_text(&b, PT_DOUBLE, PF_NA, &v, NULL);
		assert_string_equal(b.s, ROWS[i].text);
		strbuf_clear(&b);
		value_json(&b, PT_DOUBLE, PF_NA, &v, NULL);
		assert_string_equal(b.s, ROWS[i].json);
	}
	strbuf_release(&b);
}

static void strings_are_cleaned_and_buffers_dotted(void **state)
{
	static const struct row ROWS[] = {
		{ PT_CHARBUF, PF_NA, STR("plain"), "plain", "\"plain\"" },
		{ PT_CHARBUF, PF_NA, STR(""), "", "\"\"" },
		{ PT_CHARBUF, PF_NA, STR("a\nb"), "a\xef\xbf\xbd" "b", "\"a\xef\xbf\xbd" "b\"" },
		{ PT_CHARBUF, PF_NA, STR("\xc3\xa9\xff"), "\xc3\xa9\xef\xbf\xbd",
		  "\"\xc3\xa9\xef\xbf\xbd\"" },
		{ PT_FSPATH, PF_NA, STR("a\"b\\"), "a\"b\\", "\"a\\\"b\\\\\"" },
		{ PT_BYTEBUF, PF_NA, STR("a\0b\n\xff"), "a.b..", "\"a.b..\"" },
		{ PT_BYTEBUF, PF_NA, STR("\"x\\\""), "\"x\\\"", "\"\\\"x\\\\\\\"\"" },
		{ PT_IPADDR, PF_NA, STR("\x7f\0\0\1"), "127.0.0.1", "\"127.0.0.1\"" },
		{ PT_IPADDR, PF_NA, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "::1", "\"::1\"" },
		{ PT_IPADDR, PF_NA, STR("\x7f"), "", "\"\"" },
	};

	(void)state;
	CHECK(ROWS, NULL);
}

static void buffers_are_base64_when_asked_for(void **state)
{
	static const struct render_options BASE64 = { .base64 = true };
	static const struct row ROWS[] = {
		{ PT_BYTEBUF, PF_NA, STR(""), "", "\"\"" },
		{ PT_BYTEBUF, PF_NA, STR("f"), "Zg==", "\"Zg==\"" },
		{ PT_BYTEBUF, PF_NA, STR("fo"), "Zm8=", "\"Zm8=\"" },
		{ PT_BYTEBUF, PF_NA, STR("\xff\xfe\xfd"), "//79", "\"//79\"" },
		{ PT_CHARBUF, PF_NA, STR("f"), "f", "\"f\"" },
	};

	(void)state;
	CHECK(ROWS, &BASE64);
}

static void times_are_text_and_a_number_in_json(void **state)
{
	static const struct row ROWS[] = {
		{ PT_CHARBUF, PF_TEXT_OR_NUMBER,
		  { .s = "14:58:19", .len = 8, .n = 1523545099999999999ull },
		  "14:58:19", "1523545099999999999" },
	};

	(void)state;
	CHECK(ROWS, NULL);
}

static void lists_have_their_brackets(void **state)
{
	struct value v[2] = { STR("file"), STR("ipv4") };
	struct values two = { .n = 2, .v = v }, none = { .n = 0, .v = v };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	values_text(&b, PT_CHARBUF, PF_NA, true, &two, NULL);
	strbuf_addc(&b, ' ');
	values_text(&b, PT_CHARBUF, PF_NA, true, &none, NULL);
	strbuf_addc(&b, ' ');
	values_json(&b, PT_CHARBUF, PF_NA, true, &two, NULL);
	strbuf_addc(&b, ' ');
	values_json(&b, PT_CHARBUF, PF_NA, true, &none, NULL);
	strbuf_addc(&b, ' ');
	values_text(&b, PT_CHARBUF, PF_NA, false, &two, NULL);
	assert_string_equal(b.s, "(file,ipv4) () [\"file\",\"ipv4\"] [] file");
	strbuf_release(&b);
}

static void a_value_may_bring_its_own_type(void **state)
{
	struct value v = { .n = 255, .type = PT_UINT64, .fmt = PF_HEX };
	struct values one = { .n = 1, .v = &v };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	values_text(&b, PT_ERRNO, PF_DEC, false, &one, NULL);
	values_json(&b, PT_ERRNO, PF_DEC, false, &one, NULL);
	assert_string_equal(b.s, "FF\"FF\"");
	strbuf_release(&b);
}

static void numbers_are_told_from_the_rest(void **state)
{
	(void)state;
	assert_true(type_is_number(PT_PORT));
	assert_true(type_is_number(PT_FLAGS16));
	assert_true(type_is_number(PT_ERRNO));
	assert_false(type_is_number(PT_BOOL));
	assert_false(type_is_number(PT_CHARBUF));
	assert_false(type_is_number(PT_IPADDR));
	assert_false(type_is_number(PT_NONE));
	assert_false(type_is_number(PT_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_follow_their_print_format),
		cmocka_unit_test(doubles_are_short_in_json_and_have_one_digit_in_text),
		cmocka_unit_test(strings_are_cleaned_and_buffers_dotted),
		cmocka_unit_test(buffers_are_base64_when_asked_for),
		cmocka_unit_test(times_are_text_and_a_number_in_json),
		cmocka_unit_test(lists_have_their_brackets),
		cmocka_unit_test(a_value_may_bring_its_own_type),
		cmocka_unit_test(numbers_are_told_from_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
