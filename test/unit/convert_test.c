/* convert_test.c - events of old captures take their current form, or are refused. */
#include "event/build.h"
#include "event/convert.h"
#include "event/tables.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static uint8_t raw[256 << 10];

/* An event of n parameters, each of its type's size and with the byte 'fill' in it. */
static struct event make(unsigned code, uint32_t n, int fill, int64_t tid)
{
	static uint8_t bytes[16];
	struct param p[EVENT_MAX_PARAMS];
	struct event ev = { 0 };
	uint32_t len;

	memset(bytes, fill, sizeof bytes);
	for (uint32_t i = 0; i < n; i++) {
		unsigned type = i < EVENTS[code].nparams ? EVENTS[code].param[i].type : PT_UINT64;

		p[i] = (struct param){ bytes, param_type_size(type) };
	}
	len = event_build(raw, sizeof raw, 5, tid, (uint16_t)code, p, n);
	assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
	return ev;
}

static void a_current_event_passes_untouched(void **state)
{
	struct converter *c = converter_new();
	struct event ev = make(PPME_SYSCALL_READ_X, 4, 1, 9);
	(void)state;

	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_ptr_equal(ev.raw, raw);
	assert_int_equal(ev.flags, 0);
	converter_free(c);
}

static void an_exit_takes_over_what_its_enter_said(void **state)
{
	struct converter *c = converter_new();
	struct event ev = make(PPME_SYSCALL_READ_E, 2, 3, 9);
	(void)state;

	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_DROP);
	ev = make(PPME_SYSCALL_READ_X, 2, 1, 8);        /* another thread: nothing stored */
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(param_u64(&ev, 2, 7), 0);
	ev = make(PPME_SYSCALL_READ_X, 2, 1, 9);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(ev.nparams, 4);
	assert_int_equal(param_u64(&ev, 0, 0), 0x0101010101010101);
	assert_int_equal(param_u64(&ev, 2, 0), 0x0303030303030303);
	assert_int_equal(param_u64(&ev, 3, 0), 0x03030303);
	ev = make(PPME_SYSCALL_READ_X, 2, 1, 9);        /* used up */
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(param_u64(&ev, 2, 7), 0);
	converter_free(c);
}

static void a_reset_forgets_enter_events(void **state)
{
	struct converter *c = converter_new();
	struct event ev = make(PPME_SYSCALL_READ_E, 2, 3, 9);
	(void)state;

	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_DROP);
	converter_reset(c);
	ev = make(PPME_SYSCALL_READ_X, 2, 1, 9);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(param_u64(&ev, 2, 7), 0);
	converter_free(c);
}

static void enter_events_for_state_pass_hidden(void **state)
{
	static const struct { unsigned code; uint32_t n;
	} ROW[] = {
		{ PPME_SYSCALL_OPEN_E, 3 },	 { PPME_SYSCALL_OPEN_E, 0 },
		{ PPME_SOCKET_CONNECT_E, 2 },	 { PPME_SYSCALL_OPENAT_2_E, 4 },
		{ PPME_SYSCALL_EXECVE_19_E, 1 }, { PPME_SYSCALL_EXECVE_8_E, 0 },
	};
	struct converter *c = converter_new();
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		struct event ev = make(ROW[i].code, ROW[i].n, 0, 1);

		if (converter_apply(c, &ev, NULL) != CONVERT_PASS || !(ev.flags & EVENT_HIDDEN))
			fail_msg("row %zu", i);
	}
	converter_free(c);
}

static void old_versions_climb_the_whole_ladder(void **state)
{
	static const struct { unsigned code; uint32_t n; unsigned becomes; } ROW[] = {
		{ PPME_SYSCALL_EXECVE_8_X, 8, PPME_SYSCALL_EXECVE_19_X },
		{ PPME_SYSCALL_CLONE_11_X, 11, PPME_SYSCALL_CLONE_20_X },
		{ PPME_SYSCALL_BRK_1_X, 1, PPME_SYSCALL_BRK_4_X },
		{ PPME_PROCEXIT_E, 0, PPME_PROCEXIT_1_E },
		{ PPME_CONTAINER_JSON_E, 1, PPME_CONTAINER_JSON_2_E },
	};
	struct converter *c = converter_new();
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		struct event ev = make(ROW[i].code, ROW[i].n, 1, 1);

		assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
		assert_int_equal(ev.type, ROW[i].becomes);
		assert_int_equal(ev.nparams, EVENTS[ROW[i].becomes].nparams);
		assert_int_equal(ev.tid, 1);
		assert_int_equal(ev.ts, 5);
	}
	converter_free(c);
}

static void every_row_of_the_table_ends_current(void **state)
{
	unsigned rows = CONVERT_FIRST[EVENT_MAX], passed = 0;
	(void)state;

	for (unsigned i = 0; i < rows; i++) {
		struct converter *c = converter_new();
		struct event ev = make(CONVERSIONS[i].code, CONVERSIONS[i].nparams, 1, 1);
		struct saker_error err = { 0 };
		int rc = converter_apply(c, &ev, &err);

		if (rc < 0)
			fail_msg("%s with %u parameters: %s", EVENTS[CONVERSIONS[i].code].symbol,
				 CONVERSIONS[i].nparams, err.msg);
		if (rc == CONVERT_PASS && event_code_is_exit(ev.type)) {
			assert_int_equal(ev.nparams, EVENTS[ev.type].nparams);
			assert_false(EVENTS[ev.type].flags & EF_OLD_VERSION);
			passed++;
		}
		converter_free(c);
	}
	assert_int_equal(rows, 253);
	assert_true(passed > 100);
}

static void a_value_is_cut_to_a_narrower_type(void **state)
{
	struct converter *c = converter_new();
	uint64_t wide = 0x1122334455667788;
	const struct param p[] = { { (const uint8_t *)&wide, 8 }, { (const uint8_t *)&wide, 8 } };
	struct event ev;
	(void)state;

	assert_int_equal(event_decode(&ev, raw,
				      event_build(raw, sizeof raw, 5, 1, PPME_SYSCALL_READ_E, p, 2),
				      NULL),
			 0);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_DROP);
	ev = make(PPME_SYSCALL_READ_X, 2, 1, 1);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(ev.param[3].len, 4);
	assert_int_equal(param_u64(&ev, 3, 0), 0x55667788);
	converter_free(c);
}

static void container_events_become_json(void **state)
{
	struct converter *c = converter_new();
	uint32_t type = 3;
	const struct param p[] = { { (const uint8_t *)"c1", 3 }, { (const uint8_t *)&type, 4 },
				   { (const uint8_t *)"web", 4 }, { (const uint8_t *)"nginx", 6 } };
	struct event ev;
	(void)state;

	assert_int_equal(event_decode(&ev, raw,
				      event_build(raw, sizeof raw, 5, 1, PPME_CONTAINER_E, p, 4),
				      NULL),
			 0);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	assert_int_equal(ev.type, PPME_CONTAINER_JSON_2_E);
	assert_string_equal(param_str(&ev, 0, NULL),
			    "{\"id\":\"c1\",\"type\":3,\"name\":\"web\",\"image\":\"nginx\"}");
	converter_free(c);
}

static void unused_and_dead_events_are_dropped(void **state)
{
	static const unsigned CODE[] = { PPME_PROCEXIT_X, PPME_SYSCALL_CLONE_11_E };
	struct converter *c = converter_new();
	(void)state;

	for (size_t i = 0; i < sizeof CODE / sizeof CODE[0]; i++) {
		struct event ev = make(CODE[i], 0, 0, 1);

		assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_DROP);
	}
	converter_free(c);
}

static void what_breaks_the_table_is_refused(void **state)
{
	static const struct {
		const char *what;
		unsigned enter;
		uint32_t enter_n;
		unsigned exit;
		uint32_t n;
		const char *says;
	} ROW[] = {
		{ "more parameters than the schema has", 0, 0, PPME_SYSCALL_READ_X, 5,
		  "more parameters (5)" },
		{ "a count no version had", 0, 0, PPME_SYSCALL_READ_X, 1,
		  "no conversion is known" },
		{ "another call's enter event", PPME_SYSCALL_WRITE_E, 2, PPME_SYSCALL_READ_X, 2,
		  "is a 'write'" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		struct converter *c = converter_new();
		struct saker_error err = { 0 };
		struct event ev;

		if (ROW[i].enter) {
			ev = make(ROW[i].enter, ROW[i].enter_n, 1, 1);
			assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_DROP);
		}
		ev = make(ROW[i].exit, ROW[i].n, 0, 1);
		assert_int_equal(converter_apply(c, &ev, &err), SAKER_E_DATA);
		if (!strstr(err.msg, ROW[i].says))
			fail_msg("%s: \"%s\"", ROW[i].what, err.msg);
		converter_free(c);
	}
}

static void an_event_over_64_kib_is_not_converted(void **state)
{
	static uint8_t big[60000];
	const struct param p[] = { { big, 8 }, { big, 60000 } };
	struct converter *c = converter_new();
	struct event ev;
	uint32_t len;
	(void)state;

	len = event_build(raw, sizeof raw, 5, 1, PPME_SYSCALL_READ_X, p, 2);
	assert_int_equal(event_decode(&ev, raw, len, NULL), 0);
	assert_int_equal(converter_apply(c, &ev, NULL), CONVERT_PASS);
	memcpy(raw + 16, &(uint32_t){ (64 << 10) + 1 }, 4); /* slack behind the parameters counts */
	assert_int_equal(event_decode(&ev, raw, (64 << 10) + 1, NULL), 0);
	assert_int_equal(converter_apply(c, &ev, NULL), SAKER_E_DATA);
	converter_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_current_event_passes_untouched),
		cmocka_unit_test(an_exit_takes_over_what_its_enter_said),
		cmocka_unit_test(a_reset_forgets_enter_events),
		cmocka_unit_test(enter_events_for_state_pass_hidden),
		cmocka_unit_test(old_versions_climb_the_whole_ladder),
		cmocka_unit_test(every_row_of_the_table_ends_current),
		cmocka_unit_test(a_value_is_cut_to_a_narrower_type),
		cmocka_unit_test(container_events_become_json),
		cmocka_unit_test(unused_and_dead_events_are_dropped),
		cmocka_unit_test(what_breaks_the_table_is_refused),
		cmocka_unit_test(an_event_over_64_kib_is_not_converted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
