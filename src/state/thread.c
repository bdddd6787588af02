/* thread.c - reading and setting one thread's values. */
#include "state/state_internal.h"

/* The cwd of a process whose main thread is not known. */
static const struct str CWD_UNKNOWN = { 1, 2, 1, "./" };

struct thread *thread_main(const struct thread *t)
{
	struct thread *first;

	if (thread_is_main(t))
		return (struct thread *)t;
	if (!t->group || !t->group->n)
		return NULL;
	first = t->group->thread[0];
	return thread_is_main(first) ? first : NULL;
}

const struct str *thread_cwd(const struct thread *t)
{
	const struct thread *main = thread_main(t);

	return main ? main->cwd : &CWD_UNKNOWN;
}

const struct str *thread_env(const struct thread *t)
{
	const struct thread *main = thread_main(t);

	return main ? main->env : t->env;
}

/* A thread that was cloned without CLONE_FILES has a table of its own, whatever
 * its pid says; so has an entry that was made up. */
struct fd_table **thread_fds_slot(struct thread *t)
{
	struct thread *main;

	if (!(t->flags & CL_CLONE_FILES))
		return &t->fds;
	main = thread_main(t);
	return main ? &main->fds : NULL;
}

const struct fd_table *thread_fds(const struct thread *t)
{
	struct fd_table **slot = thread_fds_slot((struct thread *)t);

	return slot ? *slot : NULL;
}

const struct fd *thread_fd(const struct thread *t, int64_t num)
{
	return num < 0 ? NULL : fd_table_get(thread_fds(t), num);
}

bool thread_in_pidns(const struct thread *t)
{
	return (t->flags & CL_CHILD_IN_PIDNS) || (t->tid != t->vtid && t->vtid >= 0);
}

uint64_t thread_cpu_since(struct thread *t, uint64_t now)
{
	uint64_t last = t->cpu_shown;

	t->cpu_shown = now;
	return last ? now - last : 0;
}

bool str_assign(struct str **slot, const char *p, uint32_t len)
{
	if (str_equal(*slot, p, len))
		return false;
	str_set(slot, str_new(p, len));
	return true;
}

bool str_assign_list(struct str **slot, const char *p, uint32_t len)
{
	const struct str *old = *slot;
	uint32_t body;

	if (len == 1 && !*p)
		len = 0;                /* one empty element is none */
	body = len && !p[len - 1] ? len - 1 : len;
	if (old->len == (len ? body + 1 : 0) && (!body || !memcmp(old->s, p, body)))
		return false;
	str_set(slot, str_new_list(p, len));
	return true;
}

void thread_set_cwd(struct state *s, struct thread *t, const char *p, uint32_t len)
{
	char buf[STATE_PATH_BUF];
	const struct str *base = s->opt.corrected ? thread_cwd(t) : t->cwd;
	uint32_t n = path_concat(buf, base->s, base->len, p, len);
	struct thread *main = thread_main(t);

	if (!n || buf[n - 1] != '/')
		buf[n++] = '/';
	if (main && str_assign(&main->cwd, buf, n))
		thread_touch(s, main);
}
