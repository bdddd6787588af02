/* log.c - see log.h. */
#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>

void log_line(const struct log *l, int level, const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	if (!l->fn)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	l->fn(l->ctx, level, line);
}
