/* config_fuzz.c - libFuzzer target: any text as saker.yaml, its first line as an override, too. */
#include "engine_fuzz.h"

struct quoted { const uint8_t *data; size_t size; };

static void on_log(void *ctx, int level, const char *line)
{
	const struct quoted *q = ctx;

	if (level < 7)
		fuzz_check_text(line, q->data, q->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	char *first = strndup((const char *)data, end ? (size_t)(end - data) : size);
	const char *const override[] = { first };
	struct quoted q = { data, size };
	struct saker_error err = { 0 };
	char path[64];
	int fd = fuzz_file(data, size, path, sizeof path);

	for (size_t n = 0; n <= 1; n++) {
		struct saker_config *c = saker_config_load(path, override, n, on_log, &q, &err);

		if (!c) {
			(void)fuzz_accepted(err.code < 0 ? err.code : SAKER_E_BUG, &err);
			fuzz_check_text(err.msg, data, size);
		}
		saker_config_free(c);
	}
	close(fd);
	free(first);
	return 0;
}
