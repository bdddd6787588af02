/* apply_cred.c - what a process is: working directory, ids, capabilities, limits, memory. */
#include "state/state_internal.h"

enum { OPT_SET_SUBREAPER = 36, OPT_GET_SUBREAPER = 37, LIMIT_NOFILE = 7 };
#define ALL_CAPS ((1ull << 41) - 1)     /* CAP_CHOWN to CAP_CHECKPOINT_RESTORE */

void apply_chdir(struct apply *a)
{
	const char *p;
	uint32_t len;

	if (a->res < 0)
		return;
	p = param_str(a->ev, 1, &len);
	/* [Q] a relative path is taken from what the calling thread itself last stored */
	thread_set_cwd(a->s, a->t, p, len);
}

void apply_fchdir(struct apply *a)
{
	if (a->res >= 0 && a->ctx->fd)
		thread_set_cwd(a->s, a->t, a->ctx->fd->name->s, a->ctx->fd->name->len);
}

void apply_getcwd(struct apply *a)
{
	const char *p;
	uint32_t len;

	if (a->res < 0)
		return;
	p = param_str(a->ev, 1, &len);
	if (len && p[0] == '/')
		thread_set_cwd(a->s, a->t, p, len);
}

void apply_chroot(struct apply *a)
{
	char full[STATE_PATH_BUF];
	const struct str *cwd = thread_cwd(a->t);
	const char *p;
	uint32_t len;

	if (a->res != 0)
		return;
	p = param_str(a->ev, 1, &len);
	if (len && p[0] != '/' && strcmp(p, "<NA>") != 0) {
		len = path_concat(full, cwd->s, cwd->len, p, len);
		p = full;
	}
	if (str_assign(&a->t->root, p, len))
		thread_touch(a->s, a->t);
	thread_update_container(a->s, a->t);
}

void apply_setsid(struct apply *a)
{
	if (a->res < 0 || a->t->sid == a->res)
		return;
	a->t->sid = a->res;
	thread_touch(a->s, a->t);
	a->s->lineage++;
}

/* [Q] -1, "leave it", is stored like any other id. */
void apply_setid(struct apply *a)
{
	unsigned code = a->ev->type;
	bool one = code == PPME_SYSCALL_SETUID_X || code == PPME_SYSCALL_SETGID_X;
	bool group = code == PPME_SYSCALL_SETGID_X || code == PPME_SYSCALL_SETRESGID_X ||
		     code == PPME_SYSCALL_SETREGID_X;
	uint32_t *slot = group ? &a->t->gid : &a->t->uid;
	uint32_t id = (uint32_t)param_u64(a->ev, one ? 1 : 2, *slot);

	if (a->res != 0 || *slot == id || (id == UINT32_MAX && a->s->opt.corrected))
		return;
	*slot = id;
	thread_touch(a->s, a->t);
}

static void set_caps(struct apply *a, uint64_t inheritable, uint64_t permitted, uint64_t effective)
{
	a->t->cap_inheritable = inheritable;
	a->t->cap_permitted = permitted;
	a->t->cap_effective = effective;
	thread_touch(a->s, a->t);
}

void apply_capset(struct apply *a)
{
	if (a->res >= 0)
		set_caps(a, param_u64(a->ev, 1, 0), param_u64(a->ev, 2, 0), param_u64(a->ev, 3, 0));
}

/* Whoever enters a user namespace has every capability there. */
void apply_userns(struct apply *a)
{
	unsigned flags = a->ev->type == PPME_SYSCALL_SETNS_X ? 2 : 1;

	if (a->res >= 0 && (param_u64(a->ev, flags, 0) & CL_CLONE_NEWUSER))
		set_caps(a, ALL_CAPS, ALL_CAPS, ALL_CAPS);
}

/* [Q] Asking (PR_GET_CHILD_SUBREAPER) counts as setting. */
void apply_prctl(struct apply *a)
{
	uint64_t option = param_u64(a->ev, 1, 0);

	if (a->res < 0 || !a->t->group)
		return;
	if (option == OPT_SET_SUBREAPER || (option == OPT_GET_SUBREAPER && !a->s->opt.corrected))
		a->t->group->reaper = param_i64(a->ev, 3, 0) != 0;
}

void apply_rlimit(struct apply *a)
{
	bool other = a->ev->type == PPME_SYSCALL_PRLIMIT_X;
	struct thread *t = a->t, *main;
	int64_t limit = param_i64(a->ev, 1, -1), pid;

	if (a->res < 0 || param_u64(a->ev, other ? 6 : 3, 255) != LIMIT_NOFILE || limit == -1)
		return;
	pid = other ? param_i64(a->ev, 5, 0) : 0;
	if (pid > 0)
		t = thread_find(a->s, pid);
	main = t ? thread_main(t) : NULL;
	if (main && main->fdlimit != limit) {
		main->fdlimit = limit;
		thread_touch(a->s, main);
	}
}

static void set_vm(struct state *s, struct thread *t, const struct event *ev, unsigned first)
{
	uint32_t size = (uint32_t)param_u64(ev, first, t->vmsize_kb);
	uint32_t rss = (uint32_t)param_u64(ev, first + 1, t->vmrss_kb);
	uint32_t swap = (uint32_t)param_u64(ev, first + 2, t->vmswap_kb);

	if (size == t->vmsize_kb && rss == t->vmrss_kb && swap == t->vmswap_kb)
		return;
	t->vmsize_kb = size;
	t->vmrss_kb = rss;
	t->vmswap_kb = swap;
	thread_touch(s, t);
}

void apply_vm(struct apply *a)
{
	set_vm(a->s, a->t, a->ev, 1);
}

void apply_switch(struct apply *a)
{
	struct thread *main = thread_main(a->t);
	uint64_t major = param_u64(a->ev, 1, a->t->pfmajor), minor = param_u64(a->ev, 2, a->t->pfminor);

	if (major != a->t->pfmajor || minor != a->t->pfminor)
		thread_touch(a->s, a->t);
	a->t->pfmajor = major;
	a->t->pfminor = minor;
	if (main)
		set_vm(a->s, main, a->ev, 3);
}
