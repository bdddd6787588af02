/* atom.h - one test: (expression, operator, operands).  Equal atoms are one atom
 * across the whole ruleset.  Operands are prepared at load: numbers parsed,
 * networks masked, sets hashed, patterns compiled.
 */
#pragma once
#include "filter/expr.h"

enum saker_op {                 /* order and spelling: OP_NAMES in atom.c */
	OP_NONE, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_CONTAINS, OP_ICONTAINS,
	OP_BCONTAINS, OP_STARTSWITH, OP_BSTARTSWITH, OP_ENDSWITH, OP_GLOB, OP_IGLOB,
	OP_PMATCH, OP_IN, OP_INTERSECTS, OP_EXISTS, OP_REGEX, OP_MAX
};
enum saker_modifier { MOD_NONE, MOD_ONEOF, MOD_ANYOF, MOD_ALLOF };

struct atoms;

struct atoms *atoms_new(struct arena *a, struct exprs *exprs);
/* Frees what the atoms hold outside the arena (compiled patterns).  Before arena_release(). */
void atoms_release(struct atoms *all);
uint32_t atoms_count(const struct atoms *all);
/* op by its text ("=", "==", "icontains" ...); OP_NONE when there is none. */
unsigned op_by_name(const char *text);
unsigned modifier_by_name(const char *text);

/* lhs op [modifier] (operand, ...).  operand[i] is text as the condition gives it,
 * unescaped.  Type rules and error texts: falco_features.md 3.3, 3.4.  Returns the
 * atom's index >= 0 (shared with an equal one), or < 0 with *err. */
int32_t atom_add(struct atoms *all, struct expr *lhs, unsigned op, unsigned modifier,
		 const char *const *operand, const uint32_t *operand_len, uint32_t n,
		 struct saker_error *err);
/* lhs op rhs, the right side a field or transformer. */
int32_t atom_add_rhs(struct atoms *all, struct expr *lhs, unsigned op, struct expr *rhs,
		     struct saker_error *err);
unsigned atom_scope(const struct atoms *all, uint32_t atom);
/* Load warnings of an atom as bits: 1 regex could be simpler, 2 value is a field
 * name, 4 value is a transformer (falco_features.md 2.10). */
unsigned atom_warnings(const struct atoms *all, uint32_t atom, const char **value);
/* The i-th warning alone, one bit and its value; 0: there are no more. */
unsigned atom_warning(const struct atoms *all, uint32_t atom, unsigned i, const char **value);
