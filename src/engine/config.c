/* config.c - saker.yaml through lua/engine (saker.h, configuration). */
#include "base/mem.h"
#include "engine/load.h"
#include "saker.h"
#include <stdio.h>
#include <stdlib.h>

struct saker_config { struct kv kv; };

struct saker_config *saker_config_load(const char *path, const char *const *override, size_t n,
				       saker_log_fn *log, void *log_ctx, struct saker_error *err)
{
	struct saker_config *c = mem_zalloc(sizeof *c);
	struct rule_sources files = { 0 };
	struct strbuf out = STRBUF_INIT;
	struct kv options = { 0 };
	struct log to = { log, log_ctx };
	struct saker_load l = {
		.mode = "config", .sources = &files, .options = &options, .config = &c->kv,
		.result = &out, .log = &to,
	};
	char key[32];
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof key, "override[%zu]", i);
		kv_set(&options, key, override[i]);
	}
	if (path)
		rc = rule_sources_read(&files, path, 1, err);
	if (rc == 0)
		rc = load_run(&l, err);
	rule_sources_release(&files);
	kv_release(&options);
	strbuf_release(&out);
	if (rc < 0) {
		saker_config_free(c);
		return NULL;
	}
	return c;
}

void saker_config_free(struct saker_config *c)
{
	if (!c)
		return;
	kv_release(&c->kv);
	free(c);
}

const char *saker_config_get(const struct saker_config *c, const char *key)
{
	return kv_get(&c->kv, key);
}

void saker_config_each(const struct saker_config *c,
		       void (*f)(void *ctx, const char *key, const char *value), void *ctx)
{
	for (uint32_t i = 0; i < c->kv.n; i++)
		f(ctx, c->kv.pair[i].key, c->kv.pair[i].value);
}
