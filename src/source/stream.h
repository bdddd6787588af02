/* stream.h - the bytes of a capture, plain or gzip, through one bounded window.
 *
 * [at, end) is what can be read right now.  stream_need() makes it longer: of a
 * mapped file the next megabyte is faulted in and what was read is given back;
 * of a gzip file or a pipe the window's rest moves to the front and more is
 * read behind it.  Pointers into the window are good until the next call.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

struct inflater;

struct stream {
	const uint8_t *at, *end;
	uint64_t passed;                /* offset of base[0] in the uncompressed bytes */
	const uint8_t *base;            /* window: the mapping, or buf */
	int fd;
	bool eof;                       /* nothing more will come */
	/* a mapped plain file */
	const uint8_t *map;
	size_t map_size, dropped;
	/* a gzip file or a pipe */
	uint8_t *buf;
	size_t buf_size;
	struct inflater *inflater;      /* NULL: bytes as they are */
	uint8_t *input;
	bool in_member;                 /* inside a gzip member */
	bool input_eof;
};

/* Opens path; "-" is standard input.  0 or < 0. */
int stream_open(struct stream *s, const char *path, struct saker_error *err);
void stream_close(struct stream *s);

int stream_fill(struct stream *s, size_t n, struct saker_error *err);

/* Makes n bytes readable at s->at.  1: they are there; 0: the stream ends before
 * (what is left is there); < 0: it cannot be read. */
static inline int stream_need(struct stream *s, size_t n, struct saker_error *err)
{
	if (__builtin_expect((size_t)(s->end - s->at) >= n, 1))
		return 1;
	return stream_fill(s, n, err);
}

/* Offset of s->at from the start, uncompressed. */
static inline uint64_t stream_offset(const struct stream *s)
{
	return s->passed + (uint64_t)(s->at - s->base);
}

/* Passes over n bytes, readable or not yet.  As stream_need(). */
int stream_skip(struct stream *s, uint64_t n, struct saker_error *err);
