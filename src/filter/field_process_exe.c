/* field_process_exe.c - a process's times, its program file, sizes and
 * standard streams.
 */
#include "filter/field_process.h"

/* A value of 0 is no value. */
#define THREAD_NONZERO(fn, member) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		const struct thread *t = x->ec->thread; \
		(void)ref; \
		return t && t->member != 0 && value_set_num(out, t->member); \
	}

THREAD_NONZERO(proc_pid_ts, clone_ts)
THREAD_NONZERO(proc_exe_ino, exe_ino)
THREAD_NONZERO(proc_exe_ino_ctime, exe_ino_ctime)
THREAD_NONZERO(proc_exe_ino_mtime, exe_ino_mtime)
THREAD_NONZERO(proc_ctime_pidns_start, exe_ino_ctime_pidns)
THREAD_NONZERO(proc_pidns_init_start_ts, pidns_init_start_ts)
THREAD_NUM(proc_is_exe_writable, t->exe_writable)
THREAD_NUM(proc_is_exe_upper_layer, t->exe_upper_layer)
THREAD_NUM(proc_is_exe_lower_layer, t->exe_lower_layer)
THREAD_NUM(proc_is_exe_from_memfd, t->exe_from_memfd)
THREAD_NUM(proc_vmsize, t->vmsize_kb)
THREAD_NUM(proc_vmrss, t->vmrss_kb)
THREAD_NUM(proc_vmswap, t->vmswap_kb)
THREAD_NUM(proc_nthreads, t->group ? t->group->alive : 0)

/* [Q] A file that changed after the process began is older by nearly 600 years. */
bool proc_ctime_proc_start(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	if (!t || !t->exe_ino_ctime_clone || (x->corrected && t->exe_ino_ctime > t->clone_ts))
		return false;
	return value_set_num(out, t->exe_ino_ctime_clone);
}

bool proc_duration(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return t && t->clone_ts && value_set_num(out, x->ec->ev->ts - t->clone_ts);
}

static const struct thread *parent(const struct eval_ctx *x)
{
	const struct thread *t = x->ec->thread;

	return t ? state_thread(x->ec->state, t->ptid) : NULL;
}

bool proc_ppid_ts(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *p = parent(x);

	(void)ref;
	return p && value_set_num(out, p->clone_ts);
}

/* Of the main thread alone: a made-up thread keeps fds, yet they are not counted. */
static uint64_t open_fds(const struct thread *t)
{
	const struct thread *m = thread_main(t);

	return m && m->fds ? fd_table_count(m->fds) : 0;
}

/* Falco: a parent whose start is not known yields the number of open fds. */
bool proc_ppid_duration(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	const struct thread *p = t ? state_ancestor(x->ec->state, t, 1) : NULL;

	(void)ref;
	if (!p || (!p->clone_ts && x->corrected))
		return false;
	return value_set_num(out, p->clone_ts ? x->ec->ev->ts - p->clone_ts
					      : open_fds(x->ec->thread));
}

/* Live threads of the process but its main one. */
bool proc_nchilds(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread, *m;
	uint64_t n;

	(void)ref;
	if (!t)
		return false;
	n = t->group ? t->group->alive : 0;
	m = n ? thread_main(t) : NULL;
	return value_set_num(out, m && !m->dead ? n - 1 : n);
}

THREAD_NUM(proc_fdopencount, open_fds(t))

static int64_t fd_limit(const struct thread *t)
{
	const struct thread *m = thread_main(t);

	return m ? m->fdlimit : 0;
}

THREAD_NUM(proc_fdlimit, fd_limit(t))

/* Open fds in per cent of the limit. */
bool proc_fdusage(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	double d = 0;
	uint64_t bits;
	int64_t limit;

	(void)ref;
	if (!t)
		return false;
	limit = fd_limit(t);
	if (limit > 0)
		d = (double)(open_fds(t) * 100) / (double)limit;
	memcpy(&bits, &d, sizeof bits);
	return value_set_num(out, bits);
}

/* The fd of "proc.stdin.type" and kin, told by the letter after "proc.std". */
static const struct fd *std_stream(const struct eval_ctx *x, const struct field_ref *ref)
{
	static const char PREFIX[] = "proc.std";
	const struct thread *t = x->ec->thread;
	const struct fd_table *fds = t ? thread_fds(t) : NULL;
	char c = ref->def->name[sizeof PREFIX - 1];
	int64_t n = c == 'i' ? 0 : c == 'o' ? 1 : 2;

	return fds ? fd_table_get(fds, n) : NULL;
}

bool proc_std_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = std_stream(x, ref);
	const char *name;

	if (!e)
		return false;
	name = fd_type_name(e->type);
	return value_set_cstr(out, name ? name : "<NA>");
}

bool proc_std_name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = std_stream(x, ref);

	return e && value_set_str(out, e->name);
}
