/* source.h - where events come from: a capture, memory, later the driver.
 *
 * A source delivers events of the current schema, decoded.  Lists that come
 * before the events (processes, fds, users, interfaces) go to the sink the
 * engine gave it, before next() returns the first event after them.
 */
#pragma once
#include "base/error.h"
#include "event/event.h"

struct machine_info {
	uint32_t num_cpus;
	uint64_t memory_bytes, max_pid, boot_ts;        /* boot_ts: ns since epoch */
	char hostname[128];
};

struct iface {
	uint8_t v6;
	uint8_t addr[16], mask[16], bcast[16];          /* network order; IPv4 uses the first 4 */
	char name[64];
};

/* One entry of a process list.  Borrowed, good during the call. */
struct proc_entry {
	int64_t tid, pid, ptid, sid, vpgid, pgid, vtid, vpid;
	const char *comm, *exe, *exepath, *cwd, *root;  /* NUL terminated */
	const char *args, *env, *cgroups;               /* NUL separated, *_len bytes */
	uint32_t args_len, env_len, cgroups_len;
	uint64_t fdlimit;
	uint32_t flags, uid, gid, loginuid, tty;
	uint32_t vmsize_kb, vmrss_kb, vmswap_kb;
	uint64_t pfmajor, pfminor, pidns_init_start_ts;
	uint64_t cap_inheritable, cap_permitted, cap_effective;
	uint64_t exe_ino, exe_ino_ctime, exe_ino_mtime;
	uint8_t exe_writable, exe_upper_layer, exe_lower_layer, exe_from_memfd;
};

enum capture_fd_type {                                  /* scap_format.md 2.6 */
	CFD_UNKNOWN = 0, CFD_FILE = 1, CFD_DIRECTORY = 2, CFD_IPV4_SOCK = 3, CFD_IPV6_SOCK = 4,
	CFD_IPV4_SERVSOCK = 5, CFD_IPV6_SERVSOCK = 6, CFD_FIFO = 7, CFD_UNIX_SOCK = 8, CFD_EVENT = 9,
	CFD_UNSUPPORTED = 10, CFD_SIGNALFD = 11, CFD_EVENTPOLL = 12, CFD_INOTIFY = 13,
	CFD_TIMERFD = 14, CFD_NETLINK = 15, CFD_FILE_V2 = 16, CFD_BPF = 17, CFD_USERFAULTFD = 18,
	CFD_IOURING = 19, CFD_MEMFD = 20, CFD_PIDFD = 21, CFD_MAX
};

/* One entry of an fd list.  Borrowed, good during the call. */
struct fd_entry {
	int64_t tid;                                    /* whose it is */
	int64_t fd;
	uint64_t ino;
	uint32_t type;                                  /* enum capture_fd_type */
	uint8_t sip[16], dip[16];                       /* IPv4 in the first 4; servsock in sip */
	uint16_t sport, dport;                          /* servsock in sport */
	uint8_t l4proto;                                /* 0 unknown 1 n/a 2 tcp 3 udp 4 icmp 5 raw */
	uint64_t unix_src, unix_dst;
	uint32_t open_flags, dev;
	const char *name;                               /* NUL terminated, "" when it has none */
};

struct user_entry {
	bool is_group;
	uint32_t id, gid;
	const char *name, *home, *shell;                /* groups: name only */
};

/* What the engine does with the lists.  NULL members are skipped. */
struct source_sink {
	void *ctx;
	void (*section)(void *ctx);                     /* a new section begins: forget all state */
	void (*machine)(void *ctx, const struct machine_info *m, unsigned section_no);  /* 0: first */
	void (*interfaces)(void *ctx, const struct iface *list, unsigned n);    /* replaces */
	void (*user)(void *ctx, const struct user_entry *u);
	void (*process)(void *ctx, const struct proc_entry *p);
	void (*fd)(void *ctx, const struct fd_entry *f);
	void (*lists_done)(void *ctx);                  /* all lists of the section are in */
};

enum source_result { SOURCE_EOF = 0, SOURCE_EVENT = 1, SOURCE_TIMEOUT = 2 };

struct source {
	const struct source_ops *ops;
	uint64_t unknown_events;        /* of types this schema does not know: passed over, counted */
};

struct source_ops {
	/* SOURCE_EVENT: *ev is the next event, good until the next call.  Events
	 * that conversion drops are not delivered.  SOURCE_EOF: no more.  < 0:
	 * damage; all events before it have been delivered. */
	int (*next)(struct source *s, struct event *ev, struct saker_error *err);
	void (*free)(struct source *s);
};

static inline int source_next(struct source *s, struct event *ev, struct saker_error *err)
{
	return s->ops->next(s, ev, err);
}

static inline void source_free(struct source *s)
{
	if (s)
		s->ops->free(s);
}
