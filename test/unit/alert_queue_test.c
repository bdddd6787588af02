/* alert_queue_test.c - order, limits, waiting and waking of the alert queue. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "engine/alert_queue.h"

static bool put(struct alert_queue *q, const char *rule, const char *text, uint64_t ts)
{
	struct saker_alert a = {
		.ts_ns = ts, .rule = rule, .text = text, .text_len = (uint32_t)strlen(text), .priority = 4,
	};

	return alert_queue_put(q, &a, (uint32_t)strlen(rule));
}

static void alerts_come_out_as_they_went_in(void **state)
{
	struct alert_queue_options o = { 0 };
	struct alert_queue *q = alert_queue_new(&o);
	struct saker_alert out[4];

	(void)state;
	assert_true(put(q, "first", "some text", 7));
	assert_true(put(q, "", "", 8));
	assert_int_equal(alert_queue_get(q, out, 4, 0), 2);
	assert_string_equal(out[0].rule, "first");
	assert_memory_equal(out[0].text, "some text\n", 10);
	assert_int_equal(out[0].text_len, 9);
	assert_int_equal(out[0].ts_ns, 7);
	assert_int_equal(out[0].priority, 4);
	assert_int_equal(out[0].internal, 0);
	assert_string_equal(out[1].rule, "");
	assert_memory_equal(out[1].text, "\n", 1);
	assert_int_equal(alert_queue_get(q, out, 4, 0), 0);
	alert_queue_close(q);
	assert_int_equal(alert_queue_get(q, out, 4, 1000), -1);
	assert_false(put(q, "late", "x", 1));
	alert_queue_free(q);
}

static void a_full_queue_drops_and_counts(void **state)
{
	static const struct { struct alert_queue_options o; unsigned puts, kept; size_t len; } rows[] = {
		{ { .max_alerts = 10 }, 25, 10, 100 },
		{ { .max_alerts = 1 }, 3, 1, 0 },
		/* two chunks of 64 KiB, 63 records of a KiB each */
		{ { .max_bytes = 128 << 10 }, 200, 126, 1000 },
		/* larger than a chunk and than the limit: one fits all the same */
		{ { .max_bytes = 128 << 10 }, 3, 1, 300000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct alert_queue *q = alert_queue_new(&rows[i].o);
		struct alert_queue_stats st;
		struct saker_alert out[256];
		char *text = calloc(1, rows[i].len + 1);
		unsigned kept = 0;

		memset(text, 'x', rows[i].len);
		for (unsigned k = 0; k < rows[i].puts; k++)
			kept += put(q, "r", text, k);
		assert_int_equal(kept, rows[i].kept);
		alert_queue_stats(q, &st);
		assert_int_equal(st.dropped, rows[i].puts - kept);
		assert_int_equal(alert_queue_get(q, out, 256, 0), kept);
		/* read, but borrowed: room comes with the next get */
		assert_int_equal(alert_queue_get(q, out, 256, 0), 0);
		assert_true(put(q, "r", text, 0));
		free(text);
		alert_queue_free(q);
	}
}

enum { MANY = 200000 };

static void *produce(void *arg)
{
	struct alert_queue *q = arg;
	char text[400];

	memset(text, 'a', sizeof text);
	for (uint64_t i = 0; i < MANY; i++) {
		struct saker_alert a = {
			.ts_ns = i, .rule = "rule", .text = text, .text_len = 1 + (uint32_t)(i * 7919 % 400),
		};

		if (i % 50000 == 0) {
			static char big[100000];

			memset(big, 'b', sizeof big);
			a.text = big;
			a.text_len = sizeof big;
		}
		if (!alert_queue_put(q, &a, 4))
			return arg;
	}
	alert_queue_close(q);
	return NULL;
}

static void a_waiting_queue_loses_nothing_between_two_threads(void **state)
{
	static const struct alert_queue_options rows[] = {
		{ .max_bytes = 256 << 10, .wait = true },
		{ .max_alerts = 64, .wait = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct alert_queue *q = alert_queue_new(&rows[i]);
		struct saker_alert out[100];
		uint64_t next = 0;
		pthread_t t;
		void *failed;
		int n;

		assert_int_equal(pthread_create(&t, NULL, produce, q), 0);
		while ((n = alert_queue_get(q, out, 100, 1000)) >= 0)
			for (int k = 0; k < n; k++, next++) {
				assert_int_equal(out[k].ts_ns, next);
				assert_int_equal(out[k].text[out[k].text_len], '\n');
				assert_int_equal(out[k].text[0], next % 50000 == 0 ? 'b' : 'a');
			}
		assert_int_equal(next, MANY);
		pthread_join(t, &failed);
		assert_null(failed);
		alert_queue_free(q);
	}
}

static void *poke_later(void *q)
{
	struct timespec t = { 0, 50000000 };

	nanosleep(&t, NULL);
	alert_queue_poke(q);
	return NULL;
}

static void a_poke_ends_a_long_sleep(void **state)
{
	struct alert_queue_options o = { 0 };
	struct alert_queue *q = alert_queue_new(&o);
	struct saker_alert out[1];
	struct timespec a, b;
	pthread_t t;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	pthread_create(&t, NULL, poke_later, q);
	assert_int_equal(alert_queue_get(q, out, 1, 10000), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < 5);
	pthread_join(t, NULL);
	alert_queue_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_come_out_as_they_went_in),
		cmocka_unit_test(a_full_queue_drops_and_counts),
		cmocka_unit_test(a_waiting_queue_loses_nothing_between_two_threads),
		cmocka_unit_test(a_poke_ends_a_long_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
