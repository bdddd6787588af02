/* paths_test.c - joining and tidying paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include "state/state_internal.h"
#include <cmocka.h>     /* last: it has a macro named fail */

static void paths_join_as_the_rows_say(void **ctx)
{
	static const struct { const char *dir, *name, *want; } ROWS[] = {
		{ "/", "etc/passwd", "/etc/passwd" },
		{ "/root/", "a", "/root/a" },
		{ "/root", "a", "/roota" },             /* the directory is taken as it is */
		{ "/root/", "", "" },                   /* an empty name is nothing */
		{ "/root/", "/abs/x", "/abs/x" },
		{ "/root/", "/", "/" },
		{ "/root/", "//a///b/", "/a/b" },
		{ "/root/", ".", "/root" },
		{ "/root/", "./x", "/root/x" },
		{ "/root/", "x/.", "/root/x" },
		{ "/root/", "x/./y", "/root/x/y" },
		{ "/root/", "../x", "/x" },
		{ "/root/", "..", "/" },
		{ "/root/", "../../../x", "/x" },
		{ "/a/b/", "c/../../d", "/a/d" },
		{ "/a/", "..x/.y/...", "/a/..x/.y/..." },
		{ "", "/..", "/" },
		{ "", "/../x", "/x" },
		{ "", "rel/../x", "x" },
		{ "/srv/", "lib/python3/dist-packages/x.py", "/srv/lib/python3/dist-packages/x.py" },
		{ "/srv/", "lib/python3/dist-packages/.x", "/srv/lib/python3/dist-packages/.x" },
		{ "/srv/", "lib/python3/dist-packages/x/", "/srv/lib/python3/dist-packages/x" },
		{ "/srv/", "lib/python3/dist-packages//x", "/srv/lib/python3/dist-packages/x" },
		{ "/srv/", ".x/lib", "/srv/.x/lib" },
		{ "<UNKNOWN>", "etc/x", "<UNKNOWN>etc/x" },
		{ "<UNKNOWN>", "..", "<UNKNOWN>.." },
		{ "//odd//dir/", "x", "//odd//dir/x" }, /* not tidied */
	};
	char out[STATE_PATH_BUF];

	(void)ctx;
	for (unsigned i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint32_t n = path_concat(out, ROWS[i].dir, (uint32_t)strlen(ROWS[i].dir), ROWS[i].name,
					 (uint32_t)strlen(ROWS[i].name));

		assert_string_equal(out, ROWS[i].want);
		assert_int_equal(n, strlen(out));
	}
}

static void too_long_paths_have_a_name_of_their_own(void **ctx)
{
	char name[STATE_PATH_MAX + 1], out[STATE_PATH_BUF];

	(void)ctx;
	memset(name, 'a', sizeof name);
	assert_int_equal(path_concat(out, "/", 1, name, STATE_PATH_MAX - 2), STATE_PATH_MAX - 1);
	assert_int_equal(out[STATE_PATH_MAX - 2], 'a');
	path_concat(out, "/", 1, name, STATE_PATH_MAX - 1);
	assert_string_equal(out, "/DIR_TOO_LONG/FILENAME_TOO_LONG");
	path_concat(out, "", 0, name, sizeof name);
	assert_string_equal(out, "/DIR_TOO_LONG/FILENAME_TOO_LONG");
}

static void the_directory_of_a_relative_name(void **ctx)
{
	struct state *s = state_new(&(struct state_options){ 0 });
	struct thread *t = thread_alloc(s, 5);
	struct fd *e = fd_new(s, FD_DIRECTORY);
	char out[STATE_PATH_BUF];

	(void)ctx;
	t->pid = 5;
	t->ptid = 0;
	str_assign(&t->cwd, "/cwd/", 5);
	thread_insert(s, t);
	str_assign(&e->name, "/dir", 4);
	fd_table_put(s, &t->fds, 7, e);
	path_of_dirfd(out, t, "/abs", 4, -100);
	assert_string_equal(out, ".");
	path_of_dirfd(out, t, "rel", 3, -100);
	assert_string_equal(out, "/cwd/");
	path_of_dirfd(out, t, "rel", 3, 7);
	assert_string_equal(out, "/dir/");
	path_of_dirfd(out, t, "rel", 3, 8);
	assert_string_equal(out, "<UNKNOWN>");
	path_of_dirfd(out, NULL, "rel", 3, -100);
	assert_string_equal(out, "<UNKNOWN>");
	state_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_join_as_the_rows_say),
		cmocka_unit_test(too_long_paths_have_a_name_of_their_own),
		cmocka_unit_test(the_directory_of_a_relative_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
