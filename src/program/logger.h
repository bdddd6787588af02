/* logger.h - where log lines go: standard error and syslog, by level.
 */
#pragma once
#include <stdbool.h>

struct logger { int level; bool to_stderr, to_syslog, iso8601; };

/* A saker_log_fn; ctx is a struct logger. */
void logger_line(void *ctx, int level, const char *line);
/* 0 emergency .. 7 debug by name, as log_level spells them; -1 when unknown. */
int logger_level(const char *name);
