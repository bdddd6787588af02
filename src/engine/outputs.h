/* outputs.h - inside of the outputs half of saker.h, for the Lua side and tests. */
#pragma once
#include "saker.h"
#include "script/output_api.h"

/* What lua/outputs gets; its handle is the struct saker_outputs. */
extern const struct saker_output_api OUTPUT_API;

/* Makes the queue as the options say; saker_outputs_start() without its thread. */
int outputs_open(struct saker_outputs *o, struct saker_error *err);
/* No more alerts: poll drains and then says -1. */
void outputs_close(struct saker_outputs *o);
