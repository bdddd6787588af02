/* apply.c - state_apply(): finds the event's thread and fd, and hands it to the
 * handler of its kind (state_engine.md 0 and 1).
 */
#include "state/state_internal.h"

enum row_flags {
	R_NO_THREAD = 1,        /* the event has no thread, whatever its tid */
	R_KNOWN_ONLY = 2,       /* no made-up entry for an unknown tid */
	R_LEADING = 4,          /* consumed unseen while it stands before all other events */
	R_NULL_OK = 8,          /* the handler runs without a thread, too */
	R_SWITCH = 16,          /* no time stamps, no fd */
};

struct row { apply_fn *fn; uint8_t flags; };

enum { ENTER_MAX = 16 << 10 };          /* two paths and some: no kernel makes more */

#define META (R_NO_THREAD | R_NULL_OK)

static const struct row ROWS[EVENT_MAX] = {
	[PPME_SYSCALL_CLONE_20_X] = { apply_clone, R_KNOWN_ONLY | R_NULL_OK },
	[PPME_SYSCALL_FORK_20_X] = { apply_clone, R_KNOWN_ONLY | R_NULL_OK },
	[PPME_SYSCALL_VFORK_20_X] = { apply_clone, R_KNOWN_ONLY | R_NULL_OK },
	[PPME_SYSCALL_CLONE3_X] = { apply_clone, R_KNOWN_ONLY | R_NULL_OK },
	[PPME_SYSCALL_EXECVE_19_X] = { apply_exec, 0 },
	[PPME_SYSCALL_EXECVEAT_X] = { apply_exec, 0 },
	[PPME_PROCEXIT_1_E] = { apply_procexit, R_KNOWN_ONLY },

	[PPME_SYSCALL_OPEN_E] = { apply_store_enter, 0 },
	[PPME_SYSCALL_CREAT_E] = { apply_store_enter, 0 },
	[PPME_SYSCALL_OPENAT_2_E] = { apply_store_enter, 0 },
	[PPME_SYSCALL_OPENAT2_E] = { apply_store_enter, 0 },
	[PPME_SYSCALL_EXECVE_19_E] = { apply_store_enter, 0 },
	[PPME_SYSCALL_EXECVEAT_E] = { apply_store_enter, 0 },
	[PPME_SOCKET_CONNECT_E] = { apply_store_enter, 0 },

	[PPME_SYSCALL_OPEN_X] = { apply_open, 0 },
	[PPME_SYSCALL_CREAT_X] = { apply_open, 0 },
	[PPME_SYSCALL_OPENAT_2_X] = { apply_open, 0 },
	[PPME_SYSCALL_OPENAT2_X] = { apply_open, 0 },
	[PPME_SYSCALL_OPEN_BY_HANDLE_AT_X] = { apply_open, 0 },

	[PPME_SOCKET_SOCKET_X] = { apply_socket, 0 },
	[PPME_SOCKET_SOCKETPAIR_X] = { apply_socketpair, 0 },
	[PPME_SOCKET_BIND_X] = { apply_bind, 0 },
	[PPME_SOCKET_CONNECT_X] = { apply_connect, 0 },
	[PPME_SOCKET_ACCEPT_5_X] = { apply_accept, 0 },
	[PPME_SOCKET_ACCEPT4_6_X] = { apply_accept, 0 },
	[PPME_SOCKET_SEND_X] = { apply_send, 0 },
	[PPME_SOCKET_SENDTO_X] = { apply_send, 0 },
	[PPME_SOCKET_SENDMSG_X] = { apply_send, 0 },
	[PPME_SOCKET_SENDMMSG_X] = { apply_send, 0 },
	[PPME_SOCKET_RECV_X] = { apply_recv, 0 },
	[PPME_SOCKET_RECVFROM_X] = { apply_recv, 0 },
	[PPME_SOCKET_RECVMSG_X] = { apply_recv, 0 },
	[PPME_SOCKET_RECVMMSG_X] = { apply_recv, 0 },
	[PPME_SYSCALL_READ_X] = { apply_connected, 0 },
	[PPME_SYSCALL_READV_X] = { apply_connected, 0 },
	[PPME_SYSCALL_PREAD_X] = { apply_connected, 0 },
	[PPME_SYSCALL_PREADV_X] = { apply_connected, 0 },

	[PPME_SYSCALL_CLOSE_X] = { apply_close, 0 },
	[PPME_SYSCALL_CLOSE_RANGE_X] = { apply_close_range, 0 },
	[PPME_SYSCALL_DUP_1_X] = { apply_dup, 0 },
	[PPME_SYSCALL_DUP2_X] = { apply_dup, 0 },
	[PPME_SYSCALL_DUP3_X] = { apply_dup, 0 },
	[PPME_SYSCALL_FCNTL_X] = { apply_fcntl, 0 },
	[PPME_SYSCALL_PIPE_X] = { apply_pipe, 0 },
	[PPME_SYSCALL_PIPE2_X] = { apply_pipe, 0 },
	[PPME_SYSCALL_EVENTFD_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_EVENTFD2_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_SIGNALFD_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_SIGNALFD4_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_TIMERFD_CREATE_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_INOTIFY_INIT_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_INOTIFY_INIT1_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_EPOLL_CREATE_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_EPOLL_CREATE1_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_USERFAULTFD_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_IO_URING_SETUP_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_BPF_2_X] = { apply_typed_fd, 0 },
	[PPME_SYSCALL_MEMFD_CREATE_X] = { apply_memfd, 0 },
	[PPME_SYSCALL_PIDFD_OPEN_X] = { apply_pidfd_open, 0 },
	[PPME_SYSCALL_PIDFD_GETFD_X] = { apply_pidfd_getfd, 0 },

	[PPME_SYSCALL_CHDIR_X] = { apply_chdir, 0 },
	[PPME_SYSCALL_FCHDIR_X] = { apply_fchdir, 0 },
	[PPME_SYSCALL_GETCWD_X] = { apply_getcwd, 0 },
	[PPME_SYSCALL_CHROOT_X] = { apply_chroot, 0 },
	[PPME_SYSCALL_SETSID_X] = { apply_setsid, 0 },
	[PPME_SYSCALL_SETUID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_SETRESUID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_SETREUID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_SETGID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_SETRESGID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_SETREGID_X] = { apply_setid, 0 },
	[PPME_SYSCALL_CAPSET_X] = { apply_capset, 0 },
	[PPME_SYSCALL_UNSHARE_X] = { apply_userns, 0 },
	[PPME_SYSCALL_SETNS_X] = { apply_userns, 0 },
	[PPME_SYSCALL_PRCTL_X] = { apply_prctl, 0 },
	[PPME_SYSCALL_GETRLIMIT_X] = { apply_rlimit, 0 },
	[PPME_SYSCALL_SETRLIMIT_X] = { apply_rlimit, 0 },
	[PPME_SYSCALL_PRLIMIT_X] = { apply_rlimit, 0 },
	[PPME_SYSCALL_BRK_4_X] = { apply_vm, 0 },
	[PPME_SYSCALL_MMAP_X] = { apply_vm, 0 },
	[PPME_SYSCALL_MMAP2_X] = { apply_vm, 0 },
	[PPME_SYSCALL_MUNMAP_X] = { apply_vm, 0 },
	[PPME_SCHEDSWITCH_6_E] = { apply_switch, R_KNOWN_ONLY | R_SWITCH },

	[PPME_USER_ADDED_E] = { apply_user, META | R_LEADING },
	[PPME_USER_DELETED_E] = { apply_user, META | R_LEADING },
	[PPME_GROUP_ADDED_E] = { apply_user, META | R_LEADING },
	[PPME_GROUP_DELETED_E] = { apply_user, META | R_LEADING },
	[PPME_CONTAINER_JSON_E] = { apply_container, META | R_LEADING },
	[PPME_CONTAINER_JSON_2_E] = { apply_container, META | R_LEADING },
	[PPME_ASYNCEVENT_E] = { apply_async, R_KNOWN_ONLY | R_NULL_OK | R_SWITCH | R_LEADING },
	[PPME_PLUGINEVENT_E] = { NULL, R_KNOWN_ONLY | R_SWITCH },
	[PPME_PROCINFO_E] = { NULL, R_KNOWN_ONLY | R_SWITCH },
	[PPME_DROP_E] = { NULL, META },
	[PPME_DROP_X] = { NULL, META },
	[PPME_SCAPEVENT_E] = { NULL, R_KNOWN_ONLY | R_SWITCH },
	[PPME_CPU_HOTPLUG_E] = { NULL, META },
	[PPME_NOTIFICATION_E] = { NULL, META },
	[PPME_INFRASTRUCTURE_EVENT_E] = { NULL, META },
	[PPME_PAGE_FAULT_E] = { NULL, META },
};

/* What the previous event removed, now that rules have seen it. */
static void finish_previous(struct state *s, uint64_t now)
{
	struct thread *t = s->exit_thread;

	s->delayed = false;
	s->exit_thread = NULL;
	if (s->kept_fd)
		fd_unref(s, s->kept_fd);
	s->kept_fd = NULL;
	if (t) {
		exited_add(&s->exited, t->tid, t->ptid, now);
		thread_remove(s, t);
	}
	t = s->close_thread;
	s->close_thread = NULL;
	if (t && thread_fds_slot(t))
		fd_table_del(s, thread_fds_slot(t), s->close_fd);
}

/* The stored enter event, when this exit is its own. */
static const struct event *usable_enter(struct state *s, struct thread *t, unsigned type)
{
	bool match = type == t->last_type + 1 || (type == PPME_SYSCALL_EXECVE_19_X &&
						  t->last_type == PPME_SYSCALL_EXECVEAT_E);

	if (!match) {
		t->last_fd = -1;
		return NULL;
	}
	if (!t->enter_len || event_decode(&s->enter, t->enter, t->enter_len, NULL) < 0)
		return NULL;
	return &s->enter;
}

/* The event's fd number and entry, before its handler runs. */
static void find_fd(struct apply *a)
{
	const struct event *ev = a->ev;
	int fd_param = ev->info->fd_param;
	struct fd *e;

	if (ev->type == PPME_SYSCALL_COPY_FILE_RANGE_X)
		a->t->last_fd = param_i64(ev, 1, -1);   /* of two, the one written to */
	else if (a->t->last_fd == -1 && fd_param >= 0)
		a->t->last_fd = param_i64(ev, (unsigned)fd_param, -1);
	a->ctx->fd = e = (struct fd *)thread_fd(a->t, a->t->last_fd);
	if (!e)
		a->s->stats.fd_lookups_failed++;
	else if (e->oldname) {                  /* fd.name_changed is of one event: no revision */
		str_unref(e->oldname);
		e->oldname = NULL;
	}
}

static inline void apply_to_thread(struct apply *a, const struct row *row)
{
	const struct event *ev = a->ev;
	struct event_ctx *ctx = a->ctx;
	struct thread *t = a->t;
	const uint32_t eflags = ev->info->flags;
	const bool exit = event_code_is_exit(ev->type);

	if (exit) {
		a->enter = usable_enter(a->s, t, ev->type);
	} else {
		t->last_fd = -1;
		t->last_type = ev->type;
	}
	if (eflags & EF_USES_FD)
		find_fd(a);
	if (row->fn)
		row->fn(a);
	t = ctx->thread;        /* a clone's child has taken the event over */
	if (!t)
		return;
	if (exit)
		t->enter_len = 0;
	t->prev_ts = t->last_ts;
	t->last_ts = ev->ts;
	if (!(eflags & (EF_USES_FD | EF_CREATES_FD | EF_DESTROYS_FD)))
		return;
	ctx->has_fd_fields = true;
	ctx->fd_num = t->last_fd;
	if (!ctx->fd && t->last_fd != -1)
		ctx->fd = thread_fd(t, t->last_fd);
}

/* The first events of a section, until both are known. */
static __attribute__((noinline)) void begin_section(struct state *s, const struct event *ev,
						    const struct row *row, struct event_ctx *ctx)
{
	if (s->leading) {
		if (row->flags & R_LEADING)
			ctx->visible = false;
		else
			s->leading = false;
	}
	if (!s->first_ts && !(ev->info->category & EC_METAEVENT))
		s->first_ts = ev->ts;
	s->beginning = s->leading || !s->first_ts;
}

void state_apply(struct state *s, const struct event *ev, struct event_ctx *ctx)
{
	const struct row *row = &ROWS[ev->type];
	struct apply a = { .s = s, .ev = ev, .ctx = ctx };

	if (s->delayed)
		finish_previous(s, ev->ts);
	*ctx = (struct event_ctx){ .ev = ev, .fd_num = -1, .state = s,
				   .visible = !(ev->flags & (EVENT_STATE_ONLY | EVENT_HIDDEN)) };
	if (__builtin_expect(s->beginning, 0))
		begin_section(s, ev, row, ctx);
	if (!(row->flags & R_NO_THREAD)) {
		a.t = thread_find(s, ev->tid);
		if (!a.t && !(row->flags & R_KNOWN_ONLY))
			a.t = thread_get(s, ev->tid);
		ctx->thread = a.t;
	}
	a.res = event_code_is_exit(ev->type) ? param_i64(ev, 0, 0) : 0;
	if (a.t && !(row->flags & R_SWITCH))
		apply_to_thread(&a, row);
	else if (row->fn && (a.t || (row->flags & R_NULL_OK)))
		row->fn(&a);
}

void apply_add_fd(struct apply *a, int64_t num, struct fd *e)
{
	struct fd_table **slot = thread_fds_slot(a->t);

	if (!slot) {
		fd_unref(a->s, e);
		return;
	}
	a->ctx->fd = fd_table_put(a->s, slot, num, e);
	a->t->last_fd = num;
}

struct fd *apply_edit_fd(struct apply *a)
{
	struct fd_table **slot = thread_fds_slot(a->t);
	struct fd *e = slot && a->ctx->fd ? fd_table_edit(a->s, slot, a->t->last_fd) : NULL;

	a->ctx->fd = e;
	if (e && !e->oldname)
		e->oldname = str_ref(e->name);
	return e;
}

/* Kept for the exit event: it has what the program passed before the kernel
 * (or another thread) could change it, and in old captures the only copy. */
void apply_store_enter(struct apply *a)
{
	struct thread *t = a->t;
	bool always = a->ev->type == PPME_SYSCALL_EXECVEAT_E ||
		      a->ev->type == PPME_SOCKET_CONNECT_E;

	t->enter_len = 0;
	if ((!always && !param_has(a->ev, 0)) || a->ev->raw_len > ENTER_MAX) {
		a->s->stats.enters_dropped++;
		return;
	}
	if (t->enter_cap < a->ev->raw_len) {
		t->enter_cap = (a->ev->raw_len + 255) & ~255u;
		t->enter = mem_realloc(t->enter, t->enter_cap, 1);
	}
	memcpy(t->enter, a->ev->raw, a->ev->raw_len);
	t->enter_len = a->ev->raw_len;
	a->s->stats.enters_stored++;
}
