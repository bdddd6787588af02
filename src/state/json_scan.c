/* json_scan.c - see json_scan.h. */
#include <string.h>
#include "state/json_scan.h"

struct scan { const char *at, *end; };

static void blanks(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
		s->at++;
}

static bool skip_string(struct scan *s)
{
	for (s->at++; s->at < s->end; s->at++) {
		if (*s->at == '\\')
			s->at++;
		else if (*s->at == '"') {
			s->at++;
			return true;
		}
	}
	return false;
}

/* Past one value: brackets are only counted, which is enough to find its end. */
static bool skip_value(struct scan *s)
{
	unsigned depth = 0;

	do {
		blanks(s);
		if (s->at >= s->end)
			return false;
		switch (*s->at) {
		case '"':
			if (!skip_string(s))
				return false;
			break;
		case '{': case '[':
			depth++;
			s->at++;
			break;
		case '}': case ']':
			if (!depth)
				return false;
			depth--;
			s->at++;
			break;
		case ',': case ':':
			if (!depth)
				return false;
			s->at++;
			break;
		default:
			while (s->at < s->end && *s->at && !strchr(",:{}[]\" \t\r\n", *s->at))
				s->at++;
			if (s->at < s->end && !*s->at)
				return false;
		}
	} while (depth);
	return true;
}

bool json_member(const char *text, uint32_t len, const char *key, const char **value,
		 uint32_t *value_len)
{
	struct scan s = { text, text + len };
	size_t klen = strlen(key);

	blanks(&s);
	if (s.at >= s.end || *s.at++ != '{')
		return false;
	for (;;) {
		const char *name;
		bool match;

		blanks(&s);
		name = s.at;
		if (s.at >= s.end || *s.at != '"' || !skip_string(&s))
			return false;
		match = (size_t)(s.at - name) == klen + 2 && !memcmp(name + 1, key, klen);
		blanks(&s);
		if (s.at >= s.end || *s.at++ != ':')
			return false;
		blanks(&s);
		*value = s.at;
		if (!skip_value(&s))
			return false;
		*value_len = (uint32_t)(s.at - *value);
		if (match)
			return true;
		blanks(&s);
		if (s.at >= s.end || *s.at++ != ',')
			return false;
	}
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* A code point of the basic plane as UTF-8; surrogates become '?'. */
static uint32_t put_utf8(char *out, int c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c >= 0xd800 && c < 0xe000) {
		out[0] = '?';
		return 1;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 63));
	out[2] = (char)(0x80 | (c & 63));
	return 3;
}

bool json_string(const char *value, uint32_t len, char *out, uint32_t cap)
{
	static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
	const char *p = value + 1, *end = value + len - 1;
	uint32_t n = 0;

	if (len < 2 || value[0] != '"')
		return false;
	while (p < end && n + 4 < cap) {
		const char *e;
		int c;

		if (*p != '\\' || p + 1 >= end) {
			out[n++] = *p++;
			continue;
		}
		p++;
		if (*p == 'u' && (c = hex4(p + 1, end)) >= 0) {
			n += put_utf8(out + n, c ? c : '?');
			p += 5;
			continue;
		}
		e = strchr(FROM, *p);
		out[n++] = e ? TO[e - FROM] : *p;
		p++;
	}
	out[n] = 0;
	return true;
}
