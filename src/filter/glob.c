/* glob.c - fnmatch() patterns, prepared.
 *
 * Most patterns hold nothing but '*': they are text pieces to be found in order
 * in a string of known length.  '?' joins them in a small matcher of its own;
 * brackets and backslashes are left to fnmatch() on a terminated copy.
 */
#include "filter/impl.h"
#include <fnmatch.h>
#include <stdlib.h>
#include <strings.h>

struct glob {
	const char *s;                  /* folded when fold */
	uint32_t len;
	bool fold, plain;               /* plain: '*' and '?' are all that is special */
};

static inline unsigned char fold_char(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

const struct glob *glob_new(struct arena *a, const char *s, uint32_t len, bool fold)
{
	struct glob *g = arena_zalloc(a, sizeof *g);
	char *copy = arena_strndup(a, s, len);

	g->plain = !memchr(s, '[', len) && !memchr(s, '\\', len);
	for (uint32_t i = 0; fold && g->plain && i < len; i++)
		copy[i] = (char)fold_char((unsigned char)copy[i]);
	g->s = copy;
	g->len = len;
	g->fold = fold;
	return g;
}

/* Greedy with one point to come back to, the last '*': linear but for that. */
static bool plain_match(const struct glob *g, const char *s, uint32_t len)
{
	uint32_t p = 0, i = 0, back_p = UINT32_MAX, back_i = 0;

	while (i < len) {
		unsigned char c = (unsigned char)s[i];

		if (g->fold)
			c = fold_char(c);
		if (p < g->len && g->s[p] == '*') {
			back_p = ++p;
			back_i = i;
		} else if (p < g->len && (g->s[p] == '?' || (unsigned char)g->s[p] == c)) {
			p++;
			i++;
		} else if (back_p != UINT32_MAX) {
			p = back_p;
			i = ++back_i;
		} else {
			return false;
		}
	}
	while (p < g->len && g->s[p] == '*')
		p++;
	return p == g->len;
}

bool glob_text(const char *pattern, uint32_t plen, const char *s, uint32_t len, bool fold)
{
	char small[1024], *p = small;
	size_t need = (size_t)plen + len + 2;
	bool hit;

	if (need > sizeof small) {
		p = malloc(need);
		if (!p)
			return false;
	}
	memcpy(p, pattern, plen);
	p[plen] = 0;
	memcpy(p + plen + 1, s, len);
	p[need - 1] = 0;
	hit = fnmatch(p, p + plen + 1, fold ? FNM_CASEFOLD : 0) == 0;
	if (p != small)
		free(p);
	return hit;
}

bool glob_match(const struct glob *g, const char *s, uint32_t len)
{
	return g->plain ? plain_match(g, s, len) : glob_text(g->s, g->len, s, len, g->fold);
}
