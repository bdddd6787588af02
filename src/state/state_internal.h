/* state_internal.h - what the files of the state layer share.
 *
 * One struct state holds every table.  A change that a rule could see goes
 * through thread_touch(), fd_touch() or a table function, which move the
 * revisions the evaluator's caches hang on.
 */
#pragma once
#include "base/hash.h"
#include "base/mem.h"
#include "state/state.h"

enum { STATE_PATH_BUF = STATE_PATH_MAX + 64, EXITED_RING = 8192, NAMES_KEPT = 2048 };
#define CLONE_STALE_NS 2000000000ull    /* older entries of a reused tid are not believed */

/* Equal-sized objects with a free list; grown by chunks, never shrunk. */
struct slab { void *free_head; void **chunk; uint32_t nchunks, size, per_chunk; };

void slab_init(struct slab *b, uint32_t size, uint32_t per_chunk);
void slab_release(struct slab *b);
void *slab_get(struct slab *b) __attribute__((returns_nonnull));        /* not cleared */
void slab_put(struct slab *b, void *p);

/* Which (tid, ptid) exited lately, by tid. */
struct exited {
	struct exited_entry { int64_t tid, ptid; uint64_t ts; uint16_t next; } *ring;
	uint16_t *bucket;               /* index + 1 of the newest entry of a hash, 0 none */
	uint32_t at;
};

struct fd_slot { int64_t num; struct fd *fd; uint64_t age; };

enum { FIRST_SIZE = 13 };               /* buckets of Falco's map when it is new */

struct fd_dense { struct fd *fd; uint64_t age; };       /* age: greater is newer, fd_order.c */

struct fd_table {
	uint32_t refs, count;
	uint64_t rev;
	struct fd_dense *dense;         /* by fd number below dense_cap; fd NULL: free */
	uint64_t *used;                 /* bit per dense entry: few are used where numbers are high */
	uint64_t newest;
	uint32_t map_size;
	uint8_t bucket[FIRST_SIZE], crowded;    /* of the smallest map */
	uint32_t dense_cap, nrest, rest_cap;
	struct fd_slot *rest;           /* all other numbers, ascending */
};

struct user_row;
struct container_row;

struct state {
	/* what every event touches */
	struct thread *last_thread;     /* of the latest look-up */
	uint64_t rev;                   /* the engine-wide revision counter */
	/* work that waits for the next event: rules still see what it removes */
	bool delayed;
	bool beginning;                 /* leading, or no first_ts yet */
	bool leading;                   /* only meta events so far in this section */
	struct thread *exit_thread, *close_thread;
	int64_t close_fd;
	struct fd *kept_fd;             /* a reference: the event's fd, out of its table already */
	uint64_t lineage;

	struct state_options opt;
	struct state_stats stats;
	struct u64map threads, groups;

	struct slab thread_slab, fd_slab, group_slab;
	struct exited exited;
	struct event enter;             /* decoded stored enter event of the current one */
	uint64_t users_epoch, containers_epoch, interfaces_epoch;
	uint64_t first_ts, boot_ts;     /* boot_ts as Falco sees it: lists.c */
	struct machine_info machine;
	struct u64map users, groups_by_id, containers;  /* chains of rows by hash */
	uint32_t nusers, ncontainers;
	size_t container_bytes;         /* of their JSON */
	struct iface *iface;
	uint32_t nifaces;
	struct str *name[NAMES_KEPT];   /* names.c */
	uint8_t server_port[65536 / 8]; /* listening ports of the lists */
};

static inline uint32_t dense_words(uint32_t cap) { return (cap + 63) / 64; }

/* The used numbers of the dense part, ascending. */
#define FD_EACH_DENSE(t, n) \
	for (uint32_t n = fd_next_dense(t, 0); n < (t)->dense_cap; n = fd_next_dense(t, n + 1))

static inline uint32_t fd_next_dense(const struct fd_table *t, uint32_t n)
{
	while (n < t->dense_cap) {
		uint64_t left = t->used[n / 64] >> (n % 64);

		if (left)
			return n + (uint32_t)__builtin_ctzll(left);
		n = (n | 63) + 1;
	}
	return n;
}

static inline uint64_t rev_next(struct state *s) { return ++s->rev; }
static inline void thread_touch(struct state *s, struct thread *t) { t->rev = rev_next(s); }
static inline void fd_touch(struct state *s, struct fd *e) { e->rev = rev_next(s); }

/* A plain string in *slot, unless it holds these bytes already; true when it changed. */
bool str_assign(struct str **slot, const char *p, uint32_t len);
bool str_assign_list(struct str **slot, const char *p, uint32_t len);
/* *slot becomes another reference to v. */
static inline void str_share(struct str **slot, struct str *v) { str_set(slot, str_ref(v)); }

/* -- fd.c: entries ------------------------------------------------------------ */
/* Cleared, one reference, no name, a fresh revision. */
struct fd *fd_new(struct state *s, unsigned type) __attribute__((returns_nonnull));
struct fd *fd_copy(struct state *s, const struct fd *from) __attribute__((returns_nonnull));
void fd_unref(struct state *s, struct fd *e);

/* -- fd_table.c ------------------------------------------------------------------ */
/* slot is a thread's fds; NULL in it is an empty table. */
/* A fork: the table in slot becomes the one in from (NULL: none). */
void fd_table_share(struct state *s, struct fd_table **slot, struct fd_table **from);
void fd_table_drop(struct state *s, struct fd_table **slot);
/* Takes the reference of e.  NULL when the table is full: e is gone then. */
struct fd *fd_table_put(struct state *s, struct fd_table **slot, int64_t num, struct fd *e);
void fd_table_del(struct state *s, struct fd_table **slot, int64_t num);
/* The entry to write to, shared by nobody; its revision has moved.  NULL: no such fd. */
struct fd *fd_table_edit(struct state *s, struct fd_table **slot, int64_t num);
/* For each entry of [first, last] with all bits of mask: remove it, or set bits. */
void fd_table_sweep(struct state *s, struct fd_table **slot, int64_t first, int64_t last,
		    uint16_t mask, uint16_t set_bits);

/* -- fd_order.c -------------------------------------------------------------------- */
/* Forks of the table since the order in it was right. */
static inline uint32_t *fd_turns(struct fd_table **slot)
{
	return &((struct thread *)((char *)slot - offsetof(struct thread, fds)))->fd_turns;
}
/* The age of a new entry, before it is counted. */
uint64_t fd_order_insert(struct fd_table *t, int64_t num);
/* Makes up for so many forks of the table. */
void fd_order_delete(struct fd_table *t, int64_t num);
void fd_order_settle(struct fd_table *t, uint32_t turns);

/* -- thread_table.c -------------------------------------------------------------- */
struct thread *thread_look_up(struct state *s, int64_t tid);
/* NULL: unknown.  Neighbouring events are often of one thread. */
static inline struct thread *thread_find(struct state *s, int64_t tid)
{
	struct thread *t = s->last_thread;

	return t && t->tid == tid ? t : thread_look_up(s, tid);
}
struct thread *thread_get(struct state *s, int64_t tid);        /* made up when unknown; NULL: full */
/* A new entry with default values that is in no table yet; NULL when the table is full. */
struct thread *thread_alloc(struct state *s, int64_t tid);
void thread_insert(struct state *s, struct thread *t);          /* tid must be free */
void thread_erase(struct state *s, struct thread *t);           /* out of the table, and freed */
void thread_free(struct state *s, struct thread *t);            /* only what the entry owns */

/* -- names.c: only names that path_is_tidy() go in ------------------------------------- */
/* A reference to the string of an equal name that came lately, or NULL. */
struct str *name_known(struct state *s, const char *p, uint32_t len);
/* A new string, which later names may share. */
struct str *name_new(struct state *s, const char *p, uint32_t len);
void names_free(struct state *s);

/* -- groups.c --------------------------------------------------------------------- */
void thread_link(struct state *s, struct thread *t);            /* group and parent */
void thread_set_dead(struct state *s, struct thread *t);
void thread_remove(struct state *s, struct thread *t);          /* with reparenting */
void thread_displace(struct state *s, int64_t tid);             /* frees a tid for a new thread */
void group_free_all(struct state *s);
void thread_unlink_child(struct thread *t);
void exited_add(struct exited *x, int64_t tid, int64_t ptid, uint64_t ts);
bool exited_recently(const struct exited *x, int64_t tid, int64_t ptid, uint64_t now);

/* -- thread.c: setters; each says whether a rule could see the change ---------------- */
void thread_set_cwd(struct state *s, struct thread *t, const char *p, uint32_t len);
bool thread_set_exepath(struct thread *t, const char *p, uint32_t len);
/* likely, which may be NULL, is shared when it is the same. */
bool thread_set_cgroups(struct thread *t, const char *p, uint32_t len, struct str *likely);
void fd_swap_ends(struct fd *e);
struct fd_table **thread_fds_slot(struct thread *t);            /* NULL: has none */

/* -- users.c, containers.c, interfaces.c, container_id.c -------------------------------- */
void users_set(struct state *s, const char *container, const struct user_entry *u);
void users_del(struct state *s, const char *container, bool is_group, uint32_t id);
void users_free(struct state *s);
void containers_json(struct state *s, const char *json, uint32_t len);
void containers_remove(struct state *s, const char *json, uint32_t len);
void containers_free(struct state *s);
void interfaces_set(struct state *s, const struct iface *list, unsigned n);
/* Fills in an address that is all zero, from what the interfaces say. */
void interfaces_patch(const struct state *s, struct fd *e);
/* Length of the id in out (at least 65 bytes); 0: host. */
uint32_t container_id_of(const char *cgroups, uint32_t len, char *out);
void thread_update_container(struct state *s, struct thread *t);
/* IPv4 address of a container in network order, 0 unknown. */
uint32_t container_ip(const struct container *c);
bool containers_any_ip(const struct state *s, uint32_t ip);

/* -- sockname.c --------------------------------------------------------------------- */
bool ip6_is_mapped(const uint8_t *ip);          /* ::ffff:a.b.c.d, or all zero */
/* fd.name of a socket by its addresses; at most 160 bytes. */
uint32_t sock_name(char *out, const struct fd *e);
/* Text of a SOCKADDR or SOCKTUPLE parameter, 0 when it is damaged or of another
 * family; at most STATE_PATH_BUF bytes. */
uint32_t sock_tuple_name(char *out, const struct fd *e);       /* with ports, whatever the protocol */
uint32_t sockaddr_text(char *out, const uint8_t *p, uint32_t len);
uint32_t socktuple_text(char *out, const uint8_t *p, uint32_t len);

/* -- apply_*.c: one handler a kind of event ---------------------------------------------- */
struct apply {                          /* what handlers work on */
	struct state *s;
	const struct event *ev;
	struct event_ctx *ctx;
	struct thread *t;               /* never NULL unless the handler's row allows it */
	int64_t res;                    /* parameter 0 when it is a result */
	const struct event *enter;      /* the stored enter event, when usable */
};
typedef void apply_fn(struct apply *a);

/* The event's fd entry becomes e at num, in the main thread's table; fd.num follows. */
void apply_add_fd(struct apply *a, int64_t num, struct fd *e);
/* The event's fd entry, to write to; ctx->fd follows.  NULL: none. */
struct fd *apply_edit_fd(struct apply *a);
const struct fd *thread_fd(const struct thread *t, int64_t num);        /* NULL for num < 0 */

apply_fn apply_clone, apply_exec, apply_procexit;
apply_fn apply_open, apply_store_enter;
apply_fn apply_socket, apply_bind, apply_connect, apply_accept, apply_socketpair;
apply_fn apply_send, apply_recv;
apply_fn apply_close, apply_close_range, apply_dup, apply_fcntl, apply_pipe, apply_typed_fd;
apply_fn apply_memfd, apply_pidfd_open, apply_pidfd_getfd, apply_connected;
apply_fn apply_chdir, apply_fchdir, apply_getcwd, apply_chroot, apply_setsid, apply_setid;
apply_fn apply_capset, apply_userns, apply_prctl, apply_rlimit, apply_vm, apply_switch;
apply_fn apply_user, apply_container, apply_async;
