/* priority.c - the eight priorities by name. */
#include <strings.h>
#include "format/template.h"

enum { PRIORITIES = 8 };

static const struct { const char *name, *brief; } PRIORITY[PRIORITIES] = {
	{ "Emergency", "EMERGENCY" },
	{ "Alert", "ALERT" },
	{ "Critical", "CRITICAL" },
	{ "Error", "ERROR" },
	{ "Warning", "WARNING" },
	{ "Notice", "NOTICE" },
	{ "Informational", "INFO" },
	{ "Debug", "DEBUG" },
};

const char *priority_name(unsigned priority)
{
	return priority < PRIORITIES ? PRIORITY[priority].name : "Unknown";
}

const char *priority_short(unsigned priority)
{
	return priority < PRIORITIES ? PRIORITY[priority].brief : "UNKNOWN";
}

int priority_by_name(const char *name)
{
	for (int i = 0; i < PRIORITIES; i++)
		if (strcasecmp(name, PRIORITY[i].name) == 0)
			return i;
	return strcasecmp(name, "info") == 0 ? 6 : -1;
}
