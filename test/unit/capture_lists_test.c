/* capture_lists_test.c - process, fd, user and interface lists of every version. */
#include "capture_build.h"
#include "source/capture.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static struct bytes B, body, entry;

/* Copies of the last of each kind that the sink got. */
static struct seen {
	struct proc_entry p;
	char comm[1100], exe[1100], exepath[1100], cwd[1100], root[1100];
	char args[4200], env[4200], cgroups[4200];
	struct fd_entry f;
	char name[1100];
	struct user_entry u;
	char user[300], home[300], shell[300];
	struct iface iface[4];
	struct machine_info m;
	unsigned processes, fds, users, ifaces, machines, section;
} S;

static void on_process(void *ctx, const struct proc_entry *p)
{
	(void)ctx;
	S.p = *p;
	snprintf(S.comm, sizeof S.comm, "%s", p->comm);
	snprintf(S.exe, sizeof S.exe, "%s", p->exe);
	snprintf(S.exepath, sizeof S.exepath, "%s", p->exepath);
	snprintf(S.cwd, sizeof S.cwd, "%s", p->cwd);
	snprintf(S.root, sizeof S.root, "%s", p->root);
	memcpy(S.args, p->args, p->args_len);
	memcpy(S.env, p->env, p->env_len);
	memcpy(S.cgroups, p->cgroups, p->cgroups_len);
	S.processes++;
}

static void on_fd(void *ctx, const struct fd_entry *f)
{
	(void)ctx;
	S.f = *f;
	snprintf(S.name, sizeof S.name, "%s", f->name);
	S.fds++;
}

static void on_user(void *ctx, const struct user_entry *u)
{
	(void)ctx;
	S.u = *u;
	snprintf(S.user, sizeof S.user, "%s", u->name);
	snprintf(S.home, sizeof S.home, "%s", u->home ? u->home : "");
	snprintf(S.shell, sizeof S.shell, "%s", u->shell ? u->shell : "");
	S.users++;
}

static void on_ifaces(void *ctx, const struct iface *list, unsigned n)
{
	(void)ctx;
	S.ifaces = n;
	memcpy(S.iface, list, (n < 4 ? n : 4) * sizeof *list);
}

static void on_machine(void *ctx, const struct machine_info *m, unsigned section)
{
	(void)ctx;
	S.m = *m;
	S.machines++;
	S.section = section;
}

/* Reads a capture with this one block and an event.  0, or the error's code with its text in err.
 */
static int read_list(uint32_t type, const struct bytes *list, struct saker_error *err)
{
	struct source_sink sink = { .process = on_process, .fd = on_fd, .user = on_user,
				    .interfaces = on_ifaces, .machine = on_machine };
	struct source *src;
	char path[64];
	int fd;

	memset(&S, 0, sizeof S);
	memset(err, 0, sizeof *err);
	B.n = 0;
	put_section(&B);
	put_block(&B, type, list->s, list->n);
	put_chdir(&B, 1);
	fd = as_file(B.s, B.n, path);
	src = capture_open(path, &sink, err);
	source_free(src);
	close(fd);
	return src ? 0 : err->code;
}

/* The fields up to root, as far as the version has them; every number is its place in the list. */
static void put_process_head(struct bytes *b, int version)
{
	put_uint(b, 11, 8);
	put_uint(b, 12, 8);
	put_uint(b, 13, 8);
	if (version >= 6)
		put_uint(b, 14, 8);
	if (version >= 8)
		put_uint(b, 15, 8);
	put_str(b, "comm");
	put_str(b, "/bin/exe");
	if (version >= 7)
		put_str(b, "/usr/bin/exe");
	put_uint(b, 5, 2);
	put(b, "a\0bc\0", 5);
	put_str(b, "/cwd");
	put_uint(b, 16, 8);
	for (int i = 17; i < 20; i++)
		put_uint(b, (uint64_t)i, 4);
	if (version >= 2) {
		for (int i = 20; i < 23; i++)
			put_uint(b, (uint64_t)i, 4);
		put_uint(b, 23, 8);
		put_uint(b, 24, 8);
	}
	if (version >= 3) {
		put_uint(b, 3, 2);
		put(b, "X=1", 3);               /* no last NUL */
	}
	if (version >= 4) {
		put_uint(b, 25, 8);
		put_uint(b, 26, 8);
		put_str(b, "cpu=/");
	}
	if (version >= 5)
		put_str(b, "/root");
}

static void each_version_has_what_it_has(void **state)
{
	static const uint32_t TYPE[] = { 0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214 };
	struct saker_error err;
	(void)state;

	for (int v = 1; v <= 8; v++) {
		body.n = 0;
		put_process_head(&body, v);
		put_process_head(&body, v);
		assert_int_equal(read_list(TYPE[v - 1], &body, &err), 0);
		assert_int_equal(S.processes, 2);
		assert_int_equal(S.p.tid, 11);
		assert_int_equal(S.p.ptid, 13);
		assert_int_equal(S.p.sid, v >= 6 ? 14 : -1);
		assert_int_equal(S.p.vpgid, v >= 8 ? 15 : -1);
		assert_string_equal(S.comm, "comm");
		assert_string_equal(S.exepath, v >= 7 ? "/usr/bin/exe" : "");
		assert_int_equal(S.p.args_len, 5);
		assert_memory_equal(S.args, "a\0bc", 5);
		assert_string_equal(S.cwd, "/cwd");
		assert_int_equal(S.p.fdlimit, 16);
		assert_int_equal(S.p.gid, 19);
		assert_int_equal(S.p.vmswap_kb, v >= 2 ? 22 : 0);
		assert_int_equal(S.p.pfminor, v >= 2 ? 24 : 0);
		assert_int_equal(S.p.env_len, v >= 3 ? 4 : 0);
		assert_string_equal(S.env, v >= 3 ? "X=1" : "");
		assert_int_equal(S.p.vtid, v >= 4 ? 25 : -1);
		assert_string_equal(S.cgroups, v >= 4 ? "cpu=/" : "");
		assert_string_equal(S.root, v >= 5 ? "/root" : "");
		assert_int_equal(S.p.loginuid, UINT32_MAX);
		assert_int_equal(S.p.pgid, -1);
	}
	assert_int_equal(read_list(0x8000ABCD, &body, &err), SAKER_E_DATA); /* V8 bytes are no V1 */
}

/* V9: the head, then the first n bytes of the tail. */
static void put_process_v9(size_t n, unsigned extra)
{
	struct bytes *e = &entry;

	e->n = 0;
	put_process_head(e, 9);
	if (n > 29) {
		put_uint(e, 27, 8);
		put_uint(e, 28, 4);
		n -= 12;
	}
	size_t from = e->n;
	put_uint(e, 29, 4);                             /* loginuid */
	put_uint(e, 1, 1);                              /* exe_writable */
	for (int i = 30; i < 33; i++)
		put_uint(e, (uint64_t)i, 8);            /* capabilities */
	put_uint(e, 1, 1);                              /* upper layer */
	for (int i = 33; i < 36; i++)
		put_uint(e, (uint64_t)i, 8);            /* inode and times */
	put_uint(e, 1, 1);                              /* memfd */
	put_uint(e, 1, 1);                              /* lower layer */
	put_uint(e, 36, 8);                             /* pgid */
	put(e, "........", extra);
	if (!extra)
		e->n = from + n;
	body.n = 0;
	put_uint(&body, e->n + 4, 4);
	put(&body, e->s, e->n);
}

static void the_tail_of_v9_is_read_as_far_as_it_goes(void **state)
{
	struct saker_error err;
	(void)state;

	put_process_v9(12 + 29 + 1 + 24 + 2 + 8, 0);
	assert_int_equal(read_list(0x215, &body, &err), 0);
	assert_int_equal(S.p.pidns_init_start_ts, 27);
	assert_int_equal(S.p.tty, 28);
	assert_int_equal(S.p.loginuid, 29);
	assert_int_equal(S.p.cap_effective, 32);
	assert_int_equal(S.p.exe_ino_mtime, 35);
	assert_int_equal(S.p.exe_lower_layer, 1);
	assert_int_equal(S.p.pgid, 36);

	put_process_v9(29, 0);          /* an old one: begins with loginuid */
	assert_int_equal(read_list(0x215, &body, &err), 0);
	assert_int_equal(S.p.tty, 0);
	assert_int_equal(S.p.loginuid, 29);
	assert_int_equal(S.p.cap_effective, 32);

	put_process_v9(12 + 29 + 1 + 8, 0);
	assert_int_equal(read_list(0x215, &body, &err), 0);
	assert_int_equal(S.p.exe_ino, 33);
	assert_int_equal(S.p.exe_ino_ctime, 0);

	put_process_v9(100, 7);         /* fields of a newer version behind */
	put(&body, body.s, body.n);
	assert_int_equal(read_list(0x215, &body, &err), 0);
	assert_int_equal(S.processes, 2);
	assert_int_equal(S.p.pgid, 36);
}

static void an_entry_that_lies_about_its_length_is_refused(void **state)
{
	static const struct { uint32_t len; const char *says;
	} ROW[] = {
		{ 0, "length is wrong" },
		{ 3, "length is wrong" },
		{ 40, "cut short" },
		{ 1 << 20, "length is wrong" },
	};
	struct saker_error err;
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		put_process_v9(29, 0);
		memcpy(body.s, &ROW[i].len, 4);
		assert_int_equal(read_list(0x215, &body, &err), SAKER_E_DATA);
		if (!strstr(err.msg, ROW[i].says) || !strstr(err.msg, "at byte 28: process list"))
			fail_msg("%u: %s", ROW[i].len, err.msg);
	}
}

static void strings_over_their_limits_are_refused(void **state)
{
	static char s[5000];
	static const struct { size_t len; int ok; } ROW[] = { { 1024, 1 }, { 1025, 0 } };
	struct saker_error err;
	(void)state;

	memset(s, 'x', sizeof s);
	for (int i = 0; i < 2; i++) {
		body.n = 0;
		for (int k = 0; k < 3; k++)
			put_uint(&body, 1, 8);
		put_uint(&body, ROW[i].len, 2);
		put(&body, s, ROW[i].len);
		put_str(&body, "");
		put_uint(&body, ROW[i].ok ? 4096 : 0, 2);       /* arguments */
		put(&body, s, ROW[i].ok ? 4096 : 0);
		put_str(&body, "");
		put(&body, s, 20);
		assert_int_equal(read_list(0x202, &body, &err), ROW[i].ok ? 0 : SAKER_E_DATA);
		if (ROW[i].ok)
			assert_int_equal(S.p.args_len, 4097);
		else
			assert_non_null(strstr(err.msg, "longer than the format allows"));
	}
}

static void put_fd(uint32_t type, bool sized, const void *data, size_t n)
{
	body.n = 0;
	put_uint(&body, 77, 8);                 /* tid */
	for (int i = 0; i < 2; i++) {
		if (sized)
			put_uint(&body, 4 + 17 + n, 4);
		put_uint(&body, 5, 8);
		put_uint(&body, 6, 8);
		put_uint(&body, type, 1);
		put(&body, data, n);
	}
}

static void every_kind_of_fd_is_read(void **state)
{
	struct saker_error err;
	(void)state;

	for (int sized = 0; sized < 2; sized++) {
		uint32_t list = sized ? 0x218 : 0x203;

		put_fd(CFD_DIRECTORY, sized, "\4\0/dir", 6);
		assert_int_equal(read_list(list, &body, &err), 0);
		assert_int_equal(S.fds, 2);
		assert_int_equal(S.f.tid, 77);
		assert_int_equal(S.f.fd, 5);
		assert_int_equal(S.f.ino, 6);
		assert_string_equal(S.name, "/dir");

		put_fd(CFD_IPV4_SOCK, sized, "\12\0\0\1\12\0\0\2\320\7\120\0\2", 13);
		assert_int_equal(read_list(list, &body, &err), 0);
		assert_int_equal(S.f.sip[3], 1);
		assert_int_equal(S.f.dip[3], 2);
		assert_int_equal(S.f.sport, 2000);
		assert_int_equal(S.f.dport, 80);
		assert_int_equal(S.f.l4proto, 2);

		put_fd(CFD_IPV6_SERVSOCK, sized, "0123456789abcdef\26\0\3", 19);
		assert_int_equal(read_list(list, &body, &err), 0);
		assert_memory_equal(S.f.sip, "0123456789abcdef", 16);
		assert_int_equal(S.f.sport, 22);
		assert_int_equal(S.f.l4proto, 3);

		put_fd(CFD_UNIX_SOCK, sized, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\2\0/s", 20);
		assert_int_equal(read_list(list, &body, &err), 0);
		assert_int_equal(S.f.unix_src, 1);
		assert_int_equal(S.f.unix_dst, 2);
		assert_string_equal(S.name, "/s");

		put_fd(CFD_FILE_V2, sized, "\3\0\0\0\2\0/f\11\0\0\0", sized ? 12 : 8);
		assert_int_equal(read_list(list, &body, &err), 0);
		assert_int_equal(S.f.open_flags, 3);
		assert_int_equal(S.f.dev, sized ? 9 : 0);
		assert_string_equal(S.name, "/f");

		put_fd(99, sized, "????", 4);
		assert_int_equal(read_list(list, &body, &err), sized ? 0 : SAKER_E_DATA);
		assert_string_equal(S.name, sized ? "unknown-type:[99]" : "");
		assert_int_equal(S.f.type, sized ? CFD_UNSUPPORTED : 0);
	}
}

static void users_groups_and_interfaces(void **state)
{
	struct saker_error err;
	(void)state;

	body.n = 0;
	put_uint(&body, 4 + 1 + 8 + 3 + 4 + 5 + 2, 4);
	put_uint(&body, 0, 1);
	put_uint(&body, 1000, 4);
	put_uint(&body, 100, 4);
	put_str(&body, "a");
	put_str(&body, "/h");
	put_str(&body, "/sh");
	put(&body, "??", 2);                    /* of a newer version */
	put_uint(&body, 4 + 1 + 4 + 4, 4);
	put_uint(&body, 1, 1);
	put_uint(&body, 27, 4);
	put_str(&body, "wg");
	assert_int_equal(read_list(0x220, &body, &err), 0);
	assert_int_equal(S.users, 2);
	assert_true(S.u.is_group);
	assert_int_equal(S.u.id, 27);
	assert_string_equal(S.user, "wg");
	body.n -= 4 + 1 + 4 + 4;
	assert_int_equal(read_list(0x220, &body, &err), 0);
	assert_int_equal(S.u.id, 1000);
	assert_int_equal(S.u.gid, 100);
	assert_string_equal(S.home, "/h");
	assert_string_equal(S.shell, "/sh");

	body.n = 0;
	put_uint(&body, 24 + 2, 4);
	put_uint(&body, 1, 2);
	put_uint(&body, 2, 2);
	put(&body, "\12\0\0\5\377\0\0\0\12\0\0\377--------lo", 22);
	assert_int_equal(read_list(0x219, &body, &err), 0);
	assert_int_equal(S.ifaces, 1);
	assert_memory_equal(S.iface[0].addr, "\12\0\0\5", 4);
	assert_memory_equal(S.iface[0].bcast, "\12\0\0\377", 4);
	assert_string_equal(S.iface[0].name, "lo");
	body.s[4] = 9;
	assert_int_equal(read_list(0x219, &body, &err), SAKER_E_DATA);
	assert_non_null(strstr(err.msg, "unknown type"));
}

static void machine_information_has_one_size(void **state)
{
	struct saker_error err;
	(void)state;

	body.n = 0;
	put_uint(&body, 4, 4);
	put_uint(&body, 1 << 30, 8);
	put_uint(&body, 32768, 8);
	put(&body, "host", 5);
	body.n = 148;
	memset(body.s + 25, 0, 123);
	put_uint(&body, 1700000000000000000ull, 8);
	memset(body.s + body.n, 0, 24);
	body.n += 24;
	assert_int_equal(read_list(0x201, &body, &err), 0);
	assert_int_equal(S.m.num_cpus, 4);
	assert_string_equal(S.m.hostname, "host");
	assert_int_equal(S.m.boot_ts, 1700000000000000000ull);
	assert_int_equal(S.section, 0);
	body.n += 4;
	assert_int_equal(read_list(0x201, &body, &err), SAKER_E_DATA);
	assert_non_null(strstr(err.msg, "at its head"));
}

static void blocks_nobody_knows_are_passed_over(void **state)
{
	struct saker_error err;
	(void)state;

	body.n = 8;
	assert_int_equal(read_list(0x777, &body, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_has_what_it_has),
		cmocka_unit_test(the_tail_of_v9_is_read_as_far_as_it_goes),
		cmocka_unit_test(an_entry_that_lies_about_its_length_is_refused),
		cmocka_unit_test(strings_over_their_limits_are_refused),
		cmocka_unit_test(every_kind_of_fd_is_read),
		cmocka_unit_test(users_groups_and_interfaces),
		cmocka_unit_test(machine_information_has_one_size),
		cmocka_unit_test(blocks_nobody_knows_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
