/* fd.h - what a process has open.
 *
 * Entries are counted and copied before writing when shared: a fork shares the
 * whole table with its child until one of them changes it, so that fork + exec
 * copies little.  Fields: reference/state_engine.md 2.2.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

enum fd_type {                  /* order of the table in state_engine.md 2.2 */
	FD_UNINITIALISED = 0, FD_UNKNOWN, FD_UNSUPPORTED, FD_FILE, FD_FILE_V2, FD_DIRECTORY,
	FD_IPV4_SOCK, FD_IPV4_SERVSOCK, FD_IPV6_SOCK, FD_IPV6_SERVSOCK, FD_FIFO, FD_UNIX,
	FD_EVENT, FD_SIGNALFD, FD_EVENTPOLL, FD_INOTIFY, FD_TIMERFD, FD_NETLINK, FD_BPF,
	FD_USERFAULTFD, FD_IOURING, FD_MEMFD, FD_PIDFD, FD_TYPE_MAX
};

enum fd_flags {
	FDF_FROM_PROC = 1, FDF_ROLE_CLIENT = 2, FDF_ROLE_SERVER = 4, FDF_CONNECTED = 8,
	FDF_PENDING = 16, FDF_FAILED = 32, FDF_CLONED = 64, FDF_OVERLAY_UPPER = 128,
	FDF_OVERLAY_LOWER = 256, FDF_CLOEXEC = 512,
};

enum l4proto { L4_UNKNOWN = 0, L4_NA, L4_TCP, L4_UDP, L4_ICMP, L4_RAW };

struct fd {
	uint32_t refs;
	uint8_t type;           /* enum fd_type */
	uint8_t l4;             /* enum l4proto */
	uint16_t flags;         /* enum fd_flags */
	uint64_t rev;           /* moves with every change; unique in the engine */
	struct str *name;       /* fd.name; never NULL */
	struct str *name_raw;   /* fd.nameraw */
	struct str *oldname;    /* what name was before this event; NULL: what it is.  Not in rev */
	uint32_t openflags, dev;
	uint64_t ino;
	uint32_t mount_id;
	int64_t pid;            /* of a pidfd */
	uint8_t sip[16], dip[16];       /* network order, IPv4 in the first 4; SERVSOCK: ip in sip */
	uint16_t sport, dport;          /* host order; SERVSOCK: port in sport */
	uint64_t unix_src, unix_dst;
};
_Static_assert(sizeof(struct fd) == 128, "an entry is two cache lines");

struct fd_table;                /* refcounted; owned by a main thread */

/* Good until the next event changes the table.  NULL: not known, which is
 * normal (events get lost) and never an error. */
const struct fd *fd_table_get(const struct fd_table *t, int64_t fd);
uint32_t fd_table_count(const struct fd_table *t);
/* Calls f for each open entry, ascending; stops when it returns false. */
void fd_table_each(const struct fd_table *t, bool (*f)(void *ctx, int64_t fd, const struct fd *e),
		   void *ctx);
/* Moves whenever any entry is set, changed or removed (scope FDTABLE). */
uint64_t fd_table_rev(const struct fd_table *t);

const char *fd_type_name(unsigned type);        /* "file", "ipv4" ...; NULL for <NA> */
char fd_type_char(unsigned type);
