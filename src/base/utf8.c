/* utf8.c - see utf8.h. */
#include "base/utf8.h"

static bool tail(const unsigned char *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

unsigned utf8_char(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2)
		return 0;
	if (p[0] < 0xe0)
		return n >= 2 && tail(p, 2) ? 2 : 0;
	if (p[0] < 0xf0) {
		if (n < 3 || !tail(p, 3))
			return 0;
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] > 0xf4 || n < 4 || !tail(p, 4))
		return 0;
	if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return 4;
}

bool utf8_clean(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s[i];
		unsigned k = c >= 0x20 && c < 0x7f ? 1 : c < 0x80 ? 0 : utf8_char(s + i, n - i);

		if (!k)
			return false;
		i += k;
	}
	return true;
}
