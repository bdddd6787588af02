/* thread.h - one thread as the events and lists have described it.
 *
 * Fields and their sources: reference/state_engine.md 2.1.  Strings are counted
 * references, never NULL.  Only the state layer writes; everyone else reads
 * through const pointers.
 */
#pragma once
#include "state/fd.h"

enum thread_flags {             /* PPM_CL_* bits kept as they come on clone, and our own above */
	CL_CLONE_FILES = 1 << 0, CL_CLONE_FS = 1 << 1, CL_CLONE_IO = 1 << 2, CL_CLONE_NEWIPC = 1 << 3,
	CL_CLONE_NEWNET = 1 << 4, CL_CLONE_NEWNS = 1 << 5, CL_CLONE_NEWPID = 1 << 6,
	CL_CLONE_NEWUTS = 1 << 7, CL_CLONE_PARENT = 1 << 8, CL_CLONE_PARENT_SETTID = 1 << 9,
	CL_CLONE_PTRACE = 1 << 10, CL_CLONE_SIGHAND = 1 << 11, CL_CLONE_SYSVSEM = 1 << 12,
	CL_CLONE_THREAD = 1 << 13, CL_CLONE_UNTRACED = 1 << 14, CL_CLONE_VM = 1 << 15,
	CL_CLONE_INVERTED = 1 << 16, CL_NAME_CHANGED = 1 << 17, CL_CLOSED = 1 << 18, CL_ACTIVE = 1 << 19,
	CL_CLONE_NEWUSER = 1 << 20, CL_PIPE_SRC = 1 << 21, CL_PIPE_DST = 1 << 22,
	CL_CLONE_CHILD_CLEARTID = 1 << 23, CL_CLONE_CHILD_SETTID = 1 << 24, CL_CLONE_SETTLS = 1 << 25,
	CL_CLONE_STOPPED = 1 << 26, CL_CLONE_VFORK = 1 << 27, CL_CLONE_NEWCGROUP = 1 << 28,
	CL_CHILD_IN_PIDNS = 1 << 29, CL_IS_MAIN_THREAD = 1 << 30,
};

struct thread;

/* The threads of one process. */
struct thread_group {
	int64_t pid;
	struct thread **thread; /* n of them; the main one first when it is known */
	uint32_t n, cap, alive;
	bool reaper;
};

struct thread {
	/* what almost every event touches */
	int64_t tid, pid;
	uint64_t rev;           /* moves when a field of this entry changes that a rule could see */
	struct thread_group *group;             /* NULL: invalid or fake */
	struct fd_table *fds;                   /* read through thread_fds(); may be NULL */
	int64_t last_fd;        /* fd.num of its latest event */
	uint64_t last_ts, prev_ts;              /* of its current and its previous event */
	uint32_t flags;                         /* enum thread_flags */
	uint32_t last_type;                     /* code of its latest even-numbered event */
	bool fake, dead;                        /* fake: made up for an unknown tid */
	bool exe_writable, exe_upper_layer, exe_lower_layer, exe_from_memfd;
	/* the stored enter event of old captures and TOCTOU mitigation; state layer only */
	uint32_t enter_len, enter_cap;
	uint32_t fd_turns;      /* of fds: fd_order.c */
	uint8_t *enter;

	int64_t ptid, reaper_tid;
	int64_t sid, vpgid, pgid, vtid, vpid;
	struct str *comm, *exe, *exepath, *cwd, *root;
	struct str *args, *env, *cgroups;       /* lists */
	struct str *container_id;               /* STR_EMPTY: host */
	uint32_t uid, gid, loginuid, tty;       /* ids 0xffffffff: none */
	uint64_t cap_permitted, cap_effective, cap_inheritable;
	uint64_t exe_ino, exe_ino_ctime, exe_ino_mtime;
	uint64_t exe_ino_ctime_clone, exe_ino_ctime_pidns;      /* the two durations, ns, unsigned */
	uint64_t clone_ts, lastexec_ts, pidns_init_start_ts;
	int64_t fdlimit;
	uint32_t vmsize_kb, vmrss_kb, vmswap_kb;
	uint64_t pfmajor, pfminor;
	uint64_t cpu_shown;     /* what a thread.cpu field saw last: thread_cpu_since() */
	struct thread *child_first, *sib_next, *sib_prev, *parent;      /* parent: NULL unknown */
};

static inline bool thread_is_invalid(const struct thread *t)
{
	return t->tid < 0 || t->pid < 0 || t->ptid < 0;
}

static inline bool thread_is_main(const struct thread *t)
{
	return t->tid == t->pid || (t->flags & CL_IS_MAIN_THREAD);
}

/* The main thread of its process; itself when it is that; NULL when not known. */
struct thread *thread_main(const struct thread *t);
/* cwd and env belong to the main thread: state_engine.md 2.1. Never NULL. */
const struct str *thread_cwd(const struct thread *t);
const struct str *thread_env(const struct thread *t);
/* The table the thread uses: the main thread's, or its own when it was cloned
 * without CLONE_FILES.  NULL when that is not known or empty. */
const struct fd_table *thread_fds(const struct thread *t);
/* As fd_table_each() of them, in the order in which Falco goes through them. */
void thread_fds_each(const struct thread *t, bool (*f)(void *ctx, int64_t fd, const struct fd *e),
		     void *ctx);
bool thread_in_pidns(const struct thread *t);
/* Run time since the last call for this thread, which is what a load is made of: 0 the first
 * time, and when the last was 0. */
uint64_t thread_cpu_since(struct thread *t, uint64_t now);
