/* run.c - the event path: next event, state, rules, alert. */
#include "engine/engine.h"

int saker_open_capture(struct saker *s, const char *path, struct saker_error *err)
{
	struct source_sink sink;

	if (s->source)
		s->unknown_events += s->source->unknown_events;
	source_free(s->source);
	state_reset(s->state);
	state_sink(s->state, &sink);
	s->source = capture_open(path, &sink, err);
	return s->source ? 0 : err ? err->code : SAKER_E_DATA;
}

static void on_match(void *ctx, uint32_t rule)
{
	struct saker *s = ctx;
	const struct rule *r = &s->rules->rule[rule];
	struct saker_match_info m = {
		.rule_id = rule, .priority = r->priority, .rule = r->name, .source = r->source,
		.ts_ns = s->event->ts, .evt_num = s->event->num,
	};

	r->counter->matches++;
	s->alerts++;
	s->by_priority[r->priority]++;
	if (!s->found)
		return;
	strbuf_clear(&s->line);
	alert_render(r->line, s->evaluator, &s->line);
	m.text = s->line.s;
	m.text_len = s->line.len;
	s->found(s->found_ctx, &m);
}

/* Applies one event to the state and shows it to the rules of a selection. */
static unsigned judge(struct saker *s, struct event *ev, const struct programs *p)
{
	struct event_ctx ec;

	ev->num = ++s->events;
	state_apply(s->state, ev, &ec);
	s->last_ts = ev->ts;
	if (!ec.visible)
		return 0;
	s->evaluated++;
	s->event = ev;
	evaluator_begin(s->evaluator, &ec);
	return programs_run(p, s->evaluator, on_match, s);
}

static uint64_t run_limit_ns(const struct saker *s)
{
	uint64_t seconds = kv_u64(&s->options, "run.max_seconds", 0);

	return seconds > INT64_MAX / 1000000000 ? INT64_MAX : seconds * 1000000000u;
}

int saker_run(struct saker *s, uint64_t max, saker_match_fn *found, void *ctx, struct saker_error *err)
{
	const uint64_t limit = run_limit_ns(s);
	const struct programs *p = s->selection[0].programs;
	struct event ev = { .ts = 0 };
	int rc;

	if (!s->source)
		return fail(err, SAKER_E_ARG, "no source is open");
	s->found = found;
	s->found_ctx = ctx;
	for (uint64_t n = 0; !max || n < max; n++) {
		rc = source_next(s->source, &ev, err);
		if (rc != SOURCE_EVENT)
			return rc;
		if (!s->first_ts)
			s->first_ts = ev.ts;
		if (limit && (int64_t)(ev.ts - s->first_ts) >= (int64_t)limit)
			return SOURCE_EOF;
		judge(s, &ev, p);
		if (atomic_load_explicit(&s->stop, memory_order_relaxed)) {
			atomic_store(&s->stop, 0);      /* obeyed: the next run is a new one */
			break;
		}
	}
	return 1;
}

void saker_stop(struct saker *s)
{
	atomic_store(&s->stop, 1);
}

int saker_process_event(struct saker *s, unsigned ruleset, const void *event, size_t len,
			saker_match_fn *found, void *ctx, struct saker_error *err)
{
	struct event ev = { .cpu = 0 };
	int rc;

	if (ruleset >= s->nselections)
		return fail(err, SAKER_E_ARG, "no ruleset %u", ruleset);
	rc = event_decode(&ev, event, (uint32_t)(len > UINT32_MAX ? UINT32_MAX : len), err);
	if (rc < 0)
		return rc;
	s->found = found;
	s->found_ctx = ctx;
	if (!s->first_ts)
		s->first_ts = ev.ts;
	return (int)judge(s, &ev, s->selection[ruleset].programs);
}
