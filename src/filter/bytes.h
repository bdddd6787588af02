/* bytes.h - short byte strings compared, searched and checked without a call. */
#pragma once
#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint32_t load32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* Are n bytes the same?  Two loads that overlap do for up to 16. */
static inline bool bytes_same(const char *a, const char *b, uint32_t n)
{
	if (n > 16)
		return load64(a) == load64(b) && memcmp(a + 8, b + 8, n - 8) == 0;
	if (n >= 8)
		return load64(a) == load64(b) && load64(a + n - 8) == load64(b + n - 8);
	if (n >= 4)
		return load32(a) == load32(b) && load32(a + n - 4) == load32(b + n - 4);
	for (uint32_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* Is needle in s?  Looks at its first and last byte, sixteen places at a time. */
static inline bool bytes_contain(const char *s, uint32_t len, const char *needle, uint32_t n)
{
	__m128i first, last;
	uint32_t i = 0;

	if (n == 0 || len < n)
		return n == 0;
	first = _mm_set1_epi8(needle[0]);
	last = _mm_set1_epi8(needle[n - 1]);
	for (; i + n - 1 + 16 <= len; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s + i + n - 1));
		unsigned hits = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first),
									  _mm_cmpeq_epi8(b, last)));

		for (; hits; hits &= hits - 1)
			if (bytes_same(s + i + __builtin_ctz(hits), needle, n))
				return true;
	}
	for (; i + n <= len; i++)
		if (s[i] == needle[0] && bytes_same(s + i, needle, n))
			return true;
	return false;
}

static inline bool plain16(__m128i v)
{
	__m128i control = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));       /* signed: 0x80.. too */

	return !_mm_movemask_epi8(_mm_or_si128(control, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f))));
}

/* The bytes of v that are not printable ASCII, or (json) need an escape: a bit each. */
static inline unsigned odd16(__m128i v, bool json)
{
	__m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
				   _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));

	if (json)
		odd = _mm_or_si128(odd, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
						     _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
	return (unsigned)_mm_movemask_epi8(odd);
}

/* Nothing but printable ASCII? */
static inline bool bytes_plain(const char *s, uint32_t n)
{
	const uint64_t ones = 0x0101010101010101ull, high = 0x8080808080808080ull;
	uint64_t w = 0x2020202020202020ull;
	uint32_t i = 0;

	if (n >= 16) {
		for (; i + 16 < n; i += 16)
			if (!plain16(_mm_loadu_si128((const __m128i *)(const void *)(s + i))))
				return false;
		return plain16(_mm_loadu_si128((const __m128i *)(const void *)(s + n - 16)));
	}
	if (n >= 8) {
		w = load64(s);
		if ((w | (w - 0x20 * ones) | ((w ^ 0x7f * ones) - ones)) & high)
			return false;
		w = load64(s + n - 8);
	} else {
		for (; i < n; i++)
			w = w << 8 | (unsigned char)s[i];
	}
	return !((w | (w - 0x20 * ones) | ((w ^ 0x7f * ones) - ones)) & high);
}
