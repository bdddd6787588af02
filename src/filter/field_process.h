/* field_process.h - what the files of the process class share: the extractors
 * behind the one table in field_process.c, and the walk over ancestors.
 * Rules: reference/state_engine.md section 7.
 */
#pragma once
#include "filter/field.h"
#include "filter/scratch.h"

typedef bool field_extract(struct eval_ctx *x, const struct field_ref *ref, struct values *out);
typedef bool field_match(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a);
typedef int field_resolver(struct field_ref *ref, struct saker_error *err);

/* A field that is one expression over the event's thread t; no value without a thread. */
#define THREAD_NUM(fn, expr) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		const struct thread *t = x->ec->thread; \
		(void)ref; \
		return t && value_set_num(out, (uint64_t)(expr)); \
	}
#define THREAD_STR(fn, expr) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		const struct thread *t = x->ec->thread; \
		(void)ref; \
		return t && value_set_str(out, (expr)); \
	}

/* -- arguments ----------------------------------------------------------------- */
field_resolver resolve_index;           /* bare, or a number; negative is bare */
field_resolver resolve_key;             /* anything */
field_resolver resolve_index_or_key;    /* a number is an index */
/* A decimal number with nothing around it but a sign. */
bool parse_index(const char *s, uint32_t len, int64_t *n);

/* -- shared texts ---------------------------------------------------------------- */
/* The elements of a list, joined by a blank. */
void list_text(struct strbuf *b, const struct str *list);
/* "comm arg arg". */
void cmdline_text(struct strbuf *b, const struct thread *t);
/* Element i of a list; "" with *len = 0 beyond the end. */
const char *list_item(const struct str *list, uint64_t i, uint32_t *len);
/* The value of KEY in an environment, blanks around it cut away; *len 0: none or empty. */
const char *env_value(const struct str *env, const char *key, uint32_t key_len, uint32_t *len);
/* Ids wider than 32 bits or below -1 are no value. */
static inline bool value_set_id(struct values *out, int64_t id)
{
	return id >= -1 && id <= UINT32_MAX && value_set_num(out, (uint64_t)id);
}

/* -- walking up: by ptid through the table, thread after thread ---------------------- */
struct ancestry {
	const struct state *state;
	const struct thread *at, *mark; /* mark: where a loop would come by again */
	uint32_t steps, limit;
};

/* Starts at t, which is not itself visited. */
void ancestry_begin(struct ancestry *w, const struct state *s, const struct thread *t);
/* The next ancestor, or NULL. */
const struct thread *ancestry_next(struct ancestry *w);

/* -- field_process_names.c ------------------------------------------------------------ */
field_extract proc_name, proc_exe, proc_exepath, proc_args, proc_cmdline, proc_cmdnargs,
	proc_cmdlenargs, proc_exeline, proc_env, proc_cwd;

/* -- field_process_ancestors.c --------------------------------------------------------- */
field_extract proc_pname, proc_pexe, proc_pexepath, proc_pcmdline, proc_aname, proc_aexe,
	proc_aexepath, proc_aargs, proc_acmdline, proc_apid, proc_aenv, proc_loginshellid;
field_match match_aname, match_aexe, match_aexepath, match_acmdline, match_apid, match_aenv;

/* -- field_process_ids.c ------------------------------------------------------------------ */
field_extract proc_pid, proc_ppid, proc_vpid, proc_pvpid, proc_tty, proc_sid, proc_vpgid, proc_pgid,
	proc_sname, proc_sid_exe, proc_sid_exepath, proc_vpgid_name, proc_vpgid_exe,
	proc_vpgid_exepath, proc_pgid_name, proc_pgid_exe, proc_pgid_exepath,
	proc_is_sid_leader, proc_is_vpgid_leader, proc_is_pgid_leader;

/* -- field_process_exe.c: times, the program file, and sizes -------------------------------- */
field_extract proc_duration, proc_ppid_duration, proc_pid_ts, proc_ppid_ts, proc_is_exe_writable,
	proc_is_exe_upper_layer, proc_is_exe_lower_layer, proc_is_exe_from_memfd, proc_exe_ino,
	proc_exe_ino_ctime, proc_exe_ino_mtime, proc_ctime_proc_start, proc_ctime_pidns_start,
	proc_pidns_init_start_ts, proc_vmsize, proc_vmrss, proc_vmswap, proc_nthreads, proc_nchilds,
	proc_fdopencount, proc_fdlimit, proc_fdusage, proc_std_type, proc_std_name;

/* -- field_thread.c ------------------------------------------------------------------------- */
field_extract thread_cap_permitted, thread_cap_inheritable, thread_cap_effective, thread_pfmajor,
	thread_pfminor, thread_tid, thread_ismain, thread_vtid, thread_nametid, thread_exectime,
	thread_totexectime, thread_cgroups, thread_cgroup, thread_cpu, thread_cpu_user,
	thread_cpu_system, thread_vmsize, thread_vmrss, thread_vmsize_b, thread_vmrss_b;
field_resolver resolve_subsystem;
