/* saker.h - the engine, for other programs.
 *
 * An engine reads events from a capture (later: the running kernel) or takes
 * them from its caller, keeps process and fd state, holds each event against
 * rules in Falco's language, and says which rules match.  The outputs half takes
 * alerts and hands them to sinks on a thread of its own.
 *
 * The library prints nothing, logs through the callback it is given, and
 * touches no signal.  One engine belongs to one thread at a time; two engines
 * share nothing.  Functions marked [any] may be called from another thread.
 *
 * Results: 0 or a useful value >= 0 on success, a negative enum saker_status on
 * failure with *err filled (err may be NULL).  Strings returned as char * are
 * the caller's, freed by saker_free_text(); const char * are borrowed.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define SAKER_VERSION "0.1.0"

enum saker_status {
	SAKER_OK = 0,
	SAKER_E_NOMEM = -1,
	SAKER_E_SYS = -2,       /* a system call failed: sys_errno */
	SAKER_E_DATA = -3,      /* a capture or event is damaged */
	SAKER_E_RULES = -4,     /* a rules file does not load */
	SAKER_E_ARG = -5,       /* a bad argument, option or name */
	SAKER_E_BUG = -6,       /* ours */
};

struct saker_error {
	int32_t code;           /* enum saker_status */
	int32_t sys_errno;
	char msg[4096];
};

struct saker;                   /* an engine */

/* Called for each log line; level 0 emergency .. 7 debug.  line has no newline. */
typedef void saker_log_fn(void *ctx, int level, const char *line);

struct saker_options {
	size_t size;            /* sizeof (struct saker_options) */
	saker_log_fn *log;
	void *log_ctx;
};

struct saker *saker_new(const struct saker_options *o, struct saker_error *err);
void saker_free(struct saker *s);
void saker_free_text(char *text);
const char *saker_version(void);        /* [any] */

/* Sets one configuration key by its saker.yaml name ("rule_matching", "json_output",
 * "priority", "append_output[0].extra_output" ...).  Takes effect with the next load. */
int saker_set(struct saker *s, const char *key, const char *value, struct saker_error *err);

/* -- rules ---------------------------------------------------------------------- */
/* Each load adds a source to those loaded before and builds the ruleset of all of
 * them, in order, so that a later one may override or append.  On failure the
 * rules in force stay as they were and the source is not added. */
int saker_load_file(struct saker *s, const char *path, struct saker_error *err);
int saker_load_text(struct saker *s, const char *name, const char *text, size_t len,
		    struct saker_error *err);
/* As one load of several files: all or none. */
int saker_load_files(struct saker *s, const char *const *path, size_t n, struct saker_error *err);
void saker_clear_rules(struct saker *s);

/* The report on the last load's errors and warnings (falco_features.md 2.9), text or
 * JSON as json_output says; "" when there is nothing to say. */
const char *saker_load_report(const struct saker *s);
/* Checks files without loading them: the -V report.  0 valid, SAKER_E_RULES not. */
int saker_validate_files(struct saker *s, const char *const *path, size_t n, char **report,
			 struct saker_error *err);
/* What is loaded, one rule or (NULL) all: the -L and -l report. */
int saker_describe(struct saker *s, const char *rule, char **report, struct saker_error *err);
/* The fields, the events: reports "fields", "events", "syscalls" as text, "json" or "markdown". */
int saker_list(struct saker *s, const char *what, const char *format, char **report,
	       struct saker_error *err);

enum saker_match {
	SAKER_MATCH_EXACT = 0, SAKER_MATCH_SUBSTRING = 1,
	SAKER_MATCH_WILDCARD = 2,       /* '*' only, as in the rules: key */
	SAKER_MATCH_REGEX = 3,          /* of the whole name */
};

/* Rulesets: named selections among the loaded rules, each with its own enabled set.
 * Id 0 is the default one, "saker-default"; a new one starts with the rules' own
 * enabled keys.  Returns the id. */
int saker_ruleset(struct saker *s, const char *name);
/* on: 1 enable, 0 disable.  Returns how many rules the name or tag named. */
int saker_enable_rule(struct saker *s, unsigned ruleset, const char *pattern, enum saker_match how,
		      int on, struct saker_error *err);
int saker_enable_tag(struct saker *s, unsigned ruleset, const char *tag, int on,
		     struct saker_error *err);
/* Enabled rules of a ruleset. */
int saker_enabled_count(const struct saker *s, unsigned ruleset);

/* -- events ----------------------------------------------------------------------- */
int saker_open_capture(struct saker *s, const char *path, struct saker_error *err);

struct saker_match_info {
	uint32_t rule_id;
	uint32_t priority;      /* 0 emergency .. 7 debug */
	const char *rule;       /* borrowed: until the rules change */
	const char *source;
	const char *text;       /* the alert line; borrowed: until the next call */
	size_t text_len;
	uint64_t ts_ns;
	uint64_t evt_num;
};
typedef void saker_match_fn(void *ctx, const struct saker_match_info *m);

/* Reads and judges events of the open source by ruleset 0 until one of: the end (0),
 * max events processed (1), saker_stop() (1), damage (< 0; everything before it was
 * processed).  found is called for each alert, during the call, on this thread. */
int saker_run(struct saker *s, uint64_t max, saker_match_fn *found, void *ctx,
	      struct saker_error *err);
/* Ends saker_run() after the current event.  [any], also from a signal handler. */
void saker_stop(struct saker *s);
/* Judges one event of the caller's, in the capture's wire form at the current schema, by a ruleset.
 * Returns the number of matches. */
int saker_process_event(struct saker *s, unsigned ruleset, const void *event, size_t len,
			saker_match_fn *found, void *ctx, struct saker_error *err);

struct saker_stats {
	size_t size;            /* sizeof (struct saker_stats), set by the caller */
	uint64_t events;        /* numbered events, hidden ones too */
	uint64_t evaluated;     /* offered to rules */
	uint64_t alerts;
	uint64_t first_ts, last_ts;     /* ns since epoch; 0: none */
	uint64_t threads, fds, threads_refused, fds_refused;
	uint64_t by_priority[8];
};
void saker_stats_get(const struct saker *s, struct saker_stats *out);
/* Calls f for each counter of what was refused or passed over, also those that are 0. */
void saker_each_counter(const struct saker *s, void (*f)(void *ctx, const char *name, uint64_t n),
			void *ctx);
/* Matches of one rule since the start, by name. */
uint64_t saker_rule_matches(const struct saker *s, const char *rule);
/* The closing report (falco_features.md 6.1). */
int saker_report(const struct saker *s, char **report);

/* -- configuration ------------------------------------------------------------------- */
/* saker.yaml (or falco.yaml), its config_files and overrides of the form key.sub[0]=value, merged,
 * checked and flattened to dotted keys.  Warnings go to log (may be NULL). */
struct saker_config;
struct saker_config *saker_config_load(const char *path, const char *const *override, size_t n,
				       saker_log_fn *log, void *log_ctx, struct saker_error *err);
void saker_config_free(struct saker_config *c);
/* Value of a key, its default when it has one, or NULL. */
const char *saker_config_get(const struct saker_config *c, const char *key);
void saker_config_each(const struct saker_config *c,
		       void (*f)(void *ctx, const char *key, const char *value), void *ctx);

/* -- outputs ------------------------------------------------------------------------ */
struct saker_outputs;

struct saker_outputs_options {
	size_t size;            /* sizeof (struct saker_outputs_options) */
	int replay;             /* 1: a full queue waits, event time drives the rate limit */
	saker_log_fn *log;      /* called on the output thread */
	void *log_ctx;
};

struct saker_outputs *saker_outputs_new(const struct saker_outputs_options *o);
/* Keys of saker.yaml: "stdout_output.enabled", "outputs.rate", "file_output.filename" ... */
int saker_outputs_set(struct saker_outputs *o, const char *key, const char *value,
		      struct saker_error *err);
/* Adds an output of a kind ("stdout", "file", "syslog", "program") as its key ".enabled" would. */
int saker_outputs_add(struct saker_outputs *o, const char *kind, struct saker_error *err);
/* Starts the output thread and opens the sinks. */
int saker_outputs_start(struct saker_outputs *o, struct saker_error *err);
/* Copies the alert into the queue.  1: queued, 0: the queue was full and it was counted.  [one thread] */
int saker_outputs_alert(struct saker_outputs *o, const struct saker_match_info *m);
/* A message of the program itself.  [same thread as alerts] */
int saker_outputs_message(struct saker_outputs *o, unsigned priority, const char *rule, const char *line);
void saker_outputs_reopen(struct saker_outputs *o);     /* [any], also from a signal handler */
/* Value of a counter of the outputs ("queue.dropped", "skipped.rate_limit" ...); 0 when unknown. [any] */
uint64_t saker_outputs_counter(struct saker_outputs *o, const char *name);
/* Calls f for each counter.  Only after saker_outputs_stop(). */
void saker_outputs_each_counter(struct saker_outputs *o, void (*f)(void *ctx, const char *name, uint64_t n),
				void *ctx);
/* Drains the queue, ends the thread, closes the sinks. */
void saker_outputs_stop(struct saker_outputs *o);
void saker_outputs_free(struct saker_outputs *o);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
