/* state.c - the life of the whole state, and its small questions. */
#include <stdlib.h>
#include "state/state_internal.h"

static void forget(struct state *s)
{
	s->delayed = false;
	s->exit_thread = s->close_thread = NULL;
	if (s->kept_fd)
		fd_unref(s, s->kept_fd);
	s->kept_fd = NULL;
	for (uint32_t i = 0; s->threads.slot && i <= s->threads.mask; i++) {
		struct thread *t = s->threads.slot[i].val;

		if (t)          /* no shifting while the map is walked: release as a whole */
			thread_free(s, t);
	}
	u64map_release(&s->threads);
	s->stats.threads = 0;
	s->last_thread = NULL;
	group_free_all(s);
	users_free(s);
	containers_free(s);
	interfaces_set(s, NULL, 0);
	names_free(s);
	memset(s->exited.ring, 0, EXITED_RING * sizeof *s->exited.ring);
	memset(s->exited.bucket, 0, EXITED_RING * sizeof *s->exited.bucket);
	s->exited.at = 0;
	memset(s->server_port, 0, sizeof s->server_port);
	memset(&s->machine, 0, sizeof s->machine);
	s->boot_ts = 0;
	s->leading = s->beginning = true;
	s->lineage++;
}

struct state *state_new(const struct state_options *o)
{
	struct state *s = mem_zalloc(sizeof *s);

	s->opt = *o;
	if (!s->opt.max_threads)
		s->opt.max_threads = 262144;
	if (!s->opt.max_fds)
		s->opt.max_fds = 4096;
	slab_init(&s->thread_slab, sizeof(struct thread), 128);
	slab_init(&s->fd_slab, sizeof(struct fd), 256);
	slab_init(&s->group_slab, 64, 128);
	s->exited.ring = mem_zalloc(EXITED_RING * sizeof *s->exited.ring);
	s->exited.bucket = mem_zalloc(EXITED_RING * sizeof *s->exited.bucket);
	s->leading = s->beginning = true;
	s->rev = s->lineage = s->users_epoch = s->containers_epoch = s->interfaces_epoch = 1;
	return s;
}

void state_set_corrected(struct state *s, bool on)
{
	s->opt.corrected = on;
}

void state_reset(struct state *s)
{
	forget(s);
}

void state_free(struct state *s)
{
	if (!s)
		return;
	forget(s);
	slab_release(&s->thread_slab);
	slab_release(&s->fd_slab);
	slab_release(&s->group_slab);
	free(s->exited.ring);
	free(s->exited.bucket);
	free(s);
}

const struct state_stats *state_stats(const struct state *s)
{
	return &s->stats;
}

uint64_t state_lineage_epoch(const struct state *s) { return s->lineage; }
uint64_t state_users_epoch(const struct state *s) { return s->users_epoch; }
uint64_t state_containers_epoch(const struct state *s) { return s->containers_epoch; }
uint64_t state_interfaces_epoch(const struct state *s) { return s->interfaces_epoch; }
uint64_t state_first_ts(const struct state *s) { return s->first_ts; }
const struct machine_info *state_machine(const struct state *s) { return &s->machine; }
