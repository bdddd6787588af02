/* schema.h - what every event code means.
 *
 * The tables behind these declarations are generated at build time by
 * scripts/gen-schema from src/event/tables/ (events, flags, syscalls,
 * conversions): one row an event code, parameter, flag name, system call.  The
 * driver's numbers and docs/events.md come from the same files.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "event/codes.h"        /* generated: enum event_code { PPME_..., EVENT_MAX } */

enum { EVENT_MAX_PARAMS = 32 };

/* Parameter types; the numbers are those of the capture format's library. */
enum param_type {
	PT_NONE = 0, PT_INT8 = 1, PT_INT16 = 2, PT_INT32 = 3, PT_INT64 = 4,
	PT_UINT8 = 5, PT_UINT16 = 6, PT_UINT32 = 7, PT_UINT64 = 8,
	PT_CHARBUF = 9, PT_BYTEBUF = 10, PT_ERRNO = 11, PT_SOCKADDR = 12,
	PT_SOCKTUPLE = 13, PT_FD = 14, PT_PID = 15, PT_FDLIST = 16, PT_FSPATH = 17,
	PT_SYSCALLID = 18, PT_SIGTYPE = 19, PT_RELTIME = 20, PT_ABSTIME = 21,
	PT_PORT = 22, PT_L4PROTO = 23, PT_SOCKFAMILY = 24, PT_BOOL = 25,
	PT_IPV4ADDR = 26, PT_DYN = 27, PT_FLAGS8 = 28, PT_FLAGS16 = 29,
	PT_FLAGS32 = 30, PT_UID = 31, PT_GID = 32, PT_DOUBLE = 33, PT_SIGSET = 34,
	PT_CHARBUFARRAY = 35, PT_CHARBUF_PAIR_ARRAY = 36, PT_IPV4NET = 37,
	PT_IPV6ADDR = 38, PT_IPV6NET = 39, PT_IPADDR = 40, PT_IPNET = 41,
	PT_MODE = 42, PT_FSRELPATH = 43, PT_ENUMFLAGS8 = 44, PT_ENUMFLAGS16 = 45,
	PT_ENUMFLAGS32 = 46, PT_FD32 = 47, PT_PID32 = 48, PT_MAX
};

enum print_format { PF_NA, PF_DEC, PF_HEX, PF_10_PADDED_DEC, PF_ID, PF_DIR, PF_OCT };

/* Event flags (bits of event_info.flags). */
enum event_flags {
	EF_CREATES_FD = 1 << 0, EF_DESTROYS_FD = 1 << 1, EF_USES_FD = 1 << 2,
	EF_READS_FROM_FD = 1 << 3, EF_WRITES_TO_FD = 1 << 4, EF_MODIFIES_STATE = 1 << 5,
	EF_UNUSED = 1 << 6, EF_WAITS = 1 << 7, EF_SKIPPARSERESET = 1 << 8,
	EF_OLD_VERSION = 1 << 9, EF_LARGE_PAYLOAD = 1 << 10, EF_CONVERTER_MANAGED = 1 << 11,
	EF_HIDDEN = 1 << 12,    /* for state, never shown to rules */
};

/* Event categories.  The upper group says where an event comes from. */
enum event_category {
	EC_UNKNOWN = 0, EC_OTHER, EC_FILE, EC_NET, EC_IPC, EC_MEMORY, EC_PROCESS, EC_SLEEP,
	EC_SYSTEM, EC_SIGNAL, EC_USER, EC_TIME, EC_PROCESSING, EC_IO_READ, EC_IO_WRITE,
	EC_IO_OTHER, EC_WAIT, EC_SCHEDULER, EC_INTERNAL, EC_ITER,
	EC_SYSCALL = 1 << 8, EC_TRACEPOINT = 1 << 9, EC_PLUGIN = 1 << 10, EC_METAEVENT = 1 << 11,
};
enum { EC_LOW = 0xff };

struct flag_name { const char *name; uint64_t value; };

/* How a PT_DYN parameter is encoded, by its first byte. */
struct dyn_type { uint8_t type, fmt; };

struct param_info {
	const char *name;
	uint8_t type;                   /* enum param_type */
	uint8_t fmt;                    /* enum print_format */
	int8_t dirfd;                   /* the directory fd of this relative path, or -1 */
	uint8_t ndyn;
	const struct flag_name *flags;  /* ended by a NULL name, or NULL */
	const struct dyn_type *dyn;     /* ndyn rows, or NULL */
};

struct event_info {
	const char *symbol;             /* "PPME_SYSCALL_OPENAT_2_X" */
	const char *name;               /* "openat"; "NA" when unused */
	uint32_t flags;                 /* enum event_flags */
	uint16_t category;              /* enum event_category */
	uint8_t nparams;
	int8_t fd_param;                /* the fd parameter when EF_USES_FD, or -1 */
	const struct param_info *param;
	uint32_t string_mask;           /* bit i: param i is a CHARBUF, FSPATH or FSRELPATH */
};

extern const struct event_info EVENTS[EVENT_MAX];

/* Odd codes are exits ('<'), even codes enters and all that is no system call ('>'). */
static inline bool event_code_is_exit(unsigned code) { return code & 1; }

/* System calls by ppm_sc, the library's own numbering (enum ppm_sc in codes.h).  A number that
 * was never given out has the name "". */
struct syscall_info {
	const char *name;
	uint16_t exit_code;             /* its exit event on x86_64, maybe PPME_GENERIC_X */
	int16_t x86_64, aarch64, ia32;  /* first native number, -1 when it has none */
	uint16_t sets;                  /* enum syscall_set bits */
	const uint16_t *events;         /* codes that report it, all versions, ended by EVENT_MAX */
};
enum syscall_set {                      /* columns in_* of syscalls.tsv */
	SC_GENERIC = 1, SC_TRACEPOINT = 2, SC_IN_STATE = 4, SC_IN_IO = 8, SC_IN_NET = 16,
	SC_IN_FILE = 32, SC_IN_PROC = 64, SC_IN_SYS = 128, SC_ALWAYS_DROP = 256,
	SC_NEVER_DROP = 512, SC_IN_IO_OTHER = 1024, SC_IN_SIMPLE = 2048,
};
extern const struct syscall_info SYSCALLS[];
extern const unsigned SYSCALL_COUNT;

/* By name; -1 when there is none. */
int syscall_by_name(const char *name);
/* Name of a native x86_64 number, or NULL. */
const char *syscall_native_name(unsigned nr);

/* Fixed size of a type in bytes, 0 when it varies. */
unsigned param_type_size(unsigned type);
/* "PT_UINT64"; + 3 is the name that reports use. */
const char *param_type_name(unsigned type);
/* First schema-wide parameter with that name, for evt.rawarg and evt.arg.NAME;
 * NULL when no event has one. */
const struct param_info *param_by_name(const char *name, unsigned len);

/* errno and signal names: "ENOENT" for 2, "SIGKILL" for 9; NULL when unknown. */
const char *errno_name(int e);
const char *signal_name(int sig);
