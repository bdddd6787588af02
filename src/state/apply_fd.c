/* apply_fd.c - fds that are closed, copied, or made by other calls than open. */
#include <stdio.h>
#include "state/state_internal.h"

enum { O_SCAP_CLOEXEC = 1 << 12, O_SCAP_NONBLOCK = 1 << 6, SET_CLOEXEC = 1,
       CLOSE_RANGE_SET_CLOEXEC = 4, MFD_SCAP_CLOEXEC = 1, EPOLL_SCAP_CLOEXEC = 1,
       PIDFD_SCAP_NONBLOCK = 1 };
enum { FCNTL_DUPFD = 1, FCNTL_SETFD = 3, FCNTL_DUPFD_CLOEXEC = 26 };

static void set_cloexec(struct fd *e, bool on)
{
	e->openflags = on ? e->openflags | O_SCAP_CLOEXEC : e->openflags & ~(uint32_t)O_SCAP_CLOEXEC;
	e->flags = (uint16_t)(on ? e->flags | FDF_CLOEXEC : e->flags & ~FDF_CLOEXEC);
}

static void set_openflags(struct fd *e, uint32_t flags)
{
	e->openflags = flags;
	set_cloexec(e, flags & O_SCAP_CLOEXEC);
}

void apply_close(struct apply *a)
{
	if (a->res < 0 || !a->ctx->fd)
		return;
	a->s->delayed = true;
	a->s->close_thread = a->t;
	a->s->close_fd = a->t->last_fd;
}

void apply_close_range(struct apply *a)
{
	struct fd_table **slot = thread_fds_slot(a->t);
	uint32_t flags = (uint32_t)param_u64(a->ev, 3, 0);

	if (a->res < 0 || !slot || !param_has(a->ev, 1) || !param_has(a->ev, 2))
		return;
	fd_table_sweep(a->s, slot, (int64_t)param_u64(a->ev, 1, 0),
		       (int64_t)param_u64(a->ev, 2, 0), 0,
		       flags & CLOSE_RANGE_SET_CLOEXEC ? FDF_CLOEXEC : 0);
}

static void copy_to(struct apply *a, const struct fd *from, int64_t num, bool cloexec)
{
	struct fd *e = fd_copy(a->s, from);

	set_cloexec(e, cloexec);
	apply_add_fd(a, num, e);
}

void apply_dup(struct apply *a)
{
	bool cloexec = a->ev->type == PPME_SYSCALL_DUP3_X &&
		       (param_u64(a->ev, 3, 0) & O_SCAP_CLOEXEC);

	if (a->res < 0 || !a->ctx->fd)
		return;
	if (a->res <= 1)
		a->t->flags |= a->res == 0 ? CL_PIPE_DST : CL_PIPE_SRC;
	copy_to(a, a->ctx->fd, a->res, cloexec);
}

void apply_fcntl(struct apply *a)
{
	unsigned cmd = (unsigned)param_u64(a->ev, 2, 0);
	bool on = param_u64(a->ev, 3, 0) & SET_CLOEXEC;

	if (a->res < 0 || !a->ctx->fd)
		return;
	if (cmd == FCNTL_DUPFD || cmd == FCNTL_DUPFD_CLOEXEC)
		copy_to(a, a->ctx->fd, a->res, cmd == FCNTL_DUPFD_CLOEXEC);
	else if (cmd == FCNTL_SETFD && on != !!(a->ctx->fd->flags & FDF_CLOEXEC))
		set_cloexec(apply_edit_fd(a), on);
}

void apply_pipe(struct apply *a)
{
	uint32_t flags = a->ev->type == PPME_SYSCALL_PIPE2_X ? (uint32_t)param_u64(a->ev, 4, 0) : 0;

	if (a->res < 0)
		return;
	for (unsigned i = 1; i <= 2; i++) {
		struct fd *e = fd_new(a->s, FD_FIFO);

		e->ino = param_u64(a->ev, 3, 0);
		set_openflags(e, flags);
		apply_add_fd(a, param_i64(a->ev, i, -1), e);
	}
}

/* Calls that return an fd without a name: its type, and the parameter with its
 * flags, 0 for none. */
static const struct typed_row { uint16_t code; uint8_t type, flags; } TYPED[] = {
	{ PPME_SYSCALL_EVENTFD_X, FD_EVENT, 0 },
	{ PPME_SYSCALL_EVENTFD2_X, FD_EVENT, 1 },
	{ PPME_SYSCALL_SIGNALFD_X, FD_SIGNALFD, 0 },
	{ PPME_SYSCALL_SIGNALFD4_X, FD_SIGNALFD, 1 },
	{ PPME_SYSCALL_TIMERFD_CREATE_X, FD_TIMERFD, 0 },
	{ PPME_SYSCALL_INOTIFY_INIT_X, FD_INOTIFY, 0 },
	{ PPME_SYSCALL_INOTIFY_INIT1_X, FD_INOTIFY, 1 },
	{ PPME_SYSCALL_EPOLL_CREATE_X, FD_EVENTPOLL, 0 },
	{ PPME_SYSCALL_EPOLL_CREATE1_X, FD_EVENTPOLL, 1 },
	{ PPME_SYSCALL_USERFAULTFD_X, FD_USERFAULTFD, 1 },
	{ PPME_SYSCALL_IO_URING_SETUP_X, FD_IOURING, 0 },
	{ PPME_SYSCALL_BPF_2_X, FD_BPF, 0 },
};

void apply_typed_fd(struct apply *a)
{
	const struct typed_row *row = TYPED;
	uint32_t flags;
	struct fd *e;

	if (a->res < 0)
		return;
	while (row->code != a->ev->type)
		row++;
	e = fd_new(a->s, row->type);
	flags = row->flags ? (uint32_t)param_u64(a->ev, row->flags, 0) : 0;
	if (row->type == FD_EVENTPOLL)
		flags = flags & EPOLL_SCAP_CLOEXEC ? O_SCAP_CLOEXEC : 0;
	set_openflags(e, flags);
	apply_add_fd(a, a->res, e);
}

/* [Q] A failed call adds an entry, too, under its negative errno. */
void apply_memfd(struct apply *a)
{
	struct fd *e;
	const char *name;
	uint32_t len;

	if (a->res < 0 && a->s->opt.corrected)
		return;
	e = fd_new(a->s, a->res < 0 ? FD_UNINITIALISED : FD_MEMFD);
	if (a->res >= 0) {
		name = param_str(a->ev, 1, &len);
		str_assign(&e->name, name, len);
		set_openflags(e, param_u64(a->ev, 2, 0) & MFD_SCAP_CLOEXEC ? O_SCAP_CLOEXEC : 0);
	}
	apply_add_fd(a, a->res, e);
}

void apply_pidfd_open(struct apply *a)
{
	char name[STATE_PATH_BUF];
	struct fd *e;
	int n;

	if (a->res < 0)
		return;
	e = fd_new(a->s, FD_PIDFD);
	e->pid = param_i64(a->ev, 1, -1);
	n = snprintf(name, sizeof name, "%.*s/proc/%lld", STATE_PATH_MAX,
		     a->s->opt.host_root ? a->s->opt.host_root : "", (long long)e->pid);
	str_assign(&e->name, name, (uint32_t)n);
	set_openflags(e, O_SCAP_CLOEXEC |
		      (param_u64(a->ev, 2, 0) & PIDFD_SCAP_NONBLOCK ? O_SCAP_NONBLOCK : 0));
	apply_add_fd(a, a->res, e);
}

/* [Q] The result is not looked at.  The name of such an fd is never a change. */
void apply_pidfd_getfd(struct apply *a)
{
	const struct fd *pidfd = thread_fd(a->t, param_i64(a->ev, 1, -1)), *theirs;
	struct thread *target;
	struct fd *e;

	if (!pidfd || pidfd->type != FD_PIDFD || (a->res < 0 && a->s->opt.corrected))
		return;
	target = thread_find(a->s, pidfd->pid);
	theirs = target ? thread_fd(target, param_i64(a->ev, 2, -1)) : NULL;
	if (!theirs)
		return;
	e = fd_copy(a->s, theirs);
	if (e->oldname)
		str_unref(e->oldname);
	e->oldname = NULL;
	apply_add_fd(a, a->res, e);
}

/* What is read from is connected. */
void apply_connected(struct apply *a)
{
	const struct fd *e = a->ctx->fd;

	if (a->res >= 0 && e && (e->type == FD_IPV4_SOCK || e->type == FD_IPV6_SOCK) &&
	    !(e->flags & FDF_CONNECTED))
		apply_edit_fd(a)->flags |= FDF_CONNECTED;
}
