/* condition_fuzz.c - libFuzzer target: any text as a condition, alone and through a macro. */
#include "engine_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_text t = { 0 };

	fuzz_add_str(&t, "- list: names\n  items: [cat, sh]\n"
			 "- macro: input\n  condition: ");
	fuzz_add_quoted(&t, data, size);
	fuzz_add_str(&t, "\n- rule: macro\n  desc: d\n  condition: evt.type != close and not input\n"
			 "  output: o\n  priority: INFO\n"
			 "- rule: condition\n  desc: d\n  output: \"%evt.num %proc.name\"\n"
			 "  priority: INFO\n  condition: ");
	fuzz_add_quoted(&t, data, size);
	fuzz_add_str(&t, "\n");
	fuzz_rules(t.s, t.len);
	free(t.s);
	return 0;
}
