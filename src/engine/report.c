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
