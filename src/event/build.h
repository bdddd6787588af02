/* build.h - makes wire events: for conversion, for tests, for mktrace. */
#pragma once
#include "event/event.h"

/* Writes header, lengths and parameters to out (at most cap bytes).  Returns
 * the size, or 0 when it does not fit. */
uint32_t event_build(uint8_t *out, uint32_t cap, uint64_t ts, int64_t tid, uint16_t type,
		     const struct param *params, uint32_t nparams);
