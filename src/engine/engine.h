/* engine.h - the one struct that holds everything (saker.h's struct saker).
 *
 * Files: engine.c life and options; rules.c loading, enabling, reports on rules;
 * run.c the event path; report.c statistics and the closing report.
 */
#pragma once
#include "base/kv.h"
#include "base/log.h"
#include "engine/ruleset.h"
#include "engine/sources.h"
#include "saker.h"
#include "source/capture.h"
#include "state/state.h"
#include <stdatomic.h>

enum { MAX_SELECTIONS = 64, PRIORITIES = 8 };

struct saker {
	struct log log;
	struct kv options;
	/* rules */
	struct rule_sources sources;
	struct ruleset *rules;
	struct selection selection[MAX_SELECTIONS];
	unsigned nselections;
	struct rule_counter **counter;          /* by rule name; never freed before the engine */
	uint32_t ncounters, cap_counters;
	struct strbuf report;                   /* of the last load */
	struct alert_format format;
	char hostname[256];
	char *host_root;                        /* of the environment, or NULL */
	/* events */
	struct state *state;
	struct evaluator *evaluator;
	struct source *source;
	atomic_int stop;
	uint64_t unknown_events;                /* of sources that were closed */
	uint64_t events, evaluated, alerts, first_ts, last_ts;
	uint64_t by_priority[PRIORITIES];
	/* the event being judged, for found() */
	struct strbuf line;
	const struct event *event;
	saker_match_fn *found;
	void *found_ctx;
};

/* The counter of a rule name, made when new. */
struct rule_counter *engine_counter(struct saker *s, const char *name, unsigned priority);
/* Reads alert_format from the options. */
void engine_format_options(struct saker *s);
bool engine_stop_at_first(const struct saker *s);
