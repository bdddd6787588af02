/* strbuf_test.c - numbers and addresses as text: what libc prints, without its cost. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/strbuf.h"
#include <cmocka.h>     /* last: it has a macro named fail */

static void numbers_read_as_printf_prints_them(void **state)
{
	static const uint64_t ROWS[] = { 0, 9, 10, 99, 100, 101, 999, 1000, 65535, 1234567,
					 INT64_MAX, UINT64_MAX };
	struct strbuf b = STRBUF_INIT;
	char want[64];

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		strbuf_clear(&b);
		strbuf_u64(&b, ROWS[i]);
		strbuf_addc(&b, ' ');
		strbuf_i64(&b, (int64_t)ROWS[i]);
		strbuf_addc(&b, ' ');
		strbuf_u64_padded(&b, ROWS[i], 9);
		snprintf(want, sizeof want, "%llu %lld %09llu", (unsigned long long)ROWS[i],
			 (long long)ROWS[i], (unsigned long long)ROWS[i]);
		assert_string_equal(b.s, want);
	}
	strbuf_release(&b);
}

static void check_ip6(const uint8_t *ip)
{
	char got[IP6_TEXT_MAX], want[INET6_ADDRSTRLEN];

	assert_non_null(inet_ntop(AF_INET6, ip, want, sizeof want));
	assert_int_equal(ip6_text(got, ip), strlen(want));
	assert_string_equal(got, want);
}

static void ipv6_addresses_read_as_inet_ntop_writes_them(void **state)
{
	static const char *const ROWS[] = {
		"::", "::1", "::2", "1::", "fe80::1", "2001:db8::8:800:200c:417a", "1:0:0:2::3",
		"1:0:0:2:0:0:0:3", "1:0:2:0:3:0:4:0", "::ffff:10.0.0.1", "::1.2.3.4",
		"0:0:0:0:0:1:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0:1::", "64:ff9b::1",
	};
	uint8_t ip[16];

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		assert_int_equal(inet_pton(AF_INET6, ROWS[i], ip), 1);
		check_ip6(ip);
	}
	srand(1);
	for (unsigned n = 0; n < 100000; n++) {
		for (unsigned i = 0; i < 16; i++)
			ip[i] = rand() % 3 ? 0 : (uint8_t)rand();
		check_ip6(ip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_read_as_printf_prints_them),
		cmocka_unit_test(ipv6_addresses_read_as_inet_ntop_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
