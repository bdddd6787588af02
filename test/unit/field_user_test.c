/* Tests of user.* and group.*. */
#include "field_world.h"

static void add(struct world *w, int64_t tid, uint32_t uid, uint32_t gid, uint32_t login)
{
	struct proc_entry p = {
		.tid = tid, .pid = tid, .ptid = 1, .vtid = tid, .vpid = tid, .comm = "x", .args = "", .env = "", .cgroups = "",
		.uid = uid, .gid = gid, .loginuid = login,
	};

	w->sink.process(w->sink.ctx, &p);
}

static void ids_and_names_come_from_the_lists_of_the_capture(void **state)
{
	static const struct field_row ALICE[] = {
		{ "user.uid", NULL, "1000" }, { "user.name", NULL, "alice" },
		{ "user.homedir", NULL, "/home/alice" }, { "user.shell", NULL, "/bin/sh" },
		{ "user.loginuid", NULL, "1000" }, { "user.loginname", NULL, "alice" },
	};
	static const struct field_row ROOT[] = {
		{ "user.uid", NULL, "0" }, { "user.name", NULL, "root" },
		{ "user.homedir", NULL, "/root" }, { "user.shell", NULL, "<NA>" },
		{ "user.loginuid", NULL, "-1" }, { "user.loginname", NULL, "<NA>" },
	};
	static const struct field_row NOBODY[] = {
		{ "user.uid", NULL, "4294967295" }, { "user.name", NULL, "<NA>" },
		{ "user.homedir", NULL, "<NA>" }, { "user.loginuid", NULL, "77" },
		{ "user.loginname", NULL, "<NA>" },
	};
	static const struct field_row STAFF[] = {
		{ "group.gid", NULL, "50" }, { "group.name", NULL, "staff" },
	};
	static const struct field_row NO_GROUP[] = {
		{ "group.gid", NULL, "4294967295" }, { "group.name", NULL, "<NA>" },
	};
	struct user_entry alice = { false, 1000, 50, "alice", "/home/alice", "/bin/sh" };
	struct user_entry staff = { .is_group = true, .id = 50, .name = "staff" };
	struct world w;

	(void)state;
	world_init(&w);
	w.sink.section(w.sink.ctx);
	w.sink.user(w.sink.ctx, &alice);
	w.sink.user(w.sink.ctx, &staff);
	add(&w, 10, 1000, 50, 1000);
	add(&w, 11, 0, 0, 0xffffffff);
	add(&w, 12, 0xffffffff, 0xffffffff, 77);
	w.sink.lists_done(w.sink.ctx);

	world_event(&w, PPME_SYSCALL_READ_X, 10, 3);
	CHECK(&w, &FIELDS_USER, ALICE);
	CHECK(&w, &FIELDS_GROUP, STAFF);
	world_event(&w, PPME_SYSCALL_READ_X, 11, 3);
	CHECK(&w, &FIELDS_USER, ROOT);
	world_event(&w, PPME_SYSCALL_READ_X, 12, 3);
	CHECK(&w, &FIELDS_USER, NOBODY);
	CHECK(&w, &FIELDS_GROUP, NO_GROUP);
	world_free(&w);
}

static void without_a_thread_there_is_no_value(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	world_event(&w, PPME_SYSCALL_READ_X, 10, 3);
	for (unsigned i = 0; i < FIELDS_USER.n; i++)
		assert_null(world_text(&w, &FIELDS_USER, FIELDS_USER.fields[i].name, NULL));
	for (unsigned i = 0; i < FIELDS_GROUP.n; i++)
		assert_null(world_text(&w, &FIELDS_GROUP, FIELDS_GROUP.fields[i].name, NULL));
	assert_int_equal(FIELDS_USER.n, 6);
	assert_int_equal(FIELDS_GROUP.n, 2);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_and_names_come_from_the_lists_of_the_capture),
		cmocka_unit_test(without_a_thread_there_is_no_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
