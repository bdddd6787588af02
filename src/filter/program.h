/* program.h - rules as forward-only branching rows, specialised by event code.
 *
 * A rule's rows are {atom, goto if true, goto if false}; a goal is a later row
 * of the same rule, GOAL_ACCEPT or GOAL_REJECT.  programs_build() verifies every
 * rule (indices in range, jumps strictly forward), then makes for each event
 * code (each ppm_sc of the generic codes) one straight program of the rules that can
 * still match it: CONST atoms are decided, dead rows dropped.  A code no rule wants
 * has no program and costs one load.  DESIGN section 6.
 */
#pragma once
#include "filter/atom.h"

enum { GOAL_ACCEPT = -1, GOAL_REJECT = -2 };
struct saker_row { int32_t atom, on_true, on_false; };

struct rule_rows {
	const struct saker_row *row;
	uint32_t n;             /* 0: never matches */
	uint32_t rule;          /* reported on a match */
};

struct programs;                /* immutable; one per (ruleset, enabled set); its own arena */

/* rules: the enabled ones in evaluation order.  stop_at_first: rule_matching first.
 * SAKER_E_BUG with *err when a rule does not verify. */
struct programs *programs_build(const struct atoms *atoms, const struct rule_rows *rules, uint32_t n,
				bool stop_at_first, struct saker_error *err);
void programs_free(struct programs *p);
/* True when some rule may match the code (sc: ppm_sc of a generic event). */
bool programs_want(const struct programs *p, unsigned code, unsigned sc);
/* Rows over all codes, distinct programs, for statistics and tests. */
void programs_size(const struct programs *p, uint64_t *rows, uint32_t *distinct);

/* One per engine: slots, scratch, verdict caches; allocates when a ruleset is taken. */
struct evaluator_options { size_t cache_bytes; /* ceiling of all verdict caches; 0: 8 MiB */ };
struct evaluator_stats { uint64_t evaluated, skipped_by_code, atoms_run, cache_hits, cache_refused, scratch_bytes; };

struct evaluator *evaluator_new(const struct evaluator_options *o);
void evaluator_free(struct evaluator *ev);
/* Sizes slots and caches for a ruleset; the old ruleset's are forgotten. */
void evaluator_take(struct evaluator *ev, const struct atoms *atoms, const struct exprs *exprs);
/* Starts an event: forgets slots.  Must be called once before evaluate/expr_eval of an event. */
void evaluator_begin(struct evaluator *ev, const struct event_ctx *ec);
struct eval_ctx *evaluator_ctx(struct evaluator *ev);
void evaluator_render_options(struct evaluator *ev, const struct render_options *o);

/* Runs the program of the event's code; calls found(ctx, rule) for each match in
 * order (one at most with stop_at_first).  Returns the number of matches. */
unsigned programs_run(const struct programs *p, struct evaluator *ev,
		      void (*found)(void *ctx, uint32_t rule), void *ctx);
const struct evaluator_stats *evaluator_stats(const struct evaluator *ev);
