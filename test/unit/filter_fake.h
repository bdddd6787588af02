/* filter_fake.h - a catalogue of fields whose values the test says, and state whose
 * revisions it moves: the filter alone, without the rooms around it.
 *
 * Field "t.<type>" has the values of fake.v; each counts how often it was extracted.
 */
#pragma once
#include "filter/impl.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(a) (sizeof (a) / sizeof *(a))

static struct {
	struct value v[16];
	uint32_t n;
	bool missing;
	unsigned extracted;
	uint64_t bits;                  /* t.bit[n] is bit n */
	uint64_t users, containers, interfaces, lineage, fds;
} fake;

/* -- state ---------------------------------------------------------------------------- */
uint64_t state_users_epoch(const struct state *s) { (void)s; return fake.users; }
uint64_t state_containers_epoch(const struct state *s) { (void)s; return fake.containers; }
uint64_t state_interfaces_epoch(const struct state *s) { (void)s; return fake.interfaces; }
uint64_t state_lineage_epoch(const struct state *s) { (void)s; return fake.lineage; }
uint64_t fd_table_rev(const struct fd_table *t) { (void)t; return fake.fds; }
struct thread *thread_main(const struct thread *t) { return (struct thread *)(uintptr_t)t->parent; }
const struct fd_table *thread_fds(const struct thread *t) { return (const struct fd_table *)t; }

/* -- fields ------------------------------------------------------------------------------ */
static bool fake_values(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref;
	fake.extracted++;
	if (fake.missing)
		return false;
	out->one = fake.v[0];
	out->v = ref->list ? fake.v : &out->one;
	out->n = ref->list ? fake.n : 1;
	return true;
}

static bool fake_any(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	(void)ref;
	fake.extracted++;
	for (uint32_t i = 0; !fake.missing && i < fake.n; i++)
		if (atom_test(x, a, &fake.v[i]))
			return true;
	return false;
}

static bool fake_first(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	(void)ref;
	return !fake.missing && atom_test_first(x, a, &fake.v[0]);
}

static bool fake_bit(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x;
	fake.extracted++;
	return value_set_num(out, fake.bits >> ref->index & 1);
}

static bool fake_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *e = x->ec->ev;

	(void)ref;
	if (e->type <= PPME_GENERIC_X)
		return value_set_cstr(out, SYSCALLS[param_u64(e, 0, 0)].name);
	return value_set_cstr(out, e->info->name);
}

static bool fake_count(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return value_set_num(out, ++x->stateful[ref->instance].n);
}

#define F(name, type, scope)                                                                       \
	{                                                                                          \
		name, type, PF_DEC, ARG_NONE, false, 0, scope, NULL, fake_values, NULL, ""         \
	}
#define FX(name, type, list, flags, scope, get, match) \
	{ name, type, PF_DEC, ARG_NONE, list, flags, scope, NULL, get, match, "" }
static const struct field_def FAKE_FIELDS[] = {
	F("t.i8", PT_INT8, SCOPE_EVENT),
	F("t.i16", PT_INT16, SCOPE_EVENT),
	F("t.i32", PT_INT32, SCOPE_EVENT),
	F("t.i64", PT_INT64, SCOPE_EVENT),
	F("t.u8", PT_UINT8, SCOPE_EVENT),
	F("t.u16", PT_UINT16, SCOPE_EVENT),
	F("t.u32", PT_UINT32, SCOPE_EVENT),
	F("t.u64", PT_UINT64, SCOPE_EVENT),
	F("t.bool", PT_BOOL, SCOPE_EVENT),
	F("t.double", PT_DOUBLE, SCOPE_EVENT),
	F("t.port", PT_PORT, SCOPE_EVENT),
	F("t.flags", PT_FLAGS32, SCOPE_EVENT),
	F("t.rel", PT_RELTIME, SCOPE_EVENT),
	F("t.mode", PT_MODE, SCOPE_EVENT),
	F("t.uid", PT_UID, SCOPE_EVENT),
	F("t.sockaddr", PT_SOCKADDR, SCOPE_EVENT),
	F("t.str", PT_CHARBUF, SCOPE_EVENT),
	F("t.str2", PT_CHARBUF, SCOPE_EVENT),
	F("t.path", PT_FSPATH, SCOPE_EVENT),
	F("t.buf", PT_BYTEBUF, SCOPE_EVENT),
	F("t.ip", PT_IPADDR, SCOPE_EVENT),
	F("t.net", PT_IPNET, SCOPE_EVENT),
	FX("t.list", PT_CHARBUF, true, 0, SCOPE_EVENT, fake_values, NULL),
	FX("t.nums", PT_UINT64, true, 0, SCOPE_EVENT, fake_values, NULL),
	FX("t.i32s", PT_INT32, true, 0, SCOPE_EVENT, fake_values, NULL),
	FX("t.any", PT_CHARBUF, false, FF_NO_RHS | FF_NO_TRANSFORMER | FF_FILTER_ONLY, SCOPE_EVENT,
	   NULL, fake_any),
	FX("t.nets", PT_IPNET, false, 0, SCOPE_EVENT, NULL, fake_first),
	FX("evt.type", PT_CHARBUF, false, 0, SCOPE_CONST, fake_type, NULL),
	FX("t.count", PT_UINT64, false, 0, SCOPE_STATEFUL, fake_count, NULL),
	F("t.thread", PT_UINT64, SCOPE_THREAD),
	F("t.lineage", PT_UINT64, SCOPE_THREAD | SCOPE_LINEAGE),
	F("t.fds", PT_UINT64, SCOPE_FDTABLE),
	F("t.fd", PT_CHARBUF, SCOPE_FD),
	{ "t.arg", PT_UINT64, PF_DEC, ARG_OPTIONAL, false, 0, SCOPE_EVENT, NULL, fake_values, NULL,
	  "" },
	{ "t.bit", PT_UINT64, PF_DEC, ARG_REQUIRED, false, 0, SCOPE_EVENT, NULL, fake_bit, NULL,
	  "" },
	{ "t.must", PT_UINT64, PF_DEC, ARG_REQUIRED, false, 0, SCOPE_EVENT, NULL, fake_values, NULL,
	  "" },
};
static const struct field_class FAKE_CLASS = {
	"t", "", "", false, FAKE_FIELDS, COUNT(FAKE_FIELDS)
};
const struct field_class *const FIELD_CLASSES[] = { &FAKE_CLASS, NULL };

/* -- a ruleset and an evaluator --------------------------------------------------------------- */
struct rig {
	struct arena a;
	struct exprs *exprs;
	struct atoms *atoms;
	struct evaluator *ev;
	struct event event;
	struct event_ctx ec;
	struct saker_error err;
};

static inline void rig_open(struct rig *r)
{
	memset(r, 0, sizeof *r);
	memset(&fake, 0, sizeof fake);
	arena_init(&r->a, 0);
	r->exprs = exprs_new(&r->a);
	r->atoms = atoms_new(&r->a, r->exprs);
	r->ev = evaluator_new(NULL);
	r->event = (struct event){ .type = PPME_SYSCALL_OPENAT_2_X,
				   .info = &EVENTS[PPME_SYSCALL_OPENAT_2_X] };
	r->ec = (struct event_ctx){ .ev = &r->event, .state = (struct state *)(uintptr_t)8 };
}

static inline void rig_close(struct rig *r)
{
	evaluator_free(r->ev);
	atoms_release(r->atoms);
	arena_release(&r->a);
}

static inline struct expr *rig_field(struct rig *r, const char *name)
{
	return expr_field(r->exprs, name, (uint32_t)strlen(name), NULL, &r->err);
}

/* operands: text with '|' between them; NULL: none. */
static inline int32_t rig_atom_of(struct rig *r, struct expr *lhs, const char *op,
				  const char *modifier, const char *operands)
{
	const char *text[32], *end;
	uint32_t len[32], n = 0;

	for (; operands && n < 32; operands = *end ? end + 1 : NULL) {
		end = strchrnul(operands, '|');
		text[n] = operands;
		len[n++] = (uint32_t)(end - operands);
	}
	return atom_add(r->atoms, lhs, op_by_name(op), modifier_by_name(modifier), text, len, n,
			&r->err);
}

static inline int32_t rig_atom(struct rig *r, const char *field, const char *op,
			       const char *modifier, const char *operands)
{
	struct expr *lhs = rig_field(r, field);

	return lhs ? rig_atom_of(r, lhs, op, modifier, operands) : r->err.code;
}

static inline void rig_begin(struct rig *r)
{
	evaluator_begin(r->ev, &r->ec);
}

/* The next event is of that code; sc counts for generic ones. */
static inline void rig_code(struct rig *r, unsigned code, unsigned sc)
{
	static uint16_t id[2];

	id[0] = (uint16_t)sc;
	r->event.type = (uint16_t)code;
	r->event.info = &EVENTS[code];
	r->event.nparams = code <= PPME_GENERIC_X ? 2 : 0;
	r->event.param[0] = (struct param){ (const uint8_t *)&id[0], 2 };
	r->event.param[1] = (struct param){ (const uint8_t *)&id[1], 2 };
}

/* Which rules match the event, as bits by number; the order they are found in must ascend. */
static inline void rig_found(void *ctx, uint32_t rule)
{
	uint64_t *bits = ctx;

	assert_true(*bits >> rule == 0);
	*bits |= 1ull << rule;
}

static inline uint64_t rig_run(struct rig *r, const struct programs *p)
{
	uint64_t bits = 0;
	unsigned n;

	rig_begin(r);
	n = programs_run(p, r->ev, rig_found, &bits);
	assert_int_equal(n, __builtin_popcountll(bits));
	return bits;
}

/* The verdict on a new event. */
static inline bool rig_verdict(struct rig *r, int32_t atom)
{
	evaluator_take(r->ev, r->atoms, r->exprs);
	rig_begin(r);
	return atom_decide(r->ev, &r->atoms->v[atom]);
}

static inline struct value text_value(const char *s)
{
	return (struct value){ .s = s, .len = (uint32_t)strlen(s) };
}
