/* capture_build.h - captures built in memory, for tests: blocks appended to one buffer. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "event/build.h"

struct bytes { uint8_t s[512 << 10]; size_t n; };

static inline void put(struct bytes *b, const void *p, size_t n)
{
	memcpy(b->s + b->n, p, n);
	b->n += n;
}

static inline void put_uint(struct bytes *b, uint64_t v, unsigned size)
{
	put(b, &v, size);
}

static inline void put_str(struct bytes *b, const char *s)
{
	put_uint(b, strlen(s), 2);
	put(b, s, strlen(s));
}

static inline void put_block(struct bytes *b, uint32_t type, const void *body, size_t n)
{
	uint32_t total = (uint32_t)(12 + (n + 3) / 4 * 4);

	put_uint(b, type, 4);
	put_uint(b, total, 4);
	put(b, body, n);
	put(b, "\0\0\0", total - 12 - n);
	put_uint(b, total, 4);
}

static inline void put_section(struct bytes *b)
{
	struct bytes h = { .n = 0 };

	put_uint(&h, 0x1A2B3C4D, 4);
	put_uint(&h, 1, 2);
	put_uint(&h, 2, 2);
	put_uint(&h, UINT64_MAX, 8);
	put_block(b, 0x0A0D0D0A, h.s, h.n);
}

/* A chdir("/") of thread tid, in a block of the newest kind. */
static inline void put_chdir(struct bytes *b, int64_t tid)
{
	const struct param p[] = { { (const uint8_t *)"\0\0\0\0\0\0\0", 8 },
				   { (const uint8_t *)"/", 2 } };
	uint8_t body[256] = { 1, 0 };   /* cpu 1 */

	put_block(b, 0x216, body,
		  2 + event_build(body + 2, sizeof body - 2, 1000 + (uint64_t)tid, tid,
				  PPME_SYSCALL_CHDIR_X, p, 2));
}

/* A file of these bytes that is gone when fd is closed; its path in path. */
static inline int as_file(const uint8_t *s, size_t n, char path[64])
{
	int fd = memfd_create("capture", 0);

	if (fd < 0 || write(fd, s, n) != (ssize_t)n)
		return -1;
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}
