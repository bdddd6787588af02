/* apply_process.c - processes and threads: clone, exec, exit (state_engine.md 3.2 to 3.4). */
#include "state/state_internal.h"

enum { RES, EXE, ARGS, TID, PID, PTID, CWD, FDLIMIT, PGFT_MAJ, PGFT_MIN, VM_SIZE, VM_RSS,
       VM_SWAP, COMM, CGROUPS };
enum clone_param { C_FLAGS = 15, C_UID, C_GID, C_VTID, C_VPID, C_PIDNS_START };
enum exec_param { E_ENV = 15, E_TTY, E_VPGID, E_LOGINUID, E_FLAGS, E_CAP_INHERITABLE,
		  E_CAP_PERMITTED, E_CAP_EFFECTIVE, E_EXE_INO, E_EXE_CTIME, E_EXE_MTIME, E_UID,
		  E_EXEPATH, E_PGID, E_GID };
enum exec_flags { EXE_WRITABLE = 1, EXE_UPPER = 2, EXE_MEMFD = 4, EXE_LOWER = 8 };
enum { EXECVEAT_EMPTY_PATH = 1 };

/* A text parameter, sharing the parent's string when that is the same. */
static void take_text(struct str **slot, const struct event *ev, unsigned index, struct str *likely)
{
	uint32_t len;
	const char *p;

	if (!param_has(ev, index))
		return;
	p = param_str(ev, index, &len);
	if (likely && str_equal(likely, p, len))
		str_share(slot, likely);
	else
		str_assign(slot, p, len);
}

static void take_list(struct str **slot, const struct event *ev, unsigned index, struct str *likely)
{
	const struct param *p = &ev->param[index];

	if (index >= ev->nparams || (!p->len && index != ARGS))
		return;                 /* only of the arguments an empty list is one */
	if (likely && likely->len == p->len && !memcmp(likely->s, p->p, p->len))
		str_share(slot, likely);
	else
		str_assign_list(slot, (const char *)p->p, p->len);
}

static void take_cgroups(struct thread *t, const struct event *ev, struct str *likely)
{
	const struct param *p = &ev->param[CGROUPS];

	if (param_has(ev, CGROUPS))
		thread_set_cgroups(t, (const char *)p->p, p->len, likely);
}

/* What clone and exec events have in common. */
static void take_common(struct thread *t, const struct event *ev, const struct thread *like)
{
	take_text(&t->exe, ev, EXE, like ? like->exe : NULL);
	take_list(&t->args, ev, ARGS, like ? like->args : NULL);
	take_text(&t->comm, ev, COMM, like ? like->comm : NULL);
	if (!param_has(ev, COMM))
		str_share(&t->comm, t->exe);
	take_cgroups(t, ev, like ? like->cgroups : NULL);
	t->fdlimit = param_i64(ev, FDLIMIT, t->fdlimit);
	t->pfmajor = param_u64(ev, PGFT_MAJ, t->pfmajor);
	t->pfminor = param_u64(ev, PGFT_MIN, t->pfminor);
	t->vmsize_kb = (uint32_t)param_u64(ev, VM_SIZE, t->vmsize_kb);
	t->vmrss_kb = (uint32_t)param_u64(ev, VM_RSS, t->vmrss_kb);
	t->vmswap_kb = (uint32_t)param_u64(ev, VM_SWAP, t->vmswap_kb);
}

static void take_container(struct state *s, struct thread *t, const struct thread *like)
{
	if (like && like->cgroups == t->cgroups)
		str_share(&t->container_id, like->container_id);
	else
		thread_update_container(s, t);
}

/* What a child has from its parent, or a thread from its main thread. */
static void inherit(struct thread *t, const struct thread *from)
{
	str_share(&t->exepath, from->exepath);
	str_share(&t->root, from->root);
	t->exe_writable = from->exe_writable;
	t->exe_upper_layer = from->exe_upper_layer;
	t->exe_lower_layer = from->exe_lower_layer;
	t->exe_from_memfd = from->exe_from_memfd;
	t->sid = from->sid;
	t->vpgid = from->vpgid;
	t->pgid = from->pgid;
	t->tty = from->tty;
	t->loginuid = from->loginuid;
	t->cap_permitted = from->cap_permitted;
	t->cap_effective = from->cap_effective;
	t->cap_inheritable = from->cap_inheritable;
	t->exe_ino = from->exe_ino;
	t->exe_ino_ctime = from->exe_ino_ctime;
	t->exe_ino_mtime = from->exe_ino_mtime;
	t->exe_ino_ctime_clone = t->clone_ts - from->exe_ino_ctime;
	t->exe_ino_ctime_pidns = from->exe_ino_ctime_pidns;
}

/* Of a new process: what it shares with the one it was forked from. */
static void inherit_process(struct state *s, struct thread *t, const struct thread *from)
{
	struct thread *main = thread_main(from);

	fd_table_share(s, &t->fds, thread_fds_slot((struct thread *)from));
	if (main)
		str_share(&t->cwd, main->cwd);
	else
		str_assign(&t->cwd, thread_cwd(from)->s, thread_cwd(from)->len);
	str_share(&t->env, from->env);  /* [Q] a thread's own is empty */
}

/* An entry that was made up, or from damaged lists, gets its ids from the event. */
static void repair(struct state *s, struct thread *t, const struct event *ev, int64_t vtid,
		   int64_t vpid)
{
	t->pid = param_i64(ev, PID, t->pid);
	t->ptid = param_i64(ev, PTID, t->ptid);
	t->vtid = vtid;
	t->vpid = vpid;
	t->fake = thread_is_invalid(t);
	thread_touch(s, t);
	thread_link(s, t);
}

/* -- clone ------------------------------------------------------------------------- */

static bool left_to_child(const struct apply *a, const struct thread *caller, uint32_t flags)
{
	return (flags & (CL_CHILD_IN_PIDNS | CL_CLONE_NEWPID | CL_CLONE_PARENT | CL_CLONE_VFORK)) ||
	       caller->tid != caller->vtid || a->ev->type == PPME_SYSCALL_VFORK_20_X ||
	       exited_recently(&a->s->exited, a->res, caller->tid, a->ev->ts);
}

static struct thread *clone_caller(struct apply *a, bool *valid)
{
	const struct event *ev = a->ev;
	struct thread *t = a->t ? a->t : thread_get(a->s, ev->tid);

	a->ctx->thread = t;
	if (!t)
		return NULL;
	*valid = !thread_is_invalid(t);
	if (!*valid)
		repair(a->s, t, ev, param_i64(ev, C_VTID, t->tid), param_i64(ev, C_VPID, -1));
	return t;
}

static void clone_parent(struct apply *a)
{
	const struct event *ev = a->ev;
	uint32_t flags = (uint32_t)param_u64(ev, C_FLAGS, 0);
	struct thread *caller, *c;
	bool valid = false;

	caller = clone_caller(a, &valid);
	if (!caller || left_to_child(a, caller, flags))
		return;
	c = thread_find(a->s, a->res);
	if (c && (c->flags & CL_CLONE_INVERTED))
		return;
	if (c == caller)
		return;                 /* damaged: nobody is its own child */
	thread_displace(a->s, a->res);
	a->ctx->thread = caller = thread_find(a->s, ev->tid);
	if (!caller)                    /* it had ended and waited for that last thread only */
		return;
	c = thread_alloc(a->s, a->res);
	if (!c)
		return;
	c->flags = flags;
	c->clone_ts = ev->ts;
	c->pidns_init_start_ts = a->s->boot_ts;
	if (flags & CL_CLONE_THREAD) {
		c->flags |= CL_CLONE_FILES;
		c->pid = caller->pid;
		c->ptid = caller->ptid;
		c->lastexec_ts = caller->lastexec_ts;
	} else {
		c->pid = c->tid;
		c->ptid = caller->tid;
		if (valid)
			inherit_process(a->s, c, caller);
	}
	c->vtid = c->tid;
	c->vpid = c->pid;
	c->uid = (uint32_t)param_u64(ev, C_UID, UINT32_MAX);
	c->gid = (uint32_t)param_u64(ev, C_GID, UINT32_MAX);
	if (valid)
		inherit(c, caller);
	take_common(c, ev, caller);
	take_container(a->s, c, caller);
	thread_insert(a->s, c);
	thread_link(a->s, c);
}

static bool in_new_pidns(const struct thread *t)
{
	return (t->flags & (CL_CHILD_IN_PIDNS | CL_CLONE_NEWPID)) || t->tid != t->vtid;
}

static void child_ids(struct thread *t, const struct event *ev)
{
	t->flags = (uint32_t)param_u64(ev, C_FLAGS, 0) | CL_CLONE_INVERTED;
	t->pid = param_i64(ev, PID, -1);
	t->ptid = param_i64(ev, PTID, -1);
	t->vtid = param_i64(ev, C_VTID, t->tid);
	t->vpid = param_i64(ev, C_VPID, t->pid);
	t->uid = (uint32_t)param_u64(ev, C_UID, UINT32_MAX);
	t->gid = (uint32_t)param_u64(ev, C_GID, UINT32_MAX);
	t->clone_ts = ev->ts;
}

static void clone_child(struct apply *a)
{
	const struct event *ev = a->ev;
	struct thread *old = a->t, *t, *like;

	if (old && old->clone_ts && ev->ts - old->clone_ts < CLONE_STALE_NS)
		return;                 /* the parent's event made it */
	thread_displace(a->s, ev->tid);
	a->ctx->thread = a->t = NULL;
	t = thread_alloc(a->s, ev->tid);
	if (!t)
		return;
	child_ids(t, ev);
	if (t->flags & CL_CLONE_THREAD)
		t->flags |= CL_CLONE_FILES;
	like = thread_get(a->s, t->flags & CL_CLONE_THREAD ? t->pid : t->ptid);
	if (like && thread_is_invalid(like))
		like = NULL;
	if (like && !(t->flags & CL_CLONE_THREAD))
		inherit_process(a->s, t, like);
	if (like)
		inherit(t, like);
	take_common(t, ev, like);
	take_container(a->s, t, like);
	t->pidns_init_start_ts = a->s->boot_ts + (in_new_pidns(t) ? param_u64(ev, C_PIDNS_START, 0) : 0);
	thread_displace(a->s, ev->tid);  /* a damaged parent number may have made it up */
	thread_insert(a->s, t);
	thread_link(a->s, t);
	a->ctx->thread = a->t = t;
}

void apply_clone(struct apply *a)
{
	if (!param_has(a->ev, RES))
		return;
	if (a->res == 0)
		clone_child(a);
	else if (a->res > 0)
		clone_parent(a);
}

/* -- exec ---------------------------------------------------------------------------- */

static void drop_other_threads(struct apply *a)
{
	struct thread_group *g = a->t->group;
	uint32_t i = 0;

	while (g && i < g->n) {
		if (thread_is_main(g->thread[i]) || g->thread[i] == a->t)
			i++;
		else
			thread_remove(a->s, g->thread[i]);
	}
}

/* Captures older than the trusted path: from what the enter event asked for. */
static void exepath_from_enter(struct apply *a)
{
	char dir[STATE_PATH_BUF], full[STATE_PATH_BUF];
	const struct event *enter = a->enter;
	bool at = enter && enter->type == PPME_SYSCALL_EXECVEAT_E;
	const struct str *cwd = thread_cwd(a->t);
	const char *name;
	uint32_t len, n;

	if (!enter || (!at && enter->type != PPME_SYSCALL_EXECVE_19_E))
		return;
	name = param_str(enter, at ? 1 : 0, &len);
	if (at && name[0] != '/')       /* [Q] the directory stays the event's fd */
		a->ctx->fd = thread_fd(a->t, param_i64(enter, 0, -1));
	if (at && (param_u64(enter, 2, 0) & EXECVEAT_EMPTY_PATH) && (!len || !strcmp(name, "<NA>"))) {
		n = path_of_dirfd(dir, a->t, "", 0, param_i64(enter, 0, -1));
		if (n > 1 && dir[n - 1] == '/')
			n--;            /* a file, not a folder */
		thread_set_exepath(a->t, dir, n);
		return;
	}
	if (!strcmp(name, "<NA>")) {
		thread_set_exepath(a->t, "<NA>", 4);
		return;
	}
	if (!at) {
		n = path_concat(full, cwd->s, cwd->len, name, len);
		thread_set_exepath(a->t, full, n);
		return;
	}
	n = path_of_dirfd(dir, a->t, name, len, param_i64(enter, 0, -1));
	if (!strcmp(dir, "<UNKNOWN>"))
		thread_set_exepath(a->t, "<NA>", 4);
	else
		thread_set_exepath(a->t, full, path_concat(full, dir, n, name, len));
}

static void take_exe_file(struct thread *t, const struct event *ev)
{
	uint32_t flags = (uint32_t)param_u64(ev, E_FLAGS, 0);

	if (param_has(ev, E_FLAGS)) {
		t->exe_writable = flags & EXE_WRITABLE;
		t->exe_upper_layer = flags & EXE_UPPER;
		t->exe_from_memfd = flags & EXE_MEMFD;
		t->exe_lower_layer = flags & EXE_LOWER;
	}
	t->exe_ino = param_u64(ev, E_EXE_INO, t->exe_ino);
	if (param_has(ev, E_EXE_CTIME)) {
		t->exe_ino_ctime = param_u64(ev, E_EXE_CTIME, 0);
		if (t->clone_ts)
			t->exe_ino_ctime_clone = t->clone_ts - t->exe_ino_ctime;
		if (t->pidns_init_start_ts && t->exe_ino_ctime > t->pidns_init_start_ts)
			t->exe_ino_ctime_pidns = t->exe_ino_ctime - t->pidns_init_start_ts;
	}
	t->exe_ino_mtime = param_u64(ev, E_EXE_MTIME, t->exe_ino_mtime);
}

static void take_exec_ids(struct thread *t, const struct event *ev)
{
	t->tty = (uint32_t)param_u64(ev, E_TTY, t->tty);
	t->vpgid = param_i64(ev, E_VPGID, t->vpgid);
	t->pgid = param_i64(ev, E_PGID, -1);
	t->loginuid = (uint32_t)param_u64(ev, E_LOGINUID, t->loginuid);
	t->uid = (uint32_t)param_u64(ev, E_UID, t->uid);
	t->gid = (uint32_t)param_u64(ev, E_GID, t->gid);
	t->cap_inheritable = param_u64(ev, E_CAP_INHERITABLE, t->cap_inheritable);
	t->cap_permitted = param_u64(ev, E_CAP_PERMITTED, t->cap_permitted);
	t->cap_effective = param_u64(ev, E_CAP_EFFECTIVE, t->cap_effective);
}

/* The directory of an execveat stays the event's fd, though it may be one that is closed. */
static void sweep_cloexec(struct apply *a, struct fd_table **slot)
{
	if (a->ctx->fd) {
		a->s->kept_fd = (struct fd *)a->ctx->fd;
		a->s->kept_fd->refs++;
		a->s->delayed = true;
	}
	fd_table_sweep(a->s, slot, INT64_MIN, INT64_MAX, FDF_CLOEXEC, 0);
}

void apply_exec(struct apply *a)
{
	const struct event *ev = a->ev;
	struct thread *t = a->t;
	const struct str *cgroups = t->cgroups;
	const char *path;
	uint32_t len;

	if (a->res < 0)
		return;
	if (t->dead && t->group) {      /* the exec of another thread ends as the main one */
		t->dead = false;
		t->group->alive++;
	}
	drop_other_threads(a);
	if (thread_is_invalid(t)) {
		int64_t pid = param_i64(ev, PID, t->pid);

		repair(a->s, t, ev, param_i64(ev, TID, t->tid), pid);
	}
	if (!t->group)                  /* a member of a process stays in it */
		t->pid = param_i64(ev, PID, t->pid);
	t->lastexec_ts = ev->ts;
	take_common(t, ev, NULL);
	take_list(&t->env, ev, E_ENV, NULL);
	if (param_has(ev, E_EXEPATH)) {
		path = param_str(ev, E_EXEPATH, &len);
		thread_set_exepath(t, path, len);
	} else {
		exepath_from_enter(a);
	}
	take_exec_ids(t, ev);
	take_exe_file(t, ev);
	if (thread_fds_slot(t))
		sweep_cloexec(a, thread_fds_slot(t));
	t->flags = CL_ACTIVE | CL_NAME_CHANGED | (t->flags & (CL_PIPE_SRC | CL_PIPE_DST |
							      CL_IS_MAIN_THREAD | CL_CLONE_INVERTED));
	if (t->cgroups != cgroups)
		thread_update_container(a->s, t);
	thread_touch(a->s, t);
	a->s->lineage++;
}

/* -- exit -------------------------------------------------------------------------------- */

void apply_procexit(struct apply *a)
{
	thread_set_dead(a->s, a->t);
	a->s->delayed = true;
	a->s->exit_thread = a->t;
	if (a->t->child_first)
		a->t->reaper_tid = param_i64(a->ev, 4, -1);
}
