/* abuse_test.c - captures made to hurt: the state stays whole, small, and quick. */
#include "state_events.h"
#include <stdlib.h>

static void world(struct feed *f)
{
	feed_open(f, NULL);
	add_process(f, 1, 1, 0, "init");
	add_process(f, 10, 10, 1, "sh");
	lists_done(f);
}

static void exits_at_time_zero_leave_no_loop_among_those_who_exited(void **state)
{
	struct feed f;

	(void)state;
	world(&f);
	for (unsigned i = 0; i < EXITED_RING + 10; i++)
		exited_add(&f.s->exited, 77, 5, 0);
	assert_false(exited_recently(&f.s->exited, 77, 6, 0));
	assert_true(exited_recently(&f.s->exited, 77, 5, 0));
	feed_close(&f);
}

static void a_clone_of_a_dead_main_thread_onto_its_last_thread_ends_both(void **state)
{
	struct feed f;

	(void)state;
	world(&f);
	do_clone(&f, 10, 11, 10, 1, "sh", CL_CLONE_THREAD);
	do_exit(&f, 10, -1);
	do_getuid(&f, 11);
	assert_non_null(state_thread(f.s, 10));
	do_clone(&f, 10, 11, 10, 1, "sh", 0);
	assert_null(f.ctx.thread);
	assert_null(state_thread(f.s, 10));
	feed_close(&f);
}

static void an_execveat_by_a_directory_that_the_exec_closes_still_shows_it(void **state)
{
	struct feed f;
	uint64_t fds;

	(void)state;
	world(&f);
	fds = state_stats(f.s)->fds;
	do_openat(&f, 10, 3, -100, "/tmp/dir", 1 | 1 << 12);
	p_i64(&f, 0, 3);
	p_str(&f, 1, "file");
	feed_send(&f, 10, PPME_SYSCALL_EXECVEAT_E);
	p_i64(&f, 0, 0);
	p_str(&f, 1, "x");
	p_i64(&f, 4, 10);
	feed_send(&f, 10, PPME_SYSCALL_EXECVEAT_X);
	assert_null(thread_fd(f.ctx.thread, 3));
	assert_string_equal(f.ctx.fd->name->s, "/tmp/dir");
	do_getuid(&f, 10);
	assert_int_equal(state_stats(f.s)->fds, fds);
	feed_close(&f);
}

static void a_number_at_the_very_end_of_a_containers_text_is_not_read_past(void **state)
{
	static const char TEXT[] = "{\"id\":\"abc\",\"type\":7";
	struct feed f;
	char *tight = malloc(sizeof TEXT - 1);
	struct str *id = str_new("abc", 3);

	(void)state;
	world(&f);
	memcpy(tight, TEXT, sizeof TEXT - 1);
	containers_json(f.s, tight, sizeof TEXT - 1);
	free(tight);
	assert_string_equal(state_container(f.s, id)->type, "containerd");
	str_unref(id);
	feed_close(&f);
}

static void texts_of_containers_have_a_ceiling_together(void **state)
{
	enum { LEN = 200 << 10, N = 400 };
	struct feed f;
	char *json = malloc(LEN);

	(void)state;
	world(&f);
	for (unsigned i = 0; i < N; i++) {
		int n = snprintf(json, LEN, "{\"id\":\"c%u\",\"x\":\"", i);

		memset(json + n, 'x', (size_t)(LEN - n));
		memcpy(json + LEN - 2, "\"}", 2);
		containers_json(f.s, json, LEN);
	}
	assert_true(f.s->container_bytes <= 64u << 20);
	assert_true(state_stats(f.s)->container_texts_refused > 0);
	assert_int_equal(f.s->ncontainers, N);
	containers_free(f.s);
	assert_int_equal(f.s->container_bytes, 0);
	free(json);
	feed_close(&f);
}

static void an_enter_event_of_absurd_size_is_counted_not_kept(void **state)
{
	struct feed f;
	uint64_t dropped;
	uint8_t *raw = calloc(1, 1 << 20);
	const uint32_t len = 1 << 20;

	(void)state;
	world(&f);
	dropped = state_stats(f.s)->enters_dropped;
	p_i64(&f, 0, 3);
	p_str(&f, 1, "file");
	feed_send(&f, 10, PPME_SYSCALL_EXECVEAT_E);
	memcpy(raw, f.raw, f.ev.raw_len);
	memcpy(raw + 16, &len, 4);
	assert_int_equal(event_decode(&f.ev, raw, len, NULL), 0);
	state_apply(f.s, &f.ev, &f.ctx);
	assert_int_equal(state_stats(f.s)->enters_dropped, dropped + 1);
	assert_int_equal(f.ctx.thread->enter_len, 0);
	assert_true(f.ctx.thread->enter_cap < 1 << 16);
	free(raw);
	feed_close(&f);
}

static bool count_one(void *ctx, int64_t num, const struct fd *e)
{
	(void)num;
	(void)e;
	++*(unsigned *)ctx;
	return true;
}

/* Without a bound this takes hours: each fork of a table turns its order around once more. */
static void a_long_row_of_forks_costs_no_more_than_a_short_one(void **state)
{
	struct feed f;
	unsigned n = 0;

	(void)state;
	world(&f);
	for (int i = 0; i < 3000; i++)
		do_openat(&f, 10, i, -100, "/x", 1);
	state_thread(f.s, 10)->fd_turns = 200000000;
	thread_fds_each(state_thread(f.s, 10), count_one, &n);
	assert_int_equal(n, 3000);
	do_openat(&f, 10, 3000, -100, "/x", 1);
	assert_int_equal(state_thread(f.s, 10)->fd_turns, 0);
	feed_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exits_at_time_zero_leave_no_loop_among_those_who_exited),
		cmocka_unit_test(a_clone_of_a_dead_main_thread_onto_its_last_thread_ends_both),
		cmocka_unit_test(an_execveat_by_a_directory_that_the_exec_closes_still_shows_it),
		cmocka_unit_test(a_number_at_the_very_end_of_a_containers_text_is_not_read_past),
		cmocka_unit_test(texts_of_containers_have_a_ceiling_together),
		cmocka_unit_test(an_enter_event_of_absurd_size_is_counted_not_kept),
		cmocka_unit_test(a_long_row_of_forks_costs_no_more_than_a_short_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
