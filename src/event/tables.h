/* tables.h - generated tables that only the event layer reads. */
#pragma once
#include "event/event.h"

/* How the converter begins with an event code, decided at build time from its flags. */
enum convert_class {
	CC_CURRENT,             /* pass */
	CC_DROP,                /* unused, or an old enter event that nothing needs */
	CC_BROKEN,              /* an old exit event that the table does not manage */
	CC_LOOKUP,              /* an enter event, or an old exit event: the table decides */
	CC_COUNT,               /* a current exit event: pass when it has all its parameters */
};
extern const uint8_t CONVERT_CLASS[EVENT_MAX];

/* True for nearly every event of a new capture: converter_apply() would change nothing. */
static inline bool event_is_current(const struct event *ev)
{
	unsigned class = CONVERT_CLASS[ev->type];

	return class == CC_CURRENT ||
	       (class == CC_COUNT && (uint32_t)load_uint(ev->raw + 22, 4) == ev->info->nparams);
}

enum convert_action { CA_STORE, CA_PASS, CA_STORE_AND_PASS, CA_ADD, CA_CHANGE };
enum convert_from { CF_OLD, CF_ENTER, CF_ENTER_OR_EMPTY, CF_DEFAULT, CF_EMPTY, CF_CALLBACK };

struct convert_step { uint8_t from, n; };

/* What to do with an event of this code that has nparams parameters. */
struct conversion {
	uint16_t code, new_code;
	uint8_t nparams, action;        /* enum convert_action */
	uint8_t nsteps;
	const struct convert_step *step;
};
/* Rows of a code: from CONVERT_FIRST[code] up to CONVERT_FIRST[code + 1]. */
extern const struct conversion CONVERSIONS[];
extern const uint16_t CONVERT_FIRST[EVENT_MAX + 1];

/* Native x86_64 number to ppm_sc; 0 where there is none. */
extern const uint16_t SYSCALL_OF_NATIVE[];
extern const unsigned SYSCALL_NATIVE_COUNT;

/* Dense, by number; NULL in the holes. */
extern const char *const ERRNO_NAMES[];
extern const unsigned ERRNO_NAME_COUNT;
extern const char *const SIGNAL_NAMES[];
extern const unsigned SIGNAL_NAME_COUNT;
