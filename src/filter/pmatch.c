/* pmatch.c - is one of these paths a prefix of that one, by whole components?
 *
 * Empty components do not count.  Entries without wildcards are kept as hashes
 * of their components, so that one walk over the path answers for all of them;
 * entries with wildcards are tried one by one.
 */
#include "base/hash.h"
#include "filter/impl.h"
#include <stdlib.h>

struct piece { const char *s; uint32_t len; const struct glob *glob; };  /* NULL: plain text */
struct entry { uint64_t hash; uint32_t n; const struct piece *piece; };

struct pmatch {
	bool everything;                /* an entry without components */
	uint64_t counts;                /* bit per number of components of plain entries */
	uint32_t nplain, nwild;
	const struct entry *wild;
	struct entry plain[];           /* ascending by hash */
};

/* The next component at *at, or false. */
static inline bool next_piece(const char *s, uint32_t len, uint32_t *at, struct piece *out)
{
	uint32_t from;

	while (*at < len && s[*at] == '/')
		++*at;
	for (from = *at; *at < len && s[*at] != '/'; ++*at)
		;
	*out = (struct piece){ .s = s + from, .len = *at - from };
	return out->len > 0;
}

static inline uint64_t add_piece(uint64_t h, const struct piece *p)
{
	return hash_u64(h * 31 + hash_bytes(p->s, p->len));
}

static inline uint64_t count_bit(uint32_t n)
{
	return 1ull << (n < 63 ? n : 63);
}

/* True when the entry holds wildcards. */
static bool make_entry(struct arena *a, const struct value *v, struct entry *e)
{
	struct piece *list = arena_alloc(a, (v->len / 2 + 1) * sizeof *list), p;
	uint32_t at = 0;
	bool wild = false;

	*e = (struct entry){ .piece = list };
	while (next_piece(v->s, v->len, &at, &p)) {
		if (memchr(p.s, '*', p.len) || memchr(p.s, '?', p.len) || memchr(p.s, '[', p.len)) {
			p.glob = glob_new(a, p.s, p.len, false);
			wild = true;
		}
		e->hash = add_piece(e->hash, &p);
		list[e->n++] = p;
	}
	return wild;
}

static int by_hash(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

const struct pmatch *pmatch_new(struct arena *a, const struct operand *o, uint32_t n)
{
	struct pmatch *m = arena_zalloc(a, sizeof *m + n * sizeof m->plain[0]);
	struct entry *wild = arena_alloc(a, (n + 1) * sizeof *wild), e;

	for (uint32_t i = 0; i < n; i++) {
		if (make_entry(a, &o[i].v, &e)) {
			wild[m->nwild++] = e;
		} else if (e.n == 0) {
			m->everything = true;
		} else {
			m->plain[m->nplain++] = e;
			m->counts |= count_bit(e.n);
		}
	}
	qsort(m->plain, m->nplain, sizeof m->plain[0], by_hash);
	m->wild = wild;
	return m;
}

/* Are the entry's pieces the first components of the path? */
static bool entry_match(const struct entry *e, const char *path, uint32_t len)
{
	struct piece p;
	uint32_t at = 0;

	for (uint32_t i = 0; i < e->n; i++) {
		const struct piece *want = &e->piece[i];

		if (!next_piece(path, len, &at, &p))
			return false;
		if (want->glob ? !glob_match(want->glob, p.s, p.len) :
		    (want->len != p.len || memcmp(want->s, p.s, p.len) != 0))
			return false;
	}
	return true;
}

static bool plain_has(const struct pmatch *m, uint64_t h, const char *path, uint32_t len)
{
	uint32_t lo = 0, hi = m->nplain;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (m->plain[mid].hash < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < m->nplain && m->plain[lo].hash == h; lo++)
		if (entry_match(&m->plain[lo], path, len))
			return true;
	return false;
}

bool pmatch_has(const struct pmatch *m, const char *path, uint32_t len)
{
	uint64_t h = 0, left = m->counts;
	struct piece p;
	uint32_t at = 0, n = 0;

	if (m->everything)
		return true;
	while (left && next_piece(path, len, &at, &p)) {
		h = add_piece(h, &p);
		n++;
		if ((left & count_bit(n)) && plain_has(m, h, path, len))
			return true;
		if (n < 63)
			left &= ~count_bit(n);
	}
	for (uint32_t i = 0; i < m->nwild; i++)
		if (entry_match(&m->wild[i], path, len))
			return true;
	return false;
}
