/* output_fuzz.c - libFuzzer target: any text as an output, rendered on every event of a trace.
 *
 * The text's length says whether as a line or as JSON.
 */
#include "engine_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_text t = { 0 };

	if (saker_set(fuzz_engine(), "json_output", size & 1 ? "true" : "false", NULL) < 0)
		abort();
	fuzz_add_str(&t, "- rule: output\n  desc: d\n  condition: evt.num > 0\n"
			 "  priority: INFO\n  output: ");
	fuzz_add_quoted(&t, data, size);
	fuzz_add_str(&t, "\n");
	fuzz_rules(t.s, t.len);
	free(t.s);
	return 0;
}
