/* error.h - how a function says what went wrong.
 *
 * A function that can fail returns 0 (or a useful value >= 0) or a negative
 * enum saker_status, and fills the caller's struct saker_error once, at the
 * place that knows most.  Callers pass it up untouched or add a prefix.  Only
 * the program prints.  Messages: lower case, problem first, subject quoted.
 *
 *	return fail(err, SAKER_E_DATA, "block of %u bytes is too short", len);
 */
#pragma once
#include <stdarg.h>
#include "saker.h"

/* Fills *err (which may be NULL) and returns code. */
int fail(struct saker_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As fail(), for a failed system call: appends ": " and the text of errno. */
int fail_errno(struct saker_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "prefix: " in front of the message that is there. */
void error_prefix(struct saker_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Our own mistake, never the user's: says so and aborts, in every build. */
void bug(const char *file, int line, const char *what) __attribute__((noreturn, cold));
#define BUG_ON(x) do { if (__builtin_expect(!!(x), 0)) bug(__FILE__, __LINE__, #x); } while (0)
