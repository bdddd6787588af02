/* Tests of proc.* and thread.*: a session of shells on a host, one process in a
 * pid namespace, worker threads, and threads nobody knows.
 */
#include "field_world.h"

static const char ENV[] = "HOME=/root\0PATH=  /bin:/sbin \0EMPTY=";
static const char CGROUPS[] = "cpu=/user.slice\0memory=/a/b\0cpu_acct=/";

static void add(struct world *w, int64_t tid, int64_t pid, int64_t ptid, const char *comm,
		const char *exe, const char *args, uint32_t args_len)
{
	struct proc_entry p = {
		.tid = tid, .pid = pid, .ptid = ptid, .sid = 20, .vpgid = 20, .pgid = 20,
		.vtid = tid, .vpid = pid, .comm = comm, .exe = exe, .exepath = exe,
		.cwd = "/srv", .root = "/", .args = args, .args_len = args_len,
		.env = ENV, .env_len = sizeof ENV, .cgroups = CGROUPS,
		.cgroups_len = sizeof CGROUPS, .fdlimit = 200, .uid = 0, .gid = 0,
		.loginuid = 0xffffffff, .vmsize_kb = 4000 + (uint32_t)tid,
		.vmrss_kb = 100, .pfminor = 7, .cap_effective = 0x3, .exe_writable = 1,
	};

	if (tid != pid)
		p.flags = CL_CLONE_THREAD | CL_CLONE_FILES;
	w->sink.process(w->sink.ctx, &p);
}

/* init(1) - sshd(10) - bash(20) - sh(30, worker 31) - cat(40) */
static int setup(void **state)
{
	struct world *w = malloc(sizeof *w);
	struct fd_entry f = { .tid = 30, .fd = 0, .type = CFD_FILE_V2, .name = "/dev/null" };

	world_init(w);
	w->sink.section(w->sink.ctx);
	add(w, 1, 1, 0, "systemd", "/sbin/init", "", 0);
	add(w, 10, 10, 1, "sshd", "/usr/sbin/sshd", "-D", 3);
	add(w, 20, 20, 10, "bash", "-bash", "", 0);
	add(w, 30, 30, 20, "sh", "/bin/sh", "-c\0sleep 1", 11);
	add(w, 31, 30, 20, "worker", "/bin/sh", "-c\0sleep 1", 11);
	add(w, 40, 40, 30, "cat", "cat", "x", 2);
	w->sink.fd(w->sink.ctx, &f);
	f = (struct fd_entry){ .tid = 30, .fd = 2, .type = CFD_FIFO, .name = "" };
	w->sink.fd(w->sink.ctx, &f);
	w->sink.lists_done(w->sink.ctx);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 40, -1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	free(*state);
	return 0;
}

static void own_names_are_those_of_the_thread(void **state)
{
	static const struct field_row MAIN[] = {
		{ "proc.name", NULL, "sh" }, { "proc.exe", NULL, "/bin/sh" },
		{ "proc.exepath", NULL, "/bin/sh" }, { "proc.args", NULL, "-c sleep 1" },
		{ "proc.args", "0", "-c" }, { "proc.args", "1", "sleep 1" },
		{ "proc.args", "2", "" }, { "proc.args", "-1", "-c sleep 1" },
		{ "proc.cmdline", NULL, "sh -c sleep 1" },
		{ "proc.exeline", NULL, "/bin/sh -c sleep 1" },
		{ "proc.cmdnargs", NULL, "2" }, { "proc.cmdlenargs", NULL, "9" },
		{ "proc.cwd", NULL, "/srv/" },
	};
	static const struct field_row WORKER[] = {
		{ "proc.name", NULL, "worker" }, { "proc.cmdline", NULL, "worker -c sleep 1" },
		{ "proc.aname", "0", "sh" }, { "proc.cwd", NULL, "/srv/" },
		{ "thread.ismain", NULL, "false" }, { "thread.nametid", NULL, "worker31" },
		{ "thread.tid", NULL, "31" }, { "proc.pid", NULL, "30" },
		{ "thread.vmsize", NULL, "0" }, { "thread.vmsize.b", NULL, "0" },
		{ "proc.loginshellid", NULL, "20" },
		{ "proc.vmsize", NULL, "4031" }, { "thread.vmrss", NULL, "0" },
	};
	static const struct field_row BASH[] = {
		{ "proc.args", NULL, "" }, { "proc.args", "0", "" }, { "proc.cmdnargs", NULL, "0" },
		{ "proc.cmdline", NULL, "bash" }, { "proc.exeline", NULL, "-bash " },
		{ "thread.vmsize.b", NULL, "4116480" },
	};
	struct world *w = *state;

	world_event(w, PPME_SYSCALL_EXECVE_19_X, 30, -1);
	CHECK(w, &FIELDS_PROCESS, MAIN);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 31, -1);
	CHECK(w, &FIELDS_PROCESS, WORKER);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 20, -1);
	CHECK(w, &FIELDS_PROCESS, BASH);
}

static void the_environment_is_joined_or_looked_into(void **state)
{
	static const struct field_row ROWS[] = {
		{ "proc.env", NULL, "HOME=/root PATH=  /bin:/sbin  EMPTY=" },
		{ "proc.env", "HOME", "/root" }, { "proc.env", "PATH", "/bin:/sbin" },
		{ "proc.env", "EMPTY", "" }, { "proc.env", "HOM", "" }, { "proc.env", "NONE", "" },
		{ "proc.env", "HOME=", "" },
		{ "proc.aenv", NULL, "HOME=/root PATH=  /bin:/sbin  EMPTY=" },
		{ "proc.aenv", "HOME", "/root" }, { "proc.aenv", "EMPTY", "" },
		{ "proc.aenv", "1", "HOME=/root PATH=  /bin:/sbin  EMPTY=" },
		{ "proc.aenv", "5", NULL },
	};

	CHECK((struct world *)*state, &FIELDS_PROCESS, ROWS);
}

static void ancestors_are_numbered_from_the_process_up(void **state)
{
	static const struct field_row ROWS[] = {
		{ "proc.pname", NULL, "sh" }, { "proc.pexe", NULL, "/bin/sh" },
		{ "proc.pexepath", NULL, "/bin/sh" }, { "proc.pcmdline", NULL, "sh -c sleep 1" },
		{ "proc.ppid", NULL, "30" }, { "proc.pvpid", NULL, "30" },
		{ "proc.aname", "0", "cat" }, { "proc.aname", "1", "sh" },
		{ "proc.aname", "2", "bash" }, { "proc.aname", "4", "systemd" },
		{ "proc.aname", "5", NULL }, { "proc.aname", NULL, "sh bash sshd systemd" },
		{ "proc.aexe", "3", "/usr/sbin/sshd" }, { "proc.aexepath", "4", "/sbin/init" },
		{ "proc.acmdline", "3", "sshd -D" },
		{ "proc.acmdline", NULL, "sh -c sleep 1 bash sshd -D systemd" },
		{ "proc.aargs", "1", "-c sleep 1" }, { "proc.aargs", NULL, "-c sleep 1  -D " },
		{ "proc.apid", NULL, "40" }, { "proc.apid", "0", "40" }, { "proc.apid", "2", "20" },
		{ "proc.apid", "9", NULL }, { "proc.loginshellid", NULL, "20" },
	};
	static const struct field_row INIT[] = {
		{ "proc.pname", NULL, NULL }, { "proc.ppid", NULL, NULL },
		{ "proc.aname", NULL, NULL }, { "proc.aargs", NULL, NULL },
		{ "proc.aname", "0", "systemd" }, { "proc.loginshellid", NULL, NULL },
		{ "proc.pvpid", NULL, NULL }, { "proc.aenv", "1", NULL },
	};
	static const struct field_row BASH[] = { { "proc.aargs", NULL, "-D " } };
	struct world *w = *state;

	CHECK(w, &FIELDS_PROCESS, ROWS);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 1, -1);
	CHECK(w, &FIELDS_PROCESS, INIT);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 20, -1);
	CHECK(w, &FIELDS_PROCESS, BASH);
}

static void a_bare_ancestor_field_holds_for_any_ancestor_but_not_for_itself(void **state)
{
	static const struct {
		const char *name, *arg;
		struct atom a;
		bool want;
	} ROWS[] = {
		{ "proc.aname", NULL, { OP_EQ, false, { "bash" }, 0 }, true },
		{ "proc.aname", NULL, { OP_EQ, false, { "cat" }, 0 }, false },
		{ "proc.aname", NULL, { OP_NE, false, { "bash" }, 0 }, true },
		{ "proc.aname", NULL, { OP_EXISTS, false, { NULL }, 0 }, true },
		{ "proc.aname", NULL, { OP_IN, false, { "foo", "sshd" }, 0 }, true },
		{ "proc.aname", NULL, { OP_EQ, true, { "foo", "sshd" }, 0 }, false },
		{ "proc.aname", NULL, { OP_EQ, true, { "sshd", "foo" }, 0 }, true },
		{ "proc.aname", "0", { OP_EQ, false, { "cat" }, 0 }, true },
		{ "proc.aname", "1", { OP_EQ, false, { "bash" }, 0 }, false },
		{ "proc.aname", "1", { OP_EQ, true, { "foo", "sh" }, 0 }, true },
		{ "proc.aname", "7", { OP_NE, false, { "bash" }, 0 }, false },
		{ "proc.aexe", NULL, { OP_EQ, false, { "-bash" }, 0 }, true },
		{ "proc.aexepath", NULL, { OP_CONTAINS, false, { "init" }, 0 }, true },
		{ "proc.acmdline", NULL, { OP_EQ, false, { "sshd -D" }, 0 }, true },
		{ "proc.apid", NULL, { OP_EQ, false, { "10" }, 0 }, true },
		{ "proc.apid", NULL, { OP_EQ, false, { "40" }, 0 }, false },
		{ "proc.apid", NULL, { OP_IN, false, { "10" }, 0 }, false },
		{ "proc.apid", "3", { OP_IN, false, { "10" }, 0 }, true },
		{ "proc.aenv", NULL, { OP_CONTAINS, false, { "HOME" }, 0 }, true },
		{ "proc.aenv", "9", { OP_CONTAINS, false, { "HOME" }, 0 }, true },
		{ "proc.aenv", "HOME", { OP_EQ, false, { "/root" }, 0 }, true },
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		if (world_match(*state, &FIELDS_PROCESS, ROWS[i].name, ROWS[i].arg, ROWS[i].a) !=
		    ROWS[i].want)
			fail_msg("row %zu: %s[%s]", i, ROWS[i].name,
				 ROWS[i].arg ? ROWS[i].arg : "");
}

static void a_circle_of_parents_ends(void **state)
{
	struct world *w = *state;
	const char *s;

	state_thread(w->state, 1)->ptid = 30;
	s = world_text(w, &FIELDS_PROCESS, "proc.aname", NULL);
	assert_non_null(s);
	assert_true(strlen(s) < 400);
	assert_false(world_match(w, &FIELDS_PROCESS, "proc.aname", NULL,
				 (struct atom){ OP_EQ, false, { "nobody" }, 0 }));
}

static void leaders_are_found_by_id_or_up_the_row(void **state)
{
	static const struct field_row HOST[] = {
		{ "proc.sid", NULL, "20" }, { "proc.sname", NULL, "bash" },
		{ "proc.sid.exe", NULL, "-bash" }, { "proc.sid.exepath", NULL, "-bash" },
		{ "proc.vpgid.name", NULL, "bash" }, { "proc.pgid.name", NULL, "bash" },
		{ "proc.is_sid_leader", NULL, "false" }, { "proc.is_pgid_leader", NULL, "false" },
	};
	static const struct field_row GONE[] = {
		{ "proc.sname", NULL, "bash" }, { "proc.vpgid.exe", NULL, "" },
		{ "proc.is_vpgid_leader", NULL, "false" },
	};
	static const struct field_row NAMESPACED[] = {
		{ "proc.sname", NULL, "" }, { "proc.pgid.name", NULL, "bash" },
		{ "proc.is_sid_leader", NULL, "true" },
	};
	struct world *w = *state;
	struct thread *cat = state_thread(w->state, 40);

	CHECK(w, &FIELDS_PROCESS, HOST);
	cat->sid = state_thread(w->state, 30)->sid = state_thread(w->state, 20)->sid = 999;
	cat->vpgid = 998;
	CHECK(w, &FIELDS_PROCESS, GONE);
	cat->vtid = cat->vpid = cat->sid = 1;   /* 1 is not the host's init here */
	CHECK(w, &FIELDS_PROCESS, NAMESPACED);
}

static void ids_out_of_range_are_no_value(void **state)
{
	static const struct field_row WIDE[] = {
		{ "proc.pid", NULL, NULL }, { "thread.tid", NULL, "40" },
		{ "proc.vpid", NULL, NULL }, { "thread.vtid", NULL, NULL },
	};
	struct world *w = *state;
	struct thread *t = state_thread(w->state, 40);

	t->pid = 1ll << 32;
	t->vpid = t->vtid = -1;
	CHECK(w, &FIELDS_PROCESS, WIDE);
	t->pid = 40;
}

static void zero_times_are_no_value_except_where_falco_falls_through(void **state)
{
	static const struct field_row UNKNOWN[] = {
		{ "proc.duration", NULL, NULL }, { "proc.pid.ts", NULL, NULL },
		{ "proc.ppid.ts", NULL, "0" }, { "proc.ppid.duration", NULL, "0" },
		{ "proc.exe_ino", NULL, NULL }, { "proc.exe_ino.ctime", NULL, NULL },
		{ "proc.exe_ino.mtime", NULL, NULL }, { "proc.pidns_init_start_ts", NULL, NULL },
		{ "proc.exe_ino.ctime_duration_proc_start", NULL, NULL },
		{ "proc.exe_ino.ctime_duration_pidns_start", NULL, NULL },
	};
	static const struct field_row KNOWN[] = {
		{ "proc.duration", NULL, "400000" }, { "proc.pid.ts", NULL, "600000" },
		{ "proc.ppid.ts", NULL, "500000" }, { "proc.ppid.duration", NULL, "500000" },
	};
	static const struct field_row OF_A_WORKER[] = {
		{ "proc.ppid.ts", NULL, "700000" }, { "proc.ppid.duration", NULL, "500000" },
	};
	static const struct field_row FDS[] = { { "proc.ppid.duration", NULL, "2" } };
	struct world *w = *state;

	CHECK(w, &FIELDS_PROCESS, UNKNOWN);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 30, -1);
	CHECK(w, &FIELDS_PROCESS, FDS);
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 40, -1);
	state_thread(w->state, 40)->clone_ts = 600000;
	state_thread(w->state, 30)->clone_ts = 500000;
	CHECK(w, &FIELDS_PROCESS, KNOWN);
	state_thread(w->state, 40)->ptid = 31;          /* its process counts, not the thread */
	state_thread(w->state, 31)->clone_ts = 700000;
	CHECK(w, &FIELDS_PROCESS, OF_A_WORKER);
}

static void fd_counts_and_standard_streams_are_of_the_process(void **state)
{
	static const struct field_row ROWS[] = {
		{ "proc.fdopencount", NULL, "2" }, { "proc.fdlimit", NULL, "200" },
		{ "proc.fdusage", NULL, "1" }, { "proc.stdin.type", NULL, "file" },
		{ "proc.stdin.name", NULL, "/dev/null" }, { "proc.stdout.type", NULL, NULL },
		{ "proc.stdout.name", NULL, NULL }, { "proc.stderr.type", NULL, "pipe" },
		{ "proc.stderr.name", NULL, "" }, { "proc.nthreads", NULL, "2" },
		{ "proc.nchilds", NULL, "1" },
	};
	static const struct field_row DEAD[] = {
		{ "proc.nthreads", NULL, "1" }, { "proc.nchilds", NULL, "1" },
	};
	struct world *w = *state;
	struct thread *t = state_thread(w->state, 30);

	world_event(w, PPME_SYSCALL_EXECVE_19_X, 31, -1);
	CHECK(w, &FIELDS_PROCESS, ROWS);
	t->dead = true;                 /* the main thread ended, the worker goes on */
	t->group->alive = 1;
	CHECK(w, &FIELDS_PROCESS, DEAD);
}

static void thread_fields_read_ids_capabilities_and_groups(void **state)
{
	static const struct field_row ROWS[] = {
		{ "thread.cap_effective", NULL, "CAP_CHOWN CAP_DAC_OVERRIDE" },
		{ "thread.cap_permitted", NULL, "" }, { "thread.cap_inheritable", NULL, "" },
		{ "thread.pfminor", NULL, "7" }, { "thread.pfmajor", NULL, "0" },
		{ "thread.exectime", NULL, "0" }, { "thread.totexectime", NULL, "0" },
		{ "thread.cpu", NULL, NULL }, { "proc.is_exe_writable", NULL, "true" },
		{ "thread.cgroup", "cpu", "/user.slice" }, { "thread.cgroup", "memory", "/a/b" },
		{ "thread.cgroup", "pids", NULL }, { "thread.cgroup", "mem", NULL },
	};
	static const struct field_row PROCINFO[] = {
		{ "thread.cpu", NULL, "0" },            /* of 211 in all, for the first time */
		{ "thread.cpu.user", NULL, "100" },     /* 19 is less than nothing */
		{ "thread.cpu.system", NULL, "100" },   /* 173 since */
		{ "thread.cpu", NULL, "19" },
	};
	static const uint64_t USER = 19, SYSTEM = 192;
	struct world *w = *state;

	CHECK(w, &FIELDS_PROCESS, ROWS);
	assert_non_null(strstr(world_text(w, &FIELDS_PROCESS, "thread.cgroups", NULL),
			       "cpu=/user.slice memory=/a/b"));
	state_thread(w->state, 40)->cap_effective = 1ull << 40 | 1ull << 63;
	assert_string_equal(world_text(w, &FIELDS_PROCESS, "thread.cap_effective", NULL),
			    "CAP_CHECKPOINT_RESTORE");
	world_event(w, PPME_PROCINFO_E, 40, -1);
	world_param(w, 0, &USER, sizeof USER);
	world_param(w, 1, &SYSTEM, sizeof SYSTEM);
	CHECK(w, &FIELDS_PROCESS, PROCINFO);
}

static void without_a_thread_only_the_id_and_run_time_are_values(void **state)
{
	struct world *w = *state;
	unsigned values = 0;

	world_event(w, PPME_SYSCALL_EXECVE_19_X, 12345, -1);
	for (unsigned i = 0; i < FIELDS_PROCESS.n; i++) {
		const struct field_def *d = &FIELDS_PROCESS.fields[i];

		if (world_text(w, &FIELDS_PROCESS, d->name, d->arg == ARG_REQUIRED ? "cpu" : NULL))
			values++;
		if (d->match)
			assert_false(world_match(w, &FIELDS_PROCESS, d->name, NULL,
						 (struct atom){ OP_EXISTS, false, { NULL }, 0 }));
	}
	assert_int_equal(values, 2);
	assert_string_equal(world_text(w, &FIELDS_PROCESS, "thread.tid", NULL), "12345");
	assert_string_equal(world_text(w, &FIELDS_PROCESS, "thread.exectime", NULL), "0");
}

static void bad_arguments_are_refused(void **state)
{
	static const struct { const char *name, *arg, *want; } ROWS[] = {
		{ "proc.aname", "x", "filter_check called with nonexistent field proc.aname[x]" },
		{ "proc.aname", "", "filter_check called with nonexistent field proc.aname[]" },
		{ "proc.args", "1x", "filter_check called with nonexistent field proc.args[1x]" },
		{ "proc.apid", "-", "filter_check called with nonexistent field proc.apid[-]" },
		{ "thread.cgroup", NULL, "filter syntax error: thread.cgroup" },
		{ "thread.cgroup", "c0", "filter_check called with nonexistent field thread.cgroup.c0" },
	};
	struct field_ref ref;
	struct saker_error err;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		assert_int_not_equal(world_ref(&FIELDS_PROCESS, ROWS[i].name, ROWS[i].arg, &ref,
					       &err), 0);
		assert_string_equal(err.msg, ROWS[i].want);
	}
}

static void every_row_is_whole(void **state)
{
	(void)state;
	assert_int_equal(FIELDS_PROCESS.n, 90);
	for (unsigned i = 0; i < FIELDS_PROCESS.n; i++) {
		const struct field_def *d = &FIELDS_PROCESS.fields[i];

		assert_non_null(d->extract);
		assert_true(strlen(d->doc) > 5);
		assert_true((d->arg == ARG_NONE) == (d->resolve == NULL));
		assert_true(d->scope != SCOPE_CONST);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(d->name, FIELDS_PROCESS.fields[k].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(own_names_are_those_of_the_thread, setup, teardown),
		cmocka_unit_test_setup_teardown(the_environment_is_joined_or_looked_into, setup, teardown),
		cmocka_unit_test_setup_teardown(ancestors_are_numbered_from_the_process_up, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_bare_ancestor_field_holds_for_any_ancestor_but_not_for_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_circle_of_parents_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(leaders_are_found_by_id_or_up_the_row, setup, teardown),
		cmocka_unit_test_setup_teardown(ids_out_of_range_are_no_value, setup, teardown),
		cmocka_unit_test_setup_teardown(
			zero_times_are_no_value_except_where_falco_falls_through, setup, teardown),
		cmocka_unit_test_setup_teardown(
			fd_counts_and_standard_streams_are_of_the_process, setup, teardown),
		cmocka_unit_test_setup_teardown(
			thread_fields_read_ids_capabilities_and_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(
			without_a_thread_only_the_id_and_run_time_are_values, setup, teardown),
		cmocka_unit_test(bad_arguments_are_refused),
		cmocka_unit_test(every_row_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
