/* rules.c - loading rules, checking and describing them, enabling them. */
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/load.h"
#include <stdlib.h>

struct rule_counter *engine_counter(struct saker *s, const char *name, unsigned priority)
{
	struct rule_counter *c;

	for (uint32_t i = 0; i < s->ncounters; i++)
		if (strcmp(s->counter[i]->name, name) == 0)
			return s->counter[i];
	if (s->ncounters == s->cap_counters) {
		s->cap_counters = s->cap_counters ? s->cap_counters * 2 : 64;
		s->counter = mem_realloc(s->counter, s->cap_counters, sizeof *s->counter);
	}
	c = mem_zalloc(sizeof *c);
	c->name = mem_strdup(name);
	c->priority = priority;
	s->counter[s->ncounters++] = c;
	return c;
}

static void prepare_rules(struct saker *s, struct ruleset *rs)
{
	for (uint32_t i = 0; i < rs->n; i++) {
		struct rule *r = &rs->rule[i];
		struct alert_rule ar = {
			.name = r->name, .source = r->source, .priority = r->priority,
			.tag = r->tag, .ntags = r->ntags, .output = r->template,
			.extra = r->extra, .nextra = r->nextra,
		};

		r->counter = engine_counter(s, r->name, r->priority);
		r->counter->priority = r->priority;
		r->line = alert_prepare(&rs->arena, rs->exprs, &s->format, &ar);
	}
}

/* The new ruleset takes over: all selections at once, or nothing. */
static int install(struct saker *s, struct ruleset *rs, struct saker_error *err)
{
	struct ruleset *old = s->rules;

	prepare_rules(s, rs);
	for (unsigned i = 0; i < s->nselections; i++) {
		int rc = selection_resolve(&s->selection[i], rs, engine_stop_at_first(s), err);

		if (rc < 0) {
			for (unsigned k = 0; k <= i; k++)
				(void)selection_resolve(&s->selection[k], old, engine_stop_at_first(s), NULL);
			return rc;
		}
	}
	s->rules = rs;
	evaluator_take(s->evaluator, rs->atoms, rs->exprs);
	ruleset_free(old);
	return 0;
}

static int rebuild(struct saker *s, struct saker_error *err)
{
	struct ruleset *rs = ruleset_new();
	struct strbuf report = STRBUF_INIT;
	struct saker_load l = {
		.mode = "load", .sources = &s->sources, .options = &s->options, .ruleset = rs,
		.result = &report, .log = &s->log,
	};
	int rc;

	engine_format_options(s);
	rc = load_run(&l, err);
	if (rc == 0)
		rc = install(s, rs, err);
	if (rc < 0)
		ruleset_free(rs);
	strbuf_release(&s->report);
	s->report = report;
	return rc;
}

static int keep_or_drop(struct saker *s, uint32_t before, int rc)
{
	if (rc < 0)
		rule_sources_truncate(&s->sources, before);
	return rc;
}

int saker_load_text(struct saker *s, const char *name, const char *text, size_t len,
		    struct saker_error *err)
{
	uint32_t before = s->sources.n;

	rule_sources_add(&s->sources, name, text, len);
	return keep_or_drop(s, before, rebuild(s, err));
}

int saker_load_files(struct saker *s, const char *const *path, size_t n, struct saker_error *err)
{
	uint32_t before = s->sources.n;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = rule_sources_read(&s->sources, path[i], 0, err);
	return keep_or_drop(s, before, rc < 0 ? rc : rebuild(s, err));
}

int saker_load_file(struct saker *s, const char *path, struct saker_error *err)
{
	return saker_load_files(s, &path, 1, err);
}

void saker_clear_rules(struct saker *s)
{
	rule_sources_truncate(&s->sources, 0);
	(void)install(s, ruleset_new(), NULL);
	strbuf_clear(&s->report);
}

const char *saker_load_report(const struct saker *s)
{
	return s->report.s ? s->report.s : "";
}

/* Runs lua/engine for its text alone. */
static int run_report(struct saker *s, const char *mode, const struct rule_sources *sources,
		      const struct kv *options, char **report, struct saker_error *err)
{
	struct ruleset *rs = ruleset_new();
	struct strbuf out = STRBUF_INIT;
	struct saker_load l = {
		.mode = mode, .sources = sources, .options = options, .ruleset = rs,
		.result = &out, .log = &s->log,
	};
	int rc = load_run(&l, err);

	ruleset_free(rs);
	strbuf_grow(&out, 1);
	*report = out.s;
	return rc;
}

int saker_validate_files(struct saker *s, const char *const *path, size_t n, char **report,
			 struct saker_error *err)
{
	struct rule_sources files = { 0 };
	int rc = 0;

	*report = NULL;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = rule_sources_read(&files, path[i], 1, err);
	if (rc == 0)
		rc = run_report(s, "validate", &files, &s->options, report, err);
	rule_sources_release(&files);
	return rc;
}

static void kv_copy(struct kv *to, const struct kv *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		kv_set(to, from->pair[i].key, from->pair[i].value);
}

int saker_describe(struct saker *s, const char *rule, char **report, struct saker_error *err)
{
	struct kv options = { 0 };
	int rc;

	kv_copy(&options, &s->options);
	kv_set(&options, "describe.rule", rule);
	rc = run_report(s, "describe", &s->sources, &options, report, err);
	kv_release(&options);
	return rc;
}

int saker_list(struct saker *s, const char *what, const char *format, char **report,
	       struct saker_error *err)
{
	struct kv options = { 0 };
	int rc;

	kv_copy(&options, &s->options);
	kv_set(&options, "list.what", what);
	kv_set(&options, "list.format", format);
	rc = run_report(s, "list", &s->sources, &options, report, err);
	kv_release(&options);
	return rc;
}

/* -- enabling ------------------------------------------------------------------------ */

int saker_ruleset(struct saker *s, const char *name)
{
	for (unsigned i = 0; i < s->nselections; i++)
		if (strcmp(s->selection[i].name, name) == 0)
			return (int)i;
	if (s->nselections == MAX_SELECTIONS)
		return SAKER_E_ARG;
	s->selection[s->nselections].name = mem_strdup(name);
	if (selection_resolve(&s->selection[s->nselections], s->rules, engine_stop_at_first(s), NULL) < 0) {
		selection_release(&s->selection[s->nselections]);
		return SAKER_E_BUG;
	}
	return (int)s->nselections++;
}

static int wish(struct saker *s, unsigned ruleset, const char *pattern, int how, int on,
		struct saker_error *err)
{
	struct selection *sel;
	int named = 0, rc;

	if (ruleset >= s->nselections)
		return fail(err, SAKER_E_ARG, "no ruleset %u", ruleset);
	sel = &s->selection[ruleset];
	rc = selection_wish(sel, pattern, how, on != 0, err);
	if (rc == 0)
		rc = selection_resolve(sel, s->rules, engine_stop_at_first(s), err);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < s->rules->n; i++)
		named += enable_op_names(&sel->op[sel->nops - 1], &s->rules->rule[i]);
	return named;
}

int saker_enable_rule(struct saker *s, unsigned ruleset, const char *pattern, enum saker_match how,
		      int on, struct saker_error *err)
{
	return wish(s, ruleset, pattern, (int)how, on, err);
}

int saker_enable_tag(struct saker *s, unsigned ruleset, const char *tag, int on, struct saker_error *err)
{
	return wish(s, ruleset, tag, ENABLE_BY_TAG, on, err);
}

int saker_enabled_count(const struct saker *s, unsigned ruleset)
{
	return ruleset < s->nselections ? (int)s->selection[ruleset].nenabled : SAKER_E_ARG;
}
