/* event_test.c - wire events: what event_build makes, event_decode reads; nothing else gets in. */
#include "event/build.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define P(x) { (const uint8_t *)(x), sizeof(x) }
static const int64_t RES = -2;
static const uint64_t ZERO8;

static uint32_t build_open(uint8_t *out, uint32_t cap)
{
	const struct param p[] = { { (const uint8_t *)&RES, 8 },
				   P("/etc/passwd"),
				   { (const uint8_t *)&ZERO8, 4 },
				   { NULL, 0 },
				   { NULL, 0 },
				   { NULL, 0 } };

	return event_build(out, cap, 1234567890123456789ull, -7, PPME_SYSCALL_OPEN_X, p, 6);
}

static void a_built_event_reads_back(void **state)
{
	uint8_t raw[256];
	uint32_t len = build_open(raw, sizeof raw), n;
	struct event ev;
	int64_t res;
	(void)state;

	assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
	assert_int_equal(ev.ts, 1234567890123456789ull);
	assert_int_equal(ev.tid, -7);
	assert_int_equal(ev.type, PPME_SYSCALL_OPEN_X);
	assert_int_equal(ev.nparams, 6);
	assert_int_equal(ev.raw_len, len);
	assert_int_equal(param_i64(&ev, 0, 0), -2);
	assert_string_equal(param_str(&ev, 1, &n), "/etc/passwd");
	assert_int_equal(n, 11);
	assert_true(event_result(&ev, &res));
	assert_int_equal(res, -2);
	assert_false(param_has(&ev, 3));
	assert_int_equal(param_u64(&ev, 3, 77), 77);
	assert_int_equal(param_i64(&ev, 31, -77), -77);
}

static void it_does_not_fit_anywhere_smaller(void **state)
{
	uint8_t raw[256];
	uint32_t len = build_open(raw, sizeof raw);
	(void)state;

	for (uint32_t cap = 0; cap < len; cap++)
		assert_int_equal(build_open(raw, cap), 0);
	assert_int_equal(build_open(raw, len), len);
}

static void every_event_of_the_schema_survives_empty(void **state)
{
	struct param none[EVENT_MAX_PARAMS] = { { NULL, 0 } };
	uint8_t raw[256];
	struct event ev;
	(void)state;

	for (unsigned code = 0; code < EVENT_MAX; code++) {
		uint32_t len = event_build(raw, sizeof raw, 1, 1, (uint16_t)code, none,
					   EVENTS[code].nparams);
		int64_t res;

		assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
		assert_int_equal(ev.nparams, EVENTS[code].nparams);
		assert_false(event_result(&ev, &res));
	}
}

static void an_event_cut_anywhere_is_refused(void **state)
{
	uint8_t raw[256];
	uint32_t len = build_open(raw, sizeof raw);
	(void)state;

	for (uint32_t n = 0; n < len; n++) {
		uint8_t *exact = malloc(n ? n : 1);     /* the sanitizer sees a step past it */
		struct saker_error err = { 0 };
		struct event ev;

		memcpy(exact, raw, n);
		assert_int_equal(event_decode(&ev, exact, n, &err), SAKER_E_DATA);
		assert_true(err.msg[0]);
		free(exact);
	}
}

static void broken_headers_are_refused(void **state)
{
	static const struct {
		const char *what;
		unsigned at, size;
		uint64_t value;
		const char *says;
	} ROW[] = {
		{ "a length below the header", 16, 4, 25, "claims 25 bytes" },
		{ "a length past the end", 16, 4, 1 << 20, "claims 1048576 bytes" },
		{ "a type of a newer schema", 20, 2, EVENT_MAX, "unknown event type" },
		{ "too many parameters", 22, 4, 0x80000000u, "do not fit" },
		{ "a parameter past the end", 26, 2, 0xffff, "need" },
		{ "a string without end", 28, 2, 4, "has no end" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		uint8_t raw[256];
		uint32_t len = build_open(raw, sizeof raw);
		struct saker_error err = { 0 };
		struct event ev;

		memcpy(raw + ROW[i].at, &ROW[i].value, ROW[i].size);
		assert_int_equal(event_decode(&ev, raw, len, &err), SAKER_E_DATA);
		if (!strstr(err.msg, ROW[i].says))
			fail_msg("%s: \"%s\"", ROW[i].what, err.msg);
	}
}

static void more_parameters_than_known_are_passed_over(void **state)
{
	struct param many[40];
	uint8_t raw[512];
	struct event ev;
	uint32_t len;
	(void)state;

	for (int i = 0; i < 40; i++)
		many[i] = (struct param){ (const uint8_t *)"abcd", 4 };
	len = event_build(raw, sizeof raw, 1, 1, PPME_SCHEDSWITCH_6_E, many, 40);
	assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
	assert_int_equal(ev.nparams, 6);
	raw[26 + 2 * 39] = 5;           /* the last length counts all the same */
	assert_int_equal(event_decode(&ev, raw, len, NULL), SAKER_E_DATA);
}

static void null_strings_of_old_drivers_read_as_na(void **state)
{
	static const struct { const char *bytes; uint32_t len; const char *text;
	} ROW[] = {
		{ "", 0, "<NA>" },	     { "(NULL)", 7, "<NA>" }, { "", 1, "" },
		{ "(NULL)x", 8, "(NULL)x" }, { "a\0b", 4, "a" },      { "plain", 6, "plain" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		const struct param p[] = { { (const uint8_t *)&ZERO8, 8 },
					   { (const uint8_t *)ROW[i].bytes, ROW[i].len } };
		uint8_t raw[128];
		uint32_t len = event_build(raw, sizeof raw, 1, 1, PPME_SYSCALL_CHDIR_X, p, 2), n;
		struct event ev;

		assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
		assert_string_equal(param_str(&ev, 1, &n), ROW[i].text);
		assert_int_equal(n, strlen(ROW[i].text));
	}
}

static void large_payloads_have_wide_lengths(void **state)
{
	static uint8_t big[100000], raw[120000];
	const struct param p[] = { { (const uint8_t *)&ZERO8, 4 }, P("name"), { big, sizeof big } };
	uint32_t len = event_build(raw, sizeof raw, 1, 1, PPME_ASYNCEVENT_E, p, 3);
	struct event ev;
	(void)state;

	assert_int_equal(len, 26 + 12 + 4 + 5 + sizeof big);
	assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
	assert_int_equal(ev.param[2].len, sizeof big);
	/* any other type cannot hold it */
	assert_int_equal(event_build(raw, sizeof raw, 1, 1, PPME_SYSCALL_READ_X, p, 3), 0);
}

static void results_are_those_of_system_calls(void **state)
{
	static const uint8_t dyn[] = { 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const struct { unsigned code; uint32_t len; bool has; int64_t res; } ROW[] = {
		{ PPME_SYSCALL_CHDIR_X, 8, true, -2 }, { PPME_SYSCALL_GETUID_X, 4, true, -2 },
		{ PPME_GENERIC_X, 2, false, 0 }, { PPME_PROCEXIT_1_E, 8, false, 0 },
		{ PPME_SYSCALL_CHDIR_X, 0, false, 0 },
	};
	struct event ev = { .nparams = 1 };
	int64_t res;
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		ev.type = (uint16_t)ROW[i].code;
		ev.info = &EVENTS[ev.type];
		ev.param[0] = (struct param){ (const uint8_t *)&RES, ROW[i].len };
		res = 0;
		assert_int_equal(event_result(&ev, &res), ROW[i].has);
		assert_int_equal(res, ROW[i].res);
	}
	ev.info = &EVENTS[ev.type = PPME_SYSCALL_BPF_X];
	ev.param[0] = (struct param){ dyn, sizeof dyn };
	assert_true(event_result(&ev, &res));
	assert_int_equal(res, -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_built_event_reads_back),
		cmocka_unit_test(it_does_not_fit_anywhere_smaller),
		cmocka_unit_test(every_event_of_the_schema_survives_empty),
		cmocka_unit_test(an_event_cut_anywhere_is_refused),
		cmocka_unit_test(broken_headers_are_refused),
		cmocka_unit_test(more_parameters_than_known_are_passed_over),
		cmocka_unit_test(null_strings_of_old_drivers_read_as_na),
		cmocka_unit_test(large_payloads_have_wide_lengths),
		cmocka_unit_test(results_are_those_of_system_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
