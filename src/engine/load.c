/* load.c - what lua/engine may call while it loads (script/load_api.h). */
#include "engine/load.h"
#include "base/mem.h"
#include "engine/load_facts.h"
#include "script/load_api.h"
#include "script/lua_host.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* -- the request ------------------------------------------------------------------ */

static const char *api_mode(struct saker_load *l)
{
	return l->mode;
}

static uint32_t api_source_count(struct saker_load *l)
{
	return l->sources ? l->sources->n : 0;
}

static const char *api_source(struct saker_load *l, uint32_t i, const char **text, uint64_t *len)
{
	if (i >= api_source_count(l))
		return NULL;
	*text = l->sources->at[i].text;
	*len = l->sources->at[i].len;
	return l->sources->at[i].name;
}

static const char *api_option(struct saker_load *l, const char *key)
{
	return kv_get(l->options, key);
}

static uint32_t api_option_count(struct saker_load *l)
{
	return l->options->n;
}

static const char *api_option_at(struct saker_load *l, uint32_t i, const char **value)
{
	if (i >= l->options->n)
		return NULL;
	*value = l->options->pair[i].value;
	return l->options->pair[i].key;
}

static void api_print(struct saker_load *l, const char *s, uint64_t len)
{
	strbuf_add(l->result, s, len);
}

static void api_log(struct saker_load *l, int32_t level, const char *s)
{
	log_line(l->log, level, "%s", s);
}

/* -- files, for the configuration ---------------------------------------------------- */

static const char *keep_text(struct saker_load *l, char *text)
{
	if (l->ntexts == l->cap_texts) {
		l->cap_texts = l->cap_texts ? l->cap_texts * 2 : 8;
		l->text = mem_realloc(l->text, l->cap_texts, sizeof *l->text);
	}
	l->text[l->ntexts++] = text;
	return text;
}

static const char *api_read_file(struct saker_load *l, const char *path, uint64_t *len,
				 struct saker_error *err)
{
	size_t n;
	char *text = file_read(path, &n, err);

	if (!text)
		return NULL;
	*len = n;
	return keep_text(l, text);
}

static int regular(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static const char *api_list_dir(struct saker_load *l, const char *path, uint64_t *len)
{
	struct strbuf names = STRBUF_INIT;
	struct dirent **entry;
	int n = scandir(path, &entry, regular, alphasort);
	char *full;
	struct stat st;

	if (n < 0)
		return NULL;
	for (int i = 0; i < n; i++) {
		if (asprintf(&full, "%s/%s", path, entry[i]->d_name) > 0) {
			if (stat(full, &st) == 0 && S_ISREG(st.st_mode))
				strbuf_printf(&names, "%s\n", full);
			free(full);
		}
		free(entry[i]);
	}
	free(entry);
	strbuf_grow(&names, 1);
	*len = names.len;
	return keep_text(l, names.s);
}

static int32_t api_path_kind(struct saker_load *l, const char *path)
{
	struct stat st;

	(void)l;
	if (stat(path, &st) != 0)
		return 0;
	return S_ISDIR(st.st_mode) ? 2 : 1;
}

static const char *api_env(struct saker_load *l, const char *name)
{
	(void)l;
	return getenv(name);
}

static void api_config_set(struct saker_load *l, const char *key, const char *value)
{
	if (l->config)
		kv_set(l->config, key, value);
}

/* -- expressions ----------------------------------------------------------------------- */

static int32_t keep_expr(struct saker_load *l, struct expr *e)
{
	if (!e)
		return SAKER_E_RULES;
	if (l->nexprs == l->cap_exprs) {
		l->cap_exprs = l->cap_exprs ? l->cap_exprs * 2 : 256;
		l->expr = mem_realloc(l->expr, l->cap_exprs, sizeof(struct expr *));
	}
	l->expr[l->nexprs] = e;
	return (int32_t)l->nexprs++;
}

static struct expr *expr_at(struct saker_load *l, int32_t i)
{
	BUG_ON(i < 0 || (uint32_t)i >= l->nexprs);
	return l->expr[i];
}

static int32_t api_expr_field(struct saker_load *l, const char *text, uint32_t len, const char *arg,
			      struct saker_error *err)
{
	return keep_expr(l, expr_field(l->ruleset->exprs, text, len, arg, err));
}

static int32_t api_expr_string(struct saker_load *l, const char *s, uint32_t len)
{
	return keep_expr(l, expr_string(l->ruleset->exprs, s, len));
}

static int32_t api_expr_number(struct saker_load *l, const char *text, struct saker_error *err)
{
	return keep_expr(l, expr_number(l->ruleset->exprs, text, err));
}

/* Lua hands indices; the filter layer wants pointers.  Good until the next call. */
static struct expr *const *expr_args(struct saker_load *l, const int32_t *item, uint32_t n)
{
	strbuf_clear(&l->scratch);
	for (uint32_t i = 0; i < n; i++) {
		struct expr *e = expr_at(l, item[i]);

		strbuf_add(&l->scratch, &e, sizeof e);
	}
	return (struct expr *const *)(void *)l->scratch.s;
}

static int32_t api_expr_list(struct saker_load *l, const int32_t *item, uint32_t n,
			     struct saker_error *err)
{
	return keep_expr(l, expr_list(l->ruleset->exprs, expr_args(l, item, n), n, err));
}

static int32_t api_expr_call(struct saker_load *l, const char *name, const int32_t *arg, uint32_t n,
			     const char *bracket, struct saker_error *err)
{
	return keep_expr(l, expr_call(l->ruleset->exprs, name, expr_args(l, arg, n), n, bracket, err));
}

static int32_t api_expr_printable(struct saker_load *l, int32_t e, struct saker_error *err)
{
	return expr_printable(expr_at(l, e), err) ? 0 : SAKER_E_RULES;
}

static int32_t api_expr_is_list(struct saker_load *l, int32_t e)
{
	return expr_is_list(expr_at(l, e));
}

static const char *api_expr_type(struct saker_load *l, int32_t e)
{
	return param_type_name(expr_type(expr_at(l, e)));
}

/* -- atoms ------------------------------------------------------------------------------- */

static int32_t api_atom(struct saker_load *l, int32_t lhs, const char *op, const char *modifier,
			const char *const *operand, const uint32_t *len, uint32_t n,
			struct saker_error *err)
{
	unsigned o = op_by_name(op), m = modifier ? modifier_by_name(modifier) : MOD_NONE;

	if (o == OP_NONE)
		return fail(err, SAKER_E_RULES, "unknown operator '%s'", op);
	return atom_add(l->ruleset->atoms, expr_at(l, lhs), o, m, operand, len, n, err);
}

static int32_t api_atom_rhs(struct saker_load *l, int32_t lhs, const char *op, int32_t rhs,
			    struct saker_error *err)
{
	unsigned o = op_by_name(op);

	if (o == OP_NONE)
		return fail(err, SAKER_E_RULES, "unknown operator '%s'", op);
	return atom_add_rhs(l->ruleset->atoms, expr_at(l, lhs), o, expr_at(l, rhs), err);
}

static uint32_t api_atom_warnings(struct saker_load *l, int32_t atom, const char **value)
{
	return atom_warnings(l->ruleset->atoms, (uint32_t)atom, value);
}

/* -- outputs -------------------------------------------------------------------------------- */

static int32_t api_output(struct saker_load *l)
{
	if (l->ntemplates == l->cap_templates) {
		l->cap_templates = l->cap_templates ? l->cap_templates * 2 : 64;
		l->template = mem_realloc(l->template, l->cap_templates, sizeof(struct template *));
	}
	l->template[l->ntemplates] = template_new(&l->ruleset->arena);
	return (int32_t)l->ntemplates++;
}

static struct template *template_at(struct saker_load *l, int32_t i)
{
	BUG_ON(i < 0 || (uint32_t)i >= l->ntemplates);
	return l->template[i];
}

static void api_output_text(struct saker_load *l, int32_t out, const char *s, uint32_t len)
{
	template_text(template_at(l, out), s, len);
}

static void api_output_expr(struct saker_load *l, int32_t out, int32_t expr, const char *name,
			    uint32_t width)
{
	template_expr(template_at(l, out), expr_at(l, expr), name, width);
}

/* -- rules --------------------------------------------------------------------------------- */

static int32_t api_rule(struct saker_load *l, const struct saker_rule_facts *f, int32_t output)
{
	struct arena *a = &l->ruleset->arena;
	struct rule *r = ruleset_add(l->ruleset);

	r->name = arena_strdup(a, f->name);
	r->source = arena_strdup(a, f->source);
	r->desc = arena_strdup(a, f->desc);
	r->output = arena_strdup(a, f->output);
	r->condition = arena_strdup(a, f->condition);
	r->priority = f->priority & 7;
	r->below_minimum = f->below_minimum != 0;
	r->enabled = f->enabled != 0 && !r->below_minimum;
	r->ntags = f->ntags;
	r->tag = arena_alloc(a, (f->ntags + 1) * sizeof *r->tag);
	for (uint32_t i = 0; i < f->ntags; i++)
		r->tag[i] = arena_strdup(a, f->tag[i]);
	r->template = template_at(l, output);
	return (int32_t)(l->ruleset->n - 1);
}

static struct rule *rule_at(struct saker_load *l, int32_t i)
{
	BUG_ON(i < 0 || (uint32_t)i >= l->ruleset->n);
	return &l->ruleset->rule[i];
}

static void api_rule_rows(struct saker_load *l, int32_t rule, const int32_t *rows, uint32_t n)
{
	struct rule *r = rule_at(l, rule);

	r->row = arena_memdup(&l->ruleset->arena, rows, n * sizeof *r->row);
	r->nrows = n;
}

static void api_rule_events(struct saker_load *l, int32_t rule, const uint16_t *codes, uint32_t n)
{
	struct rule *r = rule_at(l, rule);

	r->event = arena_memdup(&l->ruleset->arena, codes, n * sizeof *codes);
	r->nevents = n;
}

static void api_rule_extra(struct saker_load *l, int32_t rule, const char *key, int32_t expr,
			   int32_t output)
{
	struct rule *r = rule_at(l, rule);
	struct extra_field *e = arena_alloc(&l->ruleset->arena, (r->nextra + 1) * sizeof *e);

	if (r->nextra)
		memcpy(e, r->extra, r->nextra * sizeof *e);
	e[r->nextra++] = (struct extra_field){
		.key = arena_strdup(&l->ruleset->arena, key),
		.e = output < 0 ? expr_at(l, expr) : NULL,
		.text = output < 0 ? NULL : template_at(l, output),
	};
	r->extra = e;
}

static const struct saker_load_api API = {
	.abi = SAKER_LOAD_ABI,
	.size = sizeof API,
	.mode = api_mode, .source_count = api_source_count, .source = api_source,
	.option = api_option, .option_count = api_option_count, .option_at = api_option_at,
	.print = api_print, .log = api_log,
	.event_count = facts_event_count, .event_facts = facts_event, .event_param = facts_event_param,
	.syscall_count = facts_syscall_count, .syscall_facts = facts_syscall,
	.field_count = facts_field_count, .field_facts = facts_field, .field_prefix = facts_field_prefix,
	.expr_field = api_expr_field, .expr_string = api_expr_string, .expr_number = api_expr_number,
	.expr_list = api_expr_list, .expr_call = api_expr_call,
	.expr_printable = api_expr_printable, .expr_is_list = api_expr_is_list,
	.expr_type = api_expr_type,
	.atom = api_atom, .atom_rhs = api_atom_rhs, .atom_warnings = api_atom_warnings,
	.output = api_output, .output_text = api_output_text, .output_expr = api_output_expr,
	.rule = api_rule, .rule_rows = api_rule_rows, .rule_events = api_rule_events,
	.rule_extra = api_rule_extra,
	.read_file = api_read_file, .list_dir = api_list_dir, .path_kind = api_path_kind,
	.env = api_env, .config_set = api_config_set,
};

static void load_release(struct saker_load *l)
{
	strbuf_release(&l->scratch);
	free(l->expr);
	free(l->template);
	for (uint32_t i = 0; i < l->ntexts; i++)
		free(l->text[i]);
	free(l->text);
}

int load_run(struct saker_load *l, struct saker_error *err)
{
	struct lua_host *h = lua_host_new(true, l->log, err);
	int rc = SAKER_E_NOMEM;

	if (h)
		rc = lua_host_run(h, "engine.main", &API, l, err);
	lua_host_free(h);
	load_release(l);
	return rc == SAKER_E_ARG ? SAKER_E_RULES : rc;
}
