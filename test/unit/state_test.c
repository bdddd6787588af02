/* state_test.c - what events do to fds, processes, users and containers. */
#include <stdlib.h>
#include "state_events.h"

static const uint8_t LO[4] = { 127, 0, 0, 1 }, ANY[4], PEER[4] = { 10, 0, 0, 9 }, OWN[4] = { 10, 0, 0, 1 };

static void world(struct feed *f, const struct state_options *o)
{
	feed_open(f, o);
	add_process(f, 1, 1, 0, "init");
	add_process(f, 10, 10, 1, "sh");
	lists_done(f);
}

static const struct fd *fd_at(struct feed *f, int64_t tid, int64_t num)
{
	return fd_table_get(thread_fds(state_thread(f->s, tid)), num);
}

/* -- files ---------------------------------------------------------------------- */

static void an_open_file_has_its_full_name(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "a/../b.txt", 1);
	assert_int_equal(f.ctx.fd_num, 3);
	assert_true(f.ctx.has_fd_fields);
	assert_string_equal(f.ctx.fd->name->s, "/work/b.txt");
	assert_string_equal(f.ctx.fd->name_raw->s, "a/../b.txt");
	assert_int_equal(f.ctx.fd->type, FD_FILE_V2);
	do_openat(&f, 10, 4, -100, "/dir", 0x400);
	assert_int_equal(f.ctx.fd->type, FD_DIRECTORY);
	do_openat(&f, 10, 5, 4, "x", 1);
	assert_string_equal(f.ctx.fd->name->s, "/dir/x");
	do_openat(&f, 10, 6, 99, "x", 1);
	assert_string_equal(f.ctx.fd->name->s, "<UNKNOWN>x");
	do_openat(&f, 10, -2, -100, "none", 1);
	assert_int_equal(f.ctx.fd_num, -1);
	assert_null(f.ctx.fd);
	do_read(&f, 10, 3);
	assert_int_equal(f.ctx.fd_num, 3);
	assert_string_equal(f.ctx.fd->name->s, "/work/b.txt");
	do_read(&f, 10, 42);
	assert_int_equal(f.ctx.fd_num, 42);
	assert_null(f.ctx.fd);
	do_getuid(&f, 10);
	assert_false(f.ctx.has_fd_fields);
	feed_close(&f);
}

static void a_closed_fd_goes_with_the_next_event(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "/x", 1);
	do_close(&f, 10, 3);
	assert_string_equal(f.ctx.fd->name->s, "/x");
	do_read(&f, 10, 3);
	assert_null(f.ctx.fd);
	feed_close(&f);
}

static void a_childs_fds_are_its_own(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "/x", 1);
	do_clone(&f, 10, 20, 10, 1, "sh", 0);
	assert_ptr_equal(fd_at(&f, 10, 3), fd_at(&f, 20, 3));
	do_openat(&f, 20, 4, -100, "/y", 1);
	do_close(&f, 20, 3);
	do_getuid(&f, 20);
	assert_null(fd_at(&f, 20, 3));
	assert_null(fd_at(&f, 10, 4));
	assert_string_equal(fd_at(&f, 10, 3)->name->s, "/x");
	do_exit(&f, 20, -1);
	do_read(&f, 10, 3);
	assert_string_equal(f.ctx.fd->name->s, "/x");
	feed_close(&f);
}

static void threads_share_their_fds_when_cloned_so(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_clone(&f, 10, 11, 10, 1, "sh", CL_CLONE_THREAD);
	do_openat(&f, 11, 3, -100, "/x", 1);
	assert_string_equal(fd_at(&f, 10, 3)->name->s, "/x");
	do_getuid(&f, 99);                      /* made up: a table of its own */
	do_openat(&f, 99, 5, -100, "/z", 1);
	assert_string_equal(fd_at(&f, 99, 5)->name->s, "/z");
	feed_close(&f);
}

static void copies_of_fds(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_openat(&f, 10, 3, -100, "/x", 0x1001);
	assert_true(f.ctx.fd->flags & FDF_CLOEXEC);
	p_i64(&f, 0, 1);
	p_i64(&f, 1, 3);
	p_i64(&f, 2, 1);
	feed_send(&f, 10, PPME_SYSCALL_DUP2_X);
	assert_int_equal(f.ctx.fd_num, 1);
	assert_string_equal(fd_at(&f, 10, 1)->name->s, "/x");
	assert_false(fd_at(&f, 10, 1)->flags & FDF_CLOEXEC);
	assert_true(f.ctx.thread->flags & CL_PIPE_SRC);
	p_i64(&f, 0, 8);
	p_i64(&f, 1, 3);
	p_num(&f, 2, 26, 1);
	feed_send(&f, 10, PPME_SYSCALL_FCNTL_X);
	assert_true(fd_at(&f, 10, 8)->flags & FDF_CLOEXEC);
	p_i64(&f, 0, 0);
	p_i64(&f, 1, 8);
	p_num(&f, 2, 3, 1);
	p_num(&f, 3, 0, 8);
	feed_send(&f, 10, PPME_SYSCALL_FCNTL_X);
	assert_false(fd_at(&f, 10, 8)->flags & FDF_CLOEXEC);
	do_exec(&f, 10, 0, 10, 1, "x");
	assert_null(fd_at(&f, 10, 3));
	assert_non_null(fd_at(&f, 10, 8));
	feed_close(&f);
}

static void close_range_closes_or_marks_at_once(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	for (int i = 3; i < 8; i++)
		do_openat(&f, 10, i, -100, "/x", 1);
	for (int pass = 0; pass < 2; pass++) {
		p_i64(&f, 0, 0);
		p_u32(&f, 1, pass ? 4 : 6);
		p_u32(&f, 2, pass ? 5 : UINT32_MAX);
		p_u32(&f, 3, pass ? 0 : 4);
		feed_send(&f, 10, PPME_SYSCALL_CLOSE_RANGE_X);
	}
	assert_non_null(fd_at(&f, 10, 3));
	assert_null(fd_at(&f, 10, 4));
	assert_null(fd_at(&f, 10, 5));
	assert_true(fd_at(&f, 10, 6)->flags & FDF_CLOEXEC);
	assert_false(fd_at(&f, 10, 3)->flags & FDF_CLOEXEC);
	feed_close(&f);
}

static void typed_fds_and_the_memfd_quirk(void **ctx)
{
	static const struct { uint16_t code; char letter; } ROWS[] = {
		{ PPME_SYSCALL_EVENTFD_X, 'e' }, { PPME_SYSCALL_SIGNALFD4_X, 's' },
		{ PPME_SYSCALL_TIMERFD_CREATE_X, 't' }, { PPME_SYSCALL_INOTIFY_INIT1_X, 'i' },
		{ PPME_SYSCALL_EPOLL_CREATE1_X, 'l' }, { PPME_SYSCALL_USERFAULTFD_X, 'u' },
		{ PPME_SYSCALL_IO_URING_SETUP_X, 'r' }, { PPME_SYSCALL_BPF_2_X, 'b' },
	};
	struct feed f;

	(void)ctx;
	for (int corrected = 0; corrected < 2; corrected++) {
		world(&f, &(struct state_options){ .corrected = corrected });
		for (unsigned i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
			p_i64(&f, 0, 30 + i);
			feed_send(&f, 10, ROWS[i].code);
			assert_int_equal(fd_type_char(f.ctx.fd->type), ROWS[i].letter);
			assert_int_equal(f.ctx.fd_num, 30 + i);
		}
		p_i64(&f, 0, -22);
		p_str(&f, 1, "m");
		feed_send(&f, 10, PPME_SYSCALL_MEMFD_CREATE_X);
		assert_int_equal(f.ctx.fd_num, corrected ? -1 : -22);
		assert_int_equal(fd_table_count(thread_fds(f.ctx.thread)), corrected ? 8 : 9);
		feed_close(&f);
	}
}

static void the_enter_event_names_what_was_asked_for(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	for (int between = 0; between < 2; between++) {
		p_i64(&f, 0, -100);
		p_str(&f, 1, "/asked");
		p_u32(&f, 2, 1);
		feed_send(&f, 10, PPME_SYSCALL_OPENAT_2_E);
		if (between)
			do_getuid(&f, 10);      /* whatever comes between makes it useless */
		do_openat(&f, 10, 3, -100, "/swapped", 0x4001);
		assert_string_equal(f.ctx.fd->name->s, between ? "/swapped" : "/asked");
		assert_int_equal(f.ctx.fd->openflags, 0x4001);
	}
	do_openat(&f, 10, 3, -100, "/later", 1);
	assert_string_equal(f.ctx.fd->name->s, "/later");
	feed_close(&f);
}

/* -- sockets ------------------------------------------------------------------------ */

static void do_socket(struct feed *f, int64_t fd, uint32_t domain, uint32_t type)
{
	p_i64(f, 0, fd);
	p_u32(f, 1, domain);
	p_u32(f, 2, type);
	p_u32(f, 3, 0);
	feed_send(f, 10, PPME_SOCKET_SOCKET_X);
}

static void do_connect(struct feed *f, int64_t res, int64_t fd, const uint8_t *tuple, uint32_t len)
{
	p_i64(f, 0, res);
	p_bytes(f, 1, tuple, len);
	p_i64(f, 2, fd);
	feed_send(f, 10, PPME_SOCKET_CONNECT_X);
}

static void a_connection_has_both_ends_and_a_role(void **ctx)
{
	uint8_t t[64];
	uint32_t n = tuple4(t, OWN, 4000, PEER, 80);
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_socket(&f, 3, 2, 1);
	assert_int_equal(f.ctx.fd->l4, L4_TCP);
	assert_string_equal(f.ctx.fd->name->s, "");
	do_connect(&f, -111, 3, t, n);
	assert_string_equal(f.ctx.fd->name->s, "");
	do_connect(&f, -115, 3, t, n);
	assert_string_equal(f.ctx.fd->name->s, "10.0.0.1:4000->10.0.0.9:80");
	assert_true(f.ctx.fd->flags & FDF_ROLE_CLIENT);
	assert_int_equal(f.ctx.fd->sport, 4000);
	p_i64(&f, 0, 5);
	p_bytes(&f, 1, t, n);
	feed_send(&f, 10, PPME_SOCKET_ACCEPT_5_X);
	assert_int_equal(f.ctx.fd_num, 5);
	assert_true(f.ctx.fd->flags & FDF_ROLE_SERVER);
	p_i64(&f, 0, -11);
	feed_send(&f, 10, PPME_SOCKET_ACCEPT_5_X);
	assert_null(f.ctx.fd);
	feed_close(&f);
}

static void the_connects_own_address_wins_unless_the_kernel_went_elsewhere(void **ctx)
{
	static const uint8_t ASKED[4] = { 1, 2, 3, 4 };
	uint8_t t[64], enter[8], exit_addr[8];
	uint32_t n = tuple4(t, OWN, 4000, PEER, 80);
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	addr4(enter, ASKED, 99);
	for (int redirected = 0; redirected < 2; redirected++) {
		do_socket(&f, 3, 2, 1);
		p_i64(&f, 0, 3);
		p_bytes(&f, 1, enter, 7);
		feed_send(&f, 10, PPME_SOCKET_CONNECT_E);
		addr4(exit_addr, redirected ? LO : PEER, 80);
		p_i64(&f, 0, 0);
		p_bytes(&f, 1, t, n);
		p_i64(&f, 2, 3);
		p_bytes(&f, 3, exit_addr, 7);
		feed_send(&f, 10, PPME_SOCKET_CONNECT_X);
		assert_string_equal(f.ctx.fd->name->s, redirected ? "10.0.0.1:4000->10.0.0.9:80" :
				    "10.0.0.1:4000->1.2.3.4:99");
	}
	feed_close(&f);
}

static void do_recvfrom(struct feed *f, int64_t fd, const uint8_t *tuple, uint32_t len)
{
	p_i64(f, 0, 4);
	p_bytes(f, 2, tuple, len);
	p_i64(f, 3, fd);
	feed_send(f, 10, PPME_SOCKET_RECVFROM_X);
}

static void do_bind(struct feed *f, int64_t fd, const uint8_t *addr, uint32_t len)
{
	p_i64(f, 0, 0);
	p_bytes(f, 1, addr, len);
	p_i64(f, 2, fd);
	feed_send(f, 10, PPME_SOCKET_BIND_X);
}

static void a_bound_udp_socket_becomes_a_server_with_ends(void **ctx)
{
	uint8_t t[64], addr[32];
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	do_socket(&f, 3, 2, 2);
	addr4(addr, LO, 9200);
	do_bind(&f, 3, addr, 7);
	assert_int_equal(f.ctx.fd->type, FD_IPV4_SERVSOCK);
	assert_string_equal(f.ctx.fd->name->s, "127.0.0.1:9200");
	do_recvfrom(&f, 3, t, tuple4(t, LO, 56537, LO, 9200));
	assert_int_equal(f.ctx.fd->type, FD_IPV4_SOCK);
	assert_string_equal(f.ctx.fd->name->s, "127.0.0.1:56537->127.0.0.1:9200");
	assert_int_equal(f.ctx.fd->l4, L4_UDP);
	assert_true(f.ctx.fd->flags & FDF_ROLE_SERVER);
	feed_close(&f);
}

static void a_bound_ipv6_socket_keeps_its_kind_unless_corrected(void **ctx)
{
	uint8_t t[64] = { 10 }, addr[32] = { 10, [16] = 1, [17] = 0xf1, [18] = 0x23 };
	struct feed f;

	(void)ctx;
	t[16] = t[34] = 1;
	t[17] = 5;
	t[35] = 0xf1;
	t[36] = 0x23;
	for (int corrected = 0; corrected < 2; corrected++) {
		world(&f, &(struct state_options){ .corrected = corrected });
		do_socket(&f, 3, 10, 2);
		do_bind(&f, 3, addr, 19);
		assert_string_equal(f.ctx.fd->name->s, "::1:9201");
		do_recvfrom(&f, 3, t, 37);
		assert_int_equal(f.ctx.fd->type, corrected ? FD_IPV6_SOCK : FD_IPV6_SERVSOCK);
		assert_string_equal(f.ctx.fd->name->s, "::1:5->::1:9201");
		assert_int_equal(f.ctx.fd->sport, corrected ? 5 : 0);
		feed_close(&f);
	}
}

static void a_sender_learns_its_address_from_the_interfaces(void **ctx)
{
	struct iface ifs[2] = { { .addr = { 127, 0, 0, 1 }, .mask = { 255 } },
				{ .addr = { 10, 0, 0, 1 }, .mask = { 255, 255, 255 } } };
	struct source_sink sink;
	uint8_t t[64];
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	state_sink(f.s, &sink);
	sink.interfaces(sink.ctx, ifs, 2);
	do_socket(&f, 3, 2, 2);
	p_i64(&f, 0, 4);
	p_i64(&f, 2, 3);
	p_bytes(&f, 4, t, tuple4(t, ANY, 5000, PEER, 53));
	feed_send(&f, 10, PPME_SOCKET_SENDTO_X);
	assert_string_equal(f.ctx.fd->name->s, "10.0.0.1:5000->10.0.0.9:53");
	assert_true(f.ctx.fd->flags & FDF_ROLE_CLIENT);
	assert_true(state_ip_is_local(f.s, f.ctx.thread, OWN, false));
	assert_false(state_ip_is_local(f.s, f.ctx.thread, PEER, false));
	p_i64(&f, 0, 4);                        /* [Q] an fd nobody knows becomes UDP */
	p_i64(&f, 2, 44);
	p_bytes(&f, 4, t, tuple4(t, OWN, 5001, PEER, 53));
	feed_send(&f, 10, PPME_SOCKET_SENDTO_X);
	assert_int_equal(fd_at(&f, 10, 44)->l4, L4_UDP);
	assert_string_equal(fd_at(&f, 10, 44)->name->s, "10.0.0.1:5001->10.0.0.9:53");
	feed_close(&f);
}

static void connections_of_the_lists_find_their_direction(void **ctx)
{
	struct source_sink sink;
	struct fd_entry e = { .tid = 10, .fd = 3, .type = CFD_IPV4_SERVSOCK, .sport = 80, .l4proto = L4_TCP };
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 0, "srv");
	state_sink(f.s, &sink);
	sink.fd(sink.ctx, &e);
	e = (struct fd_entry){ .tid = 10, .fd = 4, .type = CFD_IPV4_SOCK, .sip = { 10, 0, 0, 1 },
			       .dip = { 10, 0, 0, 9 }, .sport = 80, .dport = 4000, .l4proto = L4_TCP };
	sink.fd(sink.ctx, &e);
	e.fd = 5;
	e.sport = 81;
	sink.fd(sink.ctx, &e);
	lists_done(&f);
	assert_string_equal(fd_at(&f, 10, 3)->name->s, "0.0.0.0:80");
	assert_string_equal(fd_at(&f, 10, 4)->name->s, "10.0.0.9:4000->10.0.0.1:80");
	assert_true(fd_at(&f, 10, 4)->flags & FDF_ROLE_SERVER);
	assert_string_equal(fd_at(&f, 10, 5)->name->s, "10.0.0.1:81->10.0.0.9:4000");
	assert_true(fd_at(&f, 10, 5)->flags & FDF_ROLE_CLIENT);
	feed_close(&f);
}

/* -- processes ---------------------------------------------------------------------------- */

static void exec_replaces_the_program_and_a_failed_one_nothing(void **ctx)
{
	struct feed f;
	struct thread *t;

	(void)ctx;
	world(&f, NULL);
	do_exec(&f, 10, -2, 10, 1, "nope");
	t = f.ctx.thread;
	assert_string_equal(t->comm->s, "sh");
	do_exec(&f, 10, 0, 10, 1, "cat");
	assert_string_equal(t->comm->s, "cat");
	assert_int_equal(t->args->n, 2);
	assert_memory_equal(t->args->s, "-a\0b", 5);
	assert_string_equal(t->env->s, "HOME=/h");
	assert_int_equal(t->uid, 0);
	assert_int_equal(t->pgid, -1);
	assert_int_equal(t->flags, CL_ACTIVE | CL_NAME_CHANGED);
	do_exec(&f, 55, 0, 55, 10, "lost");     /* its clone was lost */
	assert_false(f.ctx.thread->fake);
	assert_ptr_equal(f.ctx.thread->parent, t);
	assert_string_equal(f.ctx.thread->comm->s, "lost");
	feed_close(&f);
}

static void do_chdir(struct feed *f, int64_t tid, const char *path)
{
	p_i64(f, 0, 0);
	p_str(f, 1, path);
	feed_send(f, tid, PPME_SYSCALL_CHDIR_X);
}

static void the_working_directory_is_the_processs(void **ctx)
{
	struct feed f;

	(void)ctx;
	for (int corrected = 0; corrected < 2; corrected++) {
		world(&f, &(struct state_options){ .corrected = corrected });
		do_chdir(&f, 10, "sub");
		assert_string_equal(thread_cwd(f.ctx.thread)->s, "/work/sub/");
		do_chdir(&f, 10, "..");
		assert_string_equal(thread_cwd(f.ctx.thread)->s, "/work/");
		do_clone(&f, 10, 11, 10, 1, "sh", CL_CLONE_THREAD);
		do_chdir(&f, 11, "/abs");
		assert_string_equal(thread_cwd(state_thread(f.s, 10))->s, "/abs/");
		do_chdir(&f, 11, "wd");         /* [Q] */
		assert_string_equal(thread_cwd(state_thread(f.s, 10))->s, corrected ? "/abs/wd/" : "wd/");
		feed_close(&f);
	}
}

static void ids_are_what_the_call_was_given(void **ctx)
{
	struct feed f;

	(void)ctx;
	for (int corrected = 0; corrected < 2; corrected++) {
		world(&f, &(struct state_options){ .corrected = corrected });
		p_i64(&f, 0, 0);
		p_u32(&f, 1, 33);
		feed_send(&f, 10, PPME_SYSCALL_SETUID_X);
		assert_int_equal(f.ctx.thread->uid, 33);
		p_i64(&f, 0, -1);
		p_u32(&f, 1, 0);
		feed_send(&f, 10, PPME_SYSCALL_SETUID_X);
		assert_int_equal(f.ctx.thread->uid, 33);
		p_i64(&f, 0, 0);
		p_u32(&f, 1, 5);
		p_u32(&f, 2, UINT32_MAX);
		feed_send(&f, 10, PPME_SYSCALL_SETRESUID_X);
		assert_int_equal(f.ctx.thread->uid, corrected ? 33 : UINT32_MAX);
		p_i64(&f, 0, 0);
		p_u32(&f, 1, 5);
		p_u32(&f, 2, 6);
		feed_send(&f, 10, PPME_SYSCALL_SETRESGID_X);
		assert_int_equal(f.ctx.thread->gid, 6);
		feed_close(&f);
	}
}

static void revisions_move_only_with_what_rules_can_see(void **ctx)
{
	struct feed f;
	uint64_t rev, main_rev;

	(void)ctx;
	world(&f, NULL);
	do_clone(&f, 10, 11, 10, 1, "sh", CL_CLONE_THREAD);
	do_getuid(&f, 11);
	rev = state_thread(f.s, 11)->rev;
	main_rev = state_thread(f.s, 10)->rev;
	do_openat(&f, 11, 3, -100, "/x", 1);
	do_read(&f, 11, 3);
	do_close(&f, 11, 3);
	do_getuid(&f, 11);
	assert_int_equal(state_thread(f.s, 11)->rev, rev);
	assert_int_equal(state_thread(f.s, 10)->rev, main_rev);
	do_chdir(&f, 11, "/elsewhere");
	assert_true(state_thread(f.s, 10)->rev > main_rev);
	p_i64(&f, 0, 0);
	p_u32(&f, 1, 7);
	feed_send(&f, 11, PPME_SYSCALL_SETUID_X);
	assert_true(state_thread(f.s, 11)->rev > rev);
	main_rev = state_thread(f.s, 10)->rev;
	do_clone(&f, 10, 12, 10, 1, "sh", CL_CLONE_THREAD);
	assert_int_equal(state_thread(f.s, 10)->rev, main_rev); /* proc.nthreads is read for each event */
	feed_close(&f);
}

static void a_containers_id_comes_with_its_cgroup(void **ctx)
{
	static const char CG[] = "cpu=/docker/"
		"3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";
	static const char JSON[] = "{\"container\":{\"id\":\"3ad7b26ded6d\",\"name\":\"web\",\"image\":"
		"\"nginx:1\",\"type\":0,\"ip\":\"10.0.0.9\"}}";
	const struct container *c;
	struct feed f;
	uint64_t epoch;

	(void)ctx;
	world(&f, NULL);
	p_i64(&f, 0, 0);
	p_str(&f, 1, "nginx");
	p_i64(&f, 4, 10);
	p_bytes(&f, 14, CG, sizeof CG);
	feed_send(&f, 10, PPME_SYSCALL_EXECVE_19_X);
	assert_string_equal(f.ctx.thread->container_id->s, "3ad7b26ded6d");
	assert_null(state_container(f.s, f.ctx.thread->container_id));
	do_clone(&f, 10, 20, 10, 1, "nginx", 0);
	assert_int_equal(state_thread(f.s, 20)->container_id->len, 0);  /* it came without cgroups */
	epoch = state_containers_epoch(f.s);
	p_u32(&f, 0, 1);
	p_str(&f, 1, "container");
	p_bytes(&f, 2, JSON, sizeof JSON);
	feed_send(&f, 0, PPME_ASYNCEVENT_E);
	assert_null(f.ctx.thread);
	assert_true(state_containers_epoch(f.s) > epoch);
	c = state_container(f.s, state_thread(f.s, 10)->container_id);
	assert_string_equal(c->name, "web");
	assert_string_equal(c->image, "nginx:1");
	assert_string_equal(c->type, "docker");
	assert_true(state_ip_is_local(f.s, state_thread(f.s, 10), PEER, false));
	p_u32(&f, 0, 1);
	p_str(&f, 1, "container_removed");
	p_bytes(&f, 2, JSON, sizeof JSON);
	feed_send(&f, 0, PPME_ASYNCEVENT_E);
	assert_null(state_container(f.s, state_thread(f.s, 10)->container_id));
	feed_close(&f);
}

static void users_come_from_lists_and_events_and_root_from_nowhere(void **ctx)
{
	struct feed f;
	uint64_t epoch;

	(void)ctx;
	world(&f, NULL);
	assert_string_equal(state_user(f.s, &STR_EMPTY, 0)->home, "/root");
	assert_string_equal(state_group(f.s, &STR_EMPTY, 0)->name, "root");
	assert_null(state_user(f.s, &STR_EMPTY, 1000));
	epoch = state_users_epoch(f.s);
	for (int gone = 0; gone < 2; gone++) {
		p_u32(&f, 0, 1000);
		p_u32(&f, 1, 50);
		p_str(&f, 2, "alice");
		p_str(&f, 3, "/home/alice");
		p_str(&f, 4, "/bin/sh");
		feed_send(&f, 0, gone ? PPME_USER_DELETED_E : PPME_USER_ADDED_E);
		assert_true(state_users_epoch(f.s) > epoch);
		if (gone)
			assert_null(state_user(f.s, &STR_EMPTY, 1000));
		else
			assert_string_equal(state_user(f.s, &STR_EMPTY, 1000)->name, "alice");
	}
	feed_close(&f);
}

static void rules_see_no_list_events_at_the_start_and_no_hidden_ones(void **ctx)
{
	struct feed f;

	(void)ctx;
	world(&f, NULL);
	for (int late = 0; late < 2; late++) {
		p_u32(&f, 0, 1000);
		p_str(&f, 2, "alice");
		feed_send(&f, 0, PPME_USER_ADDED_E);
		assert_int_equal(f.ctx.visible, late);
		assert_int_equal(state_first_ts(f.s) != 0, late);
		do_getuid(&f, 10);
		assert_true(f.ctx.visible);
	}
	f.ev.flags = EVENT_STATE_ONLY;
	state_apply(f.s, &f.ev, &f.ctx);
	assert_false(f.ctx.visible);
	feed_close(&f);
}

/* -- whatever comes -------------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252ull;

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % n;
}

static void random_param(struct feed *f, unsigned i, const struct param_info *info)
{
	static const char *const TEXT[] = { "/a/b", "rel", "..", "", "x=/docker/abc", "<NA>" };
	static const int64_t NUMS[] = { 0, 1, 2, 3, 5, 7, -1, -2, -100, 70000, 1 << 17, INT64_MAX };
	static uint8_t bytes[EVENT_MAX_PARAMS][64];
	unsigned size = param_type_size(info->type);

	if (rnd(8) == 0) {
		p_bytes(f, i, NULL, 0);
	} else if (info->type == PT_CHARBUF || info->type == PT_FSPATH || info->type == PT_FSRELPATH) {
		p_str(f, i, TEXT[rnd(6)]);
	} else if (size) {
		p_num(f, i, (uint64_t)NUMS[rnd(12)], size > 8 ? 8 : size);
	} else {
		static const uint8_t FAMILY[] = { 1, 2, 10, 0 };

		for (unsigned k = 1; k < 64; k++)
			bytes[i][k] = (uint8_t)rnd(rnd(2) ? 2 : 256);
		bytes[i][0] = FAMILY[rnd(4)];
		p_bytes(f, i, bytes[i], rnd(65));
	}
}

static void check_families(struct state *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; s->threads.slot && i <= s->threads.mask; i++) {
		const struct thread *t = s->threads.slot[i].val;

		if (!t)
			continue;
		n++;
		assert_true(!t->parent || (state_thread(s, t->parent->tid) == t->parent &&
					   t->ptid == t->parent->tid));
		for (const struct thread *c = t->child_first; c; c = c->sib_next)
			assert_ptr_equal(c->parent, t);
		if (t->group) {
			uint32_t alive = 0;

			for (uint32_t k = 0; k < t->group->n; k++)
				alive += !t->group->thread[k]->dead;
			assert_int_equal(alive, t->group->alive);
		}
	}
	assert_int_equal(n, state_stats(s)->threads);
}

static void no_sequence_of_events_breaks_the_tables(void **ctx)
{
	static const uint16_t OFTEN[] = { PPME_SYSCALL_CLONE_20_X, PPME_SYSCALL_CLONE3_X,
		PPME_PROCEXIT_1_E, PPME_SYSCALL_EXECVE_19_X, PPME_SYSCALL_OPENAT_2_X,
		PPME_SYSCALL_CLOSE_X, PPME_SOCKET_CONNECT_X, PPME_SOCKET_RECVFROM_X, PPME_SYSCALL_DUP2_X };
	struct state_options o = { .max_threads = 12, .max_fds = 10 };
	struct feed f;

	(void)ctx;
	world(&f, &o);
	for (unsigned n = 0; n < 60000; n++) {
		uint16_t code = rnd(2) ? OFTEN[rnd(9)] : (uint16_t)rnd(EVENT_MAX);
		const struct event_info *info = &EVENTS[code];

		for (unsigned i = 0; i < info->nparams; i++)
			random_param(&f, i, &info->param[i]);
		if (rnd(50) == 0)
			f.ts += CLONE_STALE_NS;
		feed_send(&f, (int64_t)rnd(9) - 1, code);
		if (n % 64 == 0)
			check_families(f.s);
	}
	feed_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_file_has_its_full_name),
		cmocka_unit_test(a_closed_fd_goes_with_the_next_event),
		cmocka_unit_test(a_childs_fds_are_its_own),
		cmocka_unit_test(threads_share_their_fds_when_cloned_so),
		cmocka_unit_test(copies_of_fds),
		cmocka_unit_test(close_range_closes_or_marks_at_once),
		cmocka_unit_test(typed_fds_and_the_memfd_quirk),
		cmocka_unit_test(the_enter_event_names_what_was_asked_for),
		cmocka_unit_test(a_connection_has_both_ends_and_a_role),
		cmocka_unit_test(the_connects_own_address_wins_unless_the_kernel_went_elsewhere),
		cmocka_unit_test(a_bound_udp_socket_becomes_a_server_with_ends),
		cmocka_unit_test(a_bound_ipv6_socket_keeps_its_kind_unless_corrected),
		cmocka_unit_test(a_sender_learns_its_address_from_the_interfaces),
		cmocka_unit_test(connections_of_the_lists_find_their_direction),
		cmocka_unit_test(exec_replaces_the_program_and_a_failed_one_nothing),
		cmocka_unit_test(the_working_directory_is_the_processs),
		cmocka_unit_test(ids_are_what_the_call_was_given),
		cmocka_unit_test(revisions_move_only_with_what_rules_can_see),
		cmocka_unit_test(a_containers_id_comes_with_its_cgroup),
		cmocka_unit_test(users_come_from_lists_and_events_and_root_from_nowhere),
		cmocka_unit_test(rules_see_no_list_events_at_the_start_and_no_hidden_ones),
		cmocka_unit_test(no_sequence_of_events_breaks_the_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
