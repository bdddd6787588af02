/* capture_private.h - what the files of the capture reader share. */
#pragma once
#include "event/convert.h"
#include "event/tables.h"
#include "source/capture.h"
#include "source/stream.h"

/* Block types, each with its older alias (reference scap_format.md section 2). */
enum block_type {
	BT_SECTION = 0x0A0D0D0A,
	BT_MACHINE = 0x201,
	BT_PROC_V1 = 0x202, BT_PROC_V2 = 0x207, BT_PROC_V3 = 0x209, BT_PROC_V4 = 0x210,
	BT_PROC_V5 = 0x211, BT_PROC_V6 = 0x212, BT_PROC_V7 = 0x213, BT_PROC_V8 = 0x214,
	BT_PROC_V9 = 0x215,
	BT_FD = 0x203, BT_FD_V2 = 0x218,
	BT_IFACE = 0x205, BT_IFACE_V2 = 0x219,
	BT_USER = 0x206, BT_USER_V2 = 0x220,
	BT_EVENT = 0x204, BT_EVENT_FLAGS = 0x208,
	BT_EVENT_V2 = 0x216, BT_EVENT_FLAGS_V2 = 0x217,
	BT_EVENT_LARGE = 0x221, BT_EVENT_FLAGS_LARGE = 0x222,
};

enum {
	BLOCK_HEAD = 8,                 /* type, total length */
	BLOCK_TAIL = 4,                 /* total length again */
	SECTION_BODY = 16, MACHINE_BODY = 180,
	/* Bytes that certainly hold one list entry: all its strings at their limits. */
	ENTRY_MAX = 32 << 10,
};

struct capture {
	struct source src;
	struct stream in;
	struct source_sink sink;
	struct converter *conv;
	unsigned sections;              /* begun so far */
	bool leading;                   /* no event but user, group and container ones yet */
	uint64_t block_at;              /* offset of the block at hand */
	bool failed;
	struct saker_error error;       /* when failed: what every further call says */
	uint8_t *old_event;             /* an old event with its parameter count put in */
	char *strings;                  /* ENTRY_MAX: strings of a list entry, NUL terminated */
	char *path;
};

/* Numeric form of the newer name of a block type. */
uint32_t block_canonical(uint32_t type);
bool block_is_event(uint32_t canonical);

/* Reads a list block's body of n bytes; the stream stands at its start and is left at
 * its end.  0 or < 0. */
int read_process_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err);
int read_fd_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err);
int read_interface_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err);
int read_user_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err);
