/* expr.c - expressions of a ruleset, each made once.
 *
 * An expression is found again by a key that spells what it is made of; a
 * stateful field is the exception, each of its occurrences is its own.
 */
#include "filter/impl.h"
#include "base/strbuf.h"

struct exprs *exprs_new(struct arena *a)
{
	struct exprs *all = arena_zalloc(a, sizeof *all);

	all->a = a;
	intern_init(&all->known, a);
	return all;
}

uint32_t exprs_count(const struct exprs *all)
{
	return all->n;
}

static struct expr *new_expr(struct exprs *all, unsigned kind)
{
	struct expr *e = arena_zalloc(all->a, sizeof *e), **grown;

	if (all->n == all->cap) {
		all->cap = all->cap ? 2 * all->cap : 64;
		grown = arena_alloc(all->a, all->cap * sizeof *grown);
		if (all->n)
			memcpy(grown, all->v, all->n * sizeof *grown);
		all->v = grown;
	}
	e->kind = (uint8_t)kind;
	e->slot = all->n;
	all->v[all->n++] = e;
	return e;
}

/* The expression of that key, or NULL: the next new_expr() will have it. */
static struct expr *known(struct exprs *all, const struct strbuf *key)
{
	int64_t i = intern_get(&all->known, key->s, (uint32_t)key->len);

	if (i >= 0)
		return all->v[i];
	intern_put(&all->known, key->s, (uint32_t)key->len, all->n);
	return NULL;
}

struct expr *expr_field(struct exprs *all, const char *text, uint32_t len, const char *arg,
			struct saker_error *err)
{
	struct strbuf key = STRBUF_INIT;
	struct field_ref ref;
	struct expr *e;

	if (field_resolve(all->a, text, len, arg, &ref, err) < 0)
		return NULL;
	if (ref.scope & SCOPE_STATEFUL) {
		ref.instance = all->nstateful++;
		e = NULL;
	} else {
		/* a resolver may have turned the argument into an index */
		strbuf_printf(&key, "f%s %lld", ref.def->name, (long long)ref.index);
		if (ref.arg) {
			strbuf_add(&key, "", 1);
			strbuf_add(&key, ref.arg, ref.arg_len);
		}
		e = known(all, &key);
		strbuf_release(&key);
	}
	if (e)
		return e;
	e = new_expr(all, EX_FIELD);
	e->ref = ref;
	e->type = ref.type;
	e->fmt = ref.fmt;
	e->list = ref.list;
	e->scope = ref.scope;
	e->sanitise = type_group(ref.type) == TG_STRING && ref.scope != SCOPE_CONST;
	e->name = ref.def->name;
	return e;
}

struct expr *expr_string(struct exprs *all, const char *s, uint32_t len)
{
	struct strbuf key = STRBUF_INIT;
	struct expr *e;

	strbuf_addc(&key, 's');
	strbuf_add(&key, s, len);
	e = known(all, &key);
	strbuf_release(&key);
	if (e)
		return e;
	e = new_expr(all, EX_TEXT);
	e->type = PT_CHARBUF;
	e->name = "value";
	value_set_mem(&e->constant, arena_strndup(all->a, s, len), len);
	return e;
}

/* A number among a transformer's arguments reads as its text. */
struct expr *expr_number(struct exprs *all, const char *text, struct saker_error *err)
{
	(void)err;
	return expr_string(all, text, (uint32_t)strlen(text));
}

static void key_args(struct strbuf *key, struct expr *const *arg, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(key, ",%u", arg[i]->slot);
}

static void take_args(struct exprs *all, struct expr *e, struct expr *const *arg, uint32_t n)
{
	e->arg = arena_memdup(all->a, arg, n * sizeof *arg);
	e->nargs = n;
	for (uint32_t i = 0; i < n; i++)
		e->scope |= arg[i]->scope;
}

struct expr *expr_list(struct exprs *all, struct expr *const *item, uint32_t n,
		       struct saker_error *err)
{
	struct strbuf key = STRBUF_INIT;
	struct expr *e;

	for (uint32_t i = 0; i < n; i++) {
		if (item[i]->kind == EX_FIELD && (item[i]->ref.def->flags & FF_NO_TRANSFORMER)) {
			fail(err, SAKER_E_RULES, "field '%s' does not support transformers",
			     item[i]->name);
			return NULL;
		}
	}
	strbuf_addc(&key, 'l');
	key_args(&key, item, n);
	e = known(all, &key);
	strbuf_release(&key);
	if (e)
		return e;
	e = new_expr(all, EX_LIST);
	e->type = PT_CHARBUF;
	e->list = true;
	e->name = "list";
	take_args(all, e, item, n);
	return e;
}

struct expr *expr_call(struct exprs *all, const char *name, struct expr *const *arg, uint32_t nargs,
		       const char *bracket, struct saker_error *err)
{
	const struct transformer *t = transformer_by_name(name, nargs > 1);
	struct expr trial = {
		.kind = EX_CALL, .call = t, .arg = (struct expr **)(uintptr_t)arg, .nargs = nargs
	};
	struct strbuf key = STRBUF_INIT;
	struct expr *e;
	uint32_t slot;

	if (!t) {
		fail(err, SAKER_E_RULES, "unknown field transfomer '%s'", name);
		return NULL;
	}
	if (t->check(&trial, name, bracket, err) < 0)
		return NULL;
	strbuf_printf(&key, "c%s[%s]", name, bracket ? bracket : "");
	key_args(&key, arg, nargs);
	e = known(all, &key);
	strbuf_release(&key);
	if (e)
		return e;
	e = new_expr(all, EX_CALL);
	slot = e->slot;
	*e = trial;
	e->slot = slot;
	e->name = nargs == 1 ? arg[0]->name : t->name;
	take_args(all, e, arg, nargs);
	return e;
}

unsigned expr_type(const struct expr *e) { return e->type; }
unsigned expr_fmt(const struct expr *e) { return e->fmt; }
bool expr_is_list(const struct expr *e) { return e->list; }
unsigned expr_scope(const struct expr *e) { return e->scope; }

const struct field_ref *expr_field_ref(const struct expr *e)
{
	return e->kind == EX_FIELD ? &e->ref : NULL;
}

bool expr_printable(const struct expr *e, struct saker_error *err)
{
	if (e->kind == EX_FIELD && (e->ref.def->flags & FF_FILTER_ONLY)) {
		fail(err, SAKER_E_RULES, "%s is filter only and cannot be used as a display field",
		     e->name);
		return false;
	}
	for (uint32_t i = 0; i < e->nargs; i++) {
		if (e->kind == EX_CALL && e->arg[i]->kind == EX_FIELD &&
		    (e->arg[i]->ref.def->flags & FF_NO_TRANSFORMER)) {
			fail(err, SAKER_E_RULES, "field '%s' does not support transformers",
			     e->arg[i]->name);
			return false;
		}
		if (!expr_printable(e->arg[i], err))
			return false;
	}
	return true;
}
