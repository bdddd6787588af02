/* convert.c - old events become current ones, by table.
 *
 * An event may need several steps (execve went through eight versions); each
 * step builds the next form in the scratch buffer that the last one is not in.
 * Enter events are kept by tid until the exit event that takes over their
 * parameters.
 */
#include "event/convert.h"
#include "base/hash.h"
#include "base/mem.h"
#include "event/build.h"
#include "event/tables.h"
#include <stdio.h>
#include <stdlib.h>

enum {
	STEPS_MAX = 50,
	OLD_EVENT_MAX = 64 << 10,       /* larger ones are never converted */
	SCRATCH = 256 << 10,
	STORED_MAX = 262144,            /* as many as the thread table may hold */
};
static const size_t STORED_BYTES_MAX = 64 << 20;

struct stored { uint32_t len; uint8_t raw[]; };

struct converter {
	struct u64map stored;           /* tid -> struct stored */
	size_t stored_bytes;
	uint8_t *scratch[2];
	char json[8192];
};

/* What one step of an event works with. */
struct step_input {
	const struct event *ev;
	struct event enter;             /* the stored enter event, when there is one */
	bool has_enter, used_enter;
};

struct converter *converter_new(void)
{
	struct converter *c = mem_zalloc(sizeof *c);

	u64map_init(&c->stored);
	return c;
}

static void drop_stored(struct converter *c, uint64_t tid)
{
	struct stored *s = u64map_del(&c->stored, tid);

	if (s) {
		c->stored_bytes -= s->len;
		free(s);
	}
}

void converter_reset(struct converter *c)
{
	for (uint32_t i = 0; c->stored.n && i <= c->stored.mask; i++)
		free(c->stored.slot[i].val);
	u64map_release(&c->stored);
	u64map_init(&c->stored);
	c->stored_bytes = 0;
}

void converter_free(struct converter *c)
{
	if (!c)
		return;
	converter_reset(c);
	u64map_release(&c->stored);
	free(c->scratch[0]);
	free(c->scratch[1]);
	free(c);
}

/* Replaces what was stored for the thread.  Past the ceilings nothing is kept,
 * as if the enter event had been lost. */
static void store_enter(struct converter *c, const struct event *ev)
{
	struct stored *s;

	drop_stored(c, (uint64_t)ev->tid);
	if (c->stored.n >= STORED_MAX || c->stored_bytes + ev->raw_len > STORED_BYTES_MAX)
		return;
	s = mem_alloc(sizeof *s + ev->raw_len);
	s->len = ev->raw_len;
	memcpy(s->raw, ev->raw, ev->raw_len);
	u64map_set(&c->stored, (uint64_t)ev->tid, s);
	c->stored_bytes += s->len;
}

static uint32_t raw_nparams(const struct event *ev)
{
	return (uint32_t)load_uint(ev->raw + 22, 4);
}

static const struct conversion *find_row(const struct event *ev, uint32_t nparams)
{
	for (unsigned i = CONVERT_FIRST[ev->type]; i < CONVERT_FIRST[ev->type + 1]; i++)
		if (CONVERSIONS[i].nparams == nparams)
			return &CONVERSIONS[i];
	return NULL;
}

static struct param default_value(unsigned type)
{
	static const uint8_t zeros[16], ones[4] = { 0xff, 0xff, 0xff, 0xff };

	if (type == PT_UID || type == PT_GID)
		return (struct param){ ones, 4 };
	return (struct param){ zeros, param_type_size(type) };
}

static struct param narrowed(struct param p, unsigned type)
{
	unsigned size = param_type_size(type);

	if (size && p.len > size)
		p.len = size;
	return p;
}

/* The one callback: a container event of the first kind, as JSON. */
static struct param container_json(struct converter *c, const struct event *ev)
{
	int n = snprintf(c->json, sizeof c->json,
			 "{\"id\":\"%s\",\"type\":%u,\"name\":\"%s\",\"image\":\"%s\"}",
			 param_str(ev, 0, NULL), (unsigned)param_u64(ev, 1, 0),
			 param_str(ev, 2, NULL), param_str(ev, 3, NULL));

	if (n < 0 || (size_t)n >= sizeof c->json)
		return (struct param){ NULL, 0 };
	return (struct param){ (const uint8_t *)c->json, (uint32_t)n + 1 };
}

/* Parameter n of the enter event.  0, or the capture breaks the order of events. */
static int take_enter(struct step_input *in, unsigned n, struct param *out, struct saker_error *err)
{
	if (in->enter.type + 1 != in->ev->type)
		return fail(err, SAKER_E_DATA,
			    "the enter event stored for '%s' of thread %lld is a '%s' (type %u)",
			    in->ev->info->name, (long long)in->ev->tid, in->enter.info->name,
			    in->enter.type);
	if (n >= raw_nparams(&in->enter) || n >= EVENT_MAX_PARAMS)
		return fail(err, SAKER_E_DATA, "the enter event of '%s' has %u parameters only",
			    in->ev->info->name, raw_nparams(&in->enter));
	*out = in->enter.param[n];
	in->used_enter = true;
	return 0;
}

/* The value of one new parameter of a type. */
static int step_value(struct converter *c, struct step_input *in, const struct convert_step *s,
		      unsigned type, struct param *out, struct saker_error *err)
{
	*out = (struct param){ NULL, 0 };
	switch (s->from) {
	case CF_OLD:
		if (s->n >= in->ev->nparams)
			return fail(err, SAKER_E_DATA, "event '%s' has no parameter %u",
				    in->ev->info->name, s->n);
		*out = in->ev->param[s->n];
		break;
	case CF_ENTER:
	case CF_ENTER_OR_EMPTY:
		if (in->has_enter) {
			if (take_enter(in, s->n, out, err) < 0)
				return SAKER_E_DATA;
		} else if (s->from == CF_ENTER) {
			*out = default_value(type);
		}
		break;
	case CF_DEFAULT:
		*out = default_value(type);
		break;
	case CF_CALLBACK:
		*out = container_json(c, in->ev);
		break;
	case CF_EMPTY:
		break;
	}
	*out = narrowed(*out, type);
	return 0;
}

/* Builds the event's next form into the free scratch buffer and decodes it. */
static int rebuild(struct converter *c, struct event *ev, const struct conversion *row,
		   struct saker_error *err)
{
	const struct event_info *to = &EVENTS[row->new_code];
	struct param params[EVENT_MAX_PARAMS];
	struct step_input in = { .ev = ev };
	const struct stored *s = u64map_get(&c->stored, (uint64_t)ev->tid);
	uint32_t n = 0, size;
	uint8_t *buf;

	if (s) {
		in.has_enter = true;
		if (event_decode(&in.enter, s->raw, s->len, err) < 0)
			return SAKER_E_DATA;
	}
	if (row->action == CA_ADD) {
		n = ev->nparams;
		memcpy(params, ev->param, n * sizeof *params);
	}
	for (unsigned i = 0; i < row->nsteps; i++, n++) {
		if (n >= to->nparams)
			return fail(err, SAKER_E_BUG,
				    "conversion of '%s' makes too many parameters",
				    ev->info->symbol);
		if (step_value(c, &in, &row->step[i], to->param[n].type, &params[n], err) < 0)
			return SAKER_E_DATA;
	}
	buf = c->scratch[ev->raw == c->scratch[0]];
	size = event_build(buf, SCRATCH, ev->ts, ev->tid, row->new_code, params, n);
	if (!size)
		return fail(err, SAKER_E_DATA, "event '%s' is too large to be converted",
			    ev->info->name);
	if (in.used_enter)
		drop_stored(c, (uint64_t)ev->tid);
	return event_decode(ev, buf, size, err);
}

/* One round.  < 0 error, CONVERT_DROP, CONVERT_PASS, or AGAIN: it has a new form. */
enum { AGAIN = 2 };
static int one_round(struct converter *c, struct event *ev, struct saker_error *err)
{
	const struct conversion *row;
	uint32_t n = raw_nparams(ev);

	switch (CONVERT_CLASS[ev->type]) {
	case CC_CURRENT:
		return CONVERT_PASS;
	case CC_DROP:
		return CONVERT_DROP;
	case CC_BROKEN:
		return fail(err, SAKER_E_DATA, "old exit event '%s' cannot be converted",
			    ev->info->symbol);
	case CC_COUNT:
		if (n > ev->info->nparams)
			return fail(err, SAKER_E_DATA,
				    "event '%s' has more parameters (%u) than expected (%u)",
				    ev->info->symbol, n, ev->info->nparams);
		if (n == ev->info->nparams)
			return CONVERT_PASS;
		break;
	default:
		break;
	}
	row = find_row(ev, n);
	if (!row)
		return fail(err, SAKER_E_DATA,
			    "no conversion is known for event '%s' (type %u) with %u parameters",
			    ev->info->symbol, ev->type, n);
	switch (row->action) {
	case CA_PASS:
		return CONVERT_PASS;
	case CA_STORE:
		store_enter(c, ev);
		return CONVERT_DROP;
	case CA_STORE_AND_PASS:
		store_enter(c, ev);
		return CONVERT_PASS;
	default:
		break;
	}
	if (ev->raw_len > OLD_EVENT_MAX)
		return fail(err, SAKER_E_DATA,
			    "event '%s' of %u bytes is too large to be converted", ev->info->symbol,
			    ev->raw_len);
	if (rebuild(c, ev, row, err) < 0)
		return SAKER_E_DATA;
	return AGAIN;
}

int converter_apply(struct converter *c, struct event *ev, struct saker_error *err)
{
	int rc = CONVERT_PASS;

	if (__builtin_expect(event_is_current(ev), 1))
		return CONVERT_PASS;
	if (!c->scratch[0]) {
		c->scratch[0] = mem_alloc(SCRATCH);
		c->scratch[1] = mem_alloc(SCRATCH);
	}
	for (int i = 0; i < STEPS_MAX; i++) {
		rc = one_round(c, ev, err);
		if (rc != AGAIN)
			break;
	}
	if (rc == AGAIN)
		return fail(err, SAKER_E_DATA, "conversion of event '%s' never ends",
			    ev->info->symbol);
	if (rc == CONVERT_PASS && (ev->info->flags & EF_HIDDEN))
		ev->flags |= EVENT_HIDDEN;
	return rc;
}
