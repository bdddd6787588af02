/* build.c - the other way of event.c: parameters become a wire event. */
#include "event/build.h"

static inline void store(uint8_t *p, uint64_t v, unsigned n)
{
	memcpy(p, &v, n);
}

uint32_t event_build(uint8_t *out, uint32_t cap, uint64_t ts, int64_t tid, uint16_t type,
		     const struct param *params, uint32_t nparams)
{
	unsigned width = type < EVENT_MAX && (EVENTS[type].flags & EF_LARGE_PAYLOAD) ? 4 : 2;
	uint64_t need = EVENT_HEADER + (uint64_t)nparams * width;
	uint8_t *at = out + need;

	for (uint32_t i = 0; i < nparams; i++) {
		if (width == 2 && params[i].len > UINT16_MAX)
			return 0;
		need += params[i].len;
	}
	if (need > cap)
		return 0;
	store(out, ts, 8);
	store(out + 8, (uint64_t)tid, 8);
	store(out + 16, need, 4);
	store(out + 20, type, 2);
	store(out + 22, nparams, 4);
	for (uint32_t i = 0; i < nparams; i++) {
		store(out + EVENT_HEADER + i * width, params[i].len, width);
		if (params[i].len)
			memcpy(at, params[i].p, params[i].len);
		at += params[i].len;
	}
	return (uint32_t)need;
}
