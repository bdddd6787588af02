/* load.h - one run of lua/engine: a load, a check, a report, or a configuration.
 *
 * The Lua state lives only inside load_run().  What stays is the ruleset (mode
 * "load"), the configuration (mode "config"), and the text it printed.
 */
#pragma once
#include "base/kv.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "engine/ruleset.h"
#include "engine/sources.h"

struct saker_load {
	const char *mode;               /* "load", "validate", "describe", "list", "config" */
	const struct rule_sources *sources;
	const struct kv *options;
	struct ruleset *ruleset;        /* filled; the caller's */
	struct kv *config;              /* filled by mode "config"; may be NULL else */
	struct strbuf *result;          /* what the run prints */
	const struct log *log;
	/* private to load*.c */
	struct strbuf scratch;
	struct expr **expr;             /* by the index Lua knows */
	uint32_t nexprs, cap_exprs;
	struct template **template;
	uint32_t ntemplates, cap_templates;
	char **text;                    /* files and folders read for Lua, freed at the end */
	uint32_t ntexts, cap_texts;
};

/* 0; SAKER_E_RULES when the Lua side refuses what it was given, with the error's
 * text in *err; SAKER_E_BUG when it failed. */
int load_run(struct saker_load *l, struct saker_error *err);
