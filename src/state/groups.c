/* groups.c - the threads of a process, its parent and children, and who adopts
 * the children of a process that ends (state_engine.md 2.4).
 */
#include <stdlib.h>
#include "state/state_internal.h"

/* A group with room for its first threads in place. */
struct group_box { struct thread_group g; struct thread *room[3]; };

_Static_assert(sizeof(struct group_box) <= 64, "a group is one cache line");

static struct thread_group *group_new(struct state *s, const struct thread *t)
{
	struct group_box *b = slab_get(&s->group_slab);

	*b = (struct group_box){ .g = { .pid = t->pid, .cap = 3 } };
	b->g.thread = b->room;
	b->g.reaper = t->pid == 1 || t->vpid == 1;
	u64map_set(&s->groups, (uint64_t)t->pid, b);
	return &b->g;
}

static void group_release(struct state *s, struct thread_group *g)
{
	if (g->thread != ((struct group_box *)g)->room)
		free(g->thread);
	slab_put(&s->group_slab, g);
}

static void group_add(struct thread_group *g, struct thread *t)
{
	if (g->n == g->cap) {
		struct thread **old = g->thread == ((struct group_box *)g)->room ? NULL : g->thread;
		struct thread **more = mem_realloc(old, g->cap * 2, sizeof *more);

		if (!old)
			memcpy(more, g->thread, g->n * sizeof *more);
		g->thread = more;
		g->cap *= 2;
	}
	if (thread_is_main(t)) {
		memmove(g->thread + 1, g->thread, g->n * sizeof *g->thread);
		g->thread[0] = t;
	} else {
		g->thread[g->n] = t;
	}
	g->n++;
	g->alive += !t->dead;
	t->group = g;
}

static void group_del(struct thread_group *g, const struct thread *t)
{
	for (uint32_t i = 0; i < g->n; i++)
		if (g->thread[i] == t) {
			memmove(g->thread + i, g->thread + i + 1, (g->n - i - 1) * sizeof *g->thread);
			g->n--;
			return;
		}
}

void group_free_all(struct state *s)
{
	for (uint32_t i = 0; s->groups.slot && i <= s->groups.mask; i++)
		if (s->groups.slot[i].val)
			group_release(s, s->groups.slot[i].val);
	u64map_release(&s->groups);
}

void thread_unlink_child(struct thread *t)
{
	if (!t->parent)
		return;
	if (t->sib_prev)
		t->sib_prev->sib_next = t->sib_next;
	else
		t->parent->child_first = t->sib_next;
	if (t->sib_next)
		t->sib_next->sib_prev = t->sib_prev;
	t->parent = t->sib_next = t->sib_prev = NULL;
}

static void child_add(struct thread *parent, struct thread *t)
{
	t->ptid = parent->tid;
	t->parent = parent;
	t->sib_next = parent->child_first;
	if (t->sib_next)
		t->sib_next->sib_prev = t;
	parent->child_first = t;
}

/* Members read much of themselves off their main thread.  How many they are is read anew for
 * each event, so that one more costs nothing to all others. */
static void group_touch(struct state *s, const struct thread *joined)
{
	const struct thread_group *g = joined->group;

	if (!thread_is_main(joined))
		return;
	for (uint32_t i = 0; i < g->n; i++)
		thread_touch(s, g->thread[i]);
}

void thread_link(struct state *s, struct thread *t)
{
	struct thread_group *g;
	struct thread *parent;

	if (thread_is_invalid(t) || t->group)
		return;
	g = u64map_get(&s->groups, (uint64_t)t->pid);
	group_add(g ? g : group_new(s, t), t);
	thread_touch(s, t);
	if (t->group->n > 1)
		group_touch(s, t);
	s->lineage++;
	if (t->pid == 1)
		return;
	parent = state_thread(s, t->ptid);
	if (!parent || thread_is_invalid(parent) || parent == t)
		t->ptid = 0;
	else
		child_add(parent, t);
}

void thread_set_dead(struct state *s, struct thread *t)
{
	if (t->dead)
		return;
	t->dead = true;
	if (t->group)
		t->group->alive--;
	thread_touch(s, t);
}

static struct thread *group_alive_thread(const struct thread_group *g)
{
	for (uint32_t i = 0; i < g->n; i++)
		if (!g->thread[i]->dead)
			return g->thread[i];
	return NULL;
}

/* The nearest ancestor process that adopts, in the same pid namespace.  Two
 * walkers, one twice as fast, end a loop of damaged parent numbers. */
static struct thread *reaper_search(struct state *s, const struct thread *t)
{
	bool in_pidns = thread_in_pidns(t);
	struct thread *slow = state_thread(s, t->ptid), *p = slow;

	for (unsigned step = 1; p && p != t; step++) {
		if (thread_in_pidns(p) != in_pidns)
			return NULL;
		if (p->group && p->group->reaper && group_alive_thread(p->group))
			return group_alive_thread(p->group);
		p = state_thread(s, p->ptid);
		if (p == slow)
			return NULL;
		if (step % 2 == 0 && slow)
			slow = state_thread(s, slow->ptid);
	}
	return NULL;
}

static struct thread *reaper_of(struct state *s, struct thread *t)
{
	struct thread *r;

	if (t->reaper_tid > 0) {
		r = thread_get(s, t->reaper_tid);
		if (r && r != t && !thread_is_invalid(r))
			return r;
	}
	r = group_alive_thread(t->group);
	return r ? r : reaper_search(s, t);
}

static void children_to_reaper(struct state *s, struct thread *t)
{
	struct thread *r = reaper_of(s, t);

	if (r && r->group && r->group != t->group)
		r->group->reaper = true;
	while (t->child_first) {
		struct thread *c = t->child_first;

		thread_unlink_child(c);
		if (r && c != r)
			child_add(r, c);
		else
			c->ptid = 0;
		thread_touch(s, c);
	}
	s->lineage++;
}

void thread_remove(struct state *s, struct thread *t)
{
	struct thread_group *g = t->group;
	struct thread *main;

	if (!g) {
		thread_erase(s, t);
		return;
	}
	thread_set_dead(s, t);
	if (t->child_first)
		children_to_reaper(s, t);
	thread_unlink_child(t);
	main = thread_main(t);
	if (t != main) {
		group_del(g, t);
		thread_erase(s, t);
	}
	if (g->alive)
		return;
	if (main)
		thread_erase(s, main);
	for (uint32_t i = 0; i < g->n; i++)     /* nobody is left in it but for damaged ids */
		if (g->thread[i] != main)
			g->thread[i]->group = NULL;
	u64map_del(&s->groups, (uint64_t)g->pid);
	group_release(s, g);
}

void thread_displace(struct state *s, int64_t tid)
{
	struct thread *t = state_thread(s, tid);

	if (!t)
		return;
	thread_remove(s, t);
	t = state_thread(s, tid);
	if (!t)                 /* else a main thread that its living threads kept */
		return;
	group_del(t->group, t);
	thread_erase(s, t);
}

/* -- who exited lately -------------------------------------------------------- */

static uint16_t *exited_bucket(const struct exited *x, int64_t tid)
{
	return &x->bucket[hash_u64((uint64_t)tid) % EXITED_RING];
}

void exited_add(struct exited *x, int64_t tid, int64_t ptid, uint64_t ts)
{
	struct exited_entry *e = &x->ring[x->at];
	uint16_t *p = exited_bucket(x, e->tid);

	while (*p && *p != x->at + 1)   /* takes the oldest out of its chain, if it is in one */
		p = &x->ring[*p - 1].next;
	if (*p)
		*p = e->next;
	p = exited_bucket(x, tid);
	*e = (struct exited_entry){ tid, ptid, ts, *p };
	*p = (uint16_t)(x->at + 1);
	x->at = (x->at + 1) % EXITED_RING;
}

bool exited_recently(const struct exited *x, int64_t tid, int64_t ptid, uint64_t now)
{
	for (uint16_t i = *exited_bucket(x, tid); i; i = x->ring[i - 1].next) {
		const struct exited_entry *e = &x->ring[i - 1];

		if (e->tid == tid && e->ptid == ptid && now - e->ts < CLONE_STALE_NS)
			return true;
	}
	return false;
}
