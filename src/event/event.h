/* event.h - one event, decoded into a checked view.
 *
 * event_decode() is the only place that reads the bytes of the wire form; it
 * proves that every parameter lies inside them.  Everything past it trusts the
 * view.  The view borrows the bytes; both are valid until the source's next
 * event.  Format: reference scap_format.md section 3.
 */
#pragma once
#include <stdbool.h>
#include <string.h>
#include "base/error.h"
#include "event/schema.h"

enum { EVENT_HEADER = 26 };     /* ts u64, tid u64, len u32, type u16, nparams u32; packed */

enum event_view_flags {
	EVENT_STATE_ONLY = 1,   /* for state, never shown to rules (SCAP_DF_STATE_ONLY) */
	EVENT_HIDDEN = 2,       /* a code that rules never see (state_engine.md 0.9) */
};

struct param { const uint8_t *p; uint32_t len; };

struct event {
	uint64_t ts;            /* ns since epoch */
	int64_t tid;
	uint64_t num;           /* evt.num; counted by the engine, from 1 */
	const struct event_info *info;
	const uint8_t *raw;     /* the whole wire event, raw_len bytes */
	uint32_t raw_len;
	uint16_t type;          /* < EVENT_MAX */
	uint16_t cpu;
	uint32_t flags;         /* enum event_view_flags */
	uint32_t nparams;       /* <= EVENT_MAX_PARAMS */
	struct param param[EVENT_MAX_PARAMS];
};

/* Decodes len bytes into *ev (cpu, flags and num are left alone).  Strings are
 * checked: a CHARBUF, FSPATH or FSRELPATH of length > 0 ends in NUL.  Returns 0,
 * or SAKER_E_DATA with the reason and *ev undefined. */
int event_decode(struct event *ev, const uint8_t *raw, uint32_t len, struct saker_error *err)
	__attribute__((warn_unused_result));

/* -- reading parameters: absent and zero-length ones give the default -------- */

static inline bool param_has(const struct event *ev, unsigned i)
{
	return i < ev->nparams && ev->param[i].len > 0;
}

/* The odd sizes of load_uint(): one or two bytes, or what a damaged capture claims. */
uint64_t load_uint_other(const uint8_t *p, unsigned n);

/* n bytes, the first 8 at most, as a number: little endian, as the format.  Nearly all
 * parameters have 8 or 4, which take one load each. */
static inline uint64_t load_uint(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;
	uint32_t w;

	if (__builtin_constant_p(n)) {
		memcpy(&v, p, n < 8 ? n : 8);
	} else if (n >= 8) {
		memcpy(&v, p, 8);
	} else if (n == 4) {
		memcpy(&w, p, 4);
		v = w;
	} else {
		v = load_uint_other(p, n);
	}
	return v;
}

/* As load_uint(), sign-extended; n > 0. */
static inline int64_t load_int(const uint8_t *p, unsigned n)
{
	uint64_t v = load_uint(p, n);

	if (n >= 8)
		return (int64_t)v;
	if (n == 4)
		return (int32_t)v;
	return (int64_t)(v << (64 - 8 * n)) >> (64 - 8 * n);
}

/* Unsigned value of a parameter of up to 8 bytes. */
static inline uint64_t param_u64(const struct event *ev, unsigned i, uint64_t missing)
{
	return param_has(ev, i) ? load_uint(ev->param[i].p, ev->param[i].len) : missing;
}

/* Sign-extended value of a parameter of 1, 2, 4 or 8 bytes. */
static inline int64_t param_i64(const struct event *ev, unsigned i, int64_t missing)
{
	return param_has(ev, i) ? load_int(ev->param[i].p, ev->param[i].len) : missing;
}

/* A string parameter: NUL terminated, its length in *len (may be NULL).  The
 * legacy forms of NULL (length 0, or the text "(NULL)") read as "<NA>". */
const char *param_str(const struct event *ev, unsigned i, uint32_t *len);

/* Index of the parameter of that name, or -1. */
int param_index(const struct event_info *info, const char *name, unsigned len);

/* True when the event is a system call's exit that has a result, as evt.res and
 * evt.failed need (always parameter 0; generic events carry none); the result in *res. */
bool event_result(const struct event *ev, int64_t *res);
