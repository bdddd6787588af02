/* field_thread.c - thread.*: ids, capabilities, control groups, faults. */
#include "filter/field_process.h"

/* By bit, as the kernel numbers them. */
static const char *const CAPABILITIES[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID",
	"CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
	"CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
	"CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ",
	"CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
};

static bool capabilities(struct eval_ctx *x, uint64_t set, struct values *out)
{
	size_t from;
	struct strbuf *b = scratch_begin(x, &from);

	for (unsigned i = 0; i < sizeof CAPABILITIES / sizeof *CAPABILITIES; i++) {
		if (!(set >> i & 1))
			continue;
		if (b->len > from)
			strbuf_addc(b, ' ');
		strbuf_adds(b, CAPABILITIES[i]);
	}
	return scratch_end(x, from, out);
}

#define CAPABILITY_FIELD(fn, member) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		(void)ref; \
		return x->ec->thread && capabilities(x, x->ec->thread->member, out); \
	}

CAPABILITY_FIELD(thread_cap_permitted, cap_permitted)
CAPABILITY_FIELD(thread_cap_inheritable, cap_inheritable)
CAPABILITY_FIELD(thread_cap_effective, cap_effective)

THREAD_NUM(thread_pfmajor, t->pfmajor)
THREAD_NUM(thread_pfminor, t->pfminor)
THREAD_NUM(thread_ismain, thread_is_main(t))
THREAD_NUM(thread_vmsize, thread_is_main(t) ? t->vmsize_kb : 0)
THREAD_NUM(thread_vmrss, thread_is_main(t) ? t->vmrss_kb : 0)
THREAD_NUM(thread_vmsize_b, thread_is_main(t) ? (uint64_t)t->vmsize_kb * 1024 : 0)
THREAD_NUM(thread_vmrss_b, thread_is_main(t) ? (uint64_t)t->vmrss_kb * 1024 : 0)

/* Events without a thread still carry an id. */
bool thread_tid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_id(out, x->ec->thread ? x->ec->thread->tid : x->ec->ev->tid);
}

bool thread_vtid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return t && t->vtid != -1 && value_set_num(out, (uint64_t)t->vtid);
}

bool thread_nametid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	struct strbuf *b;
	size_t from;

	(void)ref;
	if (!t)
		return false;
	b = scratch_begin(x, &from);
	strbuf_add(b, t->comm->s, t->comm->len);
	strbuf_i64(b, t->tid);
	return scratch_end(x, from, out);
}

/* Run times need scheduler events with a time base that current captures lack: 0. */
bool thread_exectime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref;
	return value_set_num(out, 0);
}

bool thread_totexectime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return x->ec->thread && value_set_num(out, 0);
}

/* Load is known on procinfo events only.  [Q] The three fields share one "last time", so that
 * the time in user mode alone counts from that of both; what is then less than nothing is a
 * huge number, and shown as the most there is. */
static bool load(struct eval_ctx *x, bool user, bool system, struct values *out)
{
	const struct event *ev = x->ec->ev;
	uint64_t since, bits;
	double percent;

	if (!x->ec->thread || ev->type != PPME_PROCINFO_E)
		return false;
	since = thread_cpu_since(x->ec->thread, (user ? param_u64(ev, 0, 0) : 0) +
						(system ? param_u64(ev, 1, 0) : 0));
	percent = since > 100 ? 100 : (double)since;
	memcpy(&bits, &percent, sizeof bits);
	return value_set_num(out, bits);
}

bool thread_cpu(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return load(x, true, true, out);
}

bool thread_cpu_user(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return load(x, true, false, out);
}

bool thread_cpu_system(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return load(x, false, true, out);
}

bool thread_cgroups(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	size_t from;

	(void)ref;
	if (!t || t->cgroups->n == 0)
		return false;
	list_text(scratch_begin(x, &from), t->cgroups);
	return scratch_end(x, from, out);
}

/* thread.cgroup.memory: the subsystem is letters and '_'. */
int resolve_subsystem(struct field_ref *ref, struct saker_error *err)
{
	const char *s = ref->arg;

	ref->index = -1;
	if (!s || !*s)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
	for (; *s; s++)
		if (!((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') && *s != '_')
			return fail(err, SAKER_E_ARG,
				    "filter_check called with nonexistent field %s.%s",
				    ref->def->name, ref->arg);
	return 0;
}

bool thread_cgroup(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	const char *p, *end;

	if (!t)
		return false;
	p = t->cgroups->s;
	end = p + t->cgroups->len;
	while (p < end) {
		size_t n = strlen(p);

		if (n > ref->arg_len && p[ref->arg_len] == '=' &&
		    memcmp(p, ref->arg, ref->arg_len) == 0)
			return value_set_mem(out, p + ref->arg_len + 1,
					     (uint32_t)(n - ref->arg_len - 1));
		p += n + 1;
	}
	return false;
}
