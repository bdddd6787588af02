/* field_evt_arg.c - parameters and result of an event. */
#include "filter/atom.h"
#include "filter/field_evt.h"
#include "filter/scratch.h"

/* -- evt.arg[N], evt.arg.NAME -------------------------------------------------------------- */
/* The longest parameter name that the argument begins with; it has to be all of it. */
static int resolve_name(struct field_ref *ref, struct saker_error *err)
{
	const char *s = ref->arg ? ref->arg : "";

	if (!*s)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
	ref->param = param_by_name(s, ref->arg_len);
	if (ref->param)
		return 0;
	for (uint32_t n = ref->arg_len; n > 0; n--)
		if (param_by_name(s, n))
			return fail(err, SAKER_E_ARG,
				    "filter_check called with nonexistent field %s.%s",
				    ref->def->name, s);
	return fail(err, SAKER_E_ARG, "unknown event argument %s", s);
}

/* A number, or the name of a parameter that some event has. */
int evt_arg_resolve(struct field_ref *ref, struct saker_error *err)
{
	char c = ref->arg ? *ref->arg : 0, *end;

	if (c == '-' || (c >= '0' && c <= '9')) {
		ref->index = strtoll(ref->arg, &end, 10);
		if (*end)
			return fail(err, SAKER_E_ARG, "%s is not a valid number", ref->arg);
		return 0;
	}
	ref->index = -1;
	return resolve_name(ref, err);
}

/* Most names of the schema are one string each, and few share a first letter. */
static int param_named(const struct event_info *info, const struct field_ref *ref)
{
	const char *want = ref->param->name;

	for (unsigned i = 0; i < info->nparams; i++) {
		const char *s = info->param[i].name;

		if (s == want || (*s == *want && strcmp(s, want) == 0))
			return (int)i;
	}
	return -1;
}

/* The parameter of this event, or -1. */
static int param_of(const struct event *ev, const struct field_ref *ref)
{
	int64_t i = ref->param ? param_named(ev->info, ref) : ref->index;

	return i >= 0 && i < ev->nparams && i < ev->info->nparams ? (int)i : -1;
}

bool evt_arg(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	int i = param_of(x->ec->ev, ref);
	struct strbuf *b;
	size_t from;

	if (i < 0)
		return false;
	b = scratch_begin(x, &from);
	param_resolved_text(b, x, (unsigned)i);
	if (b->len == from)
		param_raw_text(b, x, (unsigned)i);
	return scratch_end(x, from, out);
}

/* -- evt.rawarg.NAME -------------------------------------------------------------------------- */
/* Constants are read in the type of the first parameter of that name. */
int evt_rawarg_resolve(struct field_ref *ref, struct saker_error *err)
{
	int rc = resolve_name(ref, err);

	if (rc < 0)
		return rc;
	ref->type = ref->param->type;
	ref->fmt = ref->param->fmt;
	return 0;
}

bool evt_rawarg(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	int i = param_of(ev, ref);
	const struct param_info *info;
	uint32_t len;

	if (i < 0)
		return false;
	info = &ev->info->param[i];
	if (info->type == PT_BOOL) {
		value_set_num(out, param_u64(ev, (unsigned)i, 0));
	} else if (type_is_string(info->type)) {
		const char *s = param_str(ev, (unsigned)i, &len);

		value_set_mem(out, s, len);
	} else if (type_is_number(info->type)) {
		const struct param *p = &ev->param[i];

		value_set_num(out, p->len == 0 ? 0 : type_is_signed(info->type) ?
			      (uint64_t)load_int(p->p, p->len) : load_uint(p->p, p->len));
	} else if (info->type == PT_BYTEBUF || info->type == PT_IPV4ADDR ||
		   info->type == PT_IPV6ADDR) {
		value_set_mem(out, (const char *)ev->param[i].p, ev->param[i].len);
	} else {
		return false;   /* addresses, lists of fds ... have no raw form */
	}
	out->one.type = info->type;
	out->one.fmt = info->fmt;
	return true;
}

/* An empty number shows as 0 and compares as nothing; a set of numbers is never hit. */
bool evt_rawarg_match(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	int i = param_of(x->ec->ev, ref);
	bool number = type_is_number(ref->type);
	unsigned op = atom_op(a);
	struct values v;

	if (i < 0 || type_is_number(x->ec->ev->info->param[i].type) != number)
		return false;
	if (number && (!param_has(x->ec->ev, (unsigned)i) || op == OP_IN || op == OP_INTERSECTS))
		return false;
	return evt_rawarg(x, ref, &v) && (op == OP_EXISTS || atom_test(x, a, &v.one));
}

/* -- all of them ------------------------------------------------------------ */
static void add_arg(struct strbuf *b, struct eval_ctx *x, unsigned i)
{
	size_t mark;

	strbuf_adds(b, x->ec->ev->info->param[i].name);
	strbuf_addc(b, '=');
	param_raw_text(b, x, i);
	strbuf_addc(b, '(');
	mark = b->len;
	param_resolved_text(b, x, i);
	if (b->len > mark)
		strbuf_addc(b, ')');
	else
		b->s[--b->len] = 0;
}

bool evt_args(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	size_t from;
	struct strbuf *b = scratch_begin(x, &from);

	(void)ref;
	if (ev->type == PPME_GENERIC_X || ev->type == PPME_GENERIC_E)
		return scratch_end(x, from, out);
	for (unsigned i = 0; i < ev->nparams && i < ev->info->nparams; i++) {
		if (i)
			strbuf_addc(b, ' ');
		add_arg(b, x, i);
	}
	return scratch_end(x, from, out);
}

/* -- result ------------------------------------------------------------ */
bool evt_res(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct strbuf *b;
	int64_t res;
	size_t from;

	(void)ref;
	if (!event_result(x->ec->ev, &res))
		return false;
	if (res >= 0)
		return value_set_mem(out, "SUCCESS", 7);
	b = scratch_begin(x, &from);
	param_resolved_text(b, x, 0);
	if (b->len == from)
		param_raw_text(b, x, 0);
	return scratch_end(x, from, out);
}

bool evt_rawres(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	int64_t res;

	(void)ref;
	return event_result(x->ec->ev, &res) && value_set_num(out, (uint64_t)res);
}

bool evt_failed(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	int64_t res;

	(void)ref;
	return event_result(x->ec->ev, &res) && value_set_num(out, res < 0);
}
