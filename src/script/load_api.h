/* load_api.h - everything lua/engine may ask of C while it loads.
 *
 * Read by C and, verbatim, by ffi.cdef: declarations only, no preprocessor but
 * pragmas.  Lua gets a pointer to one struct saker_load_api and the opaque
 * struct saker_load it passes back as first argument.  No function calls Lua or
 * raises; failures are negative results with *err filled.  Strings handed in
 * are copied; strings handed out live as long as the load.  Main thread only.
 */
#pragma once
enum { SAKER_LOAD_ABI = 1 };

struct saker_load;                      /* one load in progress: arena, exprs, atoms, rules */
struct saker_error;

struct saker_event_facts {              /* of one event code */
	const char *name;               /* "openat"; "NA" unused */
	uint32_t flags;                 /* enum event_flags */
	uint32_t category;              /* enum event_category */
	uint32_t nparams;
};
struct saker_syscall_facts {
	const char *name;
	uint32_t exit_code;
	uint32_t sets;                  /* enum syscall_set */
	const uint16_t *events;         /* ended by the number of event codes */
};
struct saker_field_facts {
	const char *klass, *klass_doc, *klass_short;
	const char *name, *doc;
	const char *type;               /* "CHARBUF" */
	uint32_t arg;                   /* 0 none, 1 optional, 2 required */
	uint32_t flags;                 /* enum field_flags */
	int32_t list;
	uint32_t scope;
	int32_t hidden;
};
struct saker_rule_facts {
	const char *name, *source, *desc, *output, *condition;
	uint32_t priority;              /* 0..7 */
	int32_t enabled;                /* the rule's own key */
	int32_t below_minimum;          /* 1: less urgent than the option "priority"; never enabled */
	uint32_t ntags;
	const char *const *tag;         /* sorted */
};

struct saker_load_api {
	uint32_t abi;
	uint32_t size;                  /* sizeof this struct: both sides compare */

	/* -- the request: what to load and how -------------------------------- */
	const char *(*mode)(struct saker_load *);       /* "load", "validate", "describe", ... */
	uint32_t (*source_count)(struct saker_load *);
	/* name of the i-th rules source; *text and *len its content */
	const char *(*source)(struct saker_load *, uint32_t i, const char **text, uint64_t *len);
	/* flattened configuration: "json_output" -> "true", "append_output[0].match.rule" -> ...; NULL: not set */
	const char *(*option)(struct saker_load *, const char *key);
	uint32_t (*option_count)(struct saker_load *);
	const char *(*option_at)(struct saker_load *, uint32_t i, const char **value);
	/* what the run prints: appended to the result text / to the log at a level (0..7) */
	void (*print)(struct saker_load *, const char *s, uint64_t len);
	void (*log)(struct saker_load *, int32_t level, const char *s);

	/* -- facts ------------------------------------------------------------- */
	uint32_t (*event_count)(void);
	int32_t (*event_facts)(uint32_t code, struct saker_event_facts *out);
	/* parameter i of an event: its name; type as text in *type */
	const char *(*event_param)(uint32_t code, uint32_t i, const char **type);
	uint32_t (*syscall_count)(void);
	int32_t (*syscall_facts)(uint32_t sc, struct saker_syscall_facts *out);
	uint32_t (*field_count)(void);
	int32_t (*field_facts)(uint32_t i, struct saker_field_facts *out);
	/* length of the longest field name that is a prefix of text; 0: none */
	uint32_t (*field_prefix)(const char *text, uint32_t len);

	/* -- expressions: index >= 0, or < 0 ------------------------------------ */
	int32_t (*expr_field)(struct saker_load *, const char *text, uint32_t len, const char *arg,
			      struct saker_error *);
	int32_t (*expr_string)(struct saker_load *, const char *s, uint32_t len);
	int32_t (*expr_number)(struct saker_load *, const char *text, struct saker_error *);
	int32_t (*expr_list)(struct saker_load *, const int32_t *item, uint32_t n, struct saker_error *);
	int32_t (*expr_call)(struct saker_load *, const char *name, const int32_t *arg, uint32_t n,
			     const char *bracket, struct saker_error *);
	int32_t (*expr_printable)(struct saker_load *, int32_t expr, struct saker_error *);
	int32_t (*expr_is_list)(struct saker_load *, int32_t expr);
	const char *(*expr_type)(struct saker_load *, int32_t expr);

	/* -- atoms ---------------------------------------------------------------- */
	int32_t (*atom)(struct saker_load *, int32_t lhs, const char *op, const char *modifier,
			const char *const *operand, const uint32_t *len, uint32_t n, struct saker_error *);
	int32_t (*atom_rhs)(struct saker_load *, int32_t lhs, const char *op, int32_t rhs,
			    struct saker_error *);
	uint32_t (*atom_warnings)(struct saker_load *, int32_t atom, const char **value);

	/* -- outputs -------------------------------------------------------------- */
	int32_t (*output)(struct saker_load *);                 /* a new, empty template: its index */
	void (*output_text)(struct saker_load *, int32_t out, const char *s, uint32_t len);
	void (*output_expr)(struct saker_load *, int32_t out, int32_t expr, const char *name,
			    uint32_t width);

	/* -- rules, in evaluation order ------------------------------------------ */
	int32_t (*rule)(struct saker_load *, const struct saker_rule_facts *, int32_t output);
	/* rows as in filter/program.h: three int32_t a row: atom, goto if true, goto if false */
	void (*rule_rows)(struct saker_load *, int32_t rule, const int32_t *rows, uint32_t n);
	/* Falco's set of event codes, for -v and statistics; n = 0: none */
	void (*rule_events)(struct saker_load *, int32_t rule, const uint16_t *codes, uint32_t n);
	/* output < 0: the typed value of expr; else the rendered template */
	void (*rule_extra)(struct saker_load *, int32_t rule, const char *key, int32_t expr, int32_t output);

	/* -- configuration: mode "config"; the main file is source 0, overrides are the
	 *    options "override[0]", "override[1]" ... --------------------------------- */
	/* the whole file, NUL terminated, good until the run ends; NULL with *err */
	const char *(*read_file)(struct saker_load *, const char *path, uint64_t *len, struct saker_error *);
	/* full paths of the regular files in a folder, sorted, each ended by a newline; NULL: cannot be read */
	const char *(*list_dir)(struct saker_load *, const char *path, uint64_t *len);
	int32_t (*path_kind)(struct saker_load *, const char *path);    /* 0 missing, 1 file, 2 folder */
	const char *(*env)(struct saker_load *, const char *name);      /* NULL: not set */
	/* one flattened key; value NULL removes it */
	void (*config_set)(struct saker_load *, const char *key, const char *value);
};
