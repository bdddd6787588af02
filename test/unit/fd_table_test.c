/* fd_table_test.c - what a process has open: copy on write, order, the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include "state/state_internal.h"
#include <cmocka.h>     /* last: it has a macro named fail */

static struct state *fresh(uint32_t max_fds)
{
	return state_new(&(struct state_options){ .max_fds = max_fds });
}

static void put(struct state *s, struct fd_table **t, int64_t num, const char *name)
{
	struct fd *e = fd_new(s, FD_FILE_V2);

	str_assign(&e->name, name, (uint32_t)strlen(name));
	fd_table_put(s, t, num, e);
}

static const char *name_at(const struct fd_table *t, int64_t num)
{
	const struct fd *e = fd_table_get(t, num);

	return e ? e->name->s : NULL;
}

static void numbers_of_all_sizes_are_kept(void **ctx)
{
	static const int64_t NUMS[] = { 0, 3, 255, 4095, 4096, 1048576, -22, INT64_MAX, INT64_MIN };
	struct state *s = fresh(0);
	struct thread owner = { 0 };        /* whose table it is */

	(void)ctx;
	for (unsigned i = 0; i < 9; i++)
		put(s, &owner.fds, NUMS[i], "x");
	assert_int_equal(fd_table_count(owner.fds), 9);
	for (unsigned i = 0; i < 9; i++)
		assert_non_null(fd_table_get(owner.fds, NUMS[i]));
	assert_null(fd_table_get(owner.fds, 1));
	assert_null(fd_table_get(owner.fds, 5000));
	assert_null(fd_table_get(NULL, 0));
	for (unsigned i = 0; i < 9; i++) {
		fd_table_del(s, &owner.fds, NUMS[i]);
		fd_table_del(s, &owner.fds, NUMS[i]);
		assert_int_equal(fd_table_count(owner.fds), 8 - i);
	}
	fd_table_drop(s, &owner.fds);
	assert_int_equal(state_stats(s)->fds, 0);
	state_free(s);
}

struct seen { int64_t num[8]; unsigned n; };

static bool collect(void *ctx, int64_t num, const struct fd *e)
{
	struct seen *seen = ctx;

	(void)e;
	seen->num[seen->n++] = num;
	return seen->n < 4;
}

static void entries_come_in_order_and_the_walk_can_stop(void **ctx)
{
	struct state *s = fresh(0);
	struct thread owner = { 0 };        /* whose table it is */
	struct seen seen = { .n = 0 };

	(void)ctx;
	put(s, &owner.fds, 70000, "x");
	put(s, &owner.fds, 2, "x");
	put(s, &owner.fds, -5, "x");
	put(s, &owner.fds, 0, "x");
	put(s, &owner.fds, 9999, "x");
	fd_table_each(owner.fds, collect, &seen);
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.num[0], -5);
	assert_int_equal(seen.num[1], 0);
	assert_int_equal(seen.num[2], 2);
	assert_int_equal(seen.num[3], 9999);
	fd_table_drop(s, &owner.fds);
	state_free(s);
}

static void a_shared_table_is_copied_by_the_first_write(void **ctx)
{
	struct state *s = fresh(0);
	struct thread ta = { 0 }, tb = { 0 };      /* whose tables they are */
	const struct fd *before;
	struct fd *mine;

	(void)ctx;
	put(s, &ta.fds, 3, "/a");
	put(s, &ta.fds, 5000, "/big");
	fd_table_share(s, &tb.fds, &ta.fds);
	assert_ptr_equal(ta.fds, tb.fds);
	put(s, &tb.fds, 4, "/b");
	assert_ptr_not_equal(ta.fds, tb.fds);
	assert_null(name_at(ta.fds, 4));
	assert_string_equal(name_at(tb.fds, 3), "/a");
	before = fd_table_get(ta.fds, 3);
	assert_ptr_equal(before, fd_table_get(tb.fds, 3));
	mine = fd_table_edit(s, &tb.fds, 3);
	assert_ptr_not_equal(before, mine);
	str_assign(&mine->name, "/changed", 8);
	assert_string_equal(name_at(ta.fds, 3), "/a");
	assert_string_equal(name_at(tb.fds, 3), "/changed");
	fd_table_del(s, &tb.fds, 5000);
	assert_string_equal(name_at(ta.fds, 5000), "/big");
	fd_table_drop(s, &ta.fds);
	assert_string_equal(name_at(tb.fds, 3), "/changed");
	fd_table_drop(s, &tb.fds);
	assert_int_equal(state_stats(s)->fds, 0);
	state_free(s);
}

static void revisions_move_with_every_change_and_are_never_shared(void **ctx)
{
	struct state *s = fresh(0);
	struct thread ta = { 0 }, tb = { 0 };      /* whose tables they are */
	uint64_t table_rev, fd_rev;

	(void)ctx;
	assert_int_equal(fd_table_rev(NULL), 0);
	put(s, &ta.fds, 3, "/a");
	table_rev = fd_table_rev(ta.fds);
	fd_rev = fd_table_get(ta.fds, 3)->rev;
	fd_table_share(s, &tb.fds, &ta.fds);
	assert_int_equal(fd_table_rev(tb.fds), table_rev);
	fd_table_edit(s, &tb.fds, 3);
	assert_true(fd_table_rev(tb.fds) > table_rev);
	assert_true(fd_table_get(tb.fds, 3)->rev > fd_rev);
	assert_int_equal(fd_table_get(ta.fds, 3)->rev, fd_rev);
	table_rev = fd_table_rev(tb.fds);
	fd_table_del(s, &tb.fds, 99);
	assert_int_equal(fd_table_rev(tb.fds), table_rev);
	fd_table_del(s, &tb.fds, 3);
	assert_true(fd_table_rev(tb.fds) > table_rev);
	fd_table_drop(s, &ta.fds);
	fd_table_drop(s, &tb.fds);
	state_free(s);
}

static void a_full_table_refuses_and_counts_but_replaces(void **ctx)
{
	struct state *s = fresh(4);
	struct thread owner = { 0 };        /* whose table it is */

	(void)ctx;
	for (int i = 0; i < 6; i++)
		put(s, &owner.fds, i, "x");
	assert_int_equal(fd_table_count(owner.fds), 4);
	assert_int_equal(state_stats(s)->fds_refused, 2);
	put(s, &owner.fds, 2, "/new");
	assert_string_equal(name_at(owner.fds, 2), "/new");
	assert_int_equal(state_stats(s)->fds, 4);
	fd_table_drop(s, &owner.fds);
	state_free(s);
}

static void the_default_limit_is_4096(void **ctx)
{
	struct state *s = fresh(0);
	struct thread owner = { 0 };        /* whose table it is */

	(void)ctx;
	for (int i = 0; i < 5000; i++)
		put(s, &owner.fds, i * 3, "x");
	assert_int_equal(fd_table_count(owner.fds), 4096);
	assert_int_equal(state_stats(s)->fds_refused, 5000 - 4096);
	fd_table_drop(s, &owner.fds);
	state_free(s);
}

static void a_sweep_takes_a_range_or_marks_it(void **ctx)
{
	struct state *s = fresh(0);
	struct thread owner = { 0 };        /* whose table it is */

	(void)ctx;
	for (int i = 0; i < 6; i++)
		put(s, &owner.fds, i, "x");
	put(s, &owner.fds, 100000, "x");
	fd_table_sweep(s, &owner.fds, 4, UINT32_MAX, 0, FDF_CLOEXEC);
	assert_int_equal(fd_table_count(owner.fds), 7);
	fd_table_sweep(s, &owner.fds, INT64_MIN, INT64_MAX, FDF_CLOEXEC, 0);
	assert_int_equal(fd_table_count(owner.fds), 4);
	assert_null(fd_table_get(owner.fds, 100000));
	fd_table_sweep(s, &owner.fds, 1, 2, 0, 0);
	assert_non_null(fd_table_get(owner.fds, 0));
	assert_null(fd_table_get(owner.fds, 1));
	assert_non_null(fd_table_get(owner.fds, 3));
	fd_table_drop(s, &owner.fds);
	fd_table_sweep(s, &owner.fds, 0, 10, 0, 0);
	state_free(s);
}

struct order { int64_t num[64]; unsigned n; };

static bool note(void *ctx, int64_t num, const struct fd *e)
{
	struct order *o = ctx;

	(void)e;
	o->num[o->n++] = num;
	return true;
}

static void check_order(const struct thread *t, const int64_t *want, unsigned n)
{
	struct order got = { .n = 0 };

	thread_fds_each(t, note, &got);
	assert_int_equal(got.n, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(got.num[i], want[i]);
}

/* As Falco's hash map has them; fd.types shows it. */
static void the_newest_comes_first_until_a_fork_or_growth_turns_it_around(void **ctx)
{
	static const int64_t NEWEST[] = { 2, 1, 0 }, FORKED[] = { 0, 1, 2 }, AGAIN[] = { 2, 1, 0 };
	static const int64_t WRITTEN[] = { 5, 0, 1, 2 };
	/* 15 shares a bucket with 2 in a map of 13: it comes before 2, not first */
	static const int64_t SHARED[] = { 15, 2, 1, 0 };
	static const int64_t GROWN[] = { 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	struct state *s = fresh(0);
	struct thread a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

	(void)ctx;
	for (int i = 0; i < 3; i++)
		put(s, &a.fds, i, "x");
	check_order(&a, NEWEST, 3);
	fd_table_share(s, &b.fds, &a.fds);
	fd_table_share(s, &c.fds, &b.fds);
	check_order(&a, NEWEST, 3);
	check_order(&b, FORKED, 3);
	check_order(&c, AGAIN, 3);
	put(s, &b.fds, 5, "x");
	check_order(&b, WRITTEN, 4);
	check_order(&c, AGAIN, 3);
	put(s, &a.fds, 15, "x");
	check_order(&a, SHARED, 4);
	for (int i = 0; i < 13; i++)
		put(s, &d.fds, i, "x");
	put(s, &d.fds, 20, "x");
	check_order(&d, GROWN, 14);
	fd_table_drop(s, &a.fds);
	fd_table_drop(s, &b.fds);
	fd_table_drop(s, &c.fds);
	fd_table_drop(s, &d.fds);
	assert_int_equal(state_stats(s)->fds, 0);
	state_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_all_sizes_are_kept),
		cmocka_unit_test(entries_come_in_order_and_the_walk_can_stop),
		cmocka_unit_test(a_shared_table_is_copied_by_the_first_write),
		cmocka_unit_test(the_newest_comes_first_until_a_fork_or_growth_turns_it_around),
		cmocka_unit_test(revisions_move_with_every_change_and_are_never_shared),
		cmocka_unit_test(a_full_table_refuses_and_counts_but_replaces),
		cmocka_unit_test(the_default_limit_is_4096),
		cmocka_unit_test(a_sweep_takes_a_range_or_marks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
