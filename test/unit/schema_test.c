/* schema_test.c - the generated tables hang together. */
#include "event/event.h"
#include "event/tables.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void codes_have_the_numbers_of_the_format(void **state)
{
	static const struct { int code; const char *symbol, *name; int nparams; } ROW[] = {
		{ 0, "PPME_GENERIC_E", "syscall", 2 },
		{ 3, "PPME_SYSCALL_OPEN_X", "open", 6 },
		{ 186, "PPME_PROCEXIT_1_E", "procexit", 5 },
		{ 293, "PPME_SYSCALL_EXECVE_19_X", "execve", 31 },
		{ 307, "PPME_SYSCALL_OPENAT_2_X", "openat", 7 },
		{ 402, "PPME_ASYNCEVENT_E", "asyncevent", 3 },
	};
	(void)state;

	assert_int_equal(EVENT_MAX, 454);
	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		assert_string_equal(EVENTS[ROW[i].code].symbol, ROW[i].symbol);
		assert_string_equal(EVENTS[ROW[i].code].name, ROW[i].name);
		assert_int_equal(EVENTS[ROW[i].code].nparams, ROW[i].nparams);
	}
}

static void every_parameter_is_well_formed(void **state)
{
	(void)state;
	for (int code = 0; code < EVENT_MAX; code++) {
		const struct event_info *e = &EVENTS[code];

		assert_true(e->fd_param < e->nparams);
		assert_true(e->nparams <= EVENT_MAX_PARAMS);
		for (int i = 0; i < e->nparams; i++) {
			const struct param_info *p = &e->param[i];
			bool text = p->type == PT_CHARBUF || p->type == PT_FSPATH ||
				    p->type == PT_FSRELPATH;

			assert_true(p->type > PT_NONE && p->type < PT_MAX);
			assert_int_equal(text, e->string_mask >> i & 1);
			assert_true(p->dirfd < e->nparams);
			assert_int_equal(p->type == PT_DYN, p->ndyn > 0);
			assert_int_equal(param_index(e, p->name, (unsigned)strlen(p->name)) >= 0,
					 1);
		}
	}
}

static void flag_tables_keep_their_order(void **state)
{
	const struct param_info *p = &EVENTS[PPME_SYSCALL_OPEN_X].param[2];
	(void)state;

	assert_string_equal(p->name, "flags");
	assert_non_null(p->flags);
	assert_string_equal(EVENTS[PPME_SOCKET_SOCKET_X].param[1].flags[0].name, "AF_NFC");
	assert_int_equal(EVENTS[PPME_SOCKET_SOCKET_X].param[1].flags[0].value, 39);
}

static void rules_never_see_the_enter_events_kept_for_state(void **state)
{
	static const int HIDDEN[] = { 2, 22, 58, 292, 306, 326, 330 };
	unsigned n = 0;
	(void)state;

	for (int code = 0; code < EVENT_MAX; code++)
		n += (EVENTS[code].flags & EF_HIDDEN) != 0;
	assert_int_equal(n, 7);
	for (int i = 0; i < 7; i++)
		assert_true(EVENTS[HIDDEN[i]].flags & EF_HIDDEN);
}

static void system_calls_are_found_by_name_and_number(void **state)
{
	static const struct { const char *name; int sc, native, exit; } ROW[] = {
		{ "read", PPM_SC_READ, 0, PPME_SYSCALL_READ_X },
		{ "openat", PPM_SC_OPENAT, 257, PPME_SYSCALL_OPENAT_2_X },
		{ "getpid", PPM_SC_GETPID, 39, PPME_GENERIC_X },
		{ "execve", PPM_SC_EXECVE, 59, PPME_SYSCALL_EXECVE_19_X },
	};
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		int sc = syscall_by_name(ROW[i].name);

		assert_int_equal(sc, ROW[i].sc);
		assert_int_equal(SYSCALLS[sc].x86_64, ROW[i].native);
		assert_int_equal(SYSCALLS[sc].exit_code, ROW[i].exit);
		assert_string_equal(syscall_native_name((unsigned)ROW[i].native), ROW[i].name);
	}
	assert_int_equal(syscall_by_name("no_such_call"), -1);
	assert_int_equal(syscall_by_name(""), -1);
	assert_null(syscall_native_name(100000));
	assert_true(SYSCALLS[PPM_SC_GETPID].sets & SC_GENERIC);
	assert_true(SYSCALLS[PPM_SC_OPENAT].sets & SC_IN_STATE);
	for (unsigned i = 0; i < SYSCALL_COUNT; i++)
		assert_true(SYSCALLS[i].exit_code < EVENT_MAX && SYSCALLS[i].name);
}

static void names_of_errors_and_signals(void **state)
{
	(void)state;
	assert_string_equal(errno_name(2), "ENOENT");
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_null(errno_name(41));
	assert_null(errno_name(-1));
	assert_null(errno_name(1 << 20));
	assert_string_equal(signal_name(9), "SIGKILL");
	assert_null(signal_name(0));
	assert_null(signal_name(64));
}

static void types_have_sizes_and_names(void **state)
{
	(void)state;
	assert_int_equal(param_type_size(PT_UINT64), 8);
	assert_int_equal(param_type_size(PT_SYSCALLID), 2);
	assert_int_equal(param_type_size(PT_CHARBUF), 0);
	assert_int_equal(param_type_size(999), 0);
	for (unsigned t = 0; t < PT_MAX; t++)
		assert_memory_equal(param_type_name(t), "PT_", 3);
	assert_string_equal(param_by_name("sigset", 4) ? "found" : "none", "none");
	assert_string_equal(param_by_name("linkpath", 8)->name, "linkpath");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_the_numbers_of_the_format),
		cmocka_unit_test(every_parameter_is_well_formed),
		cmocka_unit_test(flag_tables_keep_their_order),
		cmocka_unit_test(rules_never_see_the_enter_events_kept_for_state),
		cmocka_unit_test(system_calls_are_found_by_name_and_number),
		cmocka_unit_test(names_of_errors_and_signals),
		cmocka_unit_test(types_have_sizes_and_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
