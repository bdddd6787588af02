/* time_text_test.c - times in all their forms, against the C library's own. */
#include "filter/time_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void each_form_reads_as_falco_prints_it(void **state)
{
	static const char *const expect[TIME_FORMS] = {
		[TIME_LOCAL] = "04:11:37.000000509", [TIME_LOCAL_S] = "04:11:37",
		[TIME_DATE_LOCAL] = "2026-11-22 04:11:37.000000509",
		[TIME_DATE_LOCAL_S] = "2026-11-22 04:11:37",
		[TIME_DATE_ZONE] = "2026-11-22 04:11:37.000000509 +0100",
		[TIME_ISO] = "2026-11-22T03:11:37.000000509+0000",
		[TIME_JSON] = "2026-11-22T03:11:37.000000509Z",
	};

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	for (int f = 0; f < TIME_FORMS; f++) {
		struct strbuf b = STRBUF_INIT;

		time_text(&b, f, 1795317097000000509ull);
		assert_string_equal(b.s, expect[f]);
		strbuf_release(&b);
	}
	zone("UTC");
}

static void the_offset_is_that_of_the_time_itself(void **state)
{
	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(time_offset(1795317097000000000ull), 3600);    /* November */
	assert_int_equal(time_offset(1783000000000000000ull), 7200);    /* July */
	zone("XST3:30");
	assert_int_equal(time_offset(0), -12600);
	zone("UTC");
}

/* Both sides of days, years, leap days and zone changes, cached and not. */
static void dates_agree_with_the_c_library(void **state)
{
	static const char *const zones[] = { "UTC", "CET-1CEST,M3.5.0,M10.5.0/3", "XST9:30", "YST-14" };
	struct time_cache cache = { 0 };
	uint64_t x = 88172645463325252ull;

	(void)state;
	for (int i = 0; i < 40000; i++) {
		struct strbuf a = STRBUF_INIT, b = STRBUF_INIT, c = STRBUF_INIT;
		struct tm tm;
		char text[64];
		time_t t;

		if (i % 10000 == 0) {
			zone(zones[i / 10000]);
			cache = (struct time_cache){ 0 };
		}
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		t = (time_t)(x % 17000000000ull);
		if (i % 3 == 0)
			t -= t % 86400 + (i % 2);       /* about midnight */
		if (t < 0)
			t = 0;
		localtime_r(&t, &tm);
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
		time_text(&a, TIME_DATE_LOCAL_S, (uint64_t)t * 1000000000);
		assert_string_equal(a.s, text);
		time_text_cached(&cache, &b, TIME_DATE_LOCAL_S, (uint64_t)t * 1000000000 + 1);
		time_text_cached(&cache, &c, TIME_DATE_LOCAL_S, (uint64_t)t * 1000000000 + 999999999);
		assert_string_equal(b.s, text);
		assert_string_equal(c.s, text);
		strbuf_release(&a);
		strbuf_release(&b);
		strbuf_release(&c);
	}
	zone("UTC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_reads_as_falco_prints_it),
		cmocka_unit_test(the_offset_is_that_of_the_time_itself),
		cmocka_unit_test(dates_agree_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
