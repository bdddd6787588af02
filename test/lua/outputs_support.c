/* outputs_support.c - lets a Lua spec run lua/outputs in its own state, against the
 * real queue and system functions: fill, close, run. */
#include "engine/outputs.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT const void *support_api(void);
EXPORT int support_open(struct saker_outputs *o);
EXPORT void support_close(struct saker_outputs *o);

const void *support_api(void)
{
	return &OUTPUT_API;
}

int support_open(struct saker_outputs *o)
{
	return outputs_open(o, 0);
}

void support_close(struct saker_outputs *o)
{
	outputs_close(o);
}
