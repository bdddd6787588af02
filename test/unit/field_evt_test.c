/* Tests of the classes evt, fs.path, fdlist and util on events made by hand. */
#include "evt_world.h"

#define EVT(w, rows) CHECK(w, &FIELDS_EVT, rows)

/* openat(dirfd, path, flags, mode) = fd */
static void openat_event(struct world *w, int64_t fd, int64_t dirfd, const char *path,
			 uint32_t flags, uint32_t mode)
{
	world_event(w, PPME_SYSCALL_OPENAT_2_X, 30, fd);
	num_param(w, 0, (uint64_t)fd, 8);
	num_param(w, 1, (uint64_t)dirfd, 8);
	str_param(w, 2, path);
	num_param(w, 3, flags, 4);
	num_param(w, 4, mode, 4);
}

static void times_are_those_of_the_event(void **state)
{
	static const struct field_row ROWS[] = {
		{ "evt.time", NULL, "14:58:19.000000042" }, { "evt.time.s", NULL, "14:58:19" },
		{ "evt.time.iso8601", NULL, "2018-04-12T14:58:19.000000042+0000" },
		{ "evt.datetime", NULL, "2018-04-12 14:58:19.000000042" },
		{ "evt.datetime.s", NULL, "2018-04-12 14:58:19" },
		{ "evt.outputtime", NULL, "14:58:19.000000042" },
		{ "evt.rawtime", NULL, "1523545099000000042" },
		{ "evt.rawtime.s", NULL, "1523545099" }, { "evt.rawtime.ns", NULL, "42" },
		{ "evt.latency", NULL, "0" }, { "evt.latency.human", NULL, "0ns" },
		{ "evt.num", NULL, "7" }, { "evt.cpu", NULL, "3" },
	};
	struct world *w = *state;

	world_event(w, PPME_SYSCALL_CLOSE_X, 30, 0);
	w->ev.ts = 1523545099000000042ull;
	w->ev.num = 7;
	w->ev.cpu = 3;
	EVT(w, ROWS);
	w->ev.ts += 1000000000;
	assert_string_equal(world_text(w, &FIELDS_EVT, "evt.time", NULL), "14:58:20.000000042");
}

static void json_shows_times_as_numbers(void **state)
{
	struct world *w = *state;
	struct strbuf b = STRBUF_INIT;
	struct field_ref ref;
	struct values v;

	world_event(w, PPME_SYSCALL_CLOSE_X, 30, 0);
	w->ev.ts = 1523545099000000042ull;
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.time", NULL, &ref, NULL), 0);
	assert_true(ref.def->extract(&w->x, &ref, &v));
	values_json(&b, ref.type, ref.fmt, ref.list, &v, NULL);
	assert_string_equal(b.s, "1523545099000000042");
	strbuf_release(&b);
}

static void stateful_fields_count_by_occurrence(void **state)
{
	struct world *w = *state;
	struct stateful occurrences[2] = { { 0, 0 }, { 0, 0 } };
	struct field_ref delta, cnt;
	struct values v;

	w->x.stateful = occurrences;
	w->x.nstateful = 2;
	world_event(w, PPME_SYSCALL_CLOSE_X, 30, 0);
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.deltatime", NULL, &delta, NULL), 0);
	assert_int_equal(world_ref(&FIELDS_UTIL, "util.cnt", NULL, &cnt, NULL), 0);
	cnt.instance = 1;
	for (unsigned i = 0; i < 3; i++) {
		w->ev.ts = 5000 + 10 * i;
		assert_true(delta.def->extract(&w->x, &delta, &v));
		assert_int_equal(v.v->n, i ? 10 : 0);
		assert_true(cnt.def->extract(&w->x, &cnt, &v));
		assert_int_equal(v.v->n, i + 1);
	}
	w->x.nstateful = 0;
	w->x.stateful = NULL;
	assert_false(cnt.def->extract(&w->x, &cnt, &v));
}

static void the_type_is_known_from_the_code_alone(void **state)
{
	static const struct { unsigned code; uint16_t sc; const char *type, *syscall; } ROWS[] = {
		{ PPME_SYSCALL_OPENAT_2_X, 0, "openat", "openat" },
		{ PPME_SYSCALL_EXECVE_19_X, 0, "execve", "execve" },
		{ PPME_GENERIC_X, PPM_SC_FDATASYNC, "fdatasync", "fdatasync" },
		{ PPME_GENERIC_X, 0xffff, "unknown", "unknown" },
		{ PPME_SCHEDSWITCH_6_E, 0, "switch", NULL },
		{ PPME_PROCINFO_E, 0, "procinfo", NULL },
	};
	struct world *w = *state;
	struct event_ctx ec = w->ec;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		const char *got;

		world_event(w, ROWS[i].code, 30, -1);
		if (ROWS[i].code == PPME_GENERIC_X)
			num_param(w, 0, ROWS[i].sc, 2);
		w->ec.thread = NULL;
		w->ec.state = NULL;
		assert_string_equal(world_text(w, &FIELDS_EVT, "evt.type", NULL), ROWS[i].type);
		got = world_text(w, &FIELDS_EVT, "syscall.type", NULL);
		assert_int_equal(!got, !ROWS[i].syscall);
	}
	w->ec = ec;
}

static void categories_of_reads_hang_on_the_fd(void **state)
{
	static const struct { unsigned code; int64_t fd; const char *want; } ROWS[] = {
		{ PPME_SYSCALL_READ_X, 0, "file" }, { PPME_SYSCALL_READ_X, 3, "file" },
		{ PPME_SYSCALL_READ_X, 4, "ipc" }, { PPME_SYSCALL_READ_X, 5, "net" },
		{ PPME_SYSCALL_READ_X, 99, "unknown" }, { PPME_SYSCALL_MMAP_X, 0, "memory" },
		{ PPME_SYSCALL_PIPE_X, -1, "IPC" }, { PPME_PROCINFO_E, -1, "internal" },
		{ PPME_SYSCALL_POLL_X, -1, "wait" }, { PPME_SCHEDSWITCH_6_E, -1, "scheduler" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		world_event(w, ROWS[i].code, 30, ROWS[i].fd);
		assert_string_equal(world_text(w, &FIELDS_EVT, "evt.category", NULL), ROWS[i].want);
	}
}

static void a_read_has_data_length_and_direction(void **state)
{
	static const struct field_row READ[] = {
		{ "evt.buflen", NULL, "2" },
		{ "evt.buflen.in", NULL, "2" }, { "evt.buflen.out", NULL, NULL },
		{ "evt.buflen.net", NULL, "2" }, { "evt.buflen.net.in", NULL, "2" },
		{ "evt.buflen.net.out", NULL, NULL }, { "evt.buflen.file", NULL, NULL },
		{ "evt.is_io", NULL, "true" }, { "evt.is_io_read", NULL, "true" },
		{ "evt.is_io_write", NULL, "false" }, { "evt.io_dir", NULL, "read" },
		{ "evt.is_wait", NULL, "false" }, { "evt.is_syslog", NULL, "false" },
		{ "evt.args", NULL,
		  "res=2 data=NULL fd=5(<4t>10.0.0.1:40000->10.0.0.2:443) size=9" },
		{ "evt.info", NULL,
		  "res=2 data=NULL fd=5(<4t>10.0.0.1:40000->10.0.0.2:443) size=9" },
		{ "evt.arg", "0", "2" }, { "evt.arg", "size", "9" }, { "evt.arg", "4", NULL },
		{ "evt.arg", "-1", NULL }, { "evt.arg", "flags", NULL },
		{ "evt.arg", "fd", "<4t>10.0.0.1:40000->10.0.0.2:443" },
		{ "evt.source", NULL, "syscall" }, { "evt.is_async", NULL, "false" },
		{ "evt.asynctype", NULL, NULL }, { "evt.dir", NULL, "<" },
		{ "evt.count", NULL, "1" }, { "evt.count.exit", NULL, "1" },
		{ "evt.count.error", NULL, "0" }, { "evt.count.error.net", NULL, "0" },
		{ "evt.count.error.file", NULL, NULL }, { "evt.count.error.other", NULL, NULL },
		{ "evt.count.threadinfo", NULL, "0" }, { "evt.pluginname", NULL, NULL },
		{ "evt.type.is", "7", "1" }, { "evt.type.is", "3", "0" }, { "evt.type.is", "read",
		  NULL },
	};
	struct world *w = *state;
	struct field_ref ref;
	struct values v;

	world_event(w, PPME_SYSCALL_READ_X, 30, 5);
	num_param(w, 0, 2, 8);
	w->ev.nparams = 1;
	EVT(w, ((const struct field_row[]){ { "evt.buffer", NULL, NULL } }));
	world_param(w, 1, "", 0);
	num_param(w, 2, 5, 8);
	num_param(w, 3, 9, 4);
	EVT(w, READ);
	world_param(w, 1, "a\0b", 3);
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.buffer", NULL, &ref, NULL), 0);
	assert_true(ref.def->extract(&w->x, &ref, &v));
	assert_int_equal(v.v->len, 3);
	assert_memory_equal(v.v->s, "a\0b", 3);
}

static void a_failed_call_has_an_error(void **state)
{
	static const struct field_row FAILED[] = {
		{ "evt.res", NULL, "ENOENT" }, { "evt.rawres", NULL, "-2" },
		{ "evt.failed", NULL, "true" }, { "evt.count.error", NULL, "1" },
		{ "evt.count.error.file", NULL, "1" }, { "evt.buflen", NULL, NULL },
	};
	static const struct field_row OK[] = {
		{ "evt.res", NULL, "SUCCESS" }, { "evt.rawres", NULL, "6" },
		{ "evt.failed", NULL, "false" }, { "evt.count.error", NULL, "0" },
	};
	static const struct field_row NO_RESULT[] = {
		{ "evt.res", NULL, NULL }, { "evt.rawres", NULL, NULL }, { "evt.failed", NULL,
		  NULL },
		{ "evt.count.error", NULL, NULL }, { "evt.args", NULL, "" },
		{ "evt.arg", "ID", "fdatasync" }, { "evt.arg", "1", "75" },
	};
	struct world *w = *state;

	openat_event(w, -2, -100, "none", 1, 0);
	EVT(w, FAILED);
	openat_event(w, 6, -100, "some", 1, 0);
	EVT(w, OK);
	world_event(w, PPME_GENERIC_X, 30, -1);
	num_param(w, 0, PPM_SC_FDATASYNC, 2);
	num_param(w, 1, 75, 2);
	EVT(w, NO_RESULT);
}

static void opens_say_what_they_are_for(void **state)
{
	static const struct { uint32_t flags, mode; int64_t fd; const char *read, *write, *exec,
		*create; } ROWS[] = {
		{ 1, 0, 3, "true", "false", "false", "false" },
		{ 2, 0, -2, "false", "true", "false", "false" },
		{ 0x4107, 0640, 3, "true", "true", "false", "true" },
		{ 0x4107, 0755, 3, "true", "true", "true", "true" },
		{ 1, 0755, 3, "true", "false", "false", "false" },
		{ 0x2001, 0, 3, "true", "false", "false", "true" },
		{ 0x2001, 0, -2, "true", "false", "false", "false" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		const struct field_row want[] = {
			{ "evt.is_open_read", NULL, ROWS[i].read },
			{ "evt.is_open_write", NULL, ROWS[i].write },
			{ "evt.is_open_exec", NULL, ROWS[i].exec },
			{ "evt.is_open_create", NULL, ROWS[i].create },
		};

		openat_event(w, ROWS[i].fd, -100, "x", ROWS[i].flags, ROWS[i].mode);
		EVT(w, want);
	}
	world_event(w, PPME_SYSCALL_CREAT_X, 30, 3);
	num_param(w, 0, 3, 8);
	str_param(w, 1, "x");
	num_param(w, 2, 0755, 4);
	EVT(w, ((const struct field_row[]){ { "evt.is_open_exec", NULL, "true" },
					    { "evt.is_open_create", NULL, "false" },
					    { "evt.is_open_write", NULL, "false" } }));
}

static void raw_arguments_keep_their_type(void **state)
{
	struct world *w = *state;
	struct field_ref ref;
	struct values v;

	world_event(w, PPME_SYSCALL_MMAP_X, 30, -1);
	num_param(w, 0, (uint64_t)-12, 8);
	num_param(w, 6, 3, 4);
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.rawarg", "prot", &ref, NULL), 0);
	assert_true(ref.def->extract(&w->x, &ref, &v));
	assert_int_equal(v.v->n, 3);
	assert_int_equal(v.v->type, PT_FLAGS32);
	assert_int_equal(v.v->fmt, PF_HEX);
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.rawarg", "res", &ref, NULL), 0);
	assert_true(ref.def->extract(&w->x, &ref, &v));
	assert_int_equal((int64_t)v.v->n, -12);
	assert_int_equal(world_ref(&FIELDS_EVT, "evt.rawarg", "oldpath", &ref, NULL), 0);
	assert_false(ref.def->extract(&w->x, &ref, &v));
}

static void raw_arguments_compare_but_are_in_no_set(void **state)
{
	static const struct atom EQ3 = { OP_EQ, false, { "3" }, 0 }, IN3 = { OP_IN, false, { "3" },
		0 };
	static const struct atom EXISTS = { OP_EXISTS, false, { NULL }, 0 };
	struct world *w = *state;

	world_event(w, PPME_SYSCALL_MMAP_X, 30, -1);
	num_param(w, 6, 3, 4);
	assert_true(world_match(w, &FIELDS_EVT, "evt.rawarg", "prot", EQ3));
	assert_true(world_match(w, &FIELDS_EVT, "evt.rawarg", "prot", EXISTS));
	assert_false(world_match(w, &FIELDS_EVT, "evt.rawarg", "prot", IN3));
	/* empty: shown as 0, not there for comparisons */
	assert_true(param_has(&w->ev, 6));
	world_param(w, 6, "", 0);
	assert_false(world_match(w, &FIELDS_EVT, "evt.rawarg", "prot", EXISTS));
	assert_string_equal(world_text(w, &FIELDS_EVT, "evt.rawarg", "prot"), "0");
	assert_false(world_match(w, &FIELDS_EVT, "evt.rawarg", "oldpath", EXISTS));
}

static void arguments_are_checked(void **state)
{
	static const struct { const char *field, *arg, *want; } ROWS[] = {
		{ "evt.arg", "nosuch", "unknown event argument nosuch" },
		{ "evt.arg", "flagsx",
		  "filter_check called with nonexistent field evt.arg.flagsx" },
		{ "evt.arg", NULL, "filter syntax error: evt.arg" },
		{ "evt.rawarg", "nosuch", "unknown event argument nosuch" },
		{ "evt.rawarg", NULL, "filter syntax error: evt.rawarg" },
		{ "evt.abspath", "up",
		  "filter_check called with nonexistent field evt.abspath.up" },
		{ "evt.type.is", "nosuch", "unknown event type nosuch" },
		{ "evt.type.is", NULL, "filter syntax error: evt.type.is" },
		{ "evt.around", "x", "x is not a valid number" },
		{ "evt.around", NULL, "filter syntax error: evt.around" },
	};
	struct saker_error err;
	struct field_ref ref;

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		assert_true(world_ref(&FIELDS_EVT, ROWS[i].field, ROWS[i].arg, &ref, &err) < 0);
		assert_string_equal(err.msg, ROWS[i].want);
	}
}

static void around_is_a_window_in_milliseconds(void **state)
{
	static const struct { uint64_t ts; bool want; } ROWS[] = {
		{ 1000000000, true }, { 1005000000, true }, { 995000000, true },
		{ 1005000001, false }, { 994999999, false },
	};
	static const struct atom WITHIN5 = { OP_EQ, false, { "5" }, 0 };
	struct world *w = *state;

	world_event(w, PPME_SYSCALL_CLOSE_X, 30, -1);
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		w->ev.ts = ROWS[i].ts;
		assert_int_equal(world_match(w, &FIELDS_EVT, "evt.around", "1000000000", WITHIN5),
				 ROWS[i].want);
	}
}

static void paths_of_at_calls_are_made_absolute(void **state)
{
	static const struct { int64_t dirfd; const char *path, *want; } ROWS[] = {
		{ 3, "a/../b", "/etc/b" }, { -100, "b", "/srv/b" }, { 99, "b", "<UNKNOWN>/b" },
		{ 99, "/b//c", "/b/c" }, { 3, "", "" }, { 3, "<NA>", NULL },
	};
	static const struct field_row TWO[] = {
		{ "evt.abspath", NULL, "/etc/old" }, { "evt.abspath", "src", "/etc/old" },
		{ "evt.abspath", "dst", "/srv/new" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		openat_event(w, -2, ROWS[i].dirfd, ROWS[i].path, 1, 0);
		EVT(w, ((const struct field_row[]){ { "evt.abspath", NULL, ROWS[i].want } }));
	}
	world_event(w, PPME_SYSCALL_RENAMEAT_X, 30, -1);
	num_param(w, 1, 3, 8);
	str_param(w, 2, "old");
	num_param(w, 3, (uint64_t)-100, 8);
	str_param(w, 4, "new");
	EVT(w, TWO);
	world_event(w, PPME_SYSCALL_OPEN_X, 30, 0);
	str_param(w, 1, "/x");
	EVT(w, ((const struct field_row[]){ { "evt.abspath", NULL, NULL } }));
}

static void fs_path_follows_falcos_directories(void **state)
{
	static const struct field_row OPENED[] = {
		{ "fs.path.name", NULL, "/dev/null" }, { "fs.path.nameraw", NULL, "null" },
		{ "fs.path.source", NULL, NULL }, { "fs.path.target", NULL, NULL },
	};
	static const struct field_row FAILED[] = {
		{ "fs.path.name", NULL, "<UNKNOWN>" }, { "fs.path.nameraw", NULL, "null" },
	};
	static const struct field_row UNLINKED[] = { { "fs.path.name", NULL, "/etc/x" } };
	static const struct field_row FROM_CWD[] = { { "fs.path.name", NULL, "<UNKNOWN>x" } };
	static const struct field_row NONE[] = {
		{ "fs.path.name", NULL, NULL }, { "fs.path.nameraw", NULL, NULL },
	};
	static const struct field_row LINKED[] = {
		{ "fs.path.source", NULL, "/srv/new" }, { "fs.path.sourceraw", NULL, "new" },
		{ "fs.path.target", NULL, "/old" }, { "fs.path.targetraw", NULL, "/a/../old" },
	};
	struct world *w = *state;

	openat_event(w, 0, -100, "null", 1, 0);
	CHECK(w, &FIELDS_FSPATH, OPENED);
	openat_event(w, -2, -100, "null", 1, 0);
	w->ec.fd = NULL;
	CHECK(w, &FIELDS_FSPATH, FAILED);
	openat_event(w, -1, -100, "null", 1, 0);
	CHECK(w, &FIELDS_FSPATH, NONE);
	world_event(w, PPME_SYSCALL_UNLINKAT_2_X, 30, 3);
	num_param(w, 0, 0, 8);
	num_param(w, 1, 3, 8);
	str_param(w, 2, "x");
	CHECK(w, &FIELDS_FSPATH, UNLINKED);
	w->ec.fd = NULL;
	CHECK(w, &FIELDS_FSPATH, FROM_CWD);
	num_param(w, 0, (uint64_t)-2, 8);
	CHECK(w, &FIELDS_FSPATH, NONE);
	world_event(w, PPME_SYSCALL_LINK_2_X, 30, -1);
	num_param(w, 0, 0, 8);
	str_param(w, 1, "/a/../old");
	str_param(w, 2, "new");
	CHECK(w, &FIELDS_FSPATH, LINKED);
	w->ec.thread = NULL;
	CHECK(w, &FIELDS_FSPATH, NONE);
}

static void lists_of_fds_leave_out_what_has_no_address(void **state)
{
	static const char LIST[] = "\x03\0" "\x04\0\0\0\0\0\0\0" "\0\0" "\x05\0\0\0\0\0\0\0" "\0\0"
				   "\xff\xff\xff\xff\xff\xff\xff\xff" "\0\0";
	static const struct field_row ROWS[] = {
		{ "fdlist.nums", NULL, "4,5,-1" },
		{ "fdlist.names", NULL, "<NA>,10.0.0.1:40000->10.0.0.2:443,<NA>" },
		{ "fdlist.cips", NULL, "10.0.0.1" }, { "fdlist.sips", NULL, "10.0.0.2" },
		{ "fdlist.cports", NULL, "40000" }, { "fdlist.sports", NULL, "443" },
	};
	static const struct field_row NONE[] = {
		{ "fdlist.nums", NULL, NULL }, { "fdlist.cips", NULL, NULL },
	};
	struct world *w = *state;

	world_event(w, PPME_SYSCALL_POLL_X, 30, -1);
	num_param(w, 0, 1, 8);
	world_param(w, 1, LIST, sizeof LIST - 1);
	CHECK(w, &FIELDS_FDLIST, ROWS);
	world_param(w, 1, "\0", 2);
	CHECK(w, &FIELDS_FDLIST, NONE);
	world_event(w, PPME_SYSCALL_READ_X, 30, -1);
	CHECK(w, &FIELDS_FDLIST, NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_those_of_the_event),
		cmocka_unit_test(json_shows_times_as_numbers),
		cmocka_unit_test(stateful_fields_count_by_occurrence),
		cmocka_unit_test(the_type_is_known_from_the_code_alone),
		cmocka_unit_test(categories_of_reads_hang_on_the_fd),
		cmocka_unit_test(a_read_has_data_length_and_direction),
		cmocka_unit_test(a_failed_call_has_an_error),
		cmocka_unit_test(opens_say_what_they_are_for),
		cmocka_unit_test(raw_arguments_keep_their_type),
		cmocka_unit_test(raw_arguments_compare_but_are_in_no_set),
		cmocka_unit_test(arguments_are_checked),
		cmocka_unit_test(around_is_a_window_in_milliseconds),
		cmocka_unit_test(paths_of_at_calls_are_made_absolute),
		cmocka_unit_test(fs_path_follows_falcos_directories),
		cmocka_unit_test(lists_of_fds_leave_out_what_has_no_address),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, evt_setup, evt_teardown);
}
