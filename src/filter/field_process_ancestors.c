/* field_process_ancestors.c - parents and their parents.
 *
 * proc.p* and [N] go from main thread to main thread (state_ancestor).  The bare
 * proc.a* are compared with every ancestor and printed as all of them in a row; both
 * follow ptid from thread to thread.
 */
#include "filter/atom.h"
#include "filter/field_process.h"

void ancestry_begin(struct ancestry *w, const struct state *s, const struct thread *t)
{
	*w = (struct ancestry){ .state = s, .at = t, .mark = t, .limit = 1 };
}

const struct thread *ancestry_next(struct ancestry *w)
{
	if (!w->at)
		return NULL;
	w->at = state_thread(w->state, w->at->ptid);
	if (w->at == w->mark)                   /* damaged links: went in a circle */
		w->at = NULL;
	else if (++w->steps == w->limit) {
		w->mark = w->at;
		w->steps = 0;
		w->limit *= 2;
	}
	return w->at;
}

static const struct thread *ancestor(const struct eval_ctx *x, int64_t n)
{
	const struct thread *t = x->ec->thread;

	return t ? state_ancestor(x->ec->state, t, (unsigned)n) : NULL;
}

/* -- one ancestor: what is taken of it ------------------------------------------------ */
typedef void take_fn(struct eval_ctx *x, const struct thread *t, struct values *out);

static void take_name(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	(void)x;
	value_set_str(out, t->comm);
}

static void take_exe(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	(void)x;
	value_set_str(out, t->exe);
}

static void take_exepath(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	(void)x;
	value_set_str(out, t->exepath);
}

static void take_args(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	size_t from;

	list_text(scratch_begin(x, &from), t->args);
	scratch_end(x, from, out);
}

static void take_cmdline(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	size_t from;

	if (t->args->n == 0) {
		value_set_str(out, t->comm);
		return;
	}
	cmdline_text(scratch_begin(x, &from), t);
	scratch_end(x, from, out);
}

static void take_env(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	size_t from;

	list_text(scratch_begin(x, &from), thread_env(t));
	scratch_end(x, from, out);
}

static void take_pid(struct eval_ctx *x, const struct thread *t, struct values *out)
{
	(void)x;
	value_set_num(out, (uint64_t)t->pid);
}

/* -- extraction --------------------------------------------------------------------------- */
static bool one(struct eval_ctx *x, int64_t n, take_fn *take, struct values *out)
{
	const struct thread *t = ancestor(x, n);

	if (!t)
		return false;
	take(x, t, out);
	return true;
}

/* All ancestors, joined by a blank from the first text on; nothing: no value. */
static bool all(struct eval_ctx *x, take_fn *take, struct values *out)
{
	const struct thread *t = ancestor(x, 0);
	struct ancestry w;
	struct values v;
	struct strbuf *b;
	size_t from;

	if (!t)
		return false;
	b = scratch_begin(x, &from);
	ancestry_begin(&w, x->ec->state, t);
	while ((t = ancestry_next(&w))) {
		if (b->len > from)
			strbuf_addc(b, ' ');
		take(x, t, &v);
		strbuf_add(b, v.v->s, v.v->len);
	}
	return b->len > from && scratch_end(x, from, out);
}

#define PARENT_FIELD(fn, take) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		(void)ref; \
		return one(x, 1, take, out); \
	}
#define ANCESTOR_FIELD(fn, take) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		return ref->index < 0 ? all(x, take, out) : one(x, ref->index, take, out); \
	}

PARENT_FIELD(proc_pname, take_name)
PARENT_FIELD(proc_pexe, take_exe)
PARENT_FIELD(proc_pexepath, take_exepath)
PARENT_FIELD(proc_pcmdline, take_cmdline)
ANCESTOR_FIELD(proc_aname, take_name)
ANCESTOR_FIELD(proc_aexe, take_exe)
ANCESTOR_FIELD(proc_aexepath, take_exepath)
ANCESTOR_FIELD(proc_aargs, take_args)
ANCESTOR_FIELD(proc_acmdline, take_cmdline)

/* The bare form yields the own pid. */
bool proc_apid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = ancestor(x, ref->index < 0 ? 0 : ref->index);

	return t && value_set_id(out, t->pid);
}

/* The first of the next 20 ancestors that has a value for the key. */
static bool env_of_lineage(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = ancestor(x, 0);
	struct ancestry w;
	uint32_t len;

	ancestry_begin(&w, x->ec->state, t);
	for (int i = 0; i < 20 && (t = ancestry_next(&w)); i++) {
		const char *s = env_value(thread_env(t), ref->arg, ref->arg_len, &len);

		if (len)
			return value_set_mem(out, s, len);
	}
	return value_set_cstr(out, "");
}

/* Bare and [0]: the own environment.  [N]: the ancestor's, "" when the own process is unknown. */
bool proc_aenv(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	struct ancestry w;

	if (!t)
		return false;
	if (ref->arg)
		return env_of_lineage(x, ref, out);
	if (ref->index > 0) {
		t = ancestor(x, 0);
		if (!t)
			return value_set_cstr(out, "");
		ancestry_begin(&w, x->ec->state, t);
		for (int64_t i = 0; i < ref->index && t; i++)
			t = ancestry_next(&w);
		if (!t)
			return false;
	}
	take_env(x, t, out);
	return true;
}

static bool names_a_shell(const struct thread *t)
{
	uint32_t n = t->comm->len;

	return n >= 2 && t->comm->s[n - 2] == 's' && t->comm->s[n - 1] == 'h';
}

/* The topmost shell above, or the process itself. */
bool proc_loginshellid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread ? thread_main(x->ec->thread) : NULL, *shell = NULL;
	struct ancestry w;

	(void)ref;
	if (!t)
		return false;
	if (names_a_shell(t))
		shell = t;
	ancestry_begin(&w, x->ec->state, t);
	while ((t = ancestry_next(&w)))
		if (names_a_shell(t))
			shell = t;
	return shell && value_set_num(out, (uint64_t)shell->pid);
}

/* -- comparison ------------------------------------------------------------------------------ */

/* True when some ancestor satisfies the atom, also for "!=".  With a modifier only
 * the first operand is looked at, as Falco does. */
static bool any_ancestor(struct eval_ctx *x, const struct atom *a, take_fn *take)
{
	bool (*test)(struct eval_ctx *, const struct atom *, const struct value *) =
		atom_has_modifier(a) ? atom_test_first : atom_test;
	const struct thread *t = ancestor(x, 0);
	struct ancestry w;
	struct values v;

	ancestry_begin(&w, x->ec->state, t);
	while ((t = ancestry_next(&w))) {
		take(x, t, &v);
		if (test(x, a, v.v))
			return true;
	}
	return false;
}

static bool match_one(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	struct values v;

	return ref->def->extract(x, ref, &v) && atom_test(x, a, v.v);
}

#define ANCESTOR_MATCH(fn, take) \
	bool fn(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a) \
	{ \
		return ref->index < 0 ? any_ancestor(x, a, take) : match_one(x, ref, a); \
	}

ANCESTOR_MATCH(match_aname, take_name)
ANCESTOR_MATCH(match_aexe, take_exe)
ANCESTOR_MATCH(match_aexepath, take_exepath)
ANCESTOR_MATCH(match_acmdline, take_cmdline)

/* Falco's set lookup of the bare field compares no bytes: "in" never holds. */
bool match_apid(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	if (ref->index >= 0)
		return match_one(x, ref, a);
	if (!atom_has_modifier(a) && (atom_op(a) == OP_IN || atom_op(a) == OP_INTERSECTS))
		return false;
	return any_ancestor(x, a, take_pid);
}

/* An index is ignored when comparing. */
bool match_aenv(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	return ref->arg ? match_one(x, ref, a) : any_ancestor(x, a, take_env);
}
