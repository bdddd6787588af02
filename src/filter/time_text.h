/* time_text.h - how a time reads: ns since epoch in the forms that alerts and
 * fields show.
 *
 * Local forms follow TZ, with the offset that was in force at that time, so that
 * a replay reads the same whenever it runs.
 */
#pragma once
#include <stdint.h>
#include "base/strbuf.h"

enum time_form {
	TIME_LOCAL,             /* 13:45:07.000000001               evt.time */
	TIME_LOCAL_S,           /* 13:45:07                         evt.time.s */
	TIME_DATE_LOCAL,        /* 2026-01-02 13:45:07.000000001    evt.datetime */
	TIME_DATE_LOCAL_S,      /* 2026-01-02 13:45:07              evt.datetime.s */
	TIME_DATE_ZONE,         /* 2026-01-02 13:45:07.000000001 +0100   a time parameter */
	TIME_ISO,               /* 2026-01-02T12:45:07.000000001+0000    evt.time.iso8601, UTC */
	TIME_JSON,              /* 2026-01-02T12:45:07.000000001Z        "time" of a JSON alert, UTC */
	TIME_FORMS
};

/* Appends the time in that form. */
void time_text(struct strbuf *out, enum time_form form, uint64_t ns);

/* The same for callers that render many times close together: the text of the
 * last second is kept.  All zeros is an empty one; one thread each. */
struct time_cache { uint64_t sec; uint32_t head, tail; char text[48]; };
void time_text_cached(struct time_cache *c, struct strbuf *out, enum time_form form, uint64_t ns);

/* Seconds that local time is ahead of UTC at a time. */
int32_t time_offset(uint64_t ns);
