/* thread_table.c - threads by tid.
 *
 * Entries live in a slab, so that their address holds while they live; an
 * open-addressing map finds them.  The latest look-up is kept: neighbouring
 * events are often of one thread.
 */
#include <stdlib.h>
#include "state/state_internal.h"

struct thread *thread_look_up(struct state *s, int64_t tid)
{
	struct thread *t = u64map_get(&s->threads, (uint64_t)tid);

	if (t)
		s->last_thread = t;
	return t;
}

struct thread *state_thread(const struct state *s, int64_t tid)
{
	return u64map_get(&s->threads, (uint64_t)tid);
}

struct thread *state_ancestor(const struct state *s, const struct thread *t, unsigned n)
{
	struct thread *main = thread_main(t);

	while (main && n--) {
		const struct thread *parent = main->parent;

		if (!parent || parent->tid != main->ptid)
			parent = state_thread(s, main->ptid);
		main = parent ? thread_main(parent) : NULL;
	}
	return main;
}

struct thread *thread_alloc(struct state *s, int64_t tid)
{
	struct thread *t;

	if (s->threads.n >= s->opt.max_threads) {
		s->stats.threads_refused++;
		return NULL;
	}
	t = slab_get(&s->thread_slab);
	memset(t, 0, sizeof *t);
	t->tid = tid;
	t->pid = t->ptid = t->reaper_tid = t->sid = t->vpgid = t->pgid = t->vtid = t->vpid = -1;
	t->uid = t->gid = t->loginuid = UINT32_MAX;
	t->last_fd = -1;
	t->last_type = UINT32_MAX - 1;
	t->fdlimit = -1;
	t->comm = t->exe = t->exepath = t->cwd = t->root = t->args = t->env = t->cgroups =
		t->container_id = &STR_EMPTY;
	t->rev = rev_next(s);
	return t;
}

void thread_insert(struct state *s, struct thread *t)
{
	u64map_set(&s->threads, (uint64_t)t->tid, t);
	s->last_thread = t;
	s->stats.threads++;
	s->stats.threads_added++;
	s->lineage++;
}

/* Frees what an entry owns; it is in no table, group or family any more. */
void thread_free(struct state *s, struct thread *t)
{
	struct str *own[] = { t->comm, t->exe, t->exepath, t->cwd, t->root, t->args, t->env,
			      t->cgroups, t->container_id };

	for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
		str_unref(own[i]);
	fd_table_drop(s, &t->fds);
	free(t->enter);
	slab_put(&s->thread_slab, t);
}

void thread_erase(struct state *s, struct thread *t)
{
	u64map_del(&s->threads, (uint64_t)t->tid);
	if (s->last_thread == t)
		s->last_thread = NULL;
	if (s->exit_thread == t)
		s->exit_thread = NULL;
	if (s->close_thread == t)
		s->close_thread = NULL;
	thread_unlink_child(t);
	while (t->child_first)
		thread_unlink_child(t->child_first);
	s->stats.threads--;
	s->stats.threads_removed++;
	s->lineage++;
	thread_free(s, t);
}

struct thread *thread_get(struct state *s, int64_t tid)
{
	struct thread *t = thread_find(s, tid);

	if (t)
		return t;
	s->stats.thread_lookups_failed++;
	t = thread_alloc(s, tid);
	if (!t)
		return NULL;
	t->fake = true;
	str_assign(&t->comm, "<NA>", 4);
	str_share(&t->exe, t->comm);
	s->stats.threads_faked++;
	thread_insert(s, t);
	return t;
}
