/* fd_table_test.c - what a process has open: copy on write, order, the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include "state/state_internal.h"
#include <cmocka.h>     /* last: it has a macro named fail */

static unsigned freed;
static void count_free(void *cache) { (void)cache; freed++; }

static struct state *fresh(uint32_t max_fds)
{
	freed = 0;
	return state_new(&(struct state_options){ .max_fds = max_fds, .cache_free = count_free });
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
	struct fd_table *t = NULL;

	(void)ctx;
	for (unsigned i = 0; i < 9; i++)
		put(s, &t, NUMS[i], "x");
	assert_int_equal(fd_table_count(t), 9);
	for (unsigned i = 0; i < 9; i++)
		assert_non_null(fd_table_get(t, NUMS[i]));
	assert_null(fd_table_get(t, 1));
	assert_null(fd_table_get(t, 5000));
	assert_null(fd_table_get(NULL, 0));
	for (unsigned i = 0; i < 9; i++) {
		fd_table_del(s, &t, NUMS[i]);
		fd_table_del(s, &t, NUMS[i]);
		assert_int_equal(fd_table_count(t), 8 - i);
	}
	fd_table_drop(s, &t);
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
	struct fd_table *t = NULL;
	struct seen seen = { .n = 0 };

	(void)ctx;
	put(s, &t, 70000, "x");
	put(s, &t, 2, "x");
	put(s, &t, -5, "x");
	put(s, &t, 0, "x");
	put(s, &t, 9999, "x");
	fd_table_each(t, collect, &seen);
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.num[0], -5);
	assert_int_equal(seen.num[1], 0);
	assert_int_equal(seen.num[2], 2);
	assert_int_equal(seen.num[3], 9999);
	fd_table_drop(s, &t);
	state_free(s);
}

static void a_shared_table_is_copied_by_the_first_write(void **ctx)
{
	struct state *s = fresh(0);
	struct fd_table *a = NULL, *b = NULL;
	const struct fd *before;
	struct fd *mine;

	(void)ctx;
	put(s, &a, 3, "/a");
	put(s, &a, 5000, "/big");
	fd_table_share(s, &b, a);
	assert_ptr_equal(a, b);
	put(s, &b, 4, "/b");
	assert_ptr_not_equal(a, b);
	assert_null(name_at(a, 4));
	assert_string_equal(name_at(b, 3), "/a");
	before = fd_table_get(a, 3);
	assert_ptr_equal(before, fd_table_get(b, 3));
	mine = fd_table_edit(s, &b, 3);
	assert_ptr_not_equal(before, mine);
	str_assign(&mine->name, "/changed", 8);
	assert_string_equal(name_at(a, 3), "/a");
	assert_string_equal(name_at(b, 3), "/changed");
	fd_table_del(s, &b, 5000);
	assert_string_equal(name_at(a, 5000), "/big");
	fd_table_drop(s, &a);
	assert_string_equal(name_at(b, 3), "/changed");
	fd_table_drop(s, &b);
	assert_int_equal(state_stats(s)->fds, 0);
	state_free(s);
}

static void a_copy_starts_without_the_evaluators_cache(void **ctx)
{
	struct state *s = fresh(0);
	struct fd_table *a = NULL, *b = NULL;
	int cache;

	(void)ctx;
	put(s, &a, 3, "/a");
	((struct fd *)fd_table_get(a, 3))->cache = &cache;
	fd_table_share(s, &b, a);
	assert_null(fd_table_edit(s, &b, 3)->cache);
	assert_ptr_equal(fd_table_get(a, 3)->cache, &cache);
	fd_table_drop(s, &b);
	assert_int_equal(freed, 0);
	put(s, &a, 3, "/other");
	assert_int_equal(freed, 1);
	fd_table_drop(s, &a);
	state_free(s);
}

static void revisions_move_with_every_change_and_are_never_shared(void **ctx)
{
	struct state *s = fresh(0);
	struct fd_table *a = NULL, *b = NULL;
	uint64_t table_rev, fd_rev;

	(void)ctx;
	assert_int_equal(fd_table_rev(NULL), 0);
	put(s, &a, 3, "/a");
	table_rev = fd_table_rev(a);
	fd_rev = fd_table_get(a, 3)->rev;
	fd_table_share(s, &b, a);
	assert_int_equal(fd_table_rev(b), table_rev);
	fd_table_edit(s, &b, 3);
	assert_true(fd_table_rev(b) > table_rev);
	assert_true(fd_table_get(b, 3)->rev > fd_rev);
	assert_int_equal(fd_table_get(a, 3)->rev, fd_rev);
	table_rev = fd_table_rev(b);
	fd_table_del(s, &b, 99);
	assert_int_equal(fd_table_rev(b), table_rev);
	fd_table_del(s, &b, 3);
	assert_true(fd_table_rev(b) > table_rev);
	fd_table_drop(s, &a);
	fd_table_drop(s, &b);
	state_free(s);
}

static void a_full_table_refuses_and_counts_but_replaces(void **ctx)
{
	struct state *s = fresh(4);
	struct fd_table *t = NULL;

	(void)ctx;
	for (int i = 0; i < 6; i++)
		put(s, &t, i, "x");
	assert_int_equal(fd_table_count(t), 4);
	assert_int_equal(state_stats(s)->fds_refused, 2);
	put(s, &t, 2, "/new");
	assert_string_equal(name_at(t, 2), "/new");
	assert_int_equal(state_stats(s)->fds, 4);
	fd_table_drop(s, &t);
	state_free(s);
}

static void the_default_limit_is_4096(void **ctx)
{
	struct state *s = fresh(0);
	struct fd_table *t = NULL;

	(void)ctx;
	for (int i = 0; i < 5000; i++)
		put(s, &t, i * 3, "x");
	assert_int_equal(fd_table_count(t), 4096);
	assert_int_equal(state_stats(s)->fds_refused, 5000 - 4096);
	fd_table_drop(s, &t);
	state_free(s);
}

static void a_sweep_takes_a_range_or_marks_it(void **ctx)
{
	struct state *s = fresh(0);
	struct fd_table *t = NULL;

	(void)ctx;
	for (int i = 0; i < 6; i++)
		put(s, &t, i, "x");
	put(s, &t, 100000, "x");
	fd_table_sweep(s, &t, 4, UINT32_MAX, 0, FDF_CLOEXEC);
	assert_int_equal(fd_table_count(t), 7);
	fd_table_sweep(s, &t, INT64_MIN, INT64_MAX, FDF_CLOEXEC, 0);
	assert_int_equal(fd_table_count(t), 4);
	assert_null(fd_table_get(t, 100000));
	fd_table_sweep(s, &t, 1, 2, 0, 0);
	assert_non_null(fd_table_get(t, 0));
	assert_null(fd_table_get(t, 1));
	assert_non_null(fd_table_get(t, 3));
	fd_table_drop(s, &t);
	fd_table_sweep(s, &t, 0, 10, 0, 0);
	state_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_all_sizes_are_kept),
		cmocka_unit_test(entries_come_in_order_and_the_walk_can_stop),
		cmocka_unit_test(a_shared_table_is_copied_by_the_first_write),
		cmocka_unit_test(a_copy_starts_without_the_evaluators_cache),
		cmocka_unit_test(revisions_move_with_every_change_and_are_never_shared),
		cmocka_unit_test(a_full_table_refuses_and_counts_but_replaces),
		cmocka_unit_test(the_default_limit_is_4096),
		cmocka_unit_test(a_sweep_takes_a_range_or_marks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
