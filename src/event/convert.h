/* convert.h - brings events of old captures to the current schema.
 *
 * By table only (src/event/tables/conversions.tsv): rows keyed by (event code,
 * parameters in the file) say store, pass, add parameters or change type.
 * reference/scap_format.md section 5.
 */
#pragma once
#include "event/event.h"

struct converter;

struct converter *converter_new(void);
void converter_free(struct converter *c);
/* Forgets stored enter events (a new section of a concatenated capture). */
void converter_reset(struct converter *c);

enum convert_result { CONVERT_DROP = 0, CONVERT_PASS = 1 };

/* *ev is replaced by its current form, which lives in the converter until the
 * next call; EVENT_HIDDEN is set in its flags where the schema says so.
 * CONVERT_DROP: nothing to deliver (stored, unused, old enter).
 * < 0: the capture breaks the table's rules (SAKER_E_DATA). The common case,
 * an event that is current, returns at once. */
int converter_apply(struct converter *c, struct event *ev, struct saker_error *err)
	__attribute__((warn_unused_result));
