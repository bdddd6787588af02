/* outputs_test.c - the outputs half of saker.h with real files and programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "saker.h"

static char dir[] = "/tmp/saker-outputs-XXXXXX";
static char logged[8192];

static void keep_log(void *ctx, int level, const char *line)
{
	size_t n = strlen(logged);

	(void)ctx;
	snprintf(logged + n, sizeof logged - n, "%d %s\n", level, line);
}

static const char *in_dir(const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", dir, name);
	return p;
}

static const char *content(const char *name)
{
	static char text[1 << 16];
	FILE *f = fopen(in_dir(name), "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return text;
}

/* options: key, value, ..., NULL; "@x" is x in the test's directory */
static struct saker_outputs *outputs(int replay, const char *const *options)
{
	struct saker_outputs_options o = { .size = sizeof o, .replay = replay, .log = keep_log };
	struct saker_outputs *out = saker_outputs_new(&o);

	logged[0] = 0;
	for (; *options; options += 2) {
		const char *v = options[1][0] == '@' ? in_dir(options[1] + 1) : options[1];

		assert_int_equal(saker_outputs_set(out, options[0], v, NULL), 0);
	}
	return out;
}

static int alert(struct saker_outputs *o, const char *text, double at)
{
	struct saker_match_info m = {
		.rule = "a rule", .text = text, .text_len = strlen(text), .priority = 4,
		.ts_ns = (uint64_t)(at * 1e9),
	};

	return saker_outputs_alert(o, &m);
}

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define FILE_TO(name) "file_output.enabled", "true", "file_output.filename", "@" name

static void wait_sent(struct saker_outputs *o, const char *counter, uint64_t n)
{
	for (int i = 0; i < 500 && saker_outputs_counter(o, counter) < n; i++)
		usleep(10000);
	assert_int_equal(saker_outputs_counter(o, counter), n);
}

static void bad_configurations_do_not_start(void **state)
{
	static const struct { const char *key, *value, *message; } rows[] = {
		{ "outputs.rate", "0",
		  "No output configured, please make sure at least one output is configured and enabled." },
		{ "file_output.enabled", "true", "file output enabled but no filename in configuration block" },
		{ "program_output.enabled", "true",
		  "program output enabled but no program in configuration block" },
		{ "outputs.rate", "fast",
		  "outputs.rate and outputs.max_burst must be numbers that are not negative" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct saker_outputs *o = outputs(1, OPTIONS(rows[i].key, rows[i].value));
		struct saker_error err;

		assert_int_equal(saker_outputs_start(o, &err), SAKER_E_ARG);
		assert_string_equal(err.msg, rows[i].message);
		assert_int_equal(alert(o, "into the void", 1), 0);
		saker_outputs_free(o);
	}
}

static void an_unknown_kind_of_output_is_refused(void **state)
{
	struct saker_outputs *o = outputs(1, OPTIONS(FILE_TO("kind")));
	struct saker_error err;

	(void)state;
	assert_int_equal(saker_outputs_add(o, "pigeon", &err), SAKER_E_ARG);
	assert_string_equal(err.msg, "unknown kind of output 'pigeon'");
	assert_int_equal(alert(o, "too early", 1), 0);
	assert_int_equal(saker_outputs_start(o, &err), 0);
	assert_int_equal(saker_outputs_add(o, "stdout", &err), SAKER_E_ARG);
	saker_outputs_stop(o);
	assert_int_equal(saker_outputs_counter(o, "queue.dropped"), 1);
	saker_outputs_free(o);
}

static void a_file_gets_lines_in_order_and_is_appended_to(void **state)
{
	static const char *const keep[] = { "true", "false" };

	(void)state;
	for (int k = 0; k < 2; k++) {
		unlink(in_dir("lines"));
		for (int run = 0; run < 2; run++) {
			struct saker_outputs *o = outputs(1, OPTIONS(FILE_TO("lines"),
					"file_output.keep_alive", keep[k]));

			assert_int_equal(saker_outputs_start(o, NULL), 0);
			assert_int_equal(alert(o, "one", 1), 1);
			assert_int_equal(alert(o, "", 1), 1);
			assert_int_equal(saker_outputs_message(o, 6, "internal", "three"), 1);
			saker_outputs_stop(o);
			assert_int_equal(saker_outputs_counter(o, "sent.file"), 3);
			saker_outputs_free(o);
		}
		assert_string_equal(content("lines"), "one\n\nthree\none\n\nthree\n");
	}
}

static void the_bucket_runs_on_event_time_and_names_what_it_skips(void **state)
{
	static const struct { int replay; const char *limit, *expect; uint64_t skipped; } rows[] = {
		{ 1, "true", "0.0\n0.1\nown\n1.5\n", 2 },
		{ 0, "false", "0.0\n0.1\nown\n1.5\n", 2 },
		{ 1, "false", "0.0\n0.1\n0.2\n0.3\nown\n1.5\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct saker_outputs *o;

		unlink(in_dir("limited"));
		o = outputs(rows[i].replay, OPTIONS(FILE_TO("limited"), "outputs.rate", "1",
				"outputs.max_burst", "2", "outputs.limit_replay", rows[i].limit));
		assert_int_equal(saker_outputs_start(o, NULL), 0);
		alert(o, "0.0", 1000.0);
		alert(o, "0.1", 1000.1);
		alert(o, "0.2", 1000.2);
		alert(o, "0.3", 1000.3);
		saker_outputs_message(o, 6, "internal", "own");
		alert(o, "1.5", 1001.5);
		saker_outputs_stop(o);
		assert_string_equal(content("limited"), rows[i].expect);
		assert_int_equal(saker_outputs_counter(o, "skipped.rate_limit"), rows[i].skipped);
		if (rows[i].skipped)
			assert_string_equal(logged, "7 Skipping rate-limited notification for rule a rule\n"
					    "7 Skipping rate-limited notification for rule a rule\n");
		else
			assert_string_equal(logged, "");
		saker_outputs_free(o);
	}
}

static void a_failing_sink_is_told_once_and_others_go_on(void **state)
{
	struct saker_outputs *o = outputs(1, OPTIONS("file_output.enabled", "true",
			"file_output.filename", "@no/such/dir", "program_output.enabled", "true",
			"program_output.program", "exec cat >>$SAKER_TEST_DIR/others", "program_output.keep_alive",
			"true"));
	char expect[512];

	(void)state;
	assert_int_equal(saker_outputs_start(o, NULL), 0);
	alert(o, "first", 1);
	wait_sent(o, "sent.program", 1);
	alert(o, "second", 1);
	saker_outputs_stop(o);
	assert_string_equal(content("others"), "first\nsecond\n");
	assert_int_equal(saker_outputs_counter(o, "failed.file"), 2);
	assert_int_equal(saker_outputs_counter(o, "sent.program"), 2);
	snprintf(expect, sizeof expect, "3 file: failed to open output file %s/no/such/dir "
		 "(error: No such file or directory)\n", dir);
	assert_string_equal(logged, expect);
	saker_outputs_free(o);
}

static void a_program_gets_one_alert_each_or_all(void **state)
{
	static const struct { const char *keep, *expect; } rows[] = {
		{ "true", "start a;$(b) end " }, { "false", "start a; end start $(b) end " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct saker_outputs *o;

		unlink(in_dir("program"));
		o = outputs(1, OPTIONS("program_output.enabled", "true", "program_output.keep_alive",
			rows[i].keep, "program_output.program",
			"(printf 'start '; tr -d '\\n'; printf ' end ') >>$SAKER_TEST_DIR/program"));
		assert_int_equal(saker_outputs_start(o, NULL), 0);
		alert(o, "a;", 1);
		alert(o, "$(b)", 1);
		saker_outputs_stop(o);
		assert_string_equal(content("program"), rows[i].expect);
		saker_outputs_free(o);
	}
}

static void a_kept_program_that_died_is_started_again(void **state)
{
	struct saker_outputs *o = outputs(0, OPTIONS("program_output.enabled", "true",
			"program_output.keep_alive", "true", "program_output.program",
			"read -r l; echo \"$l\" >>$SAKER_TEST_DIR/died"));

	(void)state;
	assert_int_equal(saker_outputs_start(o, NULL), 0);
	alert(o, "one", 1);
	for (int i = 0; i < 300 && strcmp(content("died"), "one\n") != 0; i++)
		usleep(10000);
	usleep(50000);
	alert(o, "two", 1);
	saker_outputs_stop(o);
	assert_string_equal(content("died"), "one\ntwo\n");
	assert_int_equal(saker_outputs_counter(o, "failed.program"), 0);
	saker_outputs_free(o);
}

static void reopen_follows_a_renamed_file(void **state)
{
	struct saker_outputs *o = outputs(0, OPTIONS(FILE_TO("log"), "file_output.keep_alive", "true"));

	(void)state;
	assert_int_equal(saker_outputs_start(o, NULL), 0);
	alert(o, "old", 1);
	wait_sent(o, "sent.file", 1);
	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	alert(o, "still old", 1);
	wait_sent(o, "sent.file", 2);
	saker_outputs_reopen(o);
	alert(o, "new", 1);
	saker_outputs_stop(o);
	assert_string_equal(content("log.1"), "old\nstill old\n");
	assert_string_equal(content("log"), "new\n");
	saker_outputs_free(o);
}

static void live_alerts_that_find_the_queue_full_are_counted(void **state)
{
	struct saker_outputs *o = outputs(0, OPTIONS("program_output.enabled", "true",
			"program_output.program", "sleep 0.2; cat >>$SAKER_TEST_DIR/full",
			"outputs_queue.capacity", "3"));
	uint64_t queued = 0, dropped;

	(void)state;
	assert_int_equal(saker_outputs_start(o, NULL), 0);
	for (int i = 0; i < 10; i++)
		queued += (uint64_t)alert(o, "x", 1);
	saker_outputs_stop(o);
	dropped = saker_outputs_counter(o, "queue.dropped");
	assert_true(queued >= 3 && dropped >= 1);
	assert_int_equal(queued + dropped, 10);
	assert_int_equal(strlen(content("full")), 2 * queued);
	assert_string_equal(logged, "3 Outputs queue out of memory. Drop event and continue on ...\n");
	saker_outputs_free(o);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) && setenv("SAKER_TEST_DIR", dir, 1) == 0 ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_configurations_do_not_start),
		cmocka_unit_test(an_unknown_kind_of_output_is_refused),
		cmocka_unit_test(a_file_gets_lines_in_order_and_is_appended_to),
		cmocka_unit_test(the_bucket_runs_on_event_time_and_names_what_it_skips),
		cmocka_unit_test(a_failing_sink_is_told_once_and_others_go_on),
		cmocka_unit_test(a_program_gets_one_alert_each_or_all),
		cmocka_unit_test(a_kept_program_that_died_is_started_again),
		cmocka_unit_test(reopen_follows_a_renamed_file),
		cmocka_unit_test(live_alerts_that_find_the_queue_full_are_counted),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
