/* setup.c - configuration into the engine, rules loaded and chosen (session.h). */
#include "program/session.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const DEFAULT_CONFIG[] = { "/etc/saker/saker.yaml", "/etc/falco/falco.yaml" };

static const char *config_path(const struct session *s)
{
	if (s->cmd.config)
		return s->cmd.config;
	for (size_t i = 0; i < sizeof DEFAULT_CONFIG / sizeof *DEFAULT_CONFIG; i++)
		if (access(DEFAULT_CONFIG[i], R_OK) == 0)
			return DEFAULT_CONFIG[i];
	return NULL;
}

static bool is_true(const struct session *s, const char *key, bool missing)
{
	const char *v = saker_config_get(s->config, key);

	return v ? strcmp(v, "true") == 0 : missing;
}

static int setup_logger(struct session *s, struct saker_error *err)
{
	const char *level = saker_config_get(s->config, "log_level");

	s->logger.to_stderr = is_true(s, "log_stderr", true);
	s->logger.to_syslog = is_true(s, "log_syslog", false);
	s->logger.iso8601 = is_true(s, "time_format_iso_8601", false);
	if (level) {
		s->logger.level = logger_level(level);
		if (s->logger.level < 0)
			return fail(err, SAKER_E_ARG, "Unknown log level %s", level);
	}
	return 0;
}

/* Log lines of a configuration wait until it has said where they go. */
struct held_line { struct held_line *next; int level; char text[]; };
struct held { struct held_line *first, **last; };

static void hold_line(void *ctx, int level, const char *line)
{
	struct held *h = ctx;
	struct held_line *l = mem_alloc(sizeof *l + strlen(line) + 1);

	l->next = NULL;
	l->level = level;
	memcpy(l->text, line, strlen(line) + 1);
	*h->last = l;
	h->last = &l->next;
}

static void release_held(struct held *h, struct logger *logger)
{
	while (h->first) {
		struct held_line *l = h->first;

		h->first = l->next;
		logger_line(logger, l->level, l->text);
		free(l);
	}
}

struct key_sink { struct session *s; struct saker_error *err; int rc; };

static void to_engine(void *ctx, const char *key, const char *value)
{
	struct key_sink *k = ctx;

	if (k->rc == 0)
		k->rc = saker_set(k->s->engine, key, value, k->err);
}

int session_configure(struct session *s, struct saker_error *err)
{
	struct saker_options o = { .size = sizeof o, .log = logger_line, .log_ctx = &s->logger };
	struct key_sink sink = { s, err, 0 };
	const char *path = config_path(s);
	struct held held = { NULL, &held.first };
	int rc = 0;

	s->logger = (struct logger){ .level = 6, .to_stderr = true };
	if (path && access(path, R_OK) != 0)
		return fail(err, SAKER_E_ARG, "Could not find configuration file at %s", path);
	s->config = saker_config_load(path, s->cmd.override.at, s->cmd.override.n, hold_line, &held, err);
	if (s->config)
		rc = setup_logger(s, err);
	release_held(&held, &s->logger);
	if (!s->config)
		return err->code;
	if (rc < 0)
		return rc;
	s->engine = saker_new(&o, err);
	if (!s->engine)
		return err->code;
	saker_config_each(s->config, to_engine, &sink);
	if (s->cmd.print && sink.rc == 0)
		sink.rc = saker_set(s->engine, "print", s->cmd.print, err);
	if (s->cmd.max_seconds && sink.rc == 0)
		sink.rc = saker_set(s->engine, "run.max_seconds", s->cmd.max_seconds, err);
	return sink.rc;
}

/* rules_files of the configuration; entries that do not exist are left out, as Falco does. */
static size_t configured_files(const struct session *s, const char ***out)
{
	const char **list = NULL;
	size_t n = 0;
	char key[48];

	for (unsigned i = 0;; i++) {
		const char *path;

		snprintf(key, sizeof key, "rules_files[%u]", i);
		path = saker_config_get(s->config, key);
		if (!path)
			break;
		if (access(path, F_OK) != 0)
			continue;
		list = mem_realloc(list, n + 1, sizeof *list);
		list[n++] = path;
	}
	*out = list;
	return n;
}

int session_load_rules(struct session *s, struct saker_error *err)
{
	const char **list = NULL;
	size_t n;
	int rc;

	if (s->cmd.rules.n)
		return saker_load_files(s->engine, s->cmd.rules.at, s->cmd.rules.n, err);
	n = configured_files(s, &list);
	if (n == 0) {
		free(list);
		return fail(err, SAKER_E_ARG, "You must specify at least one rules file/directory via -r "
			    "or a rules_file entry in the configuration");
	}
	rc = saker_load_files(s->engine, list, n, err);
	free(list);
	return rc;
}

/* The "rules" key: a list of {enable|disable: {rule: wildcard, tag: tag}}, in order. */
static int configured_selection(struct session *s, struct saker_error *err)
{
	static const char *const verbs[] = { "disable", "enable" };

	for (unsigned i = 0, found = 1; found; i++) {
		found = 0;
		for (int on = 0; on < 2; on++) {
			char key[64];
			const char *v;
			int rc = 0;

			snprintf(key, sizeof key, "rules[%u].%s.rule", i, verbs[on]);
			v = saker_config_get(s->config, key);
			if (v) {
				found = 1;
				rc = saker_enable_rule(s->engine, 0, v, SAKER_MATCH_WILDCARD, on, err);
			}
			snprintf(key, sizeof key, "rules[%u].%s.tag", i, verbs[on]);
			v = rc < 0 ? NULL : saker_config_get(s->config, key);
			if (v) {
				found = 1;
				rc = saker_enable_tag(s->engine, 0, v, on, err);
			}
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* -D: a regular expression of the whole name (2017), or, when that names no rule, a part
 * of the name (2019 and later). */
static int disable_by_name(struct session *s, const char *pattern, struct saker_error *err)
{
	int n = saker_enable_rule(s->engine, 0, pattern, SAKER_MATCH_REGEX, 0, err);

	if (n == 0 || (n < 0 && err->code == SAKER_E_ARG))
		n = saker_enable_rule(s->engine, 0, pattern, SAKER_MATCH_SUBSTRING, 0, err);
	return n < 0 ? n : 0;
}

int session_select_rules(struct session *s, struct saker_error *err)
{
	const struct cmdline *c = &s->cmd;
	int rc = configured_selection(s, err);

	for (size_t i = 0; i < c->disable_name.n && rc >= 0; i++)
		rc = disable_by_name(s, c->disable_name.at[i], err);
	for (size_t i = 0; i < c->disable_tag.n && rc >= 0; i++)
		rc = saker_enable_tag(s->engine, 0, c->disable_tag.at[i], 0, err);
	if (c->only_tag.n && rc >= 0)
		rc = saker_enable_rule(s->engine, 0, "*", SAKER_MATCH_WILDCARD, 0, err);
	for (size_t i = 0; i < c->only_tag.n && rc >= 0; i++)
		rc = saker_enable_tag(s->engine, 0, c->only_tag.at[i], 1, err);
	return rc < 0 ? rc : 0;
}
