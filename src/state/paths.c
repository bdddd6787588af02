/* paths.c - joining and tidying paths as state_engine.md section 4 has it. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include "state/state_internal.h"

static const char TOO_LONG[] = "/DIR_TOO_LONG/FILENAME_TOO_LONG";

/* Goes back to the parent of what is written; never above the first character. */
static char *rewind_to_parent(const char *base, char *at)
{
	if (at <= base + 1)
		return at;
	at--;
	while (at >= base + 1 && at[-1] != '/')
		at--;
	return at;
}

/* Appends p tidied to what lies between base and at: no ".", "..", or "//".
 * Returns the new end. */
static char *tidy(char *base, char *at, const char *p, uint32_t len)
{
	const char *end = p + len;

	while (p < end) {
		bool starts = at == base || at[-1] == '/';
		uint32_t left = (uint32_t)(end - p);

		if (*p == '/') {
			if (at > base && at[-1] == '/')
				p++;
			else
				*at++ = *p++;
		} else if (*p != '.' || !starts) {
			*at++ = *p++;
		} else if (left == 1 || p[1] == '/') {
			p += left == 1 ? 1 : 2;
		} else if (p[1] == '.' && (left == 2 || p[2] == '/')) {
			at = rewind_to_parent(base, at);
			p += left == 2 ? 2 : 3;
		} else {
			*at++ = *p++;
		}
	}
	if (at > base + 1 && at[-1] == '/')
		at--;
	return at;
}

/* No "//", no "/.", and no '/' at its end: nearly all are so.  len > 0. */
static bool is_plain(const char *p, uint32_t len)
{
	uint32_t i = 0;

	if (p[len - 1] == '/')
		return false;

#ifdef __SSE2__
	const __m128i slash = _mm_set1_epi8('/'), dot = _mm_set1_epi8('.');

	for (; i + 17 <= len; i += 16) {
		__m128i here = _mm_loadu_si128((const __m128i *)(p + i));
		__m128i next = _mm_loadu_si128((const __m128i *)(p + i + 1));
		__m128i bad = _mm_or_si128(_mm_cmpeq_epi8(next, slash), _mm_cmpeq_epi8(next, dot));

		if (_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(here, slash), bad)))
			return false;
	}
#endif
	for (; i + 1 < len; i++)
		if (p[i] == '/' && (p[i + 1] == '/' || p[i + 1] == '.'))
			return false;
	return true;
}

bool path_is_tidy(const char *p, uint32_t len)
{
	return len && len <= STATE_PATH_MAX - 1 && p[0] == '/' && is_plain(p, len);
}

uint32_t path_concat(char *out, const char *dir, uint32_t dir_len, const char *name,
		     uint32_t name_len)
{
	char *end;

	if ((uint64_t)dir_len + name_len + 1 > STATE_PATH_MAX) {
		memcpy(out, TOO_LONG, sizeof TOO_LONG);
		return sizeof TOO_LONG - 1;
	}
	if (!name_len || name[0] == '/')
		dir_len = 0;
	memcpy(out, dir, dir_len);
	if (name_len && name[0] != '.' && is_plain(name, name_len)) {   /* nothing to tidy */
		memcpy(out + dir_len, name, name_len);
		out[dir_len + name_len] = 0;
		return dir_len + name_len;
	}
	end = tidy(out, out + dir_len, name, name_len);
	*end = 0;
	return (uint32_t)(end - out);
}

static uint32_t put(char *out, const char *s, uint32_t n)
{
	if (n > STATE_PATH_MAX)
		n = STATE_PATH_MAX;
	memcpy(out, s, n);
	out[n] = 0;
	return n;
}

uint32_t path_of_dirfd(char *out, const struct thread *t, const char *name, uint32_t name_len,
		       int64_t dirfd)
{
	const struct str *cwd;
	const struct fd *e;
	uint32_t n;

	if (name_len && name[0] == '/')
		return put(out, ".", 1);
	if (!t)
		return put(out, "<UNKNOWN>", 9);
	if (dirfd == -100) {
		cwd = thread_cwd(t);
		return put(out, cwd->s, cwd->len);
	}
	e = thread_fd(t, dirfd);
	if (!e)
		return put(out, "<UNKNOWN>", 9);
	n = put(out, e->name->s, e->name->len);
	if (n && out[n - 1] != '/') {
		out[n++] = '/';
		out[n] = 0;
	}
	return n;
}
