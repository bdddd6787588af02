/* cgroups.c - "subsystem=path" lists as events and lists bring them. */
#include "state/state_internal.h"

enum { CGROUPS_MAX = 16384 };

static const struct { const char *from, *to; } RENAMED[] = {
	{ "perf", "perf_event" }, { "mem", "memory" }, { "io", "blkio" },
};

/* One entry with the subsystem's canonical name; NULL: no '=' in it, or no room. */
static char *put_entry(char *at, const char *end, const char *p, uint32_t len)
{
	static const char CUT[] = "_cgroup";
	const char *eq = memchr(p, '=', len), *cut;
	char *name = at;
	size_t n;

	if (!eq || (size_t)(end - at) < len + 16)
		return NULL;
	n = (size_t)(eq - p);
	cut = memmem(p, n, CUT, sizeof CUT - 1);
	if (cut) {
		memcpy(at, p, (size_t)(cut - p));
		at += cut - p;
		p = cut + sizeof CUT - 1;
	}
	memcpy(at, p, (size_t)(eq - p));
	at += eq - p;
	len = len - (uint32_t)n;
	n = (size_t)(at - name);
	for (unsigned i = 0; i < sizeof RENAMED / sizeof *RENAMED; i++)
		if (n == strlen(RENAMED[i].from) && !memcmp(name, RENAMED[i].from, n)) {
			at = name + strlen(RENAMED[i].to);
			memcpy(name, RENAMED[i].to, (size_t)(at - name));
		}
	memcpy(at, eq, len);
	at[len] = 0;
	return at + len + 1;
}

bool thread_set_cgroups(struct thread *t, const char *p, uint32_t len, struct str *likely)
{
	char buf[CGROUPS_MAX], *at = buf;
	const char *end = p + len;

	while (p < end) {
		uint32_t n = (uint32_t)strnlen(p, (size_t)(end - p));

		at = put_entry(at, buf + sizeof buf, p, n);
		if (!at)
			return false;   /* the previous value stays */
		p += n + 1;
	}
	if (likely && str_equal(likely, buf, (size_t)(at - buf))) {
		str_share(&t->cgroups, likely);
		return true;
	}
	return str_assign_list(&t->cgroups, buf, (uint32_t)(at - buf));
}
