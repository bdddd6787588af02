/* session.h - one run of the program: configuration, engine, outputs, threads. */
#pragma once
#include "program/logger.h"
#include "program/options.h"
#include "saker.h"

struct session {
	struct cmdline cmd;
	struct logger logger;
	struct saker_config *config;
	struct saker *engine;
	struct saker_outputs *outputs;
	int run_result;                 /* of saker_run(), on the event thread */
	struct saker_error run_error;
};

/* setup.c: each 0 or < 0 with *err */
int session_configure(struct session *s, struct saker_error *err);
int session_load_rules(struct session *s, struct saker_error *err);
int session_select_rules(struct session *s, struct saker_error *err);
/* reports.c: 1 when a report was asked for and printed (the run ends), 0 when not, < 0 */
int session_early_reports(struct session *s, struct saker_error *err);
int session_validate(struct session *s, struct saker_error *err);
int session_rule_reports(struct session *s, struct saker_error *err);
void session_closing_report(struct session *s);
/* run.c: the event and output threads, signals; returns when the run is over */
int session_run(struct session *s, struct saker_error *err);
