/* transform.c - the transformers: tolower toupper b64 basename len val of one
 * argument, join concat getopt of several.
 */
#include "filter/impl.h"
#include "filter/scratch.h"

/* -- helpers ---------------------------------------------------------------------- */
static bool is_string(const struct expr *e)
{
	return type_group(e->type) == TG_STRING;
}

static int no_bracket(const char *name, const char *bracket, struct saker_error *err)
{
	return bracket ? fail(err, SAKER_E_RULES,
			      "filter error: transformer '%s' does not support field arguments",
			      name)
		       : 0;
}

static int no_type(const struct expr *arg, const char *name, struct saker_error *err)
{
	return fail(err, SAKER_E_RULES,
		    "can't add field transformer: type '%s' is not supported by "
		    "'%s' transformer applied on field '%s'",
		    param_type_name(arg->type) + 3, name, arg->name);
}

/* What all transformers but val() ask of each argument. */
static int takes_transformer(const struct expr *arg, struct saker_error *err)
{
	if (arg->kind == EX_FIELD && (arg->ref.def->flags & FF_NO_TRANSFORMER))
		return fail(err, SAKER_E_RULES, "field '%s' does not support transformers",
			    arg->name);
	return 0;
}

static void take_type(struct expr *e, unsigned type, unsigned fmt, bool list)
{
	e->type = (uint8_t)type;
	e->fmt = (uint8_t)fmt;
	e->list = list;
}

/* -- one argument --------------------------------------------------------------------- */
enum { TAKES_STRING = 1, TAKES_BUFFER = 2, TAKES_LIST = 4 };

static int check_one(struct expr *e, const char *name, const char *bracket, unsigned takes,
		     struct saker_error *err)
{
	const struct expr *arg = e->arg[0];
	int rc = takes_transformer(arg, err);

	if (rc == 0)
		rc = no_bracket(name, bracket, err);
	if (rc < 0)
		return rc;
	if (!(is_string(arg) && (takes & TAKES_STRING)) &&
	    !(type_group(arg->type) == TG_BUFFER && (takes & TAKES_BUFFER)) &&
	    !(arg->list && (takes & TAKES_LIST)))
		return no_type(arg, name, err);
	take_type(e, arg->type, arg->fmt, arg->list);
	return 0;
}

static int check_text(struct expr *e, const char *name, const char *bracket,
		      struct saker_error *err)
{
	return check_one(e, name, bracket, TAKES_STRING, err);
}

static int check_b64(struct expr *e, const char *name, const char *bracket, struct saker_error *err)
{
	return check_one(e, name, bracket, TAKES_STRING | TAKES_BUFFER, err);
}

static int check_len(struct expr *e, const char *name, const char *bracket, struct saker_error *err)
{
	int rc = check_one(e, name, bracket, TAKES_STRING | TAKES_BUFFER | TAKES_LIST, err);

	take_type(e, PT_UINT64, PF_DEC, false);
	return rc;
}

static int check_val(struct expr *e, const char *name, const char *bracket, struct saker_error *err)
{
	take_type(e, e->arg[0]->type, e->arg[0]->fmt, e->arg[0]->list);
	return no_bracket(name, bracket, err);
}

static const struct values *first_arg(struct evaluator *ev, const struct expr *e)
{
	return expr_eval(ev, e->arg[0]);
}

/* Room for as many values as in. */
static struct value *room(struct evaluator *ev, const struct values *in, struct values *out)
{
	if (in->n == 1) {
		out->v = &out->one;
		out->n = 1;
		return out->v;
	}
	return scratch_values(&ev->x, in->n, out);
}

static bool change_case(struct evaluator *ev, const struct expr *e, struct values *out, char from)
{
	const struct values *in = first_arg(ev, e);
	struct value *v;

	if (!in)
		return false;
	v = room(ev, in, out);
	for (uint32_t i = 0; i < in->n; i++) {
		char *s = arena_strndup(ev->x.scratch, in->v[i].s, in->v[i].len);

		for (uint32_t k = 0; k < in->v[i].len; k++)
			if ((unsigned char)(s[k] - from) < 26)
				s[k] ^= 0x20;
		v[i] = (struct value){ .s = s, .len = in->v[i].len };
	}
	return true;
}

static bool run_tolower(struct evaluator *ev, const struct expr *e, struct values *out)
{
	return change_case(ev, e, out, 'A');
}

static bool run_toupper(struct evaluator *ev, const struct expr *e, struct values *out)
{
	return change_case(ev, e, out, 'a');
}

static int base64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* False when in is not base64, with or without its padding. */
static bool base64_decode(struct arena *a, const struct value *in, struct value *out)
{
	char *s = arena_alloc(a, in->len / 4 * 3 + 4);
	uint32_t n = in->len, bits = 0, got = 0, pad = 0;
	uint32_t at = 0;

	while (n && pad < 2 && in->s[n - 1] == '=') {
		n--;
		pad++;
	}
	if (n % 4 == 1 || (pad && (n + pad) % 4 != 0))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		int d = base64_digit((unsigned char)in->s[i]);

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		if (++got == 4) {
			s[at++] = (char)(bits >> 16);
			s[at++] = (char)(bits >> 8);
			s[at++] = (char)bits;
			got = 0;
		}
	}
	if (got >= 2)
		s[at++] = (char)(got == 2 ? bits >> 4 : bits >> 10);
	if (got == 3)
		s[at++] = (char)(bits >> 2);
	*out = (struct value){ .s = s, .len = at };
	return true;
}

static bool run_b64(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *in = first_arg(ev, e);
	struct value *v;

	if (!in)
		return false;
	v = room(ev, in, out);
	for (uint32_t i = 0; i < in->n; i++) {
		if (!base64_decode(ev->x.scratch, &in->v[i], &v[i]))
			return false;
		if (is_string(e))       /* text ends at its first NUL */
			v[i].len = (uint32_t)strnlen(v[i].s, v[i].len);
	}
	return true;
}

static bool run_basename(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *in = first_arg(ev, e);
	struct value *v;

	if (!in)
		return false;
	v = room(ev, in, out);
	for (uint32_t i = 0; i < in->n; i++) {
		const char *slash = memrchr(in->v[i].s, '/', in->v[i].len);
		const char *s = slash ? slash + 1 : in->v[i].s;

		v[i] = (struct value){ .s = s, .len = (uint32_t)(in->v[i].s + in->v[i].len - s) };
	}
	return true;
}

static bool run_len(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *in = first_arg(ev, e);

	return in && value_set_num(out, e->arg[0]->list ? in->n : in->v[0].len);
}

static bool run_val(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *in = first_arg(ev, e);

	if (in) {
		out->v = in->v;
		out->n = in->n;
	}
	return in != NULL;
}

/* -- several arguments --------------------------------------------------------------------- */
static int check_many(const struct expr *e, const char *name, const char *bracket,
		      struct saker_error *err)
{
	for (uint32_t i = 0; i < e->nargs; i++) {
		int rc = takes_transformer(e->arg[i], err);

		if (rc < 0)
			return rc;
	}
	return no_bracket(name, bracket, err);
}

static int check_join(struct expr *e, const char *name, const char *bracket,
		      struct saker_error *err)
{
	int rc = check_many(e, name, bracket, err);

	if (rc < 0)
		return rc;
	if (e->nargs != 2)
		return fail(err, SAKER_E_RULES,
			    "join() requires exactly 2 arguments: separator and list");
	if (e->arg[0]->list)
		return fail(err, SAKER_E_RULES,
			    "join() first argument (separator) must be a single value, not a list");
	if (!e->arg[1]->list)
		return fail(err, SAKER_E_RULES, "join() second argument must be a list");
	take_type(e, PT_CHARBUF, PF_NA, false);
	return 0;
}

static int check_concat(struct expr *e, const char *name, const char *bracket,
			struct saker_error *err)
{
	int rc = check_many(e, name, bracket, err);

	for (uint32_t i = 0; rc == 0 && i < e->nargs; i++)
		if (e->arg[i]->list || !is_string(e->arg[i]))
			rc = fail(err, SAKER_E_RULES, "concat() arguments must be strings");
	take_type(e, PT_CHARBUF, PF_NA, false);
	return rc;
}

static int check_getopt(struct expr *e, const char *name, const char *bracket,
			struct saker_error *err)
{
	int rc = check_many(e, name, NULL, err);

	if (rc < 0)
		return rc;
	if (e->nargs != 2)
		return fail(err, SAKER_E_RULES,
			    "getopt() requires exactly 2 arguments: args list and optstring");
	if (!e->arg[0]->list)
		return fail(err, SAKER_E_RULES, "getopt() first argument must be a list");
	if (e->arg[1]->list)
		return fail(
			err, SAKER_E_RULES,
			"getopt() second argument (optstring) must be a single value, not a list");
	if (bracket && strlen(bracket) != 1)
		return fail(err, SAKER_E_RULES,
			    "getopt() field argument must be a single option character");
	e->option = bracket ? *bracket : 0;
	take_type(e, PT_CHARBUF, PF_NA, !bracket);
	return 0;
}

static void add_as_text(struct evaluator *ev, struct strbuf *b, const struct expr *e,
			const struct value *v)
{
	if (is_string(e))
		strbuf_add(b, v->s, v->len);
	else
		value_text(b, e->type, e->fmt, v, ev->x.render);
}

static bool run_join(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *sep = expr_eval(ev, e->arg[0]), *in = expr_eval(ev, e->arg[1]);
	struct strbuf *b;
	size_t from;

	if (!sep || !in)
		return false;
	b = scratch_begin(&ev->x, &from);
	for (uint32_t i = 0; i < in->n; i++) {
		if (i)
			add_as_text(ev, b, e->arg[0], sep->v);
		add_as_text(ev, b, e->arg[1], &in->v[i]);
	}
	return scratch_end(&ev->x, from, out);
}

static bool run_concat(struct evaluator *ev, const struct expr *e, struct values *out)
{
	struct strbuf *b;
	size_t from;

	for (uint32_t i = 0; i < e->nargs; i++) /* evaluated first: they use the scratch too */
		if (!expr_eval(ev, e->arg[i]))
			return false;
	b = scratch_begin(&ev->x, &from);
	for (uint32_t i = 0; i < e->nargs; i++) {
		const struct values *in = expr_eval(ev, e->arg[i]);

		strbuf_add(b, in->v->s, in->v->len);
	}
	return scratch_end(&ev->x, from, out);
}

/* -- getopt: short options as getopt(3) reads them, argv without its name ------------------- */
struct options {
	const struct values *argv;
	const struct value *spec;       /* optstring */
	char want;                      /* 0: all */
	struct value *v;
	uint32_t n;
	bool found;                     /* want was there; v[0] is its last value */
};

static void option_add(struct options *o, char option, const char *s, uint32_t len)
{
	if (!o->want) {
		o->v[o->n++] = (struct value){ .s = s, .len = len };
	} else if (o->want == option) {
		o->v[0] = (struct value){ .s = s, .len = len };
		o->n = 1;
		o->found = true;
	}
}

/* 0 unknown, 1 without argument, 2 with one. */
static int option_kind(const struct value *spec, char c)
{
	uint32_t from = spec->len && spec->s[0] == ':';

	if (c == ':')
		return 0;
	for (uint32_t i = from; i < spec->len; i++)
		if (spec->s[i] == c)
			return i + 1 < spec->len && spec->s[i + 1] == ':' ? 2 : 1;
	return 0;
}

/* One "-abc" word, i its index.  Returns the index of the last word used. */
static uint32_t option_word(struct options *o, uint32_t i)
{
	const struct value *w = &o->argv->v[i];

	for (uint32_t k = 1; k < w->len; k++) {
		const char *c = w->s + k;
		int kind = option_kind(o->spec, *c);

		if (kind != 2) {
			option_add(o, *c, kind ? c : "?", 1);
			continue;
		}
		if (k + 1 < w->len) {
			if (!o->want)
				option_add(o, *c, c, 1);
			option_add(o, *c, c + 1, w->len - k - 1);
		} else if (i + 1 < o->argv->n) {
			if (!o->want)
				option_add(o, *c, c, 1);
			i++;
			option_add(o, *c, o->argv->v[i].s, o->argv->v[i].len);
		} else {
			option_add(o, *c, "", 0);       /* its argument is missing */
		}
		break;
	}
	return i;
}

static bool run_getopt(struct evaluator *ev, const struct expr *e, struct values *out)
{
	const struct values *argv = expr_eval(ev, e->arg[0]), *spec = expr_eval(ev, e->arg[1]);
	struct options o = { .argv = argv, .want = e->option };
	size_t most = 1;

	if (!argv || !spec)
		return false;
	o.spec = spec->v;
	for (uint32_t i = 0; i < argv->n; i++)
		most += argv->v[i].len + 1;
	o.v = arena_alloc(ev->x.scratch, most * sizeof *o.v);
	for (uint32_t i = 0; i < argv->n; i++) {
		const struct value *w = &argv->v[i];

		if (w->len < 2 || w->s[0] != '-' || (w->len == 2 && w->s[1] == '-'))
			break;
		if (w->s[1] != '-')
			i = option_word(&o, i);
	}
	out->v = o.v;
	out->n = o.n;
	return !o.want || o.found;
}

/* -- the table -------------------------------------------------------------------- */
static const struct transformer ALL[] = {
	{ "tolower", false, check_text, run_tolower },
	{ "toupper", false, check_text, run_toupper },
	{ "b64", false, check_b64, run_b64 },
	{ "basename", false, check_text, run_basename },
	{ "len", false, check_len, run_len },
	{ "val", false, check_val, run_val },
	{ "join", true, check_join, run_join },
	{ "concat", true, check_concat, run_concat },
	{ "getopt", true, check_getopt, run_getopt },
};

const struct transformer *transformer_by_name(const char *name, bool many)
{
	for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
		if (ALL[i].many == many && strcmp(ALL[i].name, name) == 0)
			return &ALL[i];
	return NULL;
}
