/* program_impl.h - specialised programs: what program.c builds and walk.c runs. */
#pragma once
#include "filter/impl.h"

/* A goal is a row's index, or rows + k for accept k, or GOAL_END. */
enum { GOAL_END = -1 };

struct prow {
	uint32_t atom, on_true, on_false;
	uint32_t kept;                  /* cache_group in the upper 8 bits, the atom's bit below */
};
enum { KEPT_SHIFT = 24, KEPT_MASK = (1 << KEPT_SHIFT) - 1 };

struct accept { uint32_t rule, next; };

struct program {
	uint32_t rows, accepts, entry;
	const struct prow *row;
	const struct accept *accept;
};

struct programs {
	struct arena arena;
	bool stop_at_first;
	uint32_t distinct;
	uint64_t rows;
	const struct program *code[EVENT_MAX];          /* NULL: no rule wants it */
	const struct program **generic;                 /* by ppm_sc, SYSCALL_COUNT of them */
};

/* 0, or SAKER_E_BUG. */
int rule_verify(const struct rule_rows *r, uint32_t natoms, struct saker_error *err);

/* -- specialising one rule (specialise.c) --------------------------------------------- */
enum { UNDECIDED = 2 };

/* Rows of a rule that are left when some atoms are decided; goals as in struct saker_row. */
struct residue { struct saker_row *row; uint32_t n; int32_t entry; };
/* verdict[atom] is 0, 1 or UNDECIDED.  False: the rule cannot match. */
bool rule_specialise(struct arena *a, const struct rule_rows *r, const uint8_t *verdict,
		     const struct atoms *atoms, struct residue *out);

/* Joins the rules' rows to one program; repeated tests of an atom whose verdict is
 * known on every way there are jumped over.  NULL when nothing is left. */
struct program *program_join(struct arena *a, const struct residue *part, const uint32_t *rule,
			     uint32_t n, const struct atoms *atoms);
