/* report.c - statistics, and the closing report (falco_features.md 6.1). */
#include "engine/engine.h"

void saker_stats_get(const struct saker *s, struct saker_stats *out)
{
	const struct state_stats *st = state_stats(s->state);
	struct saker_stats all = {
		.size = out->size, .events = s->events, .evaluated = s->evaluated, .alerts = s->alerts,
		.first_ts = s->first_ts, .last_ts = s->last_ts, .threads = st->threads, .fds = st->fds,
		.threads_refused = st->threads_refused, .fds_refused = st->fds_refused,
	};

	memcpy(all.by_priority, s->by_priority, sizeof all.by_priority);
	memcpy(out, &all, out->size < sizeof all ? out->size : sizeof all);
}

void saker_each_counter(const struct saker *s, void (*f)(void *ctx, const char *name, uint64_t n),
			void *ctx)
{
	const struct state_stats *st = state_stats(s->state);
	const struct { const char *name; uint64_t n; } rows[] = {
		{ "events of unknown type passed over",
		  s->unknown_events + (s->source ? s->source->unknown_events : 0) },
		{ "threads refused, table full", st->threads_refused },
		{ "fds refused, table full", st->fds_refused },
		{ "users refused, table full", st->users_refused },
		{ "containers refused, table full", st->containers_refused },
		{ "container texts refused, too large", st->container_texts_refused },
		{ "enter events not kept", st->enters_dropped },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		f(ctx, rows[i].name, rows[i].n);
}

uint64_t saker_rule_matches(const struct saker *s, const char *rule)
{
	for (uint32_t i = 0; i < s->ncounters; i++)
		if (strcmp(s->counter[i]->name, rule) == 0)
			return s->counter[i]->matches;
	return 0;
}

int saker_report(const struct saker *s, char **report)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_printf(&b, "Events detected: %llu\n", (unsigned long long)s->alerts);
	strbuf_adds(&b, "Rule counts by severity:\n");
	for (unsigned p = 0; p < PRIORITIES; p++)
		if (s->by_priority[p])
			strbuf_printf(&b, "   %s: %llu\n", priority_short(p),
				      (unsigned long long)s->by_priority[p]);
	strbuf_adds(&b, "Triggered rules by rule name:\n");
	for (uint32_t i = 0; i < s->ncounters; i++)
		if (s->counter[i]->matches)
			strbuf_printf(&b, "   %s: %llu\n", s->counter[i]->name,
				      (unsigned long long)s->counter[i]->matches);
	*report = b.s;
	return 0;
}
