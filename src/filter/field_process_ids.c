/* field_process_ids.c - process, session and process group ids, and the
 * processes that lead them.
 */
#include "filter/field_process.h"

bool proc_pid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return x->ec->thread && value_set_id(out, x->ec->thread->pid);
}

bool proc_ppid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	t = t ? state_ancestor(x->ec->state, t, 1) : NULL;
	return t && value_set_id(out, t->pid);
}

bool proc_vpid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return t && t->vpid != -1 && value_set_num(out, (uint64_t)t->vpid);
}

bool proc_pvpid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	t = t ? state_thread(x->ec->state, t->ptid) : NULL;
	return t && value_set_num(out, (uint64_t)t->vpid);
}

THREAD_NUM(proc_tty, t->tty)
THREAD_NUM(proc_sid, t->sid)
THREAD_NUM(proc_vpgid, t->vpgid)
THREAD_NUM(proc_pgid, t->pgid)
THREAD_NUM(proc_is_sid_leader, t->sid == t->vpid)
THREAD_NUM(proc_is_vpgid_leader, t->vpgid == t->vpid)
THREAD_NUM(proc_is_pgid_leader, t->pgid == t->pid)

static int64_t id_sid(const struct thread *t) { return t->sid; }
static int64_t id_vpgid(const struct thread *t) { return t->vpgid; }
static int64_t id_pgid(const struct thread *t) { return t->pgid; }

/* Who leads the session or group that id() tells: the process of that pid, when the
 * id can be a pid of this table; else the highest ancestor of the unbroken row
 * that has the same id.  NULL: none, or the id is not known. */
static const struct thread *leader(const struct eval_ctx *x, const struct thread *t,
				   int64_t (*id)(const struct thread *t), bool namespaced)
{
	const struct thread *top = NULL, *up;
	struct ancestry w;

	if (id(t) < 0)
		return NULL;
	if (!namespaced || !thread_in_pidns(t)) {
		top = state_thread(x->ec->state, id(t));
		if (top)
			return top;
	}
	ancestry_begin(&w, x->ec->state, t);
	while ((up = ancestry_next(&w)) && id(up) == id(t))
		top = up;
	return top;
}

/* Without a leader the text is empty, not missing. */
#define LEADER_FIELD(fn, id, namespaced, member) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		const struct thread *t = x->ec->thread; \
		(void)ref; \
		if (!t) \
			return false; \
		t = leader(x, t, id, namespaced); \
		return value_set_str(out, t ? t->member : &STR_EMPTY); \
	}

LEADER_FIELD(proc_sname, id_sid, true, comm)
LEADER_FIELD(proc_sid_exe, id_sid, true, exe)
LEADER_FIELD(proc_sid_exepath, id_sid, true, exepath)
LEADER_FIELD(proc_vpgid_name, id_vpgid, true, comm)
LEADER_FIELD(proc_vpgid_exe, id_vpgid, true, exe)
LEADER_FIELD(proc_vpgid_exepath, id_vpgid, true, exepath)
LEADER_FIELD(proc_pgid_name, id_pgid, false, comm)
LEADER_FIELD(proc_pgid_exe, id_pgid, false, exe)
LEADER_FIELD(proc_pgid_exepath, id_pgid, false, exepath)
