/* kv.c - see kv.h. */
#include "base/kv.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void kv_release(struct kv *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		free(m->pair[i].key);
		free(m->pair[i].value);
	}
	free(m->pair);
	memset(m, 0, sizeof *m);
}

static struct kv_pair *find(const struct kv *m, const char *key)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (strcmp(m->pair[i].key, key) == 0)
			return &m->pair[i];
	return NULL;
}

static void kv_remove(struct kv *m, struct kv_pair *p)
{
	free(p->key);
	free(p->value);
	memmove(p, p + 1, (size_t)(m->pair + --m->n - p) * sizeof *p);
}

void kv_set(struct kv *m, const char *key, const char *value)
{
	struct kv_pair *p = find(m, key);

	if (p && !value) {
		kv_remove(m, p);
		return;
	}
	if (!value)
		return;
	if (p) {
		char *old = p->value;

		p->value = mem_strdup(value);
		free(old);
		return;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 32;
		m->pair = mem_realloc(m->pair, m->cap, sizeof *m->pair);
	}
	m->pair[m->n++] = (struct kv_pair){ mem_strdup(key), mem_strdup(value) };
}

const char *kv_get(const struct kv *m, const char *key)
{
	const struct kv_pair *p = find(m, key);

	return p ? p->value : NULL;
}

int kv_bool(const struct kv *m, const char *key, int missing)
{
	static const char *const yes[] = { "true", "yes", "on", "y", "1" };
	const char *v = kv_get(m, key);

	if (!v)
		return missing;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (strcasecmp(v, yes[i]) == 0)
			return 1;
	return 0;
}

uint64_t kv_u64(const struct kv *m, const char *key, uint64_t missing)
{
	const char *v = kv_get(m, key);
	char *end;
	uint64_t n;

	if (!v || !*v)
		return missing;
	n = strtoull(v, &end, 10);
	return *end ? missing : n;
}
