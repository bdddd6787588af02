/* evt_world.h - one process with open fds, for tests of what its events say. */
#pragma once
#include "field_world.h"

const struct value *atom_operand(const struct atom *a, uint32_t i)
{
	static struct value v;

	if (i > 0 || !a->operand[0])
		return NULL;
	v = (struct value){ .n = strtoull(a->operand[0], NULL, 10) };
	return &v;
}

static inline void add_fd(struct world *w, int64_t fd, uint32_t type, const char *name)
{
	struct fd_entry f = { .tid = 30, .fd = fd, .type = type, .name = name };

	w->sink.fd(w->sink.ctx, &f);
}

static inline void add_process(struct world *w, int64_t tid, int64_t ptid, const char *comm)
{
	struct proc_entry p = {
		.tid = tid, .pid = tid, .ptid = ptid, .vtid = tid, .vpid = tid, .comm = comm,
		.exe = comm, .exepath = comm, .cwd = "/srv", .root = "/", .args = "", .env = "",
		.cgroups = "", .fdlimit = 100, .loginuid = 0xffffffff,
	};

	w->sink.process(w->sink.ctx, &p);
}

/* systemd(1) - sh(30), in /srv; fds: 0 /dev/null, 3 the folder /etc, 4 a pipe, 5 a socket */
static inline int evt_setup(void **state)
{
	struct world *w = malloc(sizeof *w);
	struct user_entry alice = { .id = 1000, .gid = 1000, .name = "alice", .home = "/home/alice",
				    .shell = "/bin/sh" };
	struct user_entry staff = { .is_group = true, .id = 50, .name = "staff" };
	struct fd_entry sock = {
		.tid = 30, .fd = 5, .type = CFD_IPV4_SOCK, .sip = { 10, 0, 0, 1 },
		.dip = { 10, 0, 0, 2 }, .sport = 40000, .dport = 443, .l4proto = 2,
		.name = "10.0.0.1:40000->10.0.0.2:443",
	};

	world_init(w);
	w->sink.section(w->sink.ctx);
	w->sink.user(w->sink.ctx, &alice);
	w->sink.user(w->sink.ctx, &staff);
	add_process(w, 1, 0, "systemd");
	add_process(w, 30, 1, "sh");
	add_fd(w, 0, CFD_FILE_V2, "/dev/null");
	add_fd(w, 3, CFD_DIRECTORY, "/etc");
	add_fd(w, 4, CFD_FIFO, "");
	w->sink.fd(w->sink.ctx, &sock);
	w->sink.lists_done(w->sink.ctx);
	*state = w;
	return 0;
}

static inline int evt_teardown(void **state)
{
	world_free(*state);
	free(*state);
	return 0;
}

/* Parameters by value, in memory of the world's scratch arena. */
static inline void num_param(struct world *w, unsigned i, uint64_t v, unsigned size)
{
	world_param(w, i, arena_memdup(&w->scratch, &v, 8), size);
}

static inline void str_param(struct world *w, unsigned i, const char *s)
{
	world_param(w, i, s, (uint32_t)strlen(s) + 1);
}
