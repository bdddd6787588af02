/* Tests of event parameters as text: each type raw and resolved, empty and damaged. */
#include "evt_world.h"

struct row {
	unsigned code, param;
	const char *bytes;
	uint32_t len;
	const char *raw, *resolved;
};
#define BYTES(s) s, sizeof(s) - 1
#define TEXT(s) s, sizeof(s)

static void check(struct world *w, const struct row *rows, size_t n)
{
	struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];

		world_event(w, r->code, 30, -1);
		world_param(w, r->param, r->bytes, r->len);
		strbuf_clear(&b);
		strbuf_addc(&b, '!');
		param_raw_text(&b, &w->x, r->param);
		if (strcmp(b.s + 1, r->raw) != 0)
			fail_msg("row %zu: raw is %s, not %s", i, b.s + 1, r->raw);
		strbuf_clear(&b);
		strbuf_addc(&b, '!');
		param_resolved_text(&b, &w->x, r->param);
		if (strcmp(b.s + 1, r->resolved) != 0)
			fail_msg("row %zu: resolved is %s, not %s", i, b.s + 1, r->resolved);
	}
	strbuf_release(&b);
}
#define CHECK_PARAMS(w, rows) check(w, rows, sizeof rows / sizeof *rows)

static void numbers_keep_falcos_signs_and_bases(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_READ_X, 0, BYTES("\x05\0\0\0\0\0\0\0"), "5", "" },
		{ PPME_SYSCALL_LSEEK_X, 2, BYTES("\xbd\xff\xff\xff\xff\xff\xff\xff"), "-67", "" },
		{ PPME_SYSCALL_CHOWN_X, 2, BYTES("\xff\xff\xff\xff"), "-1", "" },
		{ PPME_SYSCALL_MKDIR_2_X, 2, BYTES("\xed\x01\0\0"), "1ED", "" },
		{ PPME_SYSCALL_OPEN_X, 3, BYTES("\xa0\x01\0\0"), "0640", "" },
		{ PPME_SYSCALL_OPEN_X, 3, BYTES("\0\0\0\0"), "0", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void results_and_signals_have_names(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_READ_X, 0, BYTES("\xfe\xff\xff\xff\xff\xff\xff\xff"), "-2",
		  "ENOENT" },
		{ PPME_SYSCALL_READ_X, 0, BYTES("\0\0\0\0\0\0\0\x80"), "-9223372036854775808", "" },
		{ PPME_SYSCALL_KILL_X, 2, BYTES("\x09"), "9", "SIGKILL" },
		{ PPME_SYSCALL_KILL_X, 2, BYTES("\xe7"), "231", "" },
		{ PPME_SYSCALL_KILL_X, 1, BYTES("\x1e\0\0\0\0\0\0\0"), "30", "sh" },
		{ PPME_SYSCALL_KILL_X, 1, BYTES("\x1f\0\0\0\0\0\0\0"), "31", "" },
		{ PPME_SYSCALL_KILL_X, 1, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), "-1", "" },
		{ PPME_SYSCALL_SETUID_X, 1, BYTES("\xe8\x03\0\0"), "1000", "alice" },
		{ PPME_SYSCALL_SETUID_X, 1, BYTES("\0\0\0\0"), "0", "root" },
		{ PPME_SYSCALL_SETUID_X, 1, BYTES("\x07\0\0\0"), "7", "<NA>" },
		{ PPME_SYSCALL_SETUID_X, 1, BYTES("\xff\xff\xff\xff"), "-1", "<NONE>" },
		{ PPME_SYSCALL_SETGID_X, 1, BYTES("\x32\0\0\0"), "50", "staff" },
		{ PPME_GENERIC_X, 1, BYTES("\x27\0"), "39", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void fds_show_type_and_name(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_READ_X, 2, BYTES("\0\0\0\0\0\0\0\0"), "0", "<f>/dev/null" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\x03\0\0\0\0\0\0\0"), "3", "<d>/etc" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\x04\0\0\0\0\0\0\0"), "4", "<p>" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\x05\0\0\0\0\0\0\0"), "5",
		  "<4t>10.0.0.1:40000->10.0.0.2:443" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\x63\0\0\0\0\0\0\0"), "99", "" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\x9c\xff\xff\xff\xff\xff\xff\xff"), "-100",
		  "AT_FDCWD" },
		{ PPME_SYSCALL_READ_X, 2, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), "-1",
		  "EPERM" },
		{ PPME_SYSCALL_POLL_X, 1, BYTES("\x02\0" "\x04\0\0\0\0\0\0\0" "\x04\0"
						"\x63\0\0\0\0\0\0\0" "\x40\0"), "4:p4 99:?40", "" },
		{ PPME_SYSCALL_POLL_X, 1, BYTES("\0\0"), "", "" },
		/* more fds promised than there are bytes */
		{ PPME_SYSCALL_POLL_X, 1, BYTES("\xff\xff" "\x04\0\0\0\0\0\0\0" "\x04\0"), "4:p4",
		  "" },
		{ PPME_SYSCALL_POLL_X, 1, BYTES("\x01"), "", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void flags_are_named_in_the_tables_order(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_OPEN_X, 2, BYTES("\x07\x41\0\0"), "16647",
		  "O_TRUNC|O_CREAT|O_RDWR|O_F_CREATED" },
		{ PPME_SYSCALL_OPEN_X, 2, BYTES("\x01\0\0\0"), "1", "O_RDONLY" },
		{ PPME_SYSCALL_OPEN_X, 2, BYTES("\0\0\0\0"), "0", "O_NONE" },
		{ PPME_SYSCALL_OPEN_X, 2, BYTES("\0\0\0\x80"), "2147483648", "" },
		{ PPME_SYSCALL_MMAP_X, 6, BYTES("\0\0\0\0"), "0", "PROT_NONE" },
		{ PPME_SOCKET_SOCKET_X, 1, BYTES("\x01\0\0\0"), "1", "AF_LOCAL|AF_UNIX" },
		{ PPME_SYSCALL_FCHMOD_X, 2, BYTES("\xa4\x01\0\0"), "0644",
		  "S_IROTH|S_IRGRP|S_IWUSR|S_IRUSR" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void addresses_read_as_they_are_written(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x02\x7f\0\0\x01\xa0\x46"), "127.0.0.1:18080", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x50\0"),
		  "::1:80", "" },
		{ PPME_SOCKET_BIND_X, 1, TEXT("\x01/run/x"), "/run/x", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x02\x7f"), "INVALID IPv4", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x0a\x7f"), "INVALID IPv6", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x10\x7f"), "family 16", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES("\x01"), "", "" },
		{ PPME_SOCKET_BIND_X, 1, BYTES(""), "<NA>", "" },
		{ PPME_SOCKET_CONNECT_X, 1, BYTES("\x02\x0a\0\0\x01\x40\x9c\x0a\0\0\x02\xbb\x01"),
		  "10.0.0.1:40000->10.0.0.2:443", "" },
		/* both ends mapped IPv4 */
		{ PPME_SOCKET_CONNECT_X, 1, BYTES("\x0a"
			"\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x01\x01\0"
			"\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x02\x02\0"), "10.0.0.1:1->10.0.0.2:2",
				"" },
		{ PPME_SOCKET_CONNECT_X, 1, BYTES("\x0a"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\0"), ":::1->::1:2", "" },
		{ PPME_SOCKET_CONNECT_X, 1, TEXT("\x01\xff\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0/run/x"),
		  "ff->10 /run/x", "" },
		{ PPME_SOCKET_CONNECT_X, 1, BYTES("\x01\xff\0"), "", "" },
		{ PPME_SOCKET_CONNECT_X, 1, BYTES("\x02"), "INVALID IPv4", "" },
		{ PPME_SOCKET_CONNECT_X, 1, BYTES(""), "NULL", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void times_have_a_long_and_a_short_form(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_NANOSLEEP_X, 1, BYTES("\x80\x84\x1e\0\0\0\0\0"), "2000000",
		  "0.002s" },
		{ PPME_SYSCALL_NANOSLEEP_X, 1, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), "none",
		  "" },
		{ PPME_SYSCALL_EXECVE_19_X, 24, BYTES("\x15\xcd\x5b\x07\0\0\0\0"),
		  "1970-01-01 00:00:00.123456789", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void buffers_are_dotted_and_empty_ones_null(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_READ_X, 1, BYTES("a\0b\n\xff"), "a.b..", "" },
		{ PPME_SYSCALL_READ_X, 1, BYTES(""), "NULL", "" },
		{ PPME_SYSCALL_READ_X, 0, BYTES(""), "<NA>", "" },
		{ PPME_SYSCALL_OPEN_X, 1, BYTES(""), "<NA>", "" },
		{ PPME_SYSCALL_OPEN_X, 2, BYTES(""), "<NA>", "" },
		{ PPME_SYSCALL_POLL_X, 1, BYTES(""), "NULL", "" },
		{ PPME_SOCKET_SETSOCKOPT_X, 4, BYTES("\0\x01x"), ".x", "" },
		{ PPME_SOCKET_SETSOCKOPT_X, 4, BYTES("\x02\x01\0\0\0"), "1", "" },
		{ PPME_SOCKET_SETSOCKOPT_X, 4, BYTES("\x04\0\xf9\x02\x95\0\0\0\0"), "2500000000",
		  "2.5s" },
		{ PPME_SOCKET_SETSOCKOPT_X, 4, BYTES("\x63\x01"), "", "" },
		{ PPME_SOCKET_SETSOCKOPT_X, 4, BYTES(""), "NULL", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void paths_are_resolved_when_relative(void **state)
{
	static const struct row ROWS[] = {
		{ PPME_SYSCALL_OPEN_X, 1, TEXT("/a/../b"), "/a/../b", "" },
		{ PPME_SYSCALL_OPEN_X, 1, TEXT("a/../b"), "a/../b", "/srv/b" },
		{ PPME_SYSCALL_OPEN_X, 1, TEXT("(NULL)"), "<NA>", "" },
		{ PPME_SYSCALL_OPEN_X, 1, TEXT("<NA>"), "<NA>", "" },
		{ PPME_SYSCALL_OPEN_X, 1, TEXT(""), "", "" },
	};

	CHECK_PARAMS(*state, ROWS);
}

static void a_path_starts_at_its_directory(void **state)
{
	static const struct { int64_t dirfd; const char *want; } ROWS[] = {
		{ 3, "/etc/x" }, { -100, "/srv/x" }, { 99, "x" }, { 4, "x" },
	};
	struct world *w = *state;
	struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		world_event(w, PPME_SYSCALL_OPENAT_2_X, 30, -1);
		num_param(w, 1, (uint64_t)ROWS[i].dirfd, 8);
		str_param(w, 2, "x");
		strbuf_clear(&b);
		param_resolved_text(&b, &w->x, 2);
		assert_string_equal(b.s, ROWS[i].want);
	}
	strbuf_release(&b);
}

static void parameters_that_are_not_there_add_nothing(void **state)
{
	struct world *w = *state;
	struct strbuf b = STRBUF_INIT;

	world_event(w, PPME_SYSCALL_OPEN_X, 30, -1);
	num_param(w, 0, 3, 8);
	param_raw_text(&b, &w->x, 1);
	param_resolved_text(&b, &w->x, 1);
	param_raw_text(&b, &w->x, 31);
	assert_int_equal(b.len, 0);
	world_event(w, PPME_SYSCALL_OPEN_X, 4711, -1);
	str_param(w, 1, "relative");
	param_resolved_text(&b, &w->x, 1);
	assert_int_equal(b.len, 0);
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_keep_falcos_signs_and_bases),
		cmocka_unit_test(results_and_signals_have_names),
		cmocka_unit_test(fds_show_type_and_name),
		cmocka_unit_test(flags_are_named_in_the_tables_order),
		cmocka_unit_test(addresses_read_as_they_are_written),
		cmocka_unit_test(times_have_a_long_and_a_short_form),
		cmocka_unit_test(buffers_are_dotted_and_empty_ones_null),
		cmocka_unit_test(paths_are_resolved_when_relative),
		cmocka_unit_test(a_path_starts_at_its_directory),
		cmocka_unit_test(parameters_that_are_not_there_add_nothing),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, evt_setup, evt_teardown);
}
