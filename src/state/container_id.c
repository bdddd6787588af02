/* container_id.c - which container a process is in, by its cgroups.
 *
 * The first cgroup that any engine's layout fits decides; the layouts stand in
 * the order of the engines (state_engine.md 9).
 */
#include "state/state_internal.h"

enum layout_kind {
	HEX64,          /* exactly 64 hex digits between prefix and suffix; the first 12 are the id */
	COMPONENT,      /* from the prefix to the next '/' */
	TAIL,           /* from the prefix to the suffix, whatever it is */
	LAST_COMPONENT, /* the last component, without the suffix */
	NAMESPACED,     /* "/namespace/id" of containerd */
};

static const struct layout { uint8_t kind; const char *prefix, *suffix; } LAYOUTS[] = {
	/* podman */
	{ HEX64, "/libpod-", ".scope" }, { HEX64, "/libpod-", ".scope/container" },
	{ HEX64, "/libpod-", "/container" }, { HEX64, "/libpod-", "" },
	/* docker */
	{ HEX64, "/docker/", "" }, { HEX64, "/docker-", ".scope" },
	/* cri */
	{ HEX64, "/", "" }, { HEX64, "/crio-", "" }, { HEX64, "/cri-containerd-", ".scope" },
	{ HEX64, "/crio-", ".scope" }, { HEX64, ":cri-containerd:", "" },
	{ HEX64, "/nerdctl-", ".scope" },
	/* containerd */
	{ NAMESPACED, "/", "" },
	/* lxc */
	{ COMPONENT, "/lxc/", "" }, { COMPONENT, "/lxc.payload/", "" },
	{ COMPONENT, "/lxc.payload.", "" },
	/* libvirt_lxc */
	{ LAST_COMPONENT, "/", ".libvirt-lxc" }, { TAIL, "-lxc\\x2d", ".scope" },
	{ TAIL, "/libvirt/lxc/", "" },
	/* bpm */
	{ TAIL, "bpm-", ".scope" },
};

enum { ID_SHORT = 12, ID_MAX = 64 };

static bool ends_with(const char *p, uint32_t len, const char *suffix)
{
	uint32_t n = (uint32_t)strlen(suffix);

	return len >= n && !memcmp(p + len - n, suffix, n);
}

static bool is_hex(const char *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f') ||
		      (p[i] >= 'A' && p[i] <= 'F')))
			return false;
	return true;
}

/* Where prefix ends in path, by its last occurrence; NULL: it is not there. */
static const char *after_last(const char *path, uint32_t len, const char *prefix)
{
	uint32_t n = (uint32_t)strlen(prefix);

	for (uint32_t i = len >= n ? len - n + 1 : 0; i-- > 0;)
		if (!memcmp(path + i, prefix, n))
			return path + i + n;
	return NULL;
}

static bool namespaced(const char *path, uint32_t len, const char **id, uint32_t *n)
{
	const char *slash = len && path[0] == '/' ? memchr(path + 1, '/', len - 1) : NULL;
	const char *end = path + len;

	if (!slash || slash == path + 1 || memchr(slash + 1, '/', (size_t)(end - slash) - 1))
		return false;
	*id = slash + 1;
	*n = (uint32_t)(end - *id);
	return *n && *n <= ID_MAX && !ends_with(*id, *n, ".service") &&
	       !ends_with(*id, *n, ".slice") && !ends_with(*id, *n, ".scope");
}

static bool fits(const struct layout *l, const char *path, uint32_t len, const char **id,
		 uint32_t *n)
{
	const char *from, *slash;

	if (l->kind == NAMESPACED)
		return namespaced(path, len, id, n);
	if (!ends_with(path, len, l->suffix))
		return false;
	from = after_last(path, len, l->prefix);
	if (!from || (uint32_t)(path + len - from) < strlen(l->suffix))
		return false;
	*id = from;
	*n = (uint32_t)(path + len - from) - (uint32_t)strlen(l->suffix);
	if (l->kind == HEX64) {
		if (*n != 64 || !is_hex(from, 64))
			return false;
		*n = ID_SHORT;
		return true;
	}
	slash = memchr(from, '/', *n);
	if (l->kind == COMPONENT && slash)
		*n = (uint32_t)(slash - from);
	return *n > 0 && *n <= ID_MAX;
}

uint32_t container_id_of(const char *cgroups, uint32_t len, char *out)
{
	const char *end = cgroups + len;

	for (const char *p = cgroups; p < end; p += strlen(p) + 1) {
		const char *path = strchr(p, '='), *id;
		uint32_t n;

		if (!path)
			continue;
		path++;
		for (unsigned i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++) {
			if (!fits(&LAYOUTS[i], path, (uint32_t)strlen(path), &id, &n))
				continue;
			memcpy(out, id, n);
			out[n] = 0;
			return n;
		}
	}
	return 0;
}

void thread_update_container(struct state *s, struct thread *t)
{
	char id[ID_MAX + 1];
	uint32_t n = container_id_of(t->cgroups->s, t->cgroups->len, id);

	if (str_assign(&t->container_id, id, n))
		thread_touch(s, t);
}
