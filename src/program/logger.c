/* logger.c - see logger.h. */
#include "program/logger.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

static const char *const LEVELS[] = {
	"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug",
};

int logger_level(const char *name)
{
	for (int i = 0; i < 8; i++)
		if (strcasecmp(name, LEVELS[i]) == 0)
			return i;
	return strcasecmp(name, "informational") == 0 ? 6 : -1;
}

void logger_line(void *ctx, int level, const char *line)
{
	const struct logger *l = ctx;
	char when[64];
	time_t now = time(NULL);
	struct tm tm;
	size_t n = strlen(line);

	if (level > l->level)
		return;
	while (n && line[n - 1] == '\n')
		n--;
	if (l->to_stderr) {
		if (l->iso8601)
			strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S+0000", gmtime_r(&now, &tm));
		else
			strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", localtime_r(&now, &tm));
		fprintf(stderr, "%s: %.*s\n", when, (int)n, line);
	}
	if (l->to_syslog)
		syslog(level, "%.*s", (int)n, line);
}
