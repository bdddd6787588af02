/* state.h - all that is known of the watched system, and how an event changes it.
 *
 * One owner, one thread.  state_apply() is the middle of the event path:
 * before rules see an event, it finds the event's thread and fd and applies
 * what the event changes.  Rules: reference/state_engine.md, to the letter.
 */
#pragma once
#include "event/event.h"
#include "source/source.h"
#include "state/thread.h"

struct state;

struct state_options {
	uint32_t max_threads;           /* 0: 262144 */
	uint32_t max_fds;               /* per process; 0: 4096 */
	bool corrected;                 /* compat: corrected */
	const char *host_root;          /* where the watched system's / is seen, in front of the names
	                                 * of pidfds; NULL: here.  Outlives the state */
};

/* Counted, never silent: shown in the closing report and the statistics. */
struct state_stats {
	uint64_t threads, fds;                          /* now */
	uint64_t threads_added, threads_removed, threads_refused;
	uint64_t fds_added, fds_removed, fds_refused;
	uint64_t thread_lookups_failed, fd_lookups_failed, threads_faked;
	uint64_t enters_stored, enters_dropped;
	uint64_t users_refused, containers_refused, container_texts_refused;
};

struct state *state_new(const struct state_options *o);
void state_free(struct state *s);
/* compat: corrected, from the next event (of a capture: the next section) on. */
void state_set_corrected(struct state *s, bool on);
void state_reset(struct state *s);      /* a new section: forgets everything but the counters */
/* Fills *sink so that a source's lists land here. */
void state_sink(struct state *s, struct source_sink *sink);
const struct state_stats *state_stats(const struct state *s);

/* What one event is about; valid until the next state_apply(). */
struct event_ctx {
	const struct event *ev;
	struct thread *thread;          /* NULL: the event has none */
	const struct fd *fd;            /* the fd entry of the event, or NULL */
	int64_t fd_num;                 /* fd.num: -1 none */
	bool has_fd_fields;             /* code CREATES, USES or DESTROYS an fd: fd.* may have values */
	bool visible;                   /* rules see this event */
	struct state *state;
};

/* Applies the event and fills *ctx.  Never fails: odd or lost events are counted. */
void state_apply(struct state *s, const struct event *ev, struct event_ctx *ctx);

/* Live threads by tid; NULL when unknown. */
struct thread *state_thread(const struct state *s, int64_t tid);
/* Ancestor n of a thread, by main threads (state_engine.md 7): 0 its main thread. NULL: none. */
struct thread *state_ancestor(const struct state *s, const struct thread *t, unsigned n);
/* Moves on any insert, removal, exec or reparenting: scope LINEAGE. */
uint64_t state_lineage_epoch(const struct state *s);
/* Move when users/groups, container metadata, or the interface list change. */
uint64_t state_users_epoch(const struct state *s);
uint64_t state_containers_epoch(const struct state *s);
uint64_t state_interfaces_epoch(const struct state *s);
uint64_t state_first_ts(const struct state *s);         /* of the first non-meta event; 0 before */
const struct machine_info *state_machine(const struct state *s);

struct user { uint32_t uid, gid; const char *name, *home, *shell; };
struct group { uint32_t gid; const char *name; };
/* NULL: unknown ("<NA>").  uid 0 and gid 0 are root without any list. */
const struct user *state_user(const struct state *s, const struct str *container, uint32_t uid);
const struct group *state_group(const struct state *s, const struct str *container, uint32_t gid);

/* What is known of a container; NULL: nothing but its id. */
struct container { const char *id, *name, *type, *image, *json; };
const struct container *state_container(const struct state *s, const struct str *id);

/* True when the address is one of this machine's, as fd.lip and fd.is_server
 * mean it (state_engine.md 6, role-dependent fields). */
bool state_ip_is_local(const struct state *s, const struct thread *t, const uint8_t *ip, bool v6);

/* -- paths: state_engine.md 4 --------------------------------------------- */
enum { STATE_PATH_MAX = 1024 };
/* An absolute path that path_concat() would leave as it is. */
bool path_is_tidy(const char *p, uint32_t len);
/* out has at least STATE_PATH_MAX + 64 bytes; returns the length, NUL terminated. */
uint32_t path_concat(char *out, const char *dir, uint32_t dir_len, const char *name,
		     uint32_t name_len);
/* The directory a relative name is meant from: the cwd for AT_FDCWD (-100), the
 * fd's name with '/' for a known fd, "<UNKNOWN>" else, "." for an absolute name. */
uint32_t path_of_dirfd(char *out, const struct thread *t, const char *name, uint32_t name_len,
		       int64_t dirfd);
