/* expr.h - what stands left or right of an operator, or behind a % in an output:
 * a field, a constant, or a transformer over others.
 *
 * Equal expressions are one object in a ruleset, evaluated at most once an
 * event: the result is kept in a slot until the next event.
 */
#pragma once
#include "filter/field.h"

struct exprs;                   /* all expressions of one ruleset, in its arena */
struct expr;

struct exprs *exprs_new(struct arena *a);
uint32_t exprs_count(const struct exprs *all);

/* All return the expression (shared when an equal one exists) or NULL with *err. */
struct expr *expr_field(struct exprs *all, const char *text, uint32_t len, const char *arg,
			struct saker_error *err);
struct expr *expr_string(struct exprs *all, const char *s, uint32_t len);
struct expr *expr_number(struct exprs *all, const char *text, struct saker_error *err);
struct expr *expr_list(struct exprs *all, struct expr *const *item, uint32_t n, struct saker_error *err);
/* A transformer by name ("tolower" ... "val"); arg is its [bracket] or NULL. */
struct expr *expr_call(struct exprs *all, const char *name, struct expr *const *arg, uint32_t nargs,
		       const char *bracket, struct saker_error *err);

unsigned expr_type(const struct expr *e);       /* enum param_type */
unsigned expr_fmt(const struct expr *e);
bool expr_is_list(const struct expr *e);
unsigned expr_scope(const struct expr *e);      /* enum field_scope bits */
const struct field_ref *expr_field_ref(const struct expr *e);   /* NULL unless a plain field */
/* True when it may stand behind a % (not filter-only); else *err. */
bool expr_printable(const struct expr *e, struct saker_error *err);

/* The values now, from this event's slot or computed; NULL: no value.  Good until the event ends. */
struct evaluator;
const struct values *expr_eval(struct evaluator *ev, const struct expr *e);
