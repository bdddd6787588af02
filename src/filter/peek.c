/* peek.c - see peek.h. */
#include "filter/peek.h"

static const char *skip_blank(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	return s;
}

/* Behind the string that begins at s. */
static const char *skip_string(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\' && s + 1 < end)
			s++;
	return s < end ? s + 1 : end;
}

/* Behind the value that begins at s: brackets are counted, not matched by kind. */
static const char *skip_value(const char *s, const char *end)
{
	unsigned depth = 0;

	while (s < end) {
		switch (*s) {
		case '"':
			s = skip_string(s, end);
			break;
		case '{': case '[':
			depth++;
			s++;
			break;
		case '}': case ']':
			if (depth == 0)
				return s;
			depth--;
			s++;
			break;
		case ',': case ' ': case '\t': case '\n': case '\r':
			if (depth == 0)
				return s;
			s++;
			continue;
		default:
			s++;
			continue;
		}
		if (depth == 0)
			return s;
	}
	return s;
}

struct peek peek_of(const char *text, size_t len)
{
	const char *end = text + len, *s = skip_blank(text, end);

	return s < end ? (struct peek){ s, skip_value(s, end) } : (struct peek){ 0 };
}

bool peek_next(struct peek v, struct peek *at, struct peek *key, struct peek *value)
{
	bool object;
	const char *s;

	if (!v.s || (*v.s != '{' && *v.s != '['))
		return false;
	object = *v.s == '{';
	s = skip_blank(at->s ? at->end : v.s + 1, v.end);
	if (s < v.end && *s == ',')
		s = skip_blank(s + 1, v.end);
	if (object) {
		struct peek name = { s, s };

		if (s >= v.end || *s != '"')
			return false;
		name.end = skip_string(s, v.end);
		s = skip_blank(name.end, v.end);
		if (s >= v.end || *s != ':')
			return false;
		s = skip_blank(s + 1, v.end);
		if (key)
			*key = name;
	}
	if (s >= v.end || *s == '}' || *s == ']')
		return false;
	*value = (struct peek){ s, skip_value(s, v.end) };
	if (value->end == s)
		return false;
	*at = *value;
	return true;
}

struct peek peek_member(struct peek object, const char *key, size_t key_len)
{
	struct peek at = { 0 }, name = { 0 }, value;

	if (!object.s || *object.s != '{')
		return (struct peek){ 0 };
	while (peek_next(object, &at, &name, &value))
		if ((size_t)(name.end - name.s) == key_len + 2 &&
		    memcmp(name.s + 1, key, key_len) == 0)
			return value;
	return (struct peek){ 0 };
}

static unsigned hex4(const char *s)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		char c = s[i];

		v = v << 4 | (unsigned)(c >= '0' && c <= '9' ? c - '0' :
					(c | 0x20) >= 'a' && (c | 0x20) <= 'f' ?
					(c | 0x20) - 'a' + 10 : 0);
	}
	return v;
}

static void add_utf8(struct strbuf *b, unsigned c)
{
	char u[4];

	if (c < 0x80) {
		strbuf_addc(b, c ? (char)c : ' ');
		return;
	}
	if (c < 0x800) {
		u[0] = (char)(0xc0 | c >> 6);
		u[1] = (char)(0x80 | (c & 0x3f));
		strbuf_add(b, u, 2);
	} else if (c < 0x10000) {
		u[0] = (char)(0xe0 | c >> 12);
		u[1] = (char)(0x80 | (c >> 6 & 0x3f));
		u[2] = (char)(0x80 | (c & 0x3f));
		strbuf_add(b, u, 3);
	} else {
		u[0] = (char)(0xf0 | c >> 18);
		u[1] = (char)(0x80 | (c >> 12 & 0x3f));
		u[2] = (char)(0x80 | (c >> 6 & 0x3f));
		u[3] = (char)(0x80 | (c & 0x3f));
		strbuf_add(b, u, 4);
	}
}

/* A \u escape at s (behind the u); returns how many bytes of it were used. */
static size_t add_escape(struct strbuf *b, const char *s, const char *end)
{
	unsigned c;

	if (end - s < 4)
		return (size_t)(end - s);
	c = hex4(s);
	if (c >= 0xd800 && c < 0xdc00 && end - s >= 10 && s[4] == '\\' && s[5] == 'u') {
		unsigned low = hex4(s + 6);

		if (low >= 0xdc00 && low < 0xe000) {
			add_utf8(b, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
			return 10;
		}
	}
	add_utf8(b, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	return 4;
}

void peek_text(struct strbuf *b, struct peek v)
{
	static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
	const char *s = v.s, *end = v.end;

	if (!s)
		return;
	if (*s != '"') {
		strbuf_add(b, s, (size_t)(end - s));
		return;
	}
	if (end - s >= 2 && end[-1] == '"')
		end--;
	for (s++; s < end; s++) {
		const char *p;

		if (*s != '\\' || s + 1 >= end) {
			strbuf_addc(b, *s);
		} else if (*++s == 'u') {
			s += add_escape(b, s + 1, end);
		} else {
			p = memchr(FROM, *s, sizeof FROM - 1);
			strbuf_addc(b, p ? TO[p - FROM] : *s);
		}
	}
}

bool peek_is_true(struct peek v)
{
	return v.s && v.end - v.s == 4 && memcmp(v.s, "true", 4) == 0;
}
