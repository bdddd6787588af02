/* compat_test.c - compat: corrected says what is meant where Falco is plainly wrong. */
#include "stage.h"

static void compat(struct stage *g, int corrected, const char *const *cond)
{
	curtain_of(g, "compat", corrected ? "corrected" : "falco", "x", cond);
}

static void the_key_takes_two_values(void **state)
{
	struct saker_options o = { .size = sizeof o };
	struct saker_error err = { 0 };
	struct saker *s = saker_new(&o, &err);

	(void)state;
	assert_int_equal(saker_set(s, "compat", "falco", &err), 0);
	assert_int_equal(saker_set(s, "compat", "corrected", &err), 0);
	assert_int_equal(saker_set(s, "compat", "wrong", &err), SAKER_E_ARG);
	assert_string_equal(err.msg, "Unknown compat \"wrong\"--must be one of falco, corrected");
	saker_free(s);
}

static void addresses_and_networks_are_looked_up_in_the_whole_list(void **state)
{
	static const uint8_t TUPLE[13] = { 2, 10, 0, 0, 1, 0xa0, 0x0f, 10, 0, 0, 9, 80, 0 };
	static const char *const COND[] = { "fd.ip in (1.2.3.4, 10.0.0.9)", "fd.net in (1.0.0.0/8, 10.0.0.0/24)",
					    "fd.ip in (1.2.3.4)", "fd.net in (1.0.0.0/8)", NULL };

	(void)state;
	for (int corrected = 0; corrected < 2; corrected++) {
		struct stage g;

		compat(&g, corrected, COND);
		number(&g, 0, 4);
		number(&g, 1, 2);
		number(&g, 2, 1);
		send(&g, 10, PPME_SOCKET_SOCKET_X);
		bytes(&g, 1, TUPLE, sizeof TUPLE);
		number(&g, 2, 4);
		assert_int_equal(send(&g, 10, PPME_SOCKET_CONNECT_X), corrected ? 1 | 2 : 0);
		fall(&g);
	}
}

static void a_links_source_is_what_was_there(void **state)
{
	static const char *const COND[] = { "fs.path.source = /old and fs.path.target = /new",
					    "fs.path.source = /new and fs.path.target = /old",
					    "fs.path.name = /dir/made", NULL };

	(void)state;
	for (int corrected = 0; corrected < 2; corrected++) {
		struct stage g;

		compat(&g, corrected, COND);
		string(&g, 1, "/old");
		string(&g, 2, "/new");
		assert_int_equal(send(&g, 10, PPME_SYSCALL_LINK_2_X), corrected ? 1 : 2);
		number(&g, 1, -100);
		string(&g, 2, "/old");
		number(&g, 3, -100);
		string(&g, 4, "/new");
		assert_int_equal(send(&g, 10, PPME_SYSCALL_LINKAT_2_X), corrected ? 1 : 2);
		one_path(&g, 10, PPME_SYSCALL_CHDIR_X, "/dir");
		number(&g, 1, -100);
		string(&g, 2, "made");
		assert_int_equal(send(&g, 10, PPME_SYSCALL_MKDIRAT_X), corrected ? 4 : 0);
		fall(&g);
	}
}

static void durations_that_nobody_knows_are_no_value(void **state)
{
	static const char *const COND[] = { "evt.type = read and proc.ppid.duration exists",
					    "evt.type = read and proc.exe_ino.ctime_duration_proc_start exists",
					    NULL };

	(void)state;
	for (int corrected = 0; corrected < 2; corrected++) {
		struct stage g;

		compat(&g, corrected, COND);
		clone(&g, 10, 20, "cat", 0);            /* of a parent whose start is not known */
		string(&g, 1, "cat");
		number(&g, 4, 20);
		number(&g, 24, (int64_t)g.ts + 5000);   /* the file changed after that */
		send(&g, 20, PPME_SYSCALL_EXECVE_19_X);
		assert_int_equal(reads(&g, 20, 3), corrected ? 0 : 1 | 2);
		fall(&g);
	}
}

static void the_state_is_corrected_too(void **state)
{
	static const char *const COND[] = { "evt.type = setresuid and user.uid = 1000", NULL };

	(void)state;
	for (int corrected = 0; corrected < 2; corrected++) {
		struct stage g;

		compat(&g, corrected, COND);
		number(&g, 1, -1);
		number(&g, 2, -1);
		number(&g, 3, -1);
		assert_int_equal(send(&g, 10, PPME_SYSCALL_SETRESUID_X), corrected ? 1 : 0);
		fall(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_takes_two_values),
		cmocka_unit_test(addresses_and_networks_are_looked_up_in_the_whole_list),
		cmocka_unit_test(a_links_source_is_what_was_there),
		cmocka_unit_test(durations_that_nobody_knows_are_no_value),
		cmocka_unit_test(the_state_is_corrected_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
