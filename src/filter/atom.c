/* atom.c - makes atoms: checks a test, prepares its operands, finds its equal. */
#include "base/mem.h"
#include "filter/impl.h"
#include <stdlib.h>

struct atoms *atoms_new(struct arena *a, struct exprs *exprs)
{
	struct atoms *all = arena_zalloc(a, sizeof *all);

	all->a = a;
	all->exprs = exprs;
	intern_init(&all->known, a);
	return all;
}

void atoms_release(struct atoms *all)
{
	if (!all)
		return;
	for (uint32_t i = 0; i < all->nregex; i++)
		regex_free(all->regex[i]);
	free(all->regex);
	free(all->v);
	all->regex = NULL;
	all->v = NULL;
	all->n = all->cap = all->nregex = 0;
}

uint32_t atoms_count(const struct atoms *all) { return all->n; }
unsigned atom_scope(const struct atoms *all, uint32_t atom) { return all->v[atom].scope; }
unsigned atom_op(const struct atom *a) { return a->op; }
bool atom_is_negative(const struct atom *a) { return a->op == OP_NE; }

bool atom_has_modifier(const struct atom *a) { return a->modifier != MOD_NONE; }

const struct value *atom_operand(const struct atom *a, uint32_t i)
{
	return i < a->nmany ? &a->many[i].v : NULL;
}

/* -- what a test means ------------------------------------------------------------- */

/* The field at the bottom of fields and one-argument transformers, or NULL. */
static const struct field_ref *base_field(const struct expr *e)
{
	while (e->kind == EX_CALL && e->nargs == 1)
		e = e->arg[0];
	return expr_field_ref(e);
}

static bool known_event_type(const char *s, uint32_t len)
{
	char name[128];

	if (len >= sizeof name)
		return false;
	memcpy(name, s, len);
	name[len] = 0;
	for (unsigned i = 0; i < EVENT_MAX; i++)
		if (strcmp(EVENTS[i].name, name) == 0)
			return true;
	return syscall_by_name(name) >= 0;
}

static int check_event_types(const struct expr *lhs, const char *const *text, const uint32_t *len,
			     uint32_t n, struct saker_error *err)
{
	const struct field_ref *f = base_field(lhs);

	if (!f || strcmp(f->def->name, "evt.type") != 0 || type_group(lhs->type) != TG_STRING)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (!known_event_type(text[i], len[i]))
			return fail(err, SAKER_E_RULES, "unknown event type %.*s", (int)len[i],
				    text[i]);
	return 0;
}

/* Can the verdict be kept by the text that it is a function of? */
static bool text_decides(const struct atom *a)
{
	return a->is_text && !a->by_match && a->scope != SCOPE_CONST &&
	       !(a->scope & SCOPE_STATEFUL) && (a->how == AH_ONE || a->how == AH_MANY);
}

/* Where the verdict may outlive the event.  A test of an fd's own value is kept only
 * when it costs more than finding what was kept; texts of fds are kept by the text: most fds
 * are new ones of files that were open before. */
static unsigned cache_group_of(const struct atom *a)
{
	unsigned s = a->scope;

	if (s == SCOPE_CONST || (s & (SCOPE_EVENT | SCOPE_STATEFUL)))
		return CG_NONE;
	if (s & SCOPE_FD) {
		bool costly = a->by_match || a->how != AH_ONE || a->lhs->kind == EX_CALL ||
			      a->op == OP_REGEX || a->op == OP_GLOB || a->op == OP_IGLOB ||
			      a->op == OP_ICONTAINS || a->op == OP_PMATCH;

		return s == SCOPE_FD && costly && !text_decides(a) ? CG_FD : CG_NONE;
	}
	if (s & SCOPE_FDTABLE)
		return s & SCOPE_LINEAGE ? CG_NONE : CG_FDTABLE;
	return s & SCOPE_LINEAGE ? CG_LINEAGE : CG_THREAD;
}

/* -- operands --------------------------------------------------------------------------- */
static void keep_regex(struct atoms *all, struct operand *o, uint32_t n)
{
	all->regex = mem_realloc(all->regex, all->nregex + n, sizeof *all->regex);
	for (uint32_t i = 0; i < n; i++)
		all->regex[all->nregex++] = (struct regex *)(uintptr_t)o[i].made;
}

static int parse_operands(struct atoms *all, const struct atom *a, const char *const *text,
			  const uint32_t *len, uint32_t n, struct operand *o,
			  struct saker_error *err)
{
	uint32_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = operand_parse(all->a, a->type, a->op, text[i], len[i], &o[i], err);
	if (a->op == OP_REGEX)
		keep_regex(all, o, rc == 0 ? n : i - 1);
	return rc;
}

/* What in, intersects and pmatch look their value up in. */
static const void *make_set(struct atoms *all, const struct atom *a, struct operand *o, uint32_t n)
{
	switch (type_group(a->type)) {
	case TG_STRING: case TG_BUFFER: case TG_IP:
		return a->op == OP_PMATCH ? (const void *)pmatch_new(all->a, o, n)
					  : textset_new(all->a, o, n);
	case TG_NET:
		return o;
	default:
		return numset_new(all->a, o, n);
	}
}

static void take_operands(struct atoms *all, struct atom *a, struct operand *o, uint32_t n)
{
	a->many = o;
	a->nmany = n;
	if (a->op == OP_IN || a->op == OP_INTERSECTS || a->op == OP_PMATCH) {
		a->one.made = make_set(all, a, o, n);
		a->how = !a->lhs->list ? AH_ONE : a->op == OP_IN ? AH_ALL : AH_ANY;
	} else if (a->op == OP_EXISTS) {
		a->how = AH_EXISTS;
	} else {
		a->one = o[0];
		a->how = n == 0 ? AH_NEVER : a->modifier ? AH_MANY : AH_ONE;
	}
}

/* -- adding --------------------------------------------------------------------------------- */
static struct atom *new_atom(struct atoms *all)
{
	struct atom *grown;
	size_t cap = all->cap ? 2 * (size_t)all->cap : 64;

	if (all->n == all->cap) {
		grown = aligned_alloc(64, cap * sizeof *grown);
		BUG_ON(!grown);
		if (all->n)
			memcpy(grown, all->v, all->n * sizeof *grown);
		free(all->v);
		all->v = grown;
		all->cap = (uint32_t)cap;
	}
	return &all->v[all->n++];
}

static void join_group(struct atoms *all, struct atom *a, unsigned group)
{
	a->group = (uint8_t)group;
	if (group != CG_NONE)
		a->bit = all->nbits[group]++;
}

/* A text group costs a hash of the text and a cache line, about six short comparisons. */
static uint32_t text_cost(const struct atom *a)
{
	uint32_t n = a->how == AH_MANY ? a->nmany : 1;

	switch (a->op) {
	case OP_CONTAINS: case OP_IN: case OP_INTERSECTS:
		return 2 * n;
	case OP_ICONTAINS: case OP_GLOB: case OP_IGLOB: case OP_PMATCH:
		return 4 * n;
	case OP_REGEX:
		return TEXT_GROUP_COST * n;
	default:
		return n;
	}
}

/* The atom that makes its expression's tests costly makes a group of them all. */
static void join_text_group(struct atoms *all, struct atom *a)
{
	struct expr *e = all->exprs->v[a->slot];

	e->text_cost += text_cost(a);
	if (e->text_group) {
		join_group(all, a, e->text_group);
	} else if (e->text_cost >= TEXT_GROUP_COST && CG_TEXT + all->ngroups < CG_COUNT) {
		e->text_group = (uint8_t)(CG_TEXT + all->ngroups++);
		all->text_expr[e->text_group] = e;
		for (uint32_t i = 0; i < all->n; i++)
			if (all->v[i].lhs == e && all->v[i].group == CG_NONE &&
			    text_decides(&all->v[i]))
				join_group(all, &all->v[i], e->text_group);
	}
}

static int32_t add(struct atoms *all, const struct atom *a)
{
	struct atom *at = new_atom(all);

	*at = *a;
	at->slot = a->lhs->slot;
	at->is_text = type_group(a->type) == TG_STRING;
	join_group(all, at, cache_group_of(at));
	if (at->group == CG_NONE && text_decides(at))
		join_text_group(all, at);
	return (int32_t)(at - all->v);
}

static void start(struct atom *a, struct expr *lhs, unsigned op, unsigned modifier)
{
	*a = (struct atom){ .op = (uint8_t)op, .modifier = (uint8_t)modifier, .lhs = lhs,
			    .type = lhs->type, .scope = lhs->scope };
	a->by_match = lhs->kind == EX_FIELD && lhs->ref.def->match;
}

static void keep_text(struct atoms *all, struct atom *a, const char *const *text,
		      const uint32_t *len, uint32_t n)
{
	a->text = arena_alloc(all->a, (n + 1) * sizeof *a->text);
	a->ntext = n;
	for (uint32_t i = 0; i < n; i++)
		a->text[i] = arena_strndup(all->a, text[i], len[i]);
}

static int32_t make_atom(struct atoms *all, struct expr *lhs, unsigned op, unsigned modifier,
			 const char *const *text, const uint32_t *len, uint32_t n,
			 struct saker_error *err)
{
	struct operand *o = arena_zalloc(all->a, (n + 2) * sizeof *o);
	struct atom a;
	int rc;

	start(&a, lhs, op, modifier);
	a.test = test_for(lhs->type, op);
	rc = parse_operands(all, &a, text, len, n, o, err);
	if (rc == 0)
		rc = check_event_types(lhs, text, len, n, err);
	if (rc < 0)
		return rc;
	take_operands(all, &a, o, n);
	keep_text(all, &a, text, len, n);
	return add(all, &a);
}

int32_t atom_add(struct atoms *all, struct expr *lhs, unsigned op, unsigned modifier,
		 const char *const *operand, const uint32_t *operand_len, uint32_t n,
		 struct saker_error *err)
{
	struct strbuf key = STRBUF_INIT;
	int64_t old;
	int rc = op_check(lhs->type, lhs->list, op, modifier, err);

	if (rc < 0)
		return rc;
	strbuf_printf(&key, "%u %u %u", lhs->slot, op, modifier);
	for (uint32_t i = 0; i < n; i++) {
		strbuf_printf(&key, " %u:", operand_len[i]);
		strbuf_add(&key, operand[i], operand_len[i]);
	}
	old = intern_get(&all->known, key.s, (uint32_t)key.len);
	rc = old >= 0 ? (int)old : make_atom(all, lhs, op, modifier, operand, operand_len, n, err);
	if (old < 0 && rc >= 0)
		intern_put(&all->known, key.s, (uint32_t)key.len, (uint32_t)rc);
	strbuf_release(&key);
	return rc;
}

static int rhs_type_check(const struct expr *l, const struct expr *r, unsigned op,
			  struct saker_error *err)
{
	bool lists = l->list == r->list || op == OP_IN || op == OP_INTERSECTS;

	if (l->type == r->type && lists)
		return 0;
	return fail(err, SAKER_E_RULES,
		    "field '%s' has type '%s%s' while the right-hand side field '%s' "
		    "has incompatible type '%s%s'",
		    l->name, param_type_name(l->type) + 3, l->list ? " (list)" : "", r->name,
		    param_type_name(r->type) + 3, r->list ? " (list)" : "");
}

int32_t atom_add_rhs(struct atoms *all, struct expr *lhs, unsigned op, struct expr *rhs,
		     struct saker_error *err)
{
	static const char *const UPPER[OP_MAX] = { [OP_REGEX] = "REGEX", [OP_PMATCH] = "PMATCH" };
	const struct field_ref *l = expr_field_ref(lhs), *r = base_field(rhs);
	unsigned g = type_group(lhs->type);
	struct strbuf key = STRBUF_INIT;
	struct atom a;
	int64_t old;
	int rc;

	if (l && (l->def->flags & FF_NO_RHS))
		return fail(err, SAKER_E_RULES, "field '%s' doesn't support right-hand side fields",
			    lhs->name);
	if (r && (r->def->flags & FF_NO_RHS))
		return fail(err, SAKER_E_RULES,
			    "field '%s' can't be used as a right-hand side field", rhs->name);
	if (UPPER[op])
		return fail(err, SAKER_E_RULES,
			    "operator '%s' doesn't support right-hand side fields", UPPER[op]);
	rc = rhs_type_check(lhs, rhs, op, err);
	if (rc == 0)
		rc = op_check(lhs->type, lhs->list, op, MOD_NONE, err);
	if (rc == 0 && g == TG_NET)
		rc = fail(err, SAKER_E_RULES, "field '%s' doesn't support right-hand side fields",
			  lhs->name);
	if (rc < 0)
		return rc;
	strbuf_printf(&key, "%u %u r%u", lhs->slot, op, rhs->slot);
	old = intern_get(&all->known, key.s, (uint32_t)key.len);
	if (old < 0)
		intern_put(&all->known, key.s, (uint32_t)key.len, all->n);
	strbuf_release(&key);
	if (old >= 0)
		return (int32_t)old;
	start(&a, lhs, op, MOD_NONE);
	a.how = AH_VALUES;
	a.rhs = rhs;
	a.scope |= rhs->scope;
	a.test = test_for_values(lhs->type, op);
	return add(all, &a);
}
