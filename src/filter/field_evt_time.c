/* field_evt_time.c - evt.num and the times of an event. */
#include "filter/field_evt.h"
#include "filter/scratch.h"

enum { NS = 1000000000 };

bool evt_num(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->num);
}

/* The text in one form; JSON shows n, the time itself. */
static bool time_value(struct eval_ctx *x, enum time_form form, struct values *out)
{
	uint64_t ts = x->ec->ev->ts;
	size_t from;
	struct strbuf *b = scratch_begin(x, &from);

	time_text_cached(&x->time[form], b, form, ts);
	scratch_end(x, from, out);
	out->one.n = ts;
	return true;
}

bool evt_time(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return time_value(x, TIME_LOCAL, out);
}

bool evt_time_s(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return time_value(x, TIME_LOCAL_S, out);
}

bool evt_time_iso(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return time_value(x, TIME_ISO, out);
}

bool evt_datetime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return time_value(x, TIME_DATE_LOCAL, out);
}

bool evt_datetime_s(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return time_value(x, TIME_DATE_LOCAL_S, out);
}

bool evt_rawtime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->ts);
}

bool evt_rawtime_s(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->ts / NS);
}

bool evt_rawtime_ns(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->ts % NS);
}

/* Before the first event that is no meta event this is the absolute time. */
static uint64_t reltime(const struct eval_ctx *x)
{
	return x->ec->ev->ts - (x->ec->state ? state_first_ts(x->ec->state) : 0);
}

bool evt_reltime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, reltime(x));
}

bool evt_reltime_s(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, reltime(x) / NS);
}

bool evt_reltime_ns(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, reltime(x) % NS);
}

/* Since this occurrence was last asked for; the first time 0. */
static uint64_t deltatime(struct eval_ctx *x, const struct field_ref *ref)
{
	uint64_t ts = x->ec->ev->ts, last;

	if (ref->instance >= x->nstateful)
		return 0;
	last = x->stateful[ref->instance].ts;
	x->stateful[ref->instance].ts = ts;
	return last ? ts - last : 0;
}

bool evt_deltatime(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return value_set_num(out, deltatime(x, ref));
}

bool evt_deltatime_s(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return value_set_num(out, deltatime(x, ref) / NS);
}

bool evt_deltatime_ns(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return value_set_num(out, deltatime(x, ref) % NS);
}

/* Latencies need the enter event, which no longer exists. */
bool evt_zero(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref;
	return value_set_num(out, 0);
}

bool evt_latency_human(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref;
	return value_set_mem(out, "0ns", 3);
}

/* -- evt.around[time]=milliseconds ------------------------------------------------- */
int evt_around_resolve(struct field_ref *ref, struct saker_error *err)
{
	const char *s = ref->arg ? ref->arg : "";
	uint64_t ts = 0;
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return fail(err, SAKER_E_ARG, "%s is not a valid number", s);
		ts = ts * 10 + (uint64_t)(s[i] - '0');
	}
	if (n == 0)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
	ref->index = (int64_t)ts;
	return 0;
}

bool evt_around_match(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a)
{
	const struct value *ms = atom_operand(a, 0);
	uint64_t ts = x->ec->ev->ts, at = (uint64_t)ref->index;
	uint64_t apart = ts > at ? ts - at : at - ts;

	return ms && (ms->n > UINT64_MAX / 1000000 || apart <= ms->n * 1000000);
}

bool evt_around(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->ts);
}
