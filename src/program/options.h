/* options.h - the command line, by one table (options.c).
 *
 * Both generations of Falco's options are taken: those of today and those that
 * older scripts still pass.  Adding one is a row and a case in its group.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"

struct words { const char **at; size_t n, cap; };       /* borrowed from argv */

struct cmdline {
	const char *config;             /* -c */
	struct words rules;             /* -r */
	struct words validate;          /* -V */
	struct words override;          /* -o, and options that are short for one; owned texts */
	struct words disable_name;      /* -D */
	struct words disable_tag;       /* -T */
	struct words only_tag;          /* -t */
	struct words enable_source, disable_source;     /* of no effect in a replay */
	const char *describe_rule;      /* -l */
	const char *list;               /* --list: "" or the source */
	const char *format;             /* --format */
	const char *print;              /* -p */
	const char *pidfile;            /* -P */
	const char *capture;            /* -e */
	const char *max_seconds;        /* -M */
	bool describe, list_events, list_syscalls, names_only, dry_run, verbose, help, version, support,
	     unbuffered, page_size, all_events, match_part, markdown;
};

/* 0, or SAKER_E_ARG with *err naming the option. */
int cmdline_parse(struct cmdline *c, int argc, char **argv, struct saker_error *err);
void cmdline_release(struct cmdline *c);
/* The --help text, on stdout. */
void cmdline_help(void);
