/* error.c - see error.h. */
#include "base/error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void error_set(struct saker_error *err, int code, int sys, const char *fmt, va_list ap)
{
	err->code = code;
	err->sys_errno = sys;
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
}

int fail(struct saker_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	error_set(err, code, 0, fmt, ap);
	va_end(ap);
	return code;
}

int fail_errno(struct saker_error *err, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;
	size_t n;

	if (!err)
		return SAKER_E_SYS;
	va_start(ap, fmt);
	error_set(err, SAKER_E_SYS, sys, fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror(sys));
	return SAKER_E_SYS;
}

void error_prefix(struct saker_error *err, const char *fmt, ...)
{
	char old[sizeof err->msg];
	va_list ap;
	size_t n;

	if (!err)
		return;
	memcpy(old, err->msg, sizeof old);
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof err->msg - n, ": %s", old);
}

void bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "saker: bug at %s:%d: %s\n", file, line, what);
	abort();
}
