/* memory.c - wire events that lie in memory, as a source. */
#include "source/memory.h"
#include "base/mem.h"
#include "event/convert.h"
#include <stdlib.h>

struct memory_source {
	struct source src;
	const uint8_t *at, *end;
	struct converter *conv;
};

static int memory_next(struct source *s, struct event *ev, struct saker_error *err)
{
	struct memory_source *m = (struct memory_source *)s;

	while (m->at < m->end) {
		size_t left = (size_t)(m->end - m->at);
		int rc;

		ev->cpu = 0;
		ev->flags = 0;
		rc = event_decode(ev, m->at, left < UINT32_MAX ? (uint32_t)left : UINT32_MAX, err);
		if (rc < 0)
			return rc;
		m->at += ev->raw_len;
		rc = converter_apply(m->conv, ev, err);
		if (rc < 0)
			return rc;
		if (rc == CONVERT_PASS)
			return SOURCE_EVENT;
	}
	return SOURCE_EOF;
}

static void memory_free(struct source *s)
{
	struct memory_source *m = (struct memory_source *)s;

	converter_free(m->conv);
	free(m);
}

static const struct source_ops MEMORY_OPS = { memory_next, memory_free };

struct source *memory_source_new(const uint8_t *events, size_t len)
{
	struct memory_source *m = mem_zalloc(sizeof *m);

	m->src.ops = &MEMORY_OPS;
	m->at = events;
	m->end = events + len;
	m->conv = converter_new();
	return &m->src;
}
