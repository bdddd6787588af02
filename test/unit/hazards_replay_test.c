/* hazards_replay_test.c - where a verdict that was kept could outlive what it came from: rules
 * in the whole engine over events made here.  One test a hazard; hazards_test.c has those
 * that need no state.
 */
#include "stage.h"

static void a_category_is_of_the_fd_not_of_the_code(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = close and evt.category = file", "evt.type = close and evt.category = net");
	openat(&g, 10, 3, "/x");
	number(&g, 0, 4);
	number(&g, 1, 2);
	number(&g, 2, 1);
	send(&g, 10, PPME_SOCKET_SOCKET_X);
	assert_int_equal(on_fd(&g, 10, PPME_SYSCALL_CLOSE_X, 3), 1);
	assert_int_equal(on_fd(&g, 10, PPME_SYSCALL_CLOSE_X, 4), 2);
	fall(&g);
}

static void generic_calls_are_told_apart_and_none_is_lost_to_a_negation(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = getppid", "evt.type != getppid", "not evt.type in (getppid, sync)");
	number(&g, 0, syscall_by_name("getppid"));
	assert_int_equal(send(&g, 10, PPME_GENERIC_X), 1);
	number(&g, 0, syscall_by_name("sync"));
	assert_int_equal(send(&g, 10, PPME_GENERIC_X), 2);
	number(&g, 0, syscall_by_name("getpriority"));
	assert_int_equal(send(&g, 10, PPME_GENERIC_X), 2 | 4);
	fall(&g);
}

static void counters_count_their_own_evaluations(void **state)
{
	static const char *const COND[] = { "evt.type = openat and util.cnt <= 2",
					    "evt.type = openat and util.cnt <= 3", NULL };
	static const unsigned WANT[2][5] = { { 3, 3, 2, 0, 0 }, { 1, 1, 2, 2, 2 } };

	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		struct stage g;

		curtain_of(&g, "rule_matching", first ? "first" : "all", "x", COND);
		for (unsigned i = 0; i < 5; i++)
			assert_int_equal(openat(&g, 10, 3, "/x"), WANT[first][i]);
		fall(&g);
	}
}

static void an_fd_argument_in_an_output_leaves_the_fd_alone(void **state)
{
	static const char *const COND[] = { "evt.type = openat", NULL };
	struct stage g;

	(void)state;
	curtain_of(&g, "rule_matching", "all", "%evt.arg.dirfd %evt.args %fd.name %fs.path.name", COND);
	openat(&g, 10, 3, "/dir");
	number(&g, 0, 4);
	number(&g, 1, 3);
	string(&g, 2, "file");
	send(&g, 10, PPME_SYSCALL_OPENAT_2_X);
	assert_non_null(strstr(g.text, "<f>/dir"));
	assert_non_null(strstr(g.text, " /dir/file /dir/file"));
	fall(&g);
}

static void a_failed_opens_name_is_that_events(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "fd.name = /a", "fd.name = /b", "fd.directory = /", "fd.num = -1");
	assert_int_equal(openat(&g, 10, -2, "/a"), 1 | 4 | 8);
	assert_int_equal(openat(&g, 10, -2, "/b"), 2 | 4 | 8);
	assert_int_equal(openat(&g, 10, -2, "/d/b"), 8);
	fall(&g);
}

static void what_hangs_on_more_than_the_fd_follows_the_rest(void **state)
{
	static const char CG[] = "cpu=/docker/"
		"3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and fd.uid = \"103\"", "evt.type = read and fd.uid = \"113\"",
	      "evt.type = read and fd.containername startswith \":\"");
	openat(&g, 10, 3, "/x");
	clone(&g, 10, 11, "worker", 1 << 13);
	assert_int_equal(reads(&g, 10, 3), 1 | 4);
	assert_int_equal(reads(&g, 11, 3), 2 | 4);
	string(&g, 1, "sh");
	number(&g, 4, 10);
	bytes(&g, 14, CG, sizeof CG);
	send(&g, 10, PPME_SYSCALL_EXECVE_19_X);
	assert_int_equal(reads(&g, 10, 3), 1);
	fall(&g);
}

static void a_socket_that_reads_is_connected_from_then_on(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "fd.connected = true", "fd.connected = false");
	number(&g, 0, 4);
	number(&g, 1, 2);
	number(&g, 2, 1);
	assert_int_equal(send(&g, 10, PPME_SOCKET_SOCKET_X), 2);
	assert_int_equal(reads(&g, 10, 4), 1);
	fall(&g);
}

static void fields_of_the_whole_table_move_with_any_entry(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and proc.fdopencount = 1", "evt.type = read and fd.types intersects (directory)",
	      "evt.type = read and proc.stdin.name = /in", "evt.type = read and fd.types in (file)");
	openat(&g, 10, 3, "/x");
	assert_int_equal(reads(&g, 10, 3), 1 | 8);
	number(&g, 0, 4);
	number(&g, 1, -100);
	string(&g, 2, "/dir");
	number(&g, 3, 1 << 10);
	send(&g, 10, PPME_SYSCALL_OPENAT_2_X);
	assert_int_equal(reads(&g, 10, 3), 2);
	openat(&g, 10, 0, "/in");
	assert_int_equal(reads(&g, 10, 3), 2 | 4);
	on_fd(&g, 10, PPME_SYSCALL_CLOSE_X, 4);
	assert_int_equal(reads(&g, 10, 3), 4 | 8);
	fall(&g);
}

static void what_another_thread_does_to_the_process_is_seen(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and proc.cwd = /new/", "evt.type = read and proc.nthreads = 2",
	      "evt.type = read and proc.env contains HOME");
	assert_int_equal(reads(&g, 10, 3), 4);
	clone(&g, 10, 11, "worker", 1 << 13);
	assert_int_equal(reads(&g, 10, 3), 2 | 4);
	one_path(&g, 11, PPME_SYSCALL_CHDIR_X, "/new");
	assert_int_equal(reads(&g, 10, 3), 1 | 2 | 4);
	assert_int_equal(reads(&g, 11, 3), 1 | 2 | 4);
	send(&g, 11, PPME_PROCEXIT_1_E);
	assert_int_equal(reads(&g, 10, 3), 1 | 4);
	fall(&g);
}

static void times_pass_though_nothing_happens(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and proc.duration > 2500", "evt.type = read and evt.reltime > 6500",
	      "evt.type = read and proc.ppid.duration > 3500");
	clone(&g, 10, 20, "cat", 0);            /* the third event, at 0 */
	clone(&g, 20, 30, "dog", 0);            /* 1000 */
	assert_int_equal(reads(&g, 30, 3), 0);
	assert_int_equal(reads(&g, 30, 3), 0);
	assert_int_equal(reads(&g, 30, 3), 1 | 4);
	assert_int_equal(reads(&g, 30, 3), 1 | 2 | 4);
	fall(&g);
}

static void ancestors_change_without_the_thread(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and proc.pname = sh", "evt.type = read and proc.pname = bash",
	      "evt.type = read and proc.aname = init", "evt.type = read and proc.ppid = 1",
	      "evt.type = read and proc.loginshellid = 10", "evt.type = read and proc.aname != bash",
	      "evt.type = read and not proc.aname = bash");
	clone(&g, 10, 20, "cat", 0);
	assert_int_equal(reads(&g, 20, 3), 1 | 4 | 16 | 32 | 64);
	exec(&g, 10, 1, "bash");
	assert_int_equal(reads(&g, 20, 3), 2 | 4 | 16 | 32);
	exec(&g, 1, 0, "zero");
	assert_int_equal(reads(&g, 20, 3), 2 | 16 | 32);
	number(&g, 4, 1);
	send(&g, 10, PPME_PROCEXIT_1_E);
	assert_int_equal(reads(&g, 20, 3), 8 | 32 | 64);
	fall(&g);
}

static void users_and_containers_become_known_later(void **state)
{
	static const char CG[] = "cpu=/docker/"
		"3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and user.name = alice", "evt.type = read and container.name = web",
	      "evt.type = read and container.id = 3ad7b26ded6d", "evt.type = read and container.id = host");
	assert_int_equal(reads(&g, 10, 3), 8);
	number(&g, 0, 1000);
	number(&g, 1, 1000);
	string(&g, 2, "alice");
	send(&g, -1, PPME_USER_ADDED_E);
	assert_int_equal(reads(&g, 10, 3), 1 | 8);
	string(&g, 1, "sh");
	number(&g, 4, 10);
	number(&g, 26, 1000);
	bytes(&g, 14, CG, sizeof CG);
	send(&g, 10, PPME_SYSCALL_EXECVE_19_X);
	assert_int_equal(reads(&g, 10, 3) & ~1u, 4);
	json_event(&g, "{\"container\":{\"id\":\"3ad7b26ded6d\",\"name\":\"web\",\"image\":\"i\",\"type\":0}}");
	assert_int_equal(reads(&g, 10, 3) & ~1u, 2 | 4);
	fall(&g);
}

static void no_thread_a_made_up_one_and_a_known_one_are_three_things(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "proc.name exists", "proc.name = <NA>", "proc.pid = -1", "proc.name = sh", "evt.num > 0");
	assert_int_equal(reads(&g, 10, 3), 1 | 8 | 16);
	assert_int_equal(send(&g, 10, PPME_USER_ADDED_E), 16);
	assert_int_equal(reads(&g, 77, 3), 1 | 2 | 4 | 16);
	assert_int_equal(reads(&g, 10, 3), 1 | 8 | 16);
	fall(&g);
}

static void numbers_that_come_again_bring_nothing_along(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "evt.type = read and proc.name = cat", "evt.type = read and fd.name startswith /a",
	      "evt.type = read and proc.name = dog", "evt.type = read and fd.name startswith /b");
	for (unsigned round = 0; round < 3; round++) {
		clone(&g, 10, 20, round & 1 ? "dog" : "cat", 0);
		openat(&g, 20, 3, round & 1 ? "/b/x" : "/a/x");
		assert_int_equal(reads(&g, 20, 3), round & 1 ? 4 | 8 : 1 | 2);
		on_fd(&g, 20, PPME_SYSCALL_CLOSE_X, 3);
		assert_int_equal(reads(&g, 20, 3), round & 1 ? 4 : 1);
		send(&g, 20, PPME_PROCEXIT_1_E);
		reads(&g, 10, 3);               /* it goes with the next event */
		g.ts += 3000000000ull;          /* a reused tid: not believed to have just ended */
	}
	fall(&g);
}

static void what_is_always_false_in_falco_stays_apart_from_its_equals(void **state)
{
	static const uint8_t TUPLE[13] = { 2, 10, 0, 0, 1, 0xa0, 0x0f, 10, 0, 0, 9, 80, 0 };
	struct stage g;

	(void)state;
	RULES(&g, "fd.ip = 10.0.0.9", "fd.ip in (10.0.0.9)", "fd.sip in (10.0.0.9)", "fd.port in (80)",
	      "fd.port != 80", "fd.net in (10.0.0.0/24, 1.0.0.0/8)", "fd.net in (1.0.0.0/8, 10.0.0.0/24)",
	      "evt.type = connect and proc.apid = 1", "evt.type = connect and proc.apid in (1)",
	      "evt.type = connect and evt.rawarg.fd in (4)");
	number(&g, 0, 4);
	number(&g, 1, 2);
	number(&g, 2, 1);
	send(&g, 10, PPME_SOCKET_SOCKET_X);
	bytes(&g, 1, TUPLE, sizeof TUPLE);
	number(&g, 2, 4);
	assert_int_equal(send(&g, 10, PPME_SOCKET_CONNECT_X), 1 | 4 | 8 | 32 | 128);
	fall(&g);
}

static void transformers_and_arguments_are_read_for_each_event(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "concat(proc.name, fd.name) = \"sh/x\"", "toupper(fd.name) = /X", "evt.arg.name = /x",
	      "evt.arg.flags contains O_RDONLY");
	assert_int_equal(openat(&g, 10, 3, "/x"), 1 | 2 | 4 | 8);
	number(&g, 0, 5);                       /* the same names at other places */
	string(&g, 1, "/x");
	number(&g, 2, 1);
	assert_int_equal(send(&g, 10, PPME_SYSCALL_OPEN_X), 1 | 2 | 4 | 8);
	exec(&g, 10, 1, "bash");
	assert_int_equal(reads(&g, 10, 3), 2);
	assert_int_equal(reads(&g, 10, 9), 0);
	fall(&g);
}

static void paths_of_calls_start_where_the_process_is_now(void **state)
{
	struct stage g;

	(void)state;
	RULES(&g, "fs.path.name = /a/d", "fs.path.name = /b/d", "evt.abspath = /b/d");
	one_path(&g, 10, PPME_SYSCALL_CHDIR_X, "/a");
	assert_int_equal(one_path(&g, 10, PPME_SYSCALL_MKDIR_2_X, "d"), 1);
	one_path(&g, 10, PPME_SYSCALL_CHDIR_X, "/b");
	assert_int_equal(one_path(&g, 10, PPME_SYSCALL_MKDIR_2_X, "d"), 2);
	assert_int_equal(openat(&g, 10, 3, "d"), 2 | 4);
	fall(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_category_is_of_the_fd_not_of_the_code),
		cmocka_unit_test(generic_calls_are_told_apart_and_none_is_lost_to_a_negation),
		cmocka_unit_test(counters_count_their_own_evaluations),
		cmocka_unit_test(an_fd_argument_in_an_output_leaves_the_fd_alone),
		cmocka_unit_test(a_failed_opens_name_is_that_events),
		cmocka_unit_test(what_hangs_on_more_than_the_fd_follows_the_rest),
		cmocka_unit_test(a_socket_that_reads_is_connected_from_then_on),
		cmocka_unit_test(fields_of_the_whole_table_move_with_any_entry),
		cmocka_unit_test(what_another_thread_does_to_the_process_is_seen),
		cmocka_unit_test(times_pass_though_nothing_happens),
		cmocka_unit_test(ancestors_change_without_the_thread),
		cmocka_unit_test(users_and_containers_become_known_later),
		cmocka_unit_test(no_thread_a_made_up_one_and_a_known_one_are_three_things),
		cmocka_unit_test(numbers_that_come_again_bring_nothing_along),
		cmocka_unit_test(what_is_always_false_in_falco_stays_apart_from_its_equals),
		cmocka_unit_test(transformers_and_arguments_are_read_for_each_event),
		cmocka_unit_test(paths_of_calls_start_where_the_process_is_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
