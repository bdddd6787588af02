/* ruleset.h - the rules of one load, in one arena, and the selections among them.
 *
 * Immutable once loaded, but for the selections: named sets of enabled rules, each
 * with its own programs.  A reload makes a new ruleset; counters and the
 * enabling asked for by the user live in the engine and carry over by name.
 */
#pragma once
#include "base/error.h"
#include "filter/program.h"
#include "format/template.h"

/* Matches of one rule name since the engine's start.  Owned by the engine. */
struct rule_counter { char *name; uint64_t matches; uint32_t priority; };

struct rule {
	const char *name, *source, *desc, *output, *condition;
	unsigned priority;
	bool enabled;                   /* the file's own word, and not below_minimum */
	bool below_minimum;             /* less urgent than the configured priority: never enabled */
	const char **tag;               /* sorted */
	uint32_t ntags;
	struct template *template;
	struct extra_field *extra;
	uint32_t nextra;
	struct saker_row *row;
	uint32_t nrows;
	uint16_t *event;                /* Falco's set of event codes, for -v */
	uint32_t nevents;
	struct alert_line *line;        /* prepared formatter */
	struct rule_counter *counter;
};

struct ruleset {
	struct arena arena;
	struct exprs *exprs;
	struct atoms *atoms;
	struct rule *rule;
	uint32_t n, cap;
};

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *rs);
/* A new, zeroed rule at the end. */
struct rule *ruleset_add(struct ruleset *rs);

/* -- selections ------------------------------------------------------------------ */
/* One wish of the user, kept so that it holds for rules loaded later too. */
struct enable_op {
	char *pattern;
	int how;                        /* enum saker_match, or ENABLE_BY_TAG */
	bool on;
};
enum { ENABLE_BY_TAG = 100 };

struct selection {
	char *name;
	struct enable_op *op;
	uint32_t nops, cap;
	bool *enabled;                  /* by rule index of the ruleset it was resolved for */
	uint32_t nenabled;
	struct programs *programs;
};

void selection_release(struct selection *sel);
/* Appends a wish.  SAKER_E_ARG for a regular expression that does not compile. */
int selection_wish(struct selection *sel, const char *pattern, int how, bool on,
		   struct saker_error *err);
/* True when the wish names this rule. */
bool enable_op_names(const struct enable_op *op, const struct rule *r);
/* Starts from the rules' own enabled keys, applies the wishes in order, builds the programs. */
int selection_resolve(struct selection *sel, const struct ruleset *rs, bool stop_at_first,
		      struct saker_error *err);
/* '*' stands for any bytes; pieces are found left to right (falco_features.md 2.11). */
bool wildcard_match(const char *pattern, const char *text);
