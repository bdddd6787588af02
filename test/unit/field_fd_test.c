/* Tests of fd.*: known entries of each kind, calls that failed or whose fd is
 * unknown, and the fields that look at both ends of a connection.
 */
#include "field_world.h"

enum { FILE_FD = 3, DIR_FD = 4, V4 = 5, V6 = 6, LISTEN = 7, UNIX = 8, PIPE = 9, BARE = 10, ODD = 11,
	UNKNOWN = 99 };

static struct fd *entry(struct world *w, int64_t num)
{
	return (struct fd *)fd_table_get(thread_fds(state_thread(w->state, 10)), num);
}

static void put(struct world *w, int64_t num, uint32_t type, const char *name)
{
	struct fd_entry f = { .tid = 10, .fd = num, .type = type, .name = name, .dev = 0x1234567,
			      .ino = 42 };

	switch (num) {
	case V4: case BARE:
		f.l4proto = L4_TCP;
		inet_pton(AF_INET, "10.0.0.1", f.sip);
		inet_pton(AF_INET, "192.168.0.2", f.dip);
		f.sport = 40000;
		f.dport = 443;
		break;
	case V6:
		f.l4proto = L4_UDP;
		inet_pton(AF_INET6, "2001:db8::1", f.sip);
		inet_pton(AF_INET6, "2001:db8:1::2", f.dip);
		f.sport = 5000;
		f.dport = 53;
		break;
	case LISTEN:
		f.l4proto = L4_TCP;
		inet_pton(AF_INET, "0.0.0.0", f.sip);
		f.sport = 80;
		break;
	}
	w->sink.fd(w->sink.ctx, &f);
}

static int setup(void **state)
{
	struct world *w = malloc(sizeof *w);
	struct proc_entry p = { .tid = 10, .pid = 10, .ptid = 1, .vtid = 10, .vpid = 10,
				.comm = "x", .cwd = "/home/u", .args = "", .env = "",
				.cgroups = "" };
	struct iface eth = { .name = "eth0" };

	inet_pton(AF_INET, "10.0.0.1", eth.addr);
	world_init(w);
	w->sink.section(w->sink.ctx);
	w->sink.interfaces(w->sink.ctx, &eth, 1);
	w->sink.process(w->sink.ctx, &p);
	put(w, FILE_FD, CFD_FILE_V2, "/etc/ssl/cert.pem");
	put(w, DIR_FD, CFD_DIRECTORY, "/etc/ssl");
	put(w, V4, CFD_IPV4_SOCK, "");
	put(w, V6, CFD_IPV6_SOCK, "");
	put(w, LISTEN, CFD_IPV4_SERVSOCK, "");
	put(w, UNIX, CFD_UNIX_SOCK, "/run/x.sock");
	put(w, PIPE, CFD_FIFO, "");
	put(w, BARE, CFD_IPV4_SOCK, "");
	put(w, ODD, CFD_UNKNOWN, "");
	w->sink.lists_done(w->sink.ctx);
	entry(w, V4)->flags |= FDF_ROLE_CLIENT | FDF_CONNECTED;
	entry(w, V6)->flags |= FDF_ROLE_SERVER;
	entry(w, LISTEN)->flags |= FDF_ROLE_SERVER;
	entry(w, UNIX)->flags |= FDF_ROLE_SERVER;
	entry(w, BARE)->flags &= (uint16_t)~(FDF_ROLE_CLIENT | FDF_ROLE_SERVER);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	free(*state);
	return 0;
}

/* A read of the fd. */
static struct world *reading(void **state, int64_t fd)
{
	world_event(*state, PPME_SYSCALL_READ_X, 10, fd);
	return *state;
}

static void files_and_folders_have_names(void **state)
{
	static const struct field_row AFILE[] = {
		{ "fd.num", NULL, "3" }, { "fd.type", NULL, "file" }, { "fd.typechar", NULL, "f" },
		{ "fd.name", NULL, "/etc/ssl/cert.pem" }, { "fd.directory", NULL, "/etc/ssl" },
		{ "fd.filename", NULL, "cert.pem" }, { "fd.uid", NULL, "103" },
		{ "fd.containername", NULL, ":/etc/ssl/cert.pem" },
		{ "fd.containerdirectory", NULL, ":/etc/ssl" },
		{ "fd.connected", NULL, "false" }, { "fd.l4proto", NULL, "<NA>" },
		{ "fd.sockfamily", NULL, NULL }, { "fd.is_server", NULL, "false" },
		{ "fd.dev", NULL, "19088743" }, { "fd.dev.major", NULL, "837" },
		{ "fd.dev.minor", NULL, "4711" }, { "fd.ino", NULL, "42" },
		{ "fd.is_upper_layer", NULL, "false" }, { "fd.is_lower_layer", NULL, "true" },
		{ "fd.nameraw", NULL, "a/b/c" }, { "fd.cip", NULL, NULL },
		{ "fd.sip", NULL, NULL }, { "fd.cproto", NULL, NULL },
	};
	static const struct field_row ADIR[] = {
		{ "fd.type", NULL, "directory" }, { "fd.directory", NULL, "/etc/ssl" },
		{ "fd.filename", NULL, NULL }, { "fd.typechar", NULL, "d" },
	};
	static const struct field_row APIPE[] = {
		{ "fd.type", NULL, "pipe" }, { "fd.name", NULL, "" }, { "fd.directory", NULL, NULL },
		{ "fd.containerdirectory", NULL, NULL }, { "fd.containername", NULL, ":" },
	};
	static const struct field_row SOMETHING[] = {
		{ "fd.type", NULL, "<NA>" }, { "fd.typechar", NULL, "o" },
	};
	struct world *w = reading(state, FILE_FD);

	entry(w, FILE_FD)->flags |= FDF_OVERLAY_LOWER;
	str_set(&entry(w, FILE_FD)->name_raw, str_new("a//b///c", 8));
	CHECK(w, &FIELDS_FD, AFILE);
	CHECK(reading(state, DIR_FD), &FIELDS_FD, ADIR);
	CHECK(reading(state, PIPE), &FIELDS_FD, APIPE);
	CHECK(reading(state, ODD), &FIELDS_FD, SOMETHING);
}

static void names_are_cut_at_the_last_slash(void **state)
{
	static const struct { const char *name, *dir, *file; } ROWS[] = {
		{ "/a/b", "/a", "b" }, { "/a", "/", "a" }, { "a", "/", "/" }, { "", "/", "/" },
		{ "/a/b/", "/a/b/", "/a/b/" }, { "/", "/", "/" }, { "rel/x", "rel", "x" },
	};
	struct world *w = reading(state, FILE_FD);

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		str_set(&entry(w, FILE_FD)->name, str_new(ROWS[i].name, strlen(ROWS[i].name)));
		assert_string_equal(world_text(w, &FIELDS_FD, "fd.directory", NULL), ROWS[i].dir);
		assert_string_equal(world_text(w, &FIELDS_FD, "fd.filename", NULL), ROWS[i].file);
	}
}

static void the_name_changed_when_it_is_not_the_old_one(void **state)
{
	struct world *w = reading(state, FILE_FD);
	struct fd *e = entry(w, FILE_FD);

	str_set(&e->oldname, str_ref(e->name));
	assert_string_equal(world_text(w, &FIELDS_FD, "fd.name_changed", NULL), "false");
	str_set(&e->oldname, str_new("other", 5));
	assert_string_equal(world_text(w, &FIELDS_FD, "fd.name_changed", NULL), "true");
}

static void sockets_have_ends_once_the_role_is_known(void **state)
{
	static const struct field_row CLIENT[] = {
		{ "fd.cip", NULL, "10.0.0.1" }, { "fd.sip", NULL, "192.168.0.2" },
		{ "fd.lip", NULL, "10.0.0.1" }, { "fd.rip", NULL, "192.168.0.2" },
		{ "fd.cport", NULL, "40000" }, { "fd.sport", NULL, "443" },
		{ "fd.lport", NULL, "40000" }, { "fd.rport", NULL, "443" },
		{ "fd.cproto", NULL, "40000" }, { "fd.sproto", NULL, "443" },
		{ "fd.lproto", NULL, "40000" }, { "fd.rproto", NULL, "443" },
		{ "fd.l4proto", NULL, "tcp" }, { "fd.sockfamily", NULL, "ip" },
		{ "fd.is_server", NULL, "false" }, { "fd.connected", NULL, "true" },
		{ "fd.typechar", NULL, "4" }, { "fd.snet", NULL, "192.168.0.2" },
		{ "fd.cip.name", NULL, NULL },
	};
	static const struct field_row SIX[] = {
		{ "fd.cip", NULL, "2001:db8::1" }, { "fd.sip", NULL, "2001:db8:1::2" },
		{ "fd.lip", NULL, "2001:db8:1::2" }, { "fd.lport", NULL, "53" },
		{ "fd.rip", NULL, "2001:db8::1" }, { "fd.l4proto", NULL, "udp" },
		{ "fd.type", NULL, "ipv6" },
	};
	static const struct field_row LISTENER[] = {
		{ "fd.sip", NULL, "0.0.0.0" }, { "fd.sport", NULL, "80" }, { "fd.cip", NULL, NULL },
		{ "fd.lip", NULL, NULL }, { "fd.cport", NULL, NULL }, { "fd.lport", NULL, NULL },
		{ "fd.cproto", NULL, "" }, { "fd.sproto", NULL, "" }, { "fd.lproto", NULL, NULL },
		{ "fd.is_server", NULL, "true" }, { "fd.l4proto", NULL, "tcp" },
		{ "fd.type", NULL, "ipv4" },
	};
	static const struct field_row NO_ROLE[] = {
		{ "fd.cip", NULL, NULL }, { "fd.sip", NULL, NULL }, { "fd.sport", NULL, NULL },
		{ "fd.sproto", NULL, NULL }, { "fd.cproto", NULL, NULL }, { "fd.lip", NULL, NULL },
		{ "fd.l4proto", NULL, "<NA>" }, { "fd.sockfamily", NULL, "ip" },
	};
	static const struct field_row LOCAL[] = {
		{ "fd.sockfamily", NULL, "unix" }, { "fd.cproto", NULL, "" },
		{ "fd.sproto", NULL, NULL }, { "fd.l4proto", NULL, "<NA>" },
		{ "fd.is_server", NULL, "false" },
	};

	CHECK(reading(state, V4), &FIELDS_FD, CLIENT);
	CHECK(reading(state, V6), &FIELDS_FD, SIX);
	CHECK(reading(state, LISTEN), &FIELDS_FD, LISTENER);
	CHECK(reading(state, BARE), &FIELDS_FD, NO_ROLE);
	CHECK(reading(state, UNIX), &FIELDS_FD, LOCAL);
	entry(*state, BARE)->l4 = L4_RAW;
	assert_string_equal(world_text(reading(state, BARE), &FIELDS_FD, "fd.l4proto", NULL), "raw");
	entry(*state, LISTEN)->flags = 0;
	assert_null(world_text(reading(state, LISTEN), &FIELDS_FD, "fd.sip", NULL));
	assert_string_equal(world_text(reading(state, LISTEN), &FIELDS_FD, "fd.sport", NULL), "80");
}

static void either_end_satisfies_but_both_must_differ(void **state)
{
	static const struct {
		int64_t fd;
		const char *name;
		struct atom a;
		bool want;
	} ROWS[] = {
		{ V4, "fd.ip", { OP_EQ, false, { "10.0.0.1" }, 0 }, true },
		{ V4, "fd.ip", { OP_EQ, false, { "192.168.0.2" }, 0 }, true },
		{ V4, "fd.ip", { OP_EQ, false, { "1.1.1.1" }, 0 }, false },
		{ V4, "fd.ip", { OP_NE, false, { "1.1.1.1" }, 0 }, true },
		{ V4, "fd.ip", { OP_NE, false, { "10.0.0.1" }, 0 }, false },
		{ V4, "fd.ip", { OP_IN, false, { "10.0.0.1" }, 0 }, false },
		{ V4, "fd.ip", { OP_INTERSECTS, false, { "10.0.0.1" }, 0 }, false },
		{ V4, "fd.ip", { OP_EQ, true, { "1.1.1.1", "10.0.0.1" }, 0 }, false },
		{ V4, "fd.ip", { OP_EQ, true, { "10.0.0.1", "1.1.1.1" }, 0 }, true },
		{ BARE, "fd.ip", { OP_EQ, false, { "10.0.0.1" }, 0 }, true },
		{ V6, "fd.ip", { OP_EQ, false, { "2001:db8:1::2" }, 0 }, true },
		{ LISTEN, "fd.ip", { OP_EQ, false, { "0.0.0.0" }, 0 }, true },
		{ LISTEN, "fd.ip", { OP_NE, false, { "0.0.0.0" }, 0 }, false },
		{ FILE_FD, "fd.ip", { OP_EXISTS, false, { NULL }, 0 }, true },
		{ FILE_FD, "fd.ip", { OP_NE, false, { "1.1.1.1" }, 0 }, false },
		{ UNKNOWN, "fd.ip", { OP_EXISTS, false, { NULL }, 0 }, false },
		{ V4, "fd.net", { OP_CONTAINS, false, { "10." }, 0 }, true },
		{ V4, "fd.net", { OP_NE, false, { "192.168.0.2" }, 0 }, false },
		{ V4, "fd.net", { OP_IN, false, { "1.1.1.1", "10.0.0.1" }, 0 }, false },
		{ V4, "fd.net", { OP_IN, false, { "10.0.0.1", "1.1.1.1" }, 0 }, true },
		{ V4, "fd.net", { OP_INTERSECTS, false, { "10.0.0.1" }, 0 }, false },
		{ PIPE, "fd.net", { OP_EXISTS, false, { NULL }, 0 }, true },
		{ V4, "fd.port", { OP_EQ, false, { "443" }, 0 }, true },
		{ V4, "fd.port", { OP_LT, false, { "1000" }, 0 }, true },
		{ V4, "fd.port", { OP_LT, false, { "100" }, 0 }, false },
		{ V4, "fd.port", { OP_IN, false, { "80", "443" }, 0 }, true },
		{ V4, "fd.port", { OP_NE, false, { "443" }, 0 }, false },
		{ V4, "fd.port", { OP_NE, false, { "80" }, 0 }, true },
		{ V4, "fd.port", { OP_EQ, true, { "80", "443" }, 0 }, false },
		{ V4, "fd.port", { OP_INTERSECTS, false, { "443" }, 0 }, false },
		{ LISTEN, "fd.port", { OP_EQ, false, { "80" }, 0 }, true },
		{ LISTEN, "fd.port", { OP_EQ, false, { "0" }, 0 }, false },
		{ UNIX, "fd.port", { OP_NE, false, { "80" }, 0 }, false },
		{ UNIX, "fd.port", { OP_EXISTS, false, { NULL }, 0 }, true },
		{ V4, "fd.proto", { OP_EQ, false, { "443" }, 0 }, true },
		{ V4, "fd.sip.name", { OP_EQ, false, { "a.org" }, 0 }, false },
		{ V4, "fd.sip.name", { OP_NE, false, { "a.org" }, 0 }, true },
		{ PIPE, "fd.sip.name", { OP_NE, false, { "a.org" }, 0 }, false },
		{ LISTEN, "fd.cip.name", { OP_NE, false, { "a.org" }, 0 }, false },
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		if (world_match(reading(state, ROWS[i].fd), &FIELDS_FD, ROWS[i].name, NULL,
				ROWS[i].a) != ROWS[i].want)
			fail_msg("row %zu: %s", i, ROWS[i].name);
}

/* A failed or strange call: one string parameter at its place, and what is made of it. */
static void a_call_without_an_entry_is_named_by_its_parameters(void **state)
{
	static const struct {
		unsigned code, at;
		const char *text, *name, *raw, *dir, *letter;
	} ROWS[] = {
		{ PPME_SYSCALL_OPENAT_2_X, 2, "/etc//x/../y", "/etc/y", "/etc/x/../y", "/etc", "f" },
		{ PPME_SYSCALL_OPENAT_2_X, 2, "rel", "/home/u/rel", "rel", "/home/u", "f" },
		{ PPME_SYSCALL_OPENAT2_X, 2, "rel", "/home/u/rel", "rel", "/home/u", "f" },
		{ PPME_SYSCALL_OPEN_X, 1, "/etc/../x", "/etc/../x", "/etc/../x", "/etc/..", "o" },
		{ PPME_SYSCALL_OPEN_X, 1, "rel", "/home/u/rel", "/home/u/rel", "/home/u", "o" },
		{ PPME_SYSCALL_CREAT_X, 1, "/x", "/x", "/x", "/", "f" },
		{ PPME_SYSCALL_OPEN_BY_HANDLE_AT_X, 3, "/a/b", "/a/b", "/a/b", "/a", "o" },
		{ PPME_SYSCALL_READ_X, 3, "/a/b", "", "", "/", "o" },
		{ PPME_SOCKET_SOCKET_X, 3, "/a/b", "", "", "/", "4" },
		{ PPME_SYSCALL_EVENTFD2_X, 3, "/a/b", "", "", "/", "e" },
		{ PPME_SYSCALL_PIPE_X, 3, "/a/b", "", "", "/", "p" },
		{ PPME_SYSCALL_INOTIFY_INIT1_X, 3, "/a/b", "", "", "/", "i" },
	};
	static const int64_t MINUS_2 = -2, AT_FDCWD = -100;
	struct world *w = *state;

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		const struct field_row want[] = {
			{ "fd.num", NULL, "-1" }, { "fd.uid", NULL, "10-1" },
			{ "fd.name", NULL, ROWS[i].name }, { "fd.nameraw", NULL, ROWS[i].raw },
			{ "fd.directory", NULL, ROWS[i].dir }, { "fd.typechar", NULL, ROWS[i].letter },
			{ "fd.filename", NULL, NULL }, { "fd.type", NULL, NULL },
			{ "fd.l4proto", NULL, NULL }, { "fd.connected", NULL, NULL },
			{ "fd.ino", NULL, NULL },
		};

		world_event(w, ROWS[i].code, 10, -1);
		world_param(w, 0, &MINUS_2, 8);
		world_param(w, 1, &AT_FDCWD, 8);
		world_param(w, ROWS[i].at, ROWS[i].text, (uint32_t)strlen(ROWS[i].text) + 1);
		CHECK(w, &FIELDS_FD, want);
	}
	world_event(w, PPME_SYSCALL_OPENAT_2_X, 10, -1);        /* cut off: no name at all */
	assert_null(world_text(w, &FIELDS_FD, "fd.name", NULL));
	assert_null(world_text(w, &FIELDS_FD, "fd.nameraw", NULL));
	assert_null(world_text(w, &FIELDS_FD, "fd.directory", NULL));
	world_event(w, PPME_SYSCALL_READ_E, 10, UNKNOWN);
	assert_null(world_text(w, &FIELDS_FD, "fd.name", NULL));
	assert_string_equal(world_text(w, &FIELDS_FD, "fd.num", NULL), "99");
}

static void types_are_listed_once_each(void **state)
{
	struct world *w = reading(state, FILE_FD);
	const char *s = world_text(w, &FIELDS_FD, "fd.types", NULL);
	static const char *const KINDS[] = { "file", "directory", "ipv4", "ipv6", "unix", "pipe",
					     "<NA>" };
	size_t len = 2;

	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
		assert_non_null(strstr(s, KINDS[i]));
		len += strlen(KINDS[i]) + (i > 0);
	}
	assert_int_equal(strlen(s), len);
	assert_string_equal(world_text(w, &FIELDS_FD, "fd.types", "8"), "(unix)");
	assert_string_equal(world_text(w, &FIELDS_FD, "fd.types", "11"), "(<NA>)");
	assert_null(world_text(w, &FIELDS_FD, "fd.types", "99"));
	world_event(w, PPME_SYSCALL_EXECVE_19_X, 10, FILE_FD);
	assert_null(world_text(w, &FIELDS_FD, "fd.types", NULL));
}

static void events_that_are_not_of_fds_have_no_fd_values(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		if (i)
			world_event(w, PPME_SYSCALL_READ_X, 777, FILE_FD);      /* no thread */
		else
			world_event(w, PPME_SYSCALL_EXECVE_19_X, 10, FILE_FD);
		for (unsigned k = 0; k < FIELDS_FD.n; k++) {
			const struct field_def *d = &FIELDS_FD.fields[k];

			assert_null(world_text(w, &FIELDS_FD, d->name, NULL));
			if (d->match)
				assert_false(world_match(w, &FIELDS_FD, d->name, NULL,
					(struct atom){ OP_EXISTS, false, { NULL }, 0 }));
		}
	}
	assert_int_equal(FIELDS_FD.n, 46);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(files_and_folders_have_names),
		T(names_are_cut_at_the_last_slash),
		T(the_name_changed_when_it_is_not_the_old_one),
		T(sockets_have_ends_once_the_role_is_known),
		T(either_end_satisfies_but_both_must_differ),
		T(a_call_without_an_entry_is_named_by_its_parameters),
		T(types_are_listed_once_each),
		T(events_that_are_not_of_fds_have_no_fd_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
