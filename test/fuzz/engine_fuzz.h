/* engine_fuzz.h - one engine for many inputs, and what must never come out of it.
 *
 * An input may be refused; but a refusal has a text, and that text is meant for a user: no
 * internal error, no Lua message, no traceback.  Whatever breaks this aborts.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "saker.h"

enum { FUZZ_ENGINE_INPUTS = 512 };      /* rule counters outlive their rules: start afresh */

static inline void fuzz_stop(const char *why, const char *text)
{
	fprintf(stderr, "fuzz: %s: %s\n", why, text);
	abort();
}

/* input: what the text may quote. */
static inline void fuzz_check_text(const char *text, const void *input, size_t size)
{
	static const char *const never[] = {
		"stack traceback", "attempt to ", "internal error", "bad argument #", "not enough memory",
		"stack overflow", ".lua:", "engine.main:", "(null)",
	};

	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (strstr(text, never[i]) && !memmem(input, size, never[i], strlen(never[i])))
			fuzz_stop("a text that no user should see", text);
}

/* rc and err of a call that may be refused.  True when it was not. */
static inline bool fuzz_accepted(int rc, const struct saker_error *err)
{
	if (rc >= 0)
		return true;
	if (rc == SAKER_E_BUG)
		fuzz_stop("internal error", err->msg);
	if (err->msg[0] == 0)
		fuzz_stop("refused without a word", "");
	return false;
}

/* An open file with these bytes; its path (for /proc) goes to path. */
static inline int fuzz_file(const void *data, size_t size, char *path, size_t cap)
{
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, cap, "/proc/self/fd/%d", fd);
	return fd;
}

static inline void fuzz_found(void *ctx, const struct saker_match_info *m)
{
	unsigned *sum = ctx;

	for (size_t i = 0; i < m->text_len; i++)
		*sum += (unsigned char)m->text[i];
}

static inline void fuzz_replay(struct saker *s, const char *path)
{
	struct saker_error err = { 0 };
	unsigned sum = 0;

	if (fuzz_accepted(saker_open_capture(s, path, &err), &err))
		(void)fuzz_accepted(saker_run(s, 0, fuzz_found, &sum, &err), &err);
}

/* The engine of this process, new after so many inputs. */
static inline struct saker *fuzz_engine(void)
{
	static struct saker *engine;
	static unsigned used;
	struct saker_error err;

	if (engine && ++used < FUZZ_ENGINE_INPUTS) {
		saker_clear_rules(engine);
		return engine;
	}
	saker_free(engine);
	used = 0;
	engine = saker_new(NULL, &err);
	if (!engine)
		abort();
	return engine;
}

/* The trace that rules are held against: the checked-in one, read once. */
static inline const char *fuzz_trace(void)
{
	const char *path = getenv("FUZZ_TRACE");

	return path ? path : "traces/cat-devnull.scap";
}

/* Loads rules; those that are accepted judge the trace. */
static inline void fuzz_rules(const char *text, size_t len)
{
	struct saker *s = fuzz_engine();
	struct saker_error err = { 0 };
	int rc = saker_load_text(s, "fuzz.yaml", text, len, &err);

	fuzz_check_text(saker_load_report(s), text, len);
	if (rc < 0)
		fuzz_check_text(err.msg, text, len);
	if (fuzz_accepted(rc, &err))
		fuzz_replay(s, fuzz_trace());
}

/* A rule with the input in one of its keys, as a double-quoted scalar. */
struct fuzz_text { char *s; size_t len; };

static inline void fuzz_add(struct fuzz_text *t, const char *s, size_t n)
{
	t->s = realloc(t->s, t->len + n + 1);
	if (!t->s)
		abort();
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = 0;
}

static inline void fuzz_add_str(struct fuzz_text *t, const char *s)
{
	fuzz_add(t, s, strlen(s));
}

static inline void fuzz_add_quoted(struct fuzz_text *t, const uint8_t *data, size_t size)
{
	fuzz_add_str(t, "\"");
	for (size_t i = 0; i < size; i++) {
		char esc[8];

		if (data[i] == '"' || data[i] == '\\' || data[i] < ' ' || data[i] == 127) {
			snprintf(esc, sizeof esc, "\\x%02x", data[i]);
			fuzz_add_str(t, esc);
		} else {
			fuzz_add(t, (const char *)data + i, 1);
		}
	}
	fuzz_add_str(t, "\"");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
