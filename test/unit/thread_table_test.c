/* thread_table_test.c - threads come, go, and leave children behind. */
#include "state_events.h"

static struct thread *at(struct feed *f, int64_t tid)
{
	return state_thread(f->s, tid);
}

static void an_unknown_thread_is_made_up(void **ctx)
{
	struct feed f;
	struct thread *t;

	(void)ctx;
	feed_open(&f, NULL);
	do_getuid(&f, 77);
	t = f.ctx.thread;
	assert_non_null(t);
	assert_true(t->fake);
	assert_string_equal(t->comm->s, "<NA>");
	assert_string_equal(t->exe->s, "<NA>");
	assert_int_equal(t->pid, -1);
	assert_int_equal(t->ptid, -1);
	assert_int_equal(t->uid, UINT32_MAX);
	assert_null(t->group);
	assert_null(thread_main(t));
	assert_ptr_equal(at(&f, 77), t);
	assert_int_equal(state_stats(f.s)->threads_faked, 1);
	do_getuid(&f, 77);
	assert_int_equal(state_stats(f.s)->threads_faked, 1);
	do_exit(&f, 99, 0);             /* but not for an exit, a clone or a switch */
	assert_null(f.ctx.thread);
	assert_null(at(&f, 99));
	feed_close(&f);
}

static void the_table_has_a_ceiling(void **ctx)
{
	struct state_options o = { .max_threads = 3 };
	struct feed f;

	(void)ctx;
	feed_open(&f, &o);
	for (int i = 1; i <= 5; i++)
		do_getuid(&f, i);
	assert_null(f.ctx.thread);
	assert_int_equal(state_stats(f.s)->threads, 3);
	assert_int_equal(state_stats(f.s)->threads_refused, 2);
	feed_close(&f);
}

static void a_clone_is_made_by_whichever_side_comes_first(void **ctx)
{
	struct feed f;
	struct thread *c;

	(void)ctx;
	for (int child_first = 0; child_first < 2; child_first++) {
		feed_open(&f, NULL);
		add_process(&f, 10, 10, 1, "sh");
		lists_done(&f);
		if (child_first)
			do_clone(&f, 20, 0, 20, 10, "sh", 0);
		do_clone(&f, 10, 20, 10, 1, "sh", 0);
		assert_int_equal(f.ctx.thread->tid, 10);
		c = at(&f, 20);
		assert_int_equal(!!(c->flags & CL_CLONE_INVERTED), child_first);
		if (!child_first)
			do_clone(&f, 20, 0, 20, 10, "sh", 0);
		assert_ptr_equal(at(&f, 20), c);
		assert_int_equal(c->ptid, 10);
		assert_int_equal(c->pid, 20);
		assert_ptr_equal(c->parent, at(&f, 10));
		assert_string_equal(c->cwd->s, "/work/");
		assert_string_equal(c->exepath->s, "/bin/x");
		assert_int_equal(c->uid, 1000);
		feed_close(&f);
	}
}

static void a_reused_tid_is_a_new_thread(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "sh");
	lists_done(&f);
	do_clone(&f, 20, 0, 20, 10, "old", 0);
	assert_string_equal(at(&f, 20)->comm->s, "old");
	f.ts += CLONE_STALE_NS;         /* its exit was lost */
	do_clone(&f, 20, 0, 20, 10, "new", 0);
	assert_string_equal(at(&f, 20)->comm->s, "new");
	assert_int_equal(state_stats(f.s)->threads, 2);
	f.ts += CLONE_STALE_NS;
	at(&f, 20)->flags = 0;
	do_clone(&f, 10, 20, 10, 1, "third", 0);
	assert_string_equal(at(&f, 20)->comm->s, "third");
	feed_close(&f);
}

static void a_late_parent_event_does_not_revive_a_child_that_exited(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "sh");
	lists_done(&f);
	do_clone(&f, 20, 0, 20, 10, "sh", 0);
	do_exit(&f, 20, 0);
	do_clone(&f, 10, 20, 10, 1, "sh", 0);
	assert_null(at(&f, 20));
	f.ts += CLONE_STALE_NS;
	do_clone(&f, 10, 20, 10, 1, "sh", 0);
	assert_non_null(at(&f, 20));
	feed_close(&f);
}

static void children_in_a_pid_namespace_and_of_vfork_are_left_to_their_own_event(void **ctx)
{
	static const uint32_t FLAGS[] = { CL_CHILD_IN_PIDNS, CL_CLONE_NEWPID, CL_CLONE_PARENT,
					  CL_CLONE_VFORK };
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "sh");
	lists_done(&f);
	for (unsigned i = 0; i < 4; i++) {
		do_clone(&f, 10, 20, 10, 1, "sh", FLAGS[i]);
		assert_null(at(&f, 20));
	}
	at(&f, 10)->vtid = 3;
	do_clone(&f, 10, 20, 10, 1, "sh", 0);
	assert_null(at(&f, 20));
	feed_close(&f);
}

static void a_thread_stays_until_the_event_after_its_exit(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "sh");
	lists_done(&f);
	do_exit(&f, 10, 0);
	assert_ptr_equal(f.ctx.thread, at(&f, 10));
	assert_true(f.ctx.thread->dead);
	do_getuid(&f, 11);
	assert_null(at(&f, 10));
	feed_close(&f);
}

static void the_main_thread_outlives_its_exit_while_others_live(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "srv");
	lists_done(&f);
	do_clone(&f, 10, 11, 10, 1, "srv", CL_CLONE_THREAD | CL_CLONE_FILES);
	assert_int_equal(at(&f, 10)->group->alive, 2);
	assert_ptr_equal(thread_main(at(&f, 11)), at(&f, 10));
	do_exit(&f, 10, 0);
	do_getuid(&f, 11);
	assert_true(at(&f, 10)->dead);
	assert_string_equal(thread_cwd(at(&f, 11))->s, "/work/");
	assert_int_equal(at(&f, 10)->group->alive, 1);
	do_exec(&f, 10, 0, 10, 1, "new");       /* the survivor's exec is reported as the main one's */
	assert_false(at(&f, 10)->dead);
	assert_null(at(&f, 11));
	assert_int_equal(at(&f, 10)->group->alive, 1);
	do_exit(&f, 10, 0);
	do_getuid(&f, 50);
	assert_null(at(&f, 10));
	feed_close(&f);
}

static void all_of_a_process_goes_with_its_last_thread(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 1, "srv");
	lists_done(&f);
	do_clone(&f, 10, 11, 10, 1, "srv", CL_CLONE_THREAD | CL_CLONE_FILES);
	do_exit(&f, 10, 0);
	do_exit(&f, 11, 0);
	do_getuid(&f, 50);
	assert_null(at(&f, 10));
	assert_null(at(&f, 11));
	assert_int_equal(f.s->groups.n, 0);
	feed_close(&f);
}

/* init (1) > grand (5) > sh (10) > child (20) */
static void family(struct feed *f)
{
	feed_open(f, NULL);
	add_process(f, 1, 1, 0, "init");
	add_process(f, 5, 5, 1, "grand");
	add_process(f, 10, 10, 5, "sh");
	add_process(f, 20, 20, 10, "child");
	lists_done(f);
}

static void orphans_go_to_the_kernels_choice_or_the_nearest_reaper(void **ctx)
{
	struct feed f;

	(void)ctx;
	family(&f);
	do_exit(&f, 10, 5);
	assert_int_equal(at(&f, 20)->ptid, 10);
	do_getuid(&f, 20);
	assert_int_equal(at(&f, 20)->ptid, 5);
	assert_true(at(&f, 5)->group->reaper);
	feed_close(&f);

	family(&f);
	do_exit(&f, 10, -1);
	do_getuid(&f, 20);
	assert_int_equal(at(&f, 20)->ptid, 1);
	feed_close(&f);

	family(&f);
	p_i64(&f, 0, 0);
	p_u32(&f, 1, 36);
	p_i64(&f, 3, 1);
	feed_send(&f, 5, PPME_SYSCALL_PRCTL_X);
	do_exit(&f, 10, -1);
	do_getuid(&f, 20);
	assert_int_equal(at(&f, 20)->ptid, 5);
	feed_close(&f);
}

static void an_orphan_nobody_adopts_has_no_parent(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 10, 10, 7, "sh");
	add_process(&f, 20, 20, 10, "child");
	lists_done(&f);
	assert_int_equal(at(&f, 10)->ptid, 0);  /* 7 is not known */
	do_exit(&f, 10, -1);
	do_getuid(&f, 20);
	assert_int_equal(at(&f, 20)->ptid, 0);
	assert_null(at(&f, 20)->parent);
	feed_close(&f);
}

static void a_threads_children_go_to_another_thread_of_its_group(void **ctx)
{
	struct feed f;

	(void)ctx;
	family(&f);
	do_clone(&f, 10, 11, 10, 5, "sh", CL_CLONE_THREAD | CL_CLONE_FILES);
	do_clone(&f, 11, 30, 10, 5, "sh", 0);
	assert_int_equal(at(&f, 30)->ptid, 11);
	do_exit(&f, 11, -1);
	do_getuid(&f, 30);
	assert_int_equal(at(&f, 30)->ptid, 10);
	feed_close(&f);
}

static void ancestors_are_main_threads(void **ctx)
{
	struct feed f;

	(void)ctx;
	family(&f);
	do_clone(&f, 10, 11, 10, 5, "sh", CL_CLONE_THREAD | CL_CLONE_FILES);
	do_clone(&f, 11, 30, 10, 5, "sh", 0);
	assert_ptr_equal(state_ancestor(f.s, at(&f, 11), 0), at(&f, 10));
	assert_ptr_equal(state_ancestor(f.s, at(&f, 30), 1), at(&f, 10));
	assert_ptr_equal(state_ancestor(f.s, at(&f, 30), 3), at(&f, 1));
	assert_null(state_ancestor(f.s, at(&f, 30), 4));
	feed_close(&f);
}

static void parents_that_form_a_ring_end_the_search(void **ctx)
{
	struct feed f;

	(void)ctx;
	feed_open(&f, NULL);
	add_process(&f, 2, 2, 4, "a");
	add_process(&f, 3, 3, 2, "b");
	add_process(&f, 4, 4, 3, "c");
	add_process(&f, 9, 9, 4, "leaf");
	add_process(&f, 10, 10, 9, "orphan");
	lists_done(&f);
	do_exit(&f, 9, -1);
	do_getuid(&f, 10);
	assert_int_equal(at(&f, 10)->ptid, 0);
	feed_close(&f);
}

static void the_lineage_epoch_moves_with_the_family(void **ctx)
{
	struct feed f;
	uint64_t epoch;

	(void)ctx;
	family(&f);
	epoch = state_lineage_epoch(f.s);
	do_getuid(&f, 20);
	assert_int_equal(state_lineage_epoch(f.s), epoch);
	do_exec(&f, 20, -2, 20, 10, "failed");
	assert_int_equal(state_lineage_epoch(f.s), epoch);
	do_exec(&f, 20, 0, 20, 10, "x");
	assert_true(state_lineage_epoch(f.s) > epoch);
	epoch = state_lineage_epoch(f.s);
	do_clone(&f, 20, 30, 20, 10, "x", 0);
	assert_true(state_lineage_epoch(f.s) > epoch);
	do_exit(&f, 10, -1);
	epoch = state_lineage_epoch(f.s);
	do_getuid(&f, 20);
	assert_true(state_lineage_epoch(f.s) > epoch);
	feed_close(&f);
}

static void a_new_section_forgets_all_but_the_counters(void **ctx)
{
	struct feed f;
	uint64_t rev;

	(void)ctx;
	family(&f);
	do_exit(&f, 10, -1);            /* its removal must not reach into the next section */
	rev = f.s->rev;
	state_reset(f.s);
	assert_null(at(&f, 1));
	assert_int_equal(state_stats(f.s)->threads, 0);
	assert_int_equal(state_stats(f.s)->threads_added, 4);
	assert_true(f.s->rev >= rev);
	do_getuid(&f, 10);
	assert_true(f.ctx.thread->fake);
	feed_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_thread_is_made_up),
		cmocka_unit_test(the_table_has_a_ceiling),
		cmocka_unit_test(a_clone_is_made_by_whichever_side_comes_first),
		cmocka_unit_test(a_reused_tid_is_a_new_thread),
		cmocka_unit_test(a_late_parent_event_does_not_revive_a_child_that_exited),
		cmocka_unit_test(children_in_a_pid_namespace_and_of_vfork_are_left_to_their_own_event),
		cmocka_unit_test(a_thread_stays_until_the_event_after_its_exit),
		cmocka_unit_test(the_main_thread_outlives_its_exit_while_others_live),
		cmocka_unit_test(all_of_a_process_goes_with_its_last_thread),
		cmocka_unit_test(orphans_go_to_the_kernels_choice_or_the_nearest_reaper),
		cmocka_unit_test(an_orphan_nobody_adopts_has_no_parent),
		cmocka_unit_test(a_threads_children_go_to_another_thread_of_its_group),
		cmocka_unit_test(ancestors_are_main_threads),
		cmocka_unit_test(parents_that_form_a_ring_end_the_search),
		cmocka_unit_test(the_lineage_epoch_moves_with_the_family),
		cmocka_unit_test(a_new_section_forgets_all_but_the_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
