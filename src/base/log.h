/* log.h - a level and a line to whoever listens; the library itself prints nothing. */
#pragma once
#include "saker.h"

enum log_level { LVL_EMERGENCY, LVL_ALERT, LVL_CRITICAL, LVL_ERROR, LVL_WARNING, LVL_NOTICE, LVL_INFO, LVL_DEBUG };

struct log { saker_log_fn *fn; void *ctx; };

/* Without a listener the line is lost, on purpose. */
void log_line(const struct log *l, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
