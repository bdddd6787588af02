/* str.c - see str.h. */
#include "base/str.h"
#include "base/mem.h"

struct str STR_EMPTY = { .refs = 1, .s = "" };    /* .s: room for the closing NUL */

static struct str *str_alloc(size_t len)
{
	struct str *t = mem_alloc(sizeof *t + len + 1);

	t->refs = 1;
	t->len = (uint32_t)len;
	t->n = 1;
	t->s[len] = 0;
	return t;
}

struct str *str_new(const char *s, size_t n)
{
	struct str *t;

	if (!n)
		return &STR_EMPTY;
	t = str_alloc(n);
	memcpy(t->s, s, n);
	return t;
}

struct str *str_new_list(const char *s, size_t n)
{
	size_t len = n + (n && s[n - 1] != 0);
	struct str *t;

	if (!n)
		return &STR_EMPTY;
	t = str_alloc(len);
	memcpy(t->s, s, n);
	t->s[len - 1] = 0;
	t->n = 0;
	for (size_t i = 0; i < len; i++)
		t->n += t->s[i] == 0;
	return t;
}
