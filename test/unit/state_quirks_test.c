/* state_quirks_test.c - where Falco's tables say something that nobody would expect, and
 * the recorded results hang on it.
 */
#include <stdlib.h>
#include "state_events.h"

static void world(struct feed *f, const struct state_options *o)
{
	feed_open(f, o);
	add_process(f, 1, 1, 0, "init");
	add_process(f, 10, 10, 1, "sh");
	add_process(f, 11, 10, 1, "worker");    /* of a list that says nothing of CLONE_FILES */
	lists_done(f);
}

static void make_socket(struct feed *f, int64_t fd, uint32_t domain)
{
	p_i64(f, 0, fd);
	p_u32(f, 1, domain);
	p_u32(f, 2, 1);
	p_u32(f, 3, 0);
	feed_send(f, 10, PPME_SOCKET_SOCKET_X);
}

static void connect_mapped(struct feed *f, int64_t fd)
{
	static const uint8_t TUPLE[37] = {
		10, [11] = 0xff, [12] = 0xff, [13] = 127, [16] = 1, [17] = 0x92, [18] = 0x87,
		[29] = 0xff, [30] = 0xff, [31] = 127, [34] = 1, [35] = 0xa2, [36] = 0x46,
	};

	p_i64(f, 0, 0);
	p_bytes(f, 1, TUPLE, sizeof TUPLE);
	p_i64(f, 2, fd);
	feed_send(f, 10, PPME_SOCKET_CONNECT_X);
}

static void an_ipv6_socket_that_connects_to_ipv4_loses_its_protocol(void **state)
{
	static const struct { bool corrected; uint32_t domain; const char *name; uint8_t l4; } ROWS[] = {
		{ false, 10, "<unknown>", L4_UNKNOWN },
		{ true, 10, "127.0.0.1:34706->127.0.0.1:18082", L4_TCP },
		{ false, 2, "127.0.0.1:34706->127.0.0.1:18082", L4_TCP },
	};
	struct feed f;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		world(&f, &(struct state_options){ .corrected = ROWS[i].corrected });
		make_socket(&f, 4, ROWS[i].domain);
		connect_mapped(&f, 4);
		assert_string_equal(f.ctx.fd->name->s, ROWS[i].name);
		assert_int_equal(f.ctx.fd->l4, ROWS[i].l4);
		assert_int_equal(f.ctx.fd->type, FD_IPV4_SOCK);
		assert_int_equal(f.ctx.fd->sport, 34706);
		feed_close(&f);
	}
}

static void a_listed_threads_relative_chdir_starts_nowhere(void **state)
{
	struct feed f;

	(void)state;
	world(&f, NULL);
	assert_string_equal(thread_cwd(state_thread(f.s, 11))->s, "/work/");
	p_i64(&f, 0, 0);
	p_str(&f, 1, "wd");
	feed_send(&f, 11, PPME_SYSCALL_CHDIR_X);
	assert_string_equal(thread_cwd(state_thread(f.s, 10))->s, "wd/");
	p_i64(&f, 0, 0);
	p_str(&f, 1, "wd");
	feed_send(&f, 10, PPME_SYSCALL_CHDIR_X);
	assert_string_equal(thread_cwd(state_thread(f.s, 10))->s, "wd/wd/");
	feed_close(&f);
}

static void a_listed_thread_shares_fds_when_its_flags_say_so(void **state)
{
	struct feed f;

	(void)state;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "/x", 1);
	assert_null(fd_table_get(thread_fds(state_thread(f.s, 11)), 3));
	state_thread(f.s, 11)->flags |= CL_CLONE_FILES;
	assert_non_null(fd_table_get(thread_fds(state_thread(f.s, 11)), 3));
	feed_close(&f);
}

static void a_child_of_a_worker_has_the_workers_empty_environment(void **state)
{
	struct feed f;

	(void)state;
	world(&f, NULL);
	do_exec(&f, 10, 0, 10, 1, "sh");
	do_clone(&f, 12, 0, 10, 1, "sh", CL_CLONE_THREAD);
	do_clone(&f, 20, 0, 20, 10, "sh", 0);
	assert_string_equal(thread_env(f.ctx.thread)->s, "HOME=/h");
	do_clone(&f, 21, 0, 21, 12, "sh", 0);
	assert_int_equal(thread_env(f.ctx.thread)->len, 0);
	assert_string_equal(thread_cwd(f.ctx.thread)->s, "/work/");
	feed_close(&f);
}

static void an_execveat_keeps_its_directory_as_the_events_fd(void **state)
{
	static const struct { const char *path; bool kept; } ROWS[] = { { "file", true }, { "/file", false } };
	struct feed f;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		world(&f, NULL);
		do_openat(&f, 10, 3, -100, "/tmp/dir", 1);
		p_i64(&f, 0, 3);
		p_str(&f, 1, ROWS[i].path);
		p_u32(&f, 2, 0);
		feed_send(&f, 10, PPME_SYSCALL_EXECVEAT_E);
		p_i64(&f, 0, 0);
		p_str(&f, 1, "x");
		p_i64(&f, 4, 10);
		feed_send(&f, 10, PPME_SYSCALL_EXECVEAT_X);
		assert_string_equal(f.ctx.thread->exepath->s, ROWS[i].kept ? "/tmp/dir/file" : "/file");
		assert_int_equal(f.ctx.fd != NULL, ROWS[i].kept);
		assert_false(f.ctx.has_fd_fields);
		feed_close(&f);
	}
}

static void pidfds_are_named_below_the_watched_root(void **state)
{
	static const struct { const char *root, *name; } ROWS[] = {
		{ NULL, "/proc/10" }, { "", "/proc/10" }, { "/host", "/host/proc/10" },
	};
	struct feed f;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		world(&f, &(struct state_options){ .host_root = ROWS[i].root });
		p_i64(&f, 0, 7);
		p_i64(&f, 1, 10);
		feed_send(&f, 10, PPME_SYSCALL_PIDFD_OPEN_X);
		assert_string_equal(f.ctx.fd->name->s, ROWS[i].name);
		feed_close(&f);
	}
}

static void an_fd_that_came_through_a_pidfd_changed_no_name(void **state)
{
	struct feed f;

	(void)state;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "/tmp/the_file", 1);
	assert_non_null(f.ctx.fd->oldname);     /* from nothing */
	p_i64(&f, 0, 7);
	p_i64(&f, 1, 10);
	feed_send(&f, 10, PPME_SYSCALL_PIDFD_OPEN_X);
	p_i64(&f, 0, 8);
	p_i64(&f, 1, 7);
	p_i64(&f, 2, 3);
	feed_send(&f, 10, PPME_SYSCALL_PIDFD_GETFD_X);
	assert_string_equal(f.ctx.fd->name->s, "/tmp/the_file");
	assert_null(f.ctx.fd->oldname);
	feed_close(&f);
}

static void loads_count_from_the_last_look_at_the_thread(void **state)
{
	static const struct { uint64_t now, since; } ROWS[] = {
		{ 211, 0 }, { 19, (uint64_t)-192 }, { 192, 173 }, { 0, (uint64_t)-192 }, { 5, 0 }, { 9, 4 },
	};
	struct thread t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		assert_int_equal(thread_cpu_since(&t, ROWS[i].now), ROWS[i].since);
}

static void which_events_know_their_thread(void **state)
{
	static const struct { uint16_t code; int64_t tid; bool known, made_up; } ROWS[] = {
		{ PPME_ASYNCEVENT_E, 10, true, false },	 { PPME_ASYNCEVENT_E, 77, false, false },
		{ PPME_PLUGINEVENT_E, 10, true, false }, { PPME_PLUGINEVENT_E, -1, false, false },
		{ PPME_PROCINFO_E, 10, true, false },	 { PPME_PROCINFO_E, 77, false, false },
		{ PPME_USER_ADDED_E, 10, false, false }, { PPME_GROUP_ADDED_E, 10, false, false },
		{ PPME_CONTAINER_JSON_2_E, 10, false, false },
		{ PPME_GENERIC_X, 10, true, false },	 { PPME_GENERIC_X, 77, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct feed f;

		world(&f, NULL);
		feed_send(&f, ROWS[i].tid, ROWS[i].code);
		if ((f.ctx.thread != NULL) != ROWS[i].known)
			fail_msg("row %zu: thread %s", i, ROWS[i].known ? "missing" : "there");
		if (f.ctx.thread)
			assert_int_equal(f.ctx.thread->fake, ROWS[i].made_up);
		feed_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ipv6_socket_that_connects_to_ipv4_loses_its_protocol),
		cmocka_unit_test(a_listed_threads_relative_chdir_starts_nowhere),
		cmocka_unit_test(a_listed_thread_shares_fds_when_its_flags_say_so),
		cmocka_unit_test(a_child_of_a_worker_has_the_workers_empty_environment),
		cmocka_unit_test(an_execveat_keeps_its_directory_as_the_events_fd),
		cmocka_unit_test(pidfds_are_named_below_the_watched_root),
		cmocka_unit_test(an_fd_that_came_through_a_pidfd_changed_no_name),
		cmocka_unit_test(loads_count_from_the_last_look_at_the_thread),
		cmocka_unit_test(which_events_know_their_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
