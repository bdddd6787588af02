/* output_fuzz.c - libFuzzer target: any text as an output, rendered on every event of a trace. */
#include "engine_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_text t = { 0 };

	fuzz_add_str(&t, "- rule: output\n  desc: d\n  condition: evt.num > 0\n"
			 "  priority: INFO\n  output: ");
	fuzz_add_quoted(&t, data, size);
	fuzz_add_str(&t, "\n");
	fuzz_rules(t.s, t.len);
	free(t.s);
	return 0;
}
