/* field.h - the catalogue of fields.
 *
 * One row a field: name, type, argument rule, scope, extractor, one line of
 * doc.  The rows stand in the files field_<class>.c, each of which exports one
 * struct field_class; catalog.c lists the classes in the order of --list.
 * Adding a field is one row, one extractor, one test row.
 */
#pragma once
#include "base/arena.h"
#include "filter/time_text.h"
#include "filter/value.h"
#include "state/state.h"

/* What a value depends on; a bit set, so that the scope of an expression is the
 * union of its inputs'.  0 is CONST: the event code (and ppm_sc of generic
 * events) alone.  DESIGN section 5, reference/evaluation_hazards.md. */
enum field_scope {
	SCOPE_CONST = 0, SCOPE_EVENT = 1, SCOPE_FD = 2, SCOPE_FDTABLE = 4, SCOPE_THREAD = 8,
	SCOPE_LINEAGE = 16, SCOPE_STATEFUL = 32,
};

enum field_arg { ARG_NONE, ARG_OPTIONAL, ARG_REQUIRED };

enum field_flags {
	FF_FILTER_ONLY = 1, FF_PRINT_ONLY = 2, FF_NO_TRANSFORMER = 4, FF_NO_RHS = 8,
	FF_TABLE_ONLY = 16, FF_DEPRECATED = 32, FF_FORMAT_SUGGESTED = 64,
	FF_ARG_INDEX = 128, FF_ARG_KEY = 256,   /* for --list --format json */
};

struct field_def;
struct atom;

/* A field with its argument, resolved at load.  Lives in the ruleset's arena. */
struct field_ref {
	const struct field_def *def;
	const char *arg;                /* as written, or NULL */
	uint32_t arg_len;
	int64_t index;                  /* a numeric argument; -1 without */
	const struct param_info *param; /* evt.rawarg: the first of that name */
	uint8_t type, fmt;              /* of the values; = def's unless the argument decides */
	bool list;
	uint8_t scope;                  /* = def's unless the argument decides */
	uint32_t instance;              /* STATEFUL fields: which occurrence */
};

/* Everything an extractor may look at. */
struct eval_ctx {
	const struct event_ctx *ec;     /* never NULL; see state.h */
	struct arena *scratch;          /* reset after the event */
	struct stateful *stateful;      /* by field_ref.instance */
	uint32_t nstateful;
	const struct render_options *render;
	bool corrected;                 /* compat: corrected */
	struct strbuf text;             /* used through scratch.h; starts zeroed, the owner releases it */
	struct time_cache time[TIME_FORMS];     /* of evt.time and kin; starts zeroed */
	/* Where evt.abspath left Falco's idea of the event's fd: at the directory's, in event
	 * moved_num (0: none yet).  Only outputs look (format/template.c). */
	const struct fd *moved_fd;
	uint64_t moved_num;
};
struct stateful { uint64_t ts, n; };

struct field_def {
	const char *name;
	uint8_t type, fmt;              /* enum param_type, enum print_format */
	uint8_t arg;                    /* enum field_arg */
	bool list;
	uint16_t flags;                 /* enum field_flags */
	uint8_t scope;                  /* enum field_scope bits */
	/* Reads ref->arg (may be NULL) and may change ref's index, param, type,
	 * fmt, list, scope.  NULL: a field without arguments.  0 or < 0 with *err
	 * ("unknown event argument X"). */
	int (*resolve)(struct field_ref *ref, struct saker_error *err);
	/* False: no value.  Fills out->one and sets out->v, out->n, or an array in
	 * x->scratch.  Use value_set_*() below. */
	bool (*extract)(struct eval_ctx *x, const struct field_ref *ref, struct values *out);
	/* Two-sided and any-ancestor fields: decides the whole comparison itself,
	 * "exists" too, by calling atom_test() on candidates, of which none has to
	 * outlive the call.  Called whatever the argument is (proc.aname[2] then
	 * extracts, and hands its one value to atom_test() unchanged).  NULL: extract,
	 * then atom_test().  Such a field must not go into a shared hash. */
	bool (*match)(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a);
	const char *doc;
};

struct field_class {
	const char *name, *shortdesc, *doc;
	bool hidden;
	const struct field_def *fields;
	unsigned n;
};

extern const struct field_class *const FIELD_CLASSES[];  /* ended by NULL; catalog.c */

/* The field with the longest name that is a prefix of text[0..len); NULL when
 * none.  The caller compares lengths (Falco's lookup: falco_features.md 3.5). */
const struct field_def *field_lookup(const char *text, uint32_t len);

/* Resolves text ("proc.aname", "evt.arg.flags", "evt.type.is.open") and the
 * bracket argument (NULL without) to *ref, strings copied to a.  Error texts as
 * Falco's: "filter_check called with nonexistent field X" and kin. */
int field_resolve(struct arena *a, const char *text, uint32_t len, const char *arg,
		  struct field_ref *ref, struct saker_error *err) __attribute__((warn_unused_result));

/* True when one value satisfies the atom's operator and operands.  For match(). */
bool atom_test(struct eval_ctx *x, const struct atom *a, const struct value *v);
/* What match() may need to know of its atom. */
unsigned atom_op(const struct atom *a);                 /* enum saker_op */
bool atom_is_negative(const struct atom *a);            /* != */
bool atom_has_modifier(const struct atom *a);           /* oneof, anyof, allof */
/* As atom_test(), but looks at the first operand only, with the plain operator
 * ("in" as "="); false without operands.  Falco's way with a modifier, or "fd.net
 * in", on the fields that have a match(). */
bool atom_test_first(struct eval_ctx *x, const struct atom *a, const struct value *v);
/* An atom's operand i as a value of its field's type, or NULL.  For evt.around. */
const struct value *atom_operand(const struct atom *a, uint32_t i);

/* -- for extractors ------------------------------------------------------------ */
static inline bool value_set_num(struct values *out, uint64_t n)
{
	out->one = (struct value){ .n = n };
	out->v = &out->one;
	out->n = 1;
	return true;
}

static inline bool value_set_mem(struct values *out, const char *s, uint32_t len)
{
	out->one = (struct value){ .s = s, .len = len };
	out->v = &out->one;
	out->n = 1;
	return true;
}

static inline bool value_set_str(struct values *out, const struct str *s)
{
	return value_set_mem(out, s->s, s->len);
}

static inline bool value_set_cstr(struct values *out, const char *s)
{
	return value_set_mem(out, s, (uint32_t)strlen(s));
}

/* One class a file. */
extern const struct field_class FIELDS_EVT, FIELDS_PROCESS, FIELDS_USER, FIELDS_GROUP, FIELDS_FD,
	FIELDS_FSPATH, FIELDS_FDLIST, FIELDS_UTIL, FIELDS_CONTAINER, FIELDS_K8S;

/* -- rendering of event parameters, shared by evt.arg*, evt.args, evt.info ---------- */
/* Appends the raw form ("3") / resolved form ("<f>/etc/passwd", may append nothing) of parameter i. */
void param_raw_text(struct strbuf *out, struct eval_ctx *x, unsigned i);
void param_resolved_text(struct strbuf *out, struct eval_ctx *x, unsigned i);
