/* stream.c - plain files by mapping, gzip through zlib, pipes by reading. */
#include "source/stream.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

enum {
	CHUNK = 512 << 10,      /* of a mapping, faulted in at a time */
	WINDOW = 256 << 10,     /* of what is read or inflated; grows for a large event only */
	INPUT = 64 << 10,       /* compressed bytes read at a time */
};
static const size_t WINDOW_MAX = (size_t)256 << 20;

struct inflater { z_stream z; };

/* -- a mapped file -------------------------------------------------------------------- */

static int open_map(struct stream *s, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, s->fd, 0);

	if (p == MAP_FAILED)
		return -1;
	madvise(p, size, MADV_SEQUENTIAL);
	s->map = s->base = s->at = s->end = p;
	s->map_size = size;
	return 0;
}

/* Moves the readable end on, whole chunks at a time, and gives back what was read. */
static int fill_map(struct stream *s, size_t n)
{
	size_t at = (size_t)(s->at - s->map), end = (size_t)(s->end - s->map);
	size_t keep = at & ~(size_t)4095, want;

	if (keep > s->dropped) {
		madvise((void *)(uintptr_t)(s->map + s->dropped), keep - s->dropped, MADV_DONTNEED);
		s->dropped = keep;
	}
	want = s->map_size - end;
	if (want > CHUNK && want > n)
		want = n > CHUNK ? n : CHUNK;
	if (want) {
		/* only a hint, refused by old kernels: then each page faults alone */
		size_t from = end & ~(size_t)4095;

		madvise((void *)(uintptr_t)(s->map + from), end + want - from, MADV_POPULATE_READ);
		s->end += want;
	}
	s->eof = s->end == s->map + s->map_size;
	return (size_t)(s->end - s->at) >= n;
}

/* -- gzip and pipes ------------------------------------------------------------------- */

static ssize_t read_some(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Inflates into [out, out + room).  Bytes made, 0 at the end, < 0 on damage. */
static ssize_t inflate_some(struct stream *s, uint8_t *out, size_t room, struct saker_error *err)
{
	z_stream *z = &s->inflater->z;
	int rc;

	z->next_out = out;
	z->avail_out = (uInt)room;
	while (z->avail_out == room) {
		if (!z->avail_in && !s->input_eof) {
			ssize_t got = read_some(s->fd, s->input, INPUT);

			if (got < 0)
				return fail_errno(err, "cannot read");
			s->input_eof = got == 0;
			z->next_in = s->input;
			z->avail_in = (uInt)got;
		}
		if (!z->avail_in) {
			if (s->in_member)
				return fail(err, SAKER_E_DATA, "the gzip stream ends early");
			return 0;
		}
		if (!s->in_member) {
			/* another member, or something appended that is none: the end */
			if (z->next_in[0] != 0x1f) {
				z->avail_in = 0;
				s->input_eof = true;
				return 0;
			}
			s->in_member = true;
		}
		rc = inflate(z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END) {
			s->in_member = false;
			inflateReset(z);
		} else if (rc != Z_OK && rc != Z_BUF_ERROR) {
			if (z->avail_out != room)
				break;          /* what came before the damage first */
			return fail(err, SAKER_E_DATA, "damaged gzip stream (%s)",
				    z->msg ? z->msg : "zlib error");
		}
	}
	return (ssize_t)(room - z->avail_out);
}

static int grow_window(struct stream *s, size_t n, struct saker_error *err)
{
	size_t size = s->buf_size;

	if (n > WINDOW_MAX)
		return fail(err, SAKER_E_DATA, "%zu bytes in one piece are too many", n);
	while (size < n)
		size *= 2;
	s->buf = mem_realloc(s->buf, size, 1);
	s->buf_size = size;
	return 0;
}

static int fill_window(struct stream *s, size_t n, struct saker_error *err)
{
	size_t have = (size_t)(s->end - s->at);

	s->passed += (uint64_t)(s->at - s->base);
	if (have)
		memmove(s->buf, s->at, have);
	s->base = s->at = s->buf;
	s->end = s->buf + have;
	if (n > s->buf_size) {
		if (grow_window(s, n, err) < 0)
			return SAKER_E_DATA;
		s->base = s->at = s->buf;
		s->end = s->buf + have;
	}
	while (have < n && !s->eof) {
		uint8_t *out = s->buf + have;
		size_t room = s->buf_size - have;
		ssize_t got =
			s->inflater ? inflate_some(s, out, room, err) : read_some(s->fd, out, room);

		if (got < 0)
			return s->inflater ? (int)got : fail_errno(err, "cannot read");
		s->eof = got == 0;
		have += (size_t)got;
		s->end = s->buf + have;
	}
	return have >= n;
}

int stream_fill(struct stream *s, size_t n, struct saker_error *err)
{
	return s->map ? fill_map(s, n) : fill_window(s, n, err);
}

int stream_skip(struct stream *s, uint64_t n, struct saker_error *err)
{
	while (n > (uint64_t)(s->end - s->at)) {
		int rc;

		n -= (uint64_t)(s->end - s->at);
		s->at = s->end;
		rc = stream_fill(s, 1, err);
		if (rc <= 0)
			return rc;
	}
	s->at += n;
	return 1;
}

/* -- opening -------------------------------------------------------------------------- */

static int open_inflater(struct stream *s, const uint8_t *first, size_t n, struct saker_error *err)
{
	s->inflater = mem_zalloc(sizeof *s->inflater);
	s->input = mem_alloc(INPUT);
	memcpy(s->input, first, n);
	s->inflater->z.next_in = s->input;
	s->inflater->z.avail_in = (uInt)n;
	if (inflateInit2(&s->inflater->z, 15 + 16) != Z_OK)
		return fail(err, SAKER_E_NOMEM, "cannot start zlib");
	return 0;
}

/* Reads the first two bytes to tell gzip from plain. */
static int open_window(struct stream *s, struct saker_error *err)
{
	uint8_t first[2];
	size_t n = 0;

	s->buf = mem_alloc(WINDOW);
	s->buf_size = WINDOW;
	s->base = s->at = s->end = s->buf;
	while (n < sizeof first) {
		ssize_t got = read_some(s->fd, first + n, sizeof first - n);

		if (got < 0)
			return fail_errno(err, "cannot read");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n == 2 && first[0] == 0x1f && first[1] == 0x8b)
		return open_inflater(s, first, n, err);
	memcpy(s->buf, first, n);
	s->end = s->buf + n;
	return 0;
}

/* True when the file can be mapped and is not gzip. */
static bool is_plain_file(int fd, size_t *size)
{
	struct stat st;
	uint8_t first[2] = { 0 };

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    lseek(fd, 0, SEEK_CUR) != 0)
		return false;
	*size = (size_t)st.st_size;
	return pread(fd, first, 2, 0) >= 0 && !(first[0] == 0x1f && first[1] == 0x8b);
}

int stream_open(struct stream *s, const char *path, struct saker_error *err)
{
	size_t size;

	*s = (struct stream){ .fd = -1 };
	if (strcmp(path, "-") == 0)
		s->fd = dup(STDIN_FILENO);
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return fail_errno(err, "Could not open trace filename %s for reading", path);
	if (is_plain_file(s->fd, &size) && open_map(s, size) == 0)
		return 0;
	return open_window(s, err);
}

void stream_close(struct stream *s)
{
	if (s->map)
		munmap((void *)(uintptr_t)s->map, s->map_size);
	if (s->inflater) {
		inflateEnd(&s->inflater->z);
		free(s->inflater);
	}
	free(s->input);
	free(s->buf);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct stream){ .fd = -1 };
}
