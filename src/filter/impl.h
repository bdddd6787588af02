/* impl.h - what the files of the filter share and nobody else sees: operands,
 * sets, expressions, atoms and the evaluator from inside.
 */
#pragma once
#include "base/error.h"
#include "filter/program.h"
#include "filter/regex.h"

/* -- operands and tests (operand.c, compare.c) --------------------------------- */

/* The right side of a test, ready for use: the value in the form values of the type
 * have, and what was made of it (a pattern, a set, NULL). */
struct operand { struct value v; const void *made; };

typedef bool test_fn(const struct operand *o, const struct value *v);

enum type_group {
	TG_NONE, TG_SIGNED, TG_UNSIGNED, TG_BOOL, TG_DOUBLE, TG_STRING, TG_BUFFER, TG_IP, TG_NET
};
unsigned type_group(unsigned type);

/* The operator's text as errors show it: "=" for both spellings. */
const char *op_name(unsigned op);
/* May values of the type be tested so?  0, or SAKER_E_RULES with Falco's text. */
int op_check(unsigned type, bool list, unsigned op, unsigned modifier, struct saker_error *err);
/* The test for one value and one operand.  in and intersects: operand.made is a set;
 * pmatch: a pmatch.  Never NULL for what op_check() allows. */
test_fn *test_for(unsigned type, unsigned op);
/* The test when the right side is a value of this event: nothing is made of it. */
test_fn *test_for_values(unsigned type, unsigned op);

/* Parses text as a constant of the type for the operator.  Regular expressions are
 * made with malloc and belong to the caller. */
int operand_parse(struct arena *a, unsigned type, unsigned op, const char *text, uint32_t len,
		  struct operand *out, struct saker_error *err);

/* -- patterns ------------------------------------------------------------------- */
struct glob;
const struct glob *glob_new(struct arena *a, const char *s, uint32_t len, bool fold);
bool glob_match(const struct glob *g, const char *s, uint32_t len);
/* fnmatch() with flags 0, or FNM_CASEFOLD, of text that has no NUL. */
bool glob_text(const char *pattern, uint32_t plen, const char *s, uint32_t len, bool fold);

struct pmatch;
const struct pmatch *pmatch_new(struct arena *a, const struct operand *o, uint32_t n);
bool pmatch_has(const struct pmatch *p, const char *path, uint32_t len);

/* -- sets (sets.c): immutable, in an arena --------------------------------------- */
struct textset;
const struct textset *textset_new(struct arena *a, const struct operand *o, uint32_t n);
bool textset_has(const struct textset *s, const char *p, uint32_t len);
struct numset;
const struct numset *numset_new(struct arena *a, const struct operand *o, uint32_t n);
bool numset_has(const struct numset *s, uint64_t n);

/* Byte strings to dense numbers, to find equal things at load.  In an arena. */
struct intern_slot { uint64_t hash; const char *key; uint32_t len, index; };
struct intern { struct arena *a; struct intern_slot *slot; uint32_t mask, n; };
void intern_init(struct intern *t, struct arena *a);
/* The index of an equal key, or -1. */
int64_t intern_get(const struct intern *t, const char *key, uint32_t len);
/* For a key that is not there yet. */
void intern_put(struct intern *t, const char *key, uint32_t len, uint32_t index);

/* -- addresses (net.c) -------------------------------------------------------------- */
int address_parse(struct arena *a, const char *text, struct value *out, struct saker_error *err);
/* The address, with the length of the prefix in n. */
int network_parse(struct arena *a, const char *text, struct value *out, struct saker_error *err);
/* False also when the families differ. */
bool network_has(const struct value *net, const struct value *address);
int number_parse(const char *text, unsigned type, uint64_t *out, struct saker_error *err);

/* -- expressions (expr.c, transform.c) ------------------------------------------------ */
enum expr_kind { EX_FIELD, EX_TEXT, EX_LIST, EX_CALL };

struct transformer;

struct expr {
	uint8_t kind, type, fmt, scope;
	bool list;
	bool sanitise;                  /* a field's text: U+FFFD where it is not clean */
	char option;                    /* getopt()[c], else 0 */
	uint32_t slot;
	const struct transformer *call;
	struct expr **arg;              /* EX_CALL, EX_LIST */
	uint32_t nargs;
	struct values constant;         /* EX_TEXT */
	struct field_ref ref;           /* EX_FIELD */
	const char *name;               /* for messages: the innermost field, or the transformer */
	uint32_t text_cost;             /* of the tests that a text group could keep */
	uint8_t text_group;             /* 0: none (yet) */
};

struct exprs {
	struct arena *a;
	struct intern known;
	struct expr **v;
	uint32_t n, cap, nstateful;
};

/* Fills out->v and out->n from the arguments' values.  False: no value. */
typedef bool transform_fn(struct evaluator *ev, const struct expr *e, struct values *out);
/* Checks the arguments and sets type, fmt and list of e. */
typedef int transform_check(struct expr *e, const char *name, const char *bracket,
			    struct saker_error *err);

struct transformer {
	const char *name;
	bool many;                      /* two or more arguments */
	transform_check *check;
	transform_fn *run;
};
const struct transformer *transformer_by_name(const char *name, bool many);

/* -- atoms (atom.c) ---------------------------------------------------------------------- */
enum atom_how {
	AH_NEVER,                       /* no operand: false whatever the value is */
	AH_ONE,                         /* one value, one operand */
	AH_EXISTS,
	AH_MANY,                        /* one value, a modifier over operands */
	AH_ALL, AH_ANY,                 /* list: every, some element satisfies the operand */
	AH_VALUES,                      /* the right side is an expression */
};

/* Where verdicts are kept between events: with the thread, with the fd entry, or with the
 * text they are a pure function of, one group for each expression that many atoms test. */
enum cache_group {
	CG_THREAD, CG_LINEAGE, CG_FDTABLE, CG_FD, CG_TEXT, CG_COUNT = 32, CG_NONE = CG_COUNT
};
enum { TEXT_GROUP_COST = 6 };           /* tests that cost more than a look-up: see text_cost() */

struct atom {                           /* the first 64 bytes are what a plain test reads */
	uint8_t how, op, modifier, type;
	uint8_t scope, group;           /* enum cache_group */
	bool by_match;                  /* the field's match() decides */
	bool is_text;
	uint32_t bit;                   /* in its group */
	uint32_t slot;
	const struct expr *lhs;
	test_fn *test;
	struct operand one;
	const struct expr *rhs;         /* AH_VALUES */
	struct operand *many;           /* all operands, of sets too */
	uint32_t nmany, ntext;
	const char **text;              /* the operands as written, for warnings */
};

struct atoms {
	struct arena *a;
	struct exprs *exprs;
	struct intern known;
	struct atom *v;                 /* malloc, aligned to 64 */
	uint32_t n, cap;
	uint32_t nbits[CG_COUNT];
	uint32_t ngroups;               /* text groups are CG_TEXT up to CG_TEXT + ngroups */
	struct expr *text_expr[CG_COUNT];
	struct regex **regex;           /* malloc: all patterns, for atoms_release() */
	uint32_t nregex;
};

/* -- the evaluator (evaluate.c) ------------------------------------------------------------- */
struct slot { uint32_t stamp, has; struct values vs; };

struct evaluator {
	struct eval_ctx x;              /* first */
	uint32_t stamp;                 /* of this event; never 0 */
	uint32_t ready;                 /* bit per cache_group: words[] is right for this event */
	struct slot *slot;
	uint32_t *memo;                 /* by atom: stamp in the upper 31 bits, verdict in bit 0 */
	uint64_t *words[CG_COUNT];      /* pairs known, verdict; NULL: not to be cached now */
	const struct atom *atom;
	const struct atoms *atoms;
	const struct exprs *exprs;
	struct arena scratch;
	char *scratch_start;
	struct verdicts *verdicts;      /* cache.c */
	struct evaluator_options options;
	struct evaluator_stats stats;
};

/* The verdict of an atom now, from nothing but the values. */
bool atom_decide(struct evaluator *ev, const struct atom *a);
/* Verdicts of a group for this event, or NULL. */
uint64_t *verdicts_open(struct evaluator *ev, unsigned group);
struct verdicts *verdicts_new(const struct atoms *atoms, size_t bytes);
void verdicts_free(struct verdicts *v);

/* s[0..len) as Falco 0.44 compares and shows it. */
void value_sanitise(struct eval_ctx *x, struct value *v);
