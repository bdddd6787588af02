/* rules_fuzz.c - libFuzzer target: any text as a rules file. */
#include "engine_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_rules((const char *)data, size);
	return 0;
}
