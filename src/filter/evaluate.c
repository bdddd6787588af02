/* evaluate.c - the values of expressions and the verdicts of atoms for one event.
 *
 * Everything an event leaves behind is marked with its stamp, so that the next
 * event begins by counting on.  An expression is computed at most once an event.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "filter/bytes.h"
#include "filter/impl.h"
#include "filter/scratch.h"

enum { STAMP_MAX = 0x7fffffff };

typedef bool field_fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out);

struct evaluator *evaluator_new(const struct evaluator_options *o)
{
	struct evaluator *ev = mem_zalloc(sizeof *ev);

	if (o)
		ev->options = *o;
	if (!ev->options.cache_bytes)
		ev->options.cache_bytes = 8u << 20;
	arena_init(&ev->scratch, 0);
	ev->x.scratch = &ev->scratch;
	arena_alloc(&ev->scratch, 1);           /* the chunk that stays */
	arena_reset(&ev->scratch);
	ev->scratch_start = ev->scratch.at;
	return ev;
}

static void forget_ruleset(struct evaluator *ev)
{
	free(ev->slot);
	free(ev->memo);
	free(ev->x.stateful);
	verdicts_free(ev->verdicts);
	ev->slot = NULL;
	ev->memo = NULL;
	ev->x.stateful = NULL;
	ev->verdicts = NULL;
}

void evaluator_free(struct evaluator *ev)
{
	if (!ev)
		return;
	forget_ruleset(ev);
	strbuf_release(&ev->x.text);
	arena_release(&ev->scratch);
	free(ev);
}

void evaluator_take(struct evaluator *ev, const struct atoms *atoms, const struct exprs *exprs)
{
	forget_ruleset(ev);
	ev->atoms = atoms;
	ev->atom = atoms->v;
	ev->exprs = exprs;
	ev->slot = mem_zalloc((exprs->n + 1) * sizeof *ev->slot);
	ev->memo = mem_zalloc((atoms->n + 1) * sizeof *ev->memo);
	ev->x.nstateful = exprs->nstateful;
	ev->x.stateful = mem_zalloc((exprs->nstateful + 1) * sizeof *ev->x.stateful);
	ev->verdicts = verdicts_new(atoms, ev->options.cache_bytes);
	ev->stamp = 0;
	ev->ready = 0;
}

/* Old marks would read as new ones: once in two thousand million events. */
static __attribute__((noinline)) void stamps_restart(struct evaluator *ev)
{
	for (uint32_t i = 0; ev->slot && i < ev->exprs->n; i++)
		ev->slot[i].stamp = 0;
	if (ev->memo)
		memset(ev->memo, 0, ev->atoms->n * sizeof *ev->memo);
	ev->stamp = 0;
}

void evaluator_begin(struct evaluator *ev, const struct event_ctx *ec)
{
	if (__builtin_expect(ev->stamp == STAMP_MAX, 0))
		stamps_restart(ev);
	ev->stamp++;
	ev->ready = 0;
	ev->x.ec = ec;
	if (ev->scratch.at != ev->scratch_start) {
		if (ev->scratch.total > ev->stats.scratch_bytes)
			ev->stats.scratch_bytes = ev->scratch.total;
		arena_reset(&ev->scratch);
	}
}

struct eval_ctx *evaluator_ctx(struct evaluator *ev) { return &ev->x; }
const struct evaluator_stats *evaluator_stats(const struct evaluator *ev) { return &ev->stats; }

void evaluator_render_options(struct evaluator *ev, const struct render_options *o)
{
	ev->x.render = o;
}

/* -- values ---------------------------------------------------------------------------- */
static __attribute__((noinline)) void sanitise(struct eval_ctx *x, struct value *v)
{
	size_t from;
	struct strbuf *b = scratch_begin(x, &from);

	strbuf_sanitized(b, v->s, v->len);
	v->s = scratch_take(x, from, &v->len);
}

void value_sanitise(struct eval_ctx *x, struct value *v)
{
	if (__builtin_expect(!bytes_plain(v->s, v->len), 0) && !utf8_clean(v->s, v->len))
		sanitise(x, v);
}

static __attribute__((noinline)) void sanitise_all(struct eval_ctx *x, struct values *vs)
{
	for (uint32_t i = 0; i < vs->n; i++)
		value_sanitise(x, &vs->v[i]);
}

static inline bool field_values(struct evaluator *ev, const struct expr *e, struct values *out)
{
	field_fn *extract = e->ref.def->extract;

	if (!extract || !extract(&ev->x, &e->ref, out))
		return false;
	if (e->sanitise)
		sanitise_all(&ev->x, out);
	return true;
}

/* The items as text, one behind the other; an item that is a list gives all of its own. */
static __attribute__((noinline)) bool list_values(struct evaluator *ev, const struct expr *e,
						  struct values *out)
{
	uint32_t n = 0;
	struct value *v;

	for (uint32_t i = 0; i < e->nargs; i++) {
		const struct values *item = expr_eval(ev, e->arg[i]);

		if (!item)
			return false;
		n += item->n;
	}
	v = scratch_values(&ev->x, n, out);
	for (uint32_t i = 0; i < e->nargs; i++) {
		const struct expr *arg = e->arg[i];
		const struct values *item = expr_eval(ev, arg);

		for (uint32_t k = 0; k < item->n; k++, v++) {
			size_t from;

			*v = item->v[k];
			if (type_group(arg->type) == TG_STRING)
				continue;
			value_text(scratch_begin(&ev->x, &from), arg->type, arg->fmt, &item->v[k],
				   ev->x.render);
			v->s = scratch_take(&ev->x, from, &v->len);
		}
	}
	return true;
}

static __attribute__((noinline)) const struct values *compute(struct evaluator *ev,
							      const struct expr *e)
{
	struct slot *s = &ev->slot[e->slot];
	bool has;

	if (e->kind == EX_FIELD)
		has = field_values(ev, e, &s->vs);
	else if (e->kind == EX_TEXT)
		return &e->constant;
	else
		has = e->kind == EX_CALL ? e->call->run(ev, e, &s->vs) : list_values(ev, e, &s->vs);
	s->stamp = ev->stamp;
	s->has = has;
	return has ? &s->vs : NULL;
}

static inline const struct values *eval(struct evaluator *ev, const struct expr *e, uint32_t slot)
{
	struct slot *s = &ev->slot[slot];

	if (s->stamp == ev->stamp)
		return s->has ? &s->vs : NULL;
	return compute(ev, e);
}

const struct values *expr_eval(struct evaluator *ev, const struct expr *e)
{
	return eval(ev, e, e->slot);
}

/* -- tests --------------------------------------------------------------------------------- */
static bool test_many(const struct atom *a, const struct value *v)
{
	uint32_t hits = 0;

	for (uint32_t i = 0; i < a->nmany; i++) {
		bool hit = a->test(&a->many[i], v);

		if (hit && a->modifier == MOD_ANYOF)
			return true;
		if (!hit && a->modifier == MOD_ALLOF)
			return false;
		hits += hit;
	}
	return a->modifier == MOD_ALLOF || (a->modifier == MOD_ONEOF && hits == 1);
}

static bool test_list(const struct atom *a, const struct values *vs)
{
	bool all = a->how == AH_ALL;

	for (uint32_t i = 0; i < vs->n; i++)
		if (a->test(&a->one, &vs->v[i]) != all)
			return !all;
	return all;
}

/* Is the value equal to one of the right side's? */
static bool among(const struct atom *a, const struct value *v, const struct values *right)
{
	for (uint32_t i = 0; i < right->n; i++) {
		struct operand o = { .v = right->v[i] };

		if (a->test(&o, v))
			return true;
	}
	return false;
}

static bool test_values(struct evaluator *ev, const struct atom *a, const struct values *left)
{
	const struct values *right = expr_eval(ev, a->rhs);
	bool all = a->op == OP_IN;

	if (!right)
		return false;
	if (a->op != OP_IN && a->op != OP_INTERSECTS)
		return left->n && right->n &&
		       among(a, left->v, &(struct values){ .n = 1, .v = right->v });
	for (uint32_t i = 0; i < left->n; i++)
		if (among(a, &left->v[i], right) != all)
			return !all;
	return all;
}

static inline bool test_one(const struct atom *a, const struct value *v)
{
	return a->how == AH_ONE ? a->test(&a->one, v) : a->how == AH_EXISTS ? true :
	       a->how == AH_MANY && test_many(a, v);
}

bool atom_test(struct eval_ctx *x, const struct atom *a, const struct value *v)
{
	struct value clean;

	if (a->is_text) {
		clean = *v;
		value_sanitise(x, &clean);
		v = &clean;
	}
	return test_one(a, v);
}

bool atom_test_first(struct eval_ctx *x, const struct atom *a, const struct value *v)
{
	bool set = a->op == OP_IN || a->op == OP_INTERSECTS;
	struct value clean = *v;

	if (a->nmany == 0)
		return false;
	if (a->is_text)
		value_sanitise(x, &clean);
	return (set ? test_for(a->type, OP_EQ) : a->test)(&a->many[0], &clean);
}

/* All but one value against one operand. */
static __attribute__((noinline)) bool decide_other(struct evaluator *ev, const struct atom *a)
{
	const struct values *vs;

	if (a->by_match)
		return a->lhs->ref.def->match(&ev->x, &a->lhs->ref, a);
	vs = eval(ev, a->lhs, a->slot);
	if (!vs)
		return false;
	switch (a->how) {
	case AH_EXISTS:
		return true;
	case AH_MANY:
		return test_many(a, vs->v);
	case AH_ALL: case AH_ANY:
		return test_list(a, vs);
	case AH_VALUES:
		return test_values(ev, a, vs);
	default:
		return false;
	}
}

bool atom_decide(struct evaluator *ev, const struct atom *a)
{
	const struct values *vs;

	if (a->how != AH_ONE || a->by_match)
		return decide_other(ev, a);
	vs = eval(ev, a->lhs, a->slot);
	return vs && a->test(&a->one, vs->v);
}
