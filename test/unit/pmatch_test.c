/* pmatch_test.c - path prefixes and glob patterns; globs are held against fnmatch(). */
#include "filter_fake.h"
#include "base/utf8.h"
#include "filter/bytes.h"
#include <fnmatch.h>

static const struct { const char *entries, *path; bool want;
} ROWS[] = {
	{ "/home", "/home/u/f", true },
	{ "/home", "/home", true },
	{ "/hom", "/home/u", false },
	{ "/home/u", "/home", false },
	{ "/var/run", "/var/runner", false },
	{ "/var/run/", "/var/run/x", true },
	{ "//var//run", "/var/run/x", true },
	{ "/var/run", "//var///run/x", true },
	{ "var/run", "/var/run", true },
	{ "/home/*", "/home/u/f", true },
	{ "/home/*", "/home", false },
	{ "/opt/*/sub", "/opt/x/sub/y", true },
	{ "/opt/*/sub", "/opt/x/y/sub", false },
	{ "/opt/di?", "/opt/dir", true },
	{ "/opt/di[r]/x", "/opt/dir/x", true },
	{ "/opt/di[!r]/x", "/opt/dir/x", false },
	{ "", "anything", true },
	{ "/", "/x", true },
	{ "", "", true },
	{ NULL, "/x", false },
	{ "/a|/b/c", "/b/c/d", true },
	{ "/a|/b/c", "/b/d", false },
	{ "/a/b/c/d|/a/b", "/a/b/x", true },
	{ "/x|/*/y", "/q/y/z", true },
	{ "/x", "", false },
};

static const struct pmatch *make(struct arena *a, const char *entries)
{
	struct operand o[8] = { { .made = NULL } };
	uint32_t n = 0;
	const char *end;

	for (; entries; entries = *end ? end + 1 : NULL) {
		end = strchrnul(entries, '|');
		o[n++].v = (struct value){ .s = entries, .len = (uint32_t)(end - entries) };
	}
	return pmatch_new(a, o, n);
}

static void prefixes_match_by_whole_components(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < COUNT(ROWS); i++)
		if (pmatch_has(make(&a, ROWS[i].entries), ROWS[i].path,
			       (uint32_t)strlen(ROWS[i].path)) != ROWS[i].want)
			fail_msg("(%s) of %s", ROWS[i].entries, ROWS[i].path);
	arena_release(&a);
}

static void deep_entries_are_found(void **state)
{
	char path[512] = "";
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (int i = 0; i < 100; i++)
		strcat(path, "/a");
	assert_true(pmatch_has(make(&a, path), path, 200));
	assert_false(pmatch_has(make(&a, path), path, 198));
	assert_true(pmatch_has(make(&a, "/b|/a/a"), path, 200));
	arena_release(&a);
}

/* A short string over few characters, so that patterns often match. */
static void some(char *out, const char *of, unsigned max)
{
	unsigned n = (unsigned)rand() % (max + 1);

	for (unsigned i = 0; i < n; i++)
		out[i] = of[(unsigned)rand() % strlen(of)];
	out[n] = 0;
}

static void globs_answer_as_fnmatch_does(void **state)
{
	char pattern[16], text[16];
	unsigned hits = 0;
	struct arena a;

	(void)state;
	srand(1);
	arena_init(&a, 0);
	for (int i = 0; i < 200000; i++) {
		bool fold = i & 1, want;

		some(pattern, i % 4 < 2 ? "ab*?/." : "aB*?[]!-\\", 8);
		some(text, "abAB/.[", 8);
		want = fnmatch(pattern, text, fold ? FNM_CASEFOLD : 0) == 0;
		hits += want;
		if (glob_match(glob_new(&a, pattern, (uint32_t)strlen(pattern), fold), text,
			       (uint32_t)strlen(text)) != want)
			fail_msg("%s on %s", pattern, text);
		if (i % 1000 == 0)
			arena_reset(&a);
	}
	assert_in_range(hits, 5000, 195000);
	arena_release(&a);
}

/* Texts of every length up to 40, in blocks of exactly their size. */
static void short_bytes_answer_as_the_C_library_does(void **state)
{
	(void)state;
	srand(3);
	for (int i = 0; i < 200000; i++) {
		uint32_t n = (unsigned)rand() % 41, m = (unsigned)rand() % 6;
		char *a = malloc(n + 1), *b = malloc(n + 1), needle[6];

		for (uint32_t k = 0; k < n; k++) {
			a[k] = i & 1 ? "ab"[rand() & 1]
				     : (char)(rand() % 16 ? ' ' + rand() % 95 : rand());
			b[k] = rand() % 64 ? a[k] : (char)rand();
		}
		for (uint32_t k = 0; k < m; k++)
			needle[k] = "ab"[rand() & 1];
		char *x = realloc(a, n ? n : 1), *y = realloc(b, n ? n : 1);
		assert_int_equal(bytes_same(x, y, n), memcmp(x, y, n) == 0);
		assert_int_equal(bytes_contain(x, n, needle, m), memmem(x, n, needle, m) != NULL);
		bool ascii = true;
		for (uint32_t k = 0; k < n; k++)
			ascii &= (unsigned char)x[k] < 0x80;
		assert_int_equal(bytes_plain(x, n), ascii && utf8_clean(x, n));
		free(x);
		free(y);
	}
}

static void sets_hold_what_was_put_in(void **state)
{
	struct operand o[300] = { { .made = NULL } };
	const struct textset *s;
	const struct numset *n;
	char text[300][8];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(text[i], sizeof text[i], "k%u", i * 7 % 200);  /* some twice */
		o[i].v = text_value(text[i]);
		o[i].v.n = i * 7 % 200;
	}
	s = textset_new(&a, o, 300);
	n = numset_new(&a, o, 300);
	for (unsigned i = 0; i < 400; i++) {
		char key[8];

		snprintf(key, sizeof key, "k%u", i);
		assert_int_equal(textset_has(s, key, (uint32_t)strlen(key)), i < 200);
		assert_int_equal(numset_has(n, i), i < 200);
	}
	assert_false(textset_has(s, "", 0));
	assert_false(textset_has(textset_new(&a, o, 0), "", 0));
	assert_false(numset_has(numset_new(&a, o, 0), 0));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_match_by_whole_components),
		cmocka_unit_test(deep_entries_are_found),
		cmocka_unit_test(globs_answer_as_fnmatch_does),
		cmocka_unit_test(short_bytes_answer_as_the_C_library_does),
		cmocka_unit_test(sets_hold_what_was_put_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
