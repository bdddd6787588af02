/* engine.c - life of an engine, and its options. */
#include "engine/engine.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *saker_version(void)
{
	return SAKER_VERSION;
}

void saker_free_text(char *text)
{
	free(text);
}

struct saker *saker_new(const struct saker_options *o, struct saker_error *err)
{
	struct state_options so = { .max_threads = 0 };
	struct saker *s;

	if (o && o->size < sizeof o->size + sizeof o->log + sizeof o->log_ctx) {
		fail(err, SAKER_E_ARG, "struct saker_options: size %zu is too small", o->size);
		return NULL;
	}
	s = mem_zalloc(sizeof *s);
	if (o)
		s->log = (struct log){ o->log, o->log_ctx };
	s->evaluator = evaluator_new(NULL);
	if (getenv("HOST_ROOT"))
		s->host_root = mem_strdup(getenv("HOST_ROOT"));
	so.host_root = s->host_root;
	s->state = state_new(&so);
	s->nselections = 1;
	s->selection[0].name = mem_strdup("saker-default");
	s->rules = ruleset_new();
	if (selection_resolve(&s->selection[0], s->rules, true, err) < 0) {
		saker_free(s);
		return NULL;
	}
	evaluator_take(s->evaluator, s->rules->atoms, s->rules->exprs);
	engine_format_options(s);
	return s;
}

void saker_free(struct saker *s)
{
	if (!s)
		return;
	source_free(s->source);
	for (unsigned i = 0; i < s->nselections; i++)
		selection_release(&s->selection[i]);
	state_free(s->state);
	evaluator_free(s->evaluator);
	ruleset_free(s->rules);
	for (uint32_t i = 0; i < s->ncounters; i++) {
		free(s->counter[i]->name);
		free(s->counter[i]);
	}
	free(s->counter);
	free(s->host_root);
	rule_sources_release(&s->sources);
	kv_release(&s->options);
	strbuf_release(&s->report);
	strbuf_release(&s->line);
	free(s);
}

bool engine_stop_at_first(const struct saker *s)
{
	const char *m = kv_get(&s->options, "rule_matching");

	return !m || strcmp(m, "all") != 0;
}

void engine_format_options(struct saker *s)
{
	const struct kv *o = &s->options;
	const char *host = getenv("FALCO_HOSTNAME");
	bool corrected;

	if (!host)
		host = getenv("SAKER_HOSTNAME");
	if (host)
		snprintf(s->hostname, sizeof s->hostname, "%s", host);
	else if (gethostname(s->hostname, sizeof s->hostname - 1) != 0)
		s->hostname[0] = 0;
	s->format = (struct alert_format){
		.json = kv_bool(o, "json_output", 0),
		.iso8601 = kv_bool(o, "time_format_iso_8601", 0),
		.include_output = kv_bool(o, "json_include_output_property", 1),
		.include_message = kv_bool(o, "json_include_message_property", 0),
		.include_fields = kv_bool(o, "json_include_output_fields_property", 1),
		.include_tags = kv_bool(o, "json_include_tags_property", 1),
		.hostname = s->hostname,
		.render = { .base64 = kv_bool(o, "buffer_format_base64", 0) },
	};
	evaluator_render_options(s->evaluator, &s->format.render);
	corrected = kv_get(o, "compat") && strcmp(kv_get(o, "compat"), "corrected") == 0;
	evaluator_ctx(s->evaluator)->corrected = corrected;
	state_set_corrected(s->state, corrected);
}

static int check_option(const char *key, const char *value, struct saker_error *err)
{
	if (strcmp(key, "rule_matching") == 0 && strcmp(value, "first") != 0 && strcmp(value, "all") != 0)
		return fail(err, SAKER_E_ARG, "Unknown rule matching strategy \"%s\""
			    "--must be one of first, all", value);
	if (strcmp(key, "compat") == 0 && strcmp(value, "falco") != 0 && strcmp(value, "corrected") != 0)
		return fail(err, SAKER_E_ARG, "Unknown compat \"%s\"--must be one of falco, corrected", value);
	if (strcmp(key, "priority") == 0 && priority_by_name(value) < 0)
		return fail(err, SAKER_E_ARG, "Unknown priority \"%s\"--must be one of emergency, alert, "
			    "critical, error, warning, notice, informational, debug", value);
	return 0;
}

int saker_set(struct saker *s, const char *key, const char *value, struct saker_error *err)
{
	int rc = value ? check_option(key, value, err) : 0;

	if (rc < 0)
		return rc;
	kv_set(&s->options, key, value);
	return 0;
}
