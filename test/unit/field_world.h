/* field_world.h - a small watched system for tests of fields: real state tables
 * filled through the sink, and an event made by hand.
 */
#pragma once
#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include "base/error.h"
#include "filter/atom.h"
#include <cmocka.h>

struct world {
	struct state *state;
	struct source_sink sink;
	struct event ev;
	struct event_ctx ec;
	struct arena scratch;
	struct render_options render;
	struct eval_ctx x;
	char text[4096];        /* of the latest field */
};

static inline void world_init(struct world *w)
{
	struct state_options o = { 0 };

	memset(w, 0, sizeof *w);
	w->state = state_new(&o);
	state_sink(w->state, &w->sink);
	arena_init(&w->scratch, 0);
	w->ev.ts = 1000000;
	w->ec.ev = &w->ev;
	w->ec.state = w->state;
	w->ec.fd_num = -1;
	w->x.ec = &w->ec;
	w->x.scratch = &w->scratch;
	w->x.render = &w->render;
}

static inline void world_free(struct world *w)
{
	strbuf_release(&w->x.text);
	arena_release(&w->scratch);
	state_free(w->state);
}

/* The event from now on: its code, its thread (may be unknown), its fd. */
static inline void world_event(struct world *w, unsigned code, int64_t tid, int64_t fd)
{
	memset(w->ev.param, 0, sizeof w->ev.param);
	w->ev.type = (uint16_t)code;
	w->ev.info = &EVENTS[code];
	w->ev.tid = tid;
	w->ev.nparams = 0;
	w->ec.thread = state_thread(w->state, tid);
	w->ec.fd_num = fd;
	w->ec.has_fd_fields = EVENTS[code].flags & (EF_CREATES_FD | EF_USES_FD | EF_DESTROYS_FD);
	w->ec.fd = w->ec.thread && w->ec.has_fd_fields && thread_fds(w->ec.thread) ?
		fd_table_get(thread_fds(w->ec.thread), fd) : NULL;
}

static inline void world_param(struct world *w, unsigned i, const void *p, uint32_t len)
{
	w->ev.param[i].p = p;
	w->ev.param[i].len = len;
	if (i >= w->ev.nparams)
		w->ev.nparams = i + 1;
}

static inline const struct field_def *world_field(const struct field_class *c, const char *name)
{
	for (unsigned i = 0; i < c->n; i++)
		if (strcmp(c->fields[i].name, name) == 0)
			return &c->fields[i];
	fail_msg("no field %s", name);
	return NULL;
}

static inline int world_ref(const struct field_class *c, const char *name, const char *arg,
			    struct field_ref *ref, struct saker_error *err)
{
	const struct field_def *d = world_field(c, name);

	*ref = (struct field_ref){ .def = d, .arg = arg, .arg_len = arg ? (uint32_t)strlen(arg) : 0,
				   .index = -1, .type = d->type, .fmt = d->fmt, .list = d->list,
				   .scope = d->scope };
	return d->resolve ? d->resolve(ref, err) : 0;
}

static inline void world_value_text(char *out, size_t size, unsigned type, const struct value *v)
{
	double d;

	switch (type) {
	case PT_CHARBUF:
		snprintf(out, size, "%.*s", (int)v->len, v->s);
		break;
	case PT_IPADDR: case PT_IPNET:
		inet_ntop(v->len == 4 ? AF_INET : AF_INET6, v->s, out, (socklen_t)size);
		break;
	case PT_DOUBLE:
		memcpy(&d, &v->n, sizeof d);
		snprintf(out, size, "%g", d);
		break;
	case PT_BOOL:
		snprintf(out, size, "%s", v->n ? "true" : "false");
		break;
	default:
		snprintf(out, size, type_is_signed(type) ? "%" PRId64 : "%" PRIu64, v->n);
	}
}

/* The field's value as text, lists as "(a,b)"; NULL: no value. */
static inline const char *world_text(struct world *w, const struct field_class *c, const char *name,
				     const char *arg)
{
	struct field_ref ref;
	struct values out;
	size_t n = 0;

	assert_int_equal(world_ref(c, name, arg, &ref, NULL), 0);
	memset(&out, 0xee, sizeof out);
	if (!ref.def->extract(&w->x, &ref, &out))
		return NULL;
	assert_int_equal(w->x.text.len, 0);     /* scratch text is taken away again */
	if (!ref.def->list) {
		assert_int_equal(out.n, 1);
		world_value_text(w->text, sizeof w->text, ref.type, out.v);
		return w->text;
	}
	w->text[n++] = '(';
	for (uint32_t i = 0; i < out.n; i++) {
		if (i)
			w->text[n++] = ',';
		world_value_text(w->text + n, sizeof w->text - n, ref.type, &out.v[i]);
		n += strlen(w->text + n);
	}
	strcpy(w->text + n, ")");
	return w->text;
}

struct field_row { const char *name, *arg, *want; };    /* want NULL: no value */

static inline void world_check(struct world *w, const struct field_class *c,
			       const struct field_row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const char *got = world_text(w, c, rows[i].name, rows[i].arg);

		if (!got != !rows[i].want || (got && strcmp(got, rows[i].want) != 0))
			fail_msg("%s[%s]: got %s, want %s", rows[i].name,
				 rows[i].arg ? rows[i].arg : "", got ? got : "no value",
				 rows[i].want ? rows[i].want : "no value");
	}
}
#define CHECK(w, c, rows) world_check(w, c, rows, sizeof rows / sizeof *rows)

/* -- tests that stand in for the real atoms: they record what match() asks ------------ */
struct atom {
	unsigned op;
	bool modifier;
	const char *operand[3]; /* as text; OP_CONTAINS on anything */
	unsigned type;
};

static inline bool stub_one(const struct atom *a, const struct value *v, const char *operand)
{
	char text[512];

	world_value_text(text, sizeof text, a->type, v);
	switch (a->op) {
	case OP_NE:
		return strcmp(text, operand) != 0;
	case OP_CONTAINS:
		return strstr(text, operand) != NULL;
	case OP_LT:
		return strtoll(text, NULL, 10) < strtoll(operand, NULL, 10);
	default:
		return strcmp(text, operand) == 0;
	}
}

unsigned atom_op(const struct atom *a) { return a->op; }
bool atom_is_negative(const struct atom *a) { return a->op == OP_NE; }
bool atom_has_modifier(const struct atom *a) { return a->modifier; }

bool atom_test_first(struct eval_ctx *x, const struct atom *a, const struct value *v)
{
	(void)x;
	return a->operand[0] && stub_one(a, v, a->operand[0]);
}

bool atom_test(struct eval_ctx *x, const struct atom *a, const struct value *v)
{
	(void)x;
	if (a->op == OP_EXISTS)
		return true;
	for (unsigned i = 0; i < 3 && a->operand[i]; i++)
		if (stub_one(a, v, a->operand[i]))
			return true;
	return false;
}

static inline bool world_match(struct world *w, const struct field_class *c, const char *name,
			       const char *arg, struct atom a)
{
	struct field_ref ref;

	assert_int_equal(world_ref(c, name, arg, &ref, NULL), 0);
	assert_non_null(ref.def->match);
	a.type = ref.type;
	return ref.def->match(&w->x, &ref, &a);
}
