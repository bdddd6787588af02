/* options.c - the option table, parsing, and --help (options.h). */
#include "program/options.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value { NO_VALUE, VALUE, OPTIONAL_VALUE };
enum group { SOURCES, RULES, OUTPUT, REPORTS, GENERAL, OLD, GROUPS };

static const char *const GROUP_TITLE[GROUPS] = {
	"Where events come from", "Rules", "Alerts", "Reports (print and end)", "General", NULL,
};

struct option_row {
	char letter;            /* 0: none */
	const char *name;       /* long name, or NULL */
	enum value value;
	enum group group;       /* OLD: taken, not shown */
	const char *metavar;
	const char *help;
	/* one of: */
	size_t flag;            /* offset of a bool */
	size_t text;            /* offset of a const char * */
	size_t words;           /* offset of a struct words */
	const char *override;   /* configuration it stands for: "key=" + value, or "key=value" */
};

#define FLAG(f)  .flag = offsetof(struct cmdline, f) + 1
#define TEXT(f)  .text = offsetof(struct cmdline, f) + 1
#define WORDS(f) .words = offsetof(struct cmdline, f) + 1

/* Sorted by letter or name within a group, as --help shows them. */
static const struct option_row OPTIONS[] = {
	{ 'e', NULL, VALUE, SOURCES, "FILE", "read events from a capture (.scap, plain or gzip)", TEXT(capture) },
	{ 'M', NULL, VALUE, SOURCES, "SECONDS", "stop after so many seconds of event time", TEXT(max_seconds) },
	{ 0, "disable-source", VALUE, SOURCES, "SOURCE", "do not open an event source", WORDS(disable_source) },
	{ 0, "enable-source", VALUE, SOURCES, "SOURCE", "open only this event source", WORDS(enable_source) },
	{ 'A', NULL, NO_VALUE, SOURCES, NULL, "watch all system calls, the many I/O ones too", .override = "base_syscalls.all=true" },

	{ 'D', NULL, VALUE, RULES, "PATTERN", "disable rules: a regular expression of the whole name, or a part of it", WORDS(disable_name) },
	{ 'r', NULL, VALUE, RULES, "FILE", "rules file or folder, repeatable, in order; replaces rules_files", WORDS(rules) },
	{ 't', NULL, VALUE, RULES, "TAG", "run only rules with one of these tags; not with -T or -D", WORDS(only_tag) },
	{ 'T', NULL, VALUE, RULES, "TAG", "disable rules with this tag", WORDS(disable_tag) },

	{ 'b', "print-base64", NO_VALUE, OUTPUT, NULL, "show buffers in base64", .override = "buffer_format_base64=true" },
	{ 'p', "print", VALUE, OUTPUT, "FORMAT", "add to each output: c (container), k (pod), or a text of your own", TEXT(print) },
	{ 'U', "unbuffered", NO_VALUE, OUTPUT, NULL, "write each alert at once", FLAG(unbuffered) },

	{ 'L', NULL, NO_VALUE, REPORTS, NULL, "describe all rules", FLAG(describe) },
	{ 'l', NULL, VALUE, REPORTS, "RULE", "describe one rule", TEXT(describe_rule) },
	{ 0, "list", OPTIONAL_VALUE, REPORTS, "[=SOURCE]", "list the fields", TEXT(list) },
	{ 0, "list-events", NO_VALUE, REPORTS, NULL, "list the events", FLAG(list_events) },
	{ 0, "page-size", NO_VALUE, REPORTS, NULL, "print the system's page size", FLAG(page_size) },
	{ 'V', "validate", VALUE, REPORTS, "FILE", "check a rules file, repeatable", WORDS(validate) },
	{ 0, "version", NO_VALUE, REPORTS, NULL, "print the version", FLAG(version) },

	{ 'c', NULL, VALUE, GENERAL, "FILE", "configuration (default /etc/saker/saker.yaml, then /etc/falco/falco.yaml)", TEXT(config) },
	{ 0, "dry-run", NO_VALUE, GENERAL, NULL, "do all but run", FLAG(dry_run) },
	{ 0, "format", VALUE, GENERAL, "text|markdown|json", "form of --list and --list-events", TEXT(format) },
	{ 'h', "help", NO_VALUE, GENERAL, NULL, "this text", FLAG(help) },
	{ 'N', NULL, NO_VALUE, GENERAL, NULL, "with --list: names only", FLAG(names_only) },
	{ 'o', "option", VALUE, GENERAL, "KEY=VALUE", "set a configuration key: a.b=c, a[0]=b, a[]=b", .override = "" },
	{ 'P', "pidfile", VALUE, GENERAL, "FILE", "write the process id to a file", TEXT(pidfile) },
	{ 'v', NULL, NO_VALUE, GENERAL, NULL, "more on standard error: event types of rules, statistics", FLAG(verbose) },

	{ 0, "markdown", NO_VALUE, OLD, NULL, NULL, FLAG(markdown) },
	{ 'S', "snaplen", VALUE, OLD, NULL, NULL, .override = "falco_libs.snaplen=" },
	{ 0, "modern-bpf", NO_VALUE, OLD, NULL, NULL, .override = "engine.kind=modern_ebpf" },
	{ 0, "nodriver", NO_VALUE, OLD, NULL, NULL, .override = "engine.kind=nodriver" },
};
enum { N_OPTIONS = sizeof OPTIONS / sizeof *OPTIONS };

static void words_add(struct words *w, const char *s)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 4;
		w->at = mem_realloc(w->at, w->cap, sizeof *w->at);
	}
	w->at[w->n++] = s;
}

static void add_override(struct cmdline *c, const char *prefix, const char *value)
{
	char *s = NULL;

	if (asprintf(&s, "%s%s", prefix, value ? value : "") < 0)
		abort();
	words_add(&c->override, s);
}

static int apply(struct cmdline *c, const struct option_row *o, const char *value)
{
	char *base = (char *)c;

	if (o->flag)
		*(bool *)(void *)(base + o->flag - 1) = true;
	else if (o->text)
		*(const char **)(void *)(base + o->text - 1) = value ? value : "";
	else if (o->words)
		words_add((struct words *)(void *)(base + o->words - 1), value);
	else
		add_override(c, o->override, value);
	return 0;
}

static const struct option_row *by_letter(char letter)
{
	for (unsigned i = 0; i < N_OPTIONS; i++)
		if (OPTIONS[i].letter && OPTIONS[i].letter == letter)
			return &OPTIONS[i];
	return NULL;
}

static const struct option_row *by_name(const char *name, size_t n)
{
	for (unsigned i = 0; i < N_OPTIONS; i++)
		if (OPTIONS[i].name && strlen(OPTIONS[i].name) == n && strncmp(OPTIONS[i].name, name, n) == 0)
			return &OPTIONS[i];
	return NULL;
}

static int parse_long(struct cmdline *c, char **argv, int argc, int *i, struct saker_error *err)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	const struct option_row *o = by_name(name, n);

	if (!o)
		return fail(err, SAKER_E_ARG, "Option '%.*s' does not exist", (int)n, name);
	if (o->value == NO_VALUE) {
		if (eq)
			return fail(err, SAKER_E_ARG, "Option '%s' takes no value", o->name);
		return apply(c, o, NULL);
	}
	if (eq)
		return apply(c, o, eq + 1);
	if (o->value == OPTIONAL_VALUE)
		return apply(c, o, NULL);
	if (*i + 1 >= argc)
		return fail(err, SAKER_E_ARG, "Option '%s' is missing an argument", o->name);
	return apply(c, o, argv[++*i]);
}

static int parse_letters(struct cmdline *c, char **argv, int argc, int *i, struct saker_error *err)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct option_row *o = by_letter(*p);

		if (!o)
			return fail(err, SAKER_E_ARG, "Option '%c' does not exist", *p);
		if (o->value == NO_VALUE) {
			apply(c, o, NULL);
			continue;
		}
		if (p[1])
			return apply(c, o, p[1] == '=' ? p + 2 : p + 1);
		if (*i + 1 >= argc)
			return fail(err, SAKER_E_ARG, "Option '%c' is missing an argument", *p);
		return apply(c, o, argv[++*i]);
	}
	return 0;
}

static int check(const struct cmdline *c, struct saker_error *err)
{
	if (c->only_tag.n && (c->disable_tag.n || c->disable_name.n))
		return fail(err, SAKER_E_ARG,
			    "You can not specify both disabled (-D/-T) and enabled (-t) rules");
	if (c->max_seconds) {
		const char *p = c->max_seconds;

		if (!*p || p[strspn(p, "0123456789")])
			return fail(err, SAKER_E_ARG, "-M wants a number of seconds, not '%s'", p);
	}
	if (c->format && strcasecmp(c->format, "text") != 0 && strcasecmp(c->format, "json") != 0 &&
	    strcasecmp(c->format, "markdown") != 0)
		return fail(err, SAKER_E_ARG, "Invalid format '%s'. Valid values are: text, markdown, json",
			    c->format);
	if (c->format && c->markdown)
		return fail(err, SAKER_E_ARG, "Cannot specify both --markdown and --format options together");
	if (!c->capture && c->enable_source.n && c->disable_source.n)
		return fail(err, SAKER_E_ARG, "You can not mix --enable-source and --disable-source");
	if (c->list && c->list[0] && strcmp(c->list, "syscall") != 0)
		return fail(err, SAKER_E_ARG, "Value for --list must be a valid source type");
	return 0;
}

int cmdline_parse(struct cmdline *c, int argc, char **argv, struct saker_error *err)
{
	int rc = 0;

	memset(c, 0, sizeof *c);
	for (int i = 1; i < argc && rc == 0; i++) {
		const char *a = argv[i];

		if (strcmp(a, "--") == 0)
			break;
		if (a[0] == '-' && a[1] == '-')
			rc = parse_long(c, argv, argc, &i, err);
		else if (a[0] == '-' && a[1])
			rc = parse_letters(c, argv, argc, &i, err);
		/* what is left over is ignored, as Falco does */
	}
	if (rc == 0 && c->capture) {
		add_override(c, "engine.kind=replay", NULL);
		add_override(c, "engine.replay.capture_file=", c->capture);
	}
	return rc ? rc : check(c, err);
}

void cmdline_release(struct cmdline *c)
{
	for (size_t i = 0; i < c->override.n; i++)
		free((char *)c->override.at[i]);
	free(c->override.at);
	free(c->rules.at);
	free(c->validate.at);
	free(c->disable_name.at);
	free(c->disable_tag.at);
	free(c->only_tag.at);
	free(c->enable_source.at);
	free(c->disable_source.at);
}

static void help_row(const struct option_row *o)
{
	char left[64];
	const char *meta = o->metavar ? o->metavar : "";
	const char *gap = o->metavar && o->metavar[0] != '[' ? " " : "";

	if (o->letter && o->name)
		snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name, gap, meta);
	else if (o->letter)
		snprintf(left, sizeof left, "-%c%s%s", o->letter, gap, meta);
	else
		snprintf(left, sizeof left, "    --%s%s%s", o->name, gap, meta);
	printf("  %-30s %s\n", left, o->help);
}

void cmdline_help(void)
{
	puts("saker - runtime security: watches system calls, reports what matches the rules\n"
	     "\nUsage: saker [options]\n       saker -r RULES -e CAPTURE");
	for (int g = 0; g < OLD; g++) {
		printf("\n%s:\n", GROUP_TITLE[g]);
		for (unsigned i = 0; i < N_OPTIONS; i++)
			if ((int)OPTIONS[i].group == g)
				help_row(&OPTIONS[i]);
	}
}
