/* warning.c - what a reader of a condition should be told about its constants:
 * patterns that need no pattern, and values that look like fields.
 */
#include "filter/impl.h"

enum { WARN_REGEX = 1, WARN_FIELD = 2, WARN_TRANSFORMER = 4 };

static bool plain_char(char c)
{
	return !strchr("\\^$.|?*+()[]{}", c) && c;
}

/* Skips ".*", ".+" or ".?". */
static const char *skip_any(const char *s)
{
	return s[0] == '.' && s[1] && strchr("*+?", s[1]) ? s + 2 : s;
}

/* Plain text with at most an anchor and a ".*" at either end. */
static bool regex_is_simple(const char *s)
{
	const char *from;

	s = skip_any(s + (*s == '^'));
	for (from = s; plain_char(*s); s++)
		;
	if (s == from)
		return false;
	s = skip_any(s);
	return !s[*s == '$'];
}

static bool reads_as_field(const char *s)
{
	struct saker_error quiet;
	struct field_ref ref;
	struct arena a;
	size_t n = strcspn(s, "[");
	char *arg = NULL;
	bool ok;

	if (!strchr(s, '.') || !field_lookup(s, (uint32_t)strlen(s)))
		return false;
	arena_init(&a, 4096);
	if (s[n] && s[strlen(s) - 1] == ']')
		arg = arena_strndup(&a, s + n + 1, strlen(s) - n - 2);
	else
		n = strlen(s);
	ok = field_resolve(&a, s, (uint32_t)n, arg, &ref, &quiet) == 0;
	arena_release(&a);
	return ok;
}

static bool reads_as_transformer(const char *s)
{
	size_t n = strcspn(s, "("), len = strlen(s);
	char name[16];

	if (n >= sizeof name || n + 2 >= len || s[len - 1] != ')')
		return false;
	memcpy(name, s, n);
	name[n] = 0;
	return transformer_by_name(name, false) || transformer_by_name(name, true);
}

static unsigned warning_of(const struct atom *a, const char *s)
{
	unsigned bits = 0;

	if (a->op == OP_REGEX && regex_is_simple(s))
		bits |= WARN_REGEX;
	if (type_group(a->type) == TG_STRING && reads_as_field(s))
		bits |= WARN_FIELD;
	if (type_group(a->type) == TG_STRING && reads_as_transformer(s))
		bits |= WARN_TRANSFORMER;
	return bits;
}

unsigned atom_warning(const struct atoms *all, uint32_t atom, unsigned i, const char **value)
{
	const struct atom *a = &all->v[atom];

	for (uint32_t k = 0; k < a->ntext; k++) {
		unsigned bits = warning_of(a, a->text[k]);

		for (unsigned bit = 1; bit <= bits; bit <<= 1) {
			if (!(bits & bit) || i--)
				continue;
			*value = a->text[k];
			return bit;
		}
	}
	return 0;
}

unsigned atom_warnings(const struct atoms *all, uint32_t atom, const char **value)
{
	const char *more;
	unsigned bits = 0, bit;

	*value = NULL;
	for (unsigned i = 0; (bit = atom_warning(all, atom, i, &more)) != 0; i++) {
		bits |= bit;
		if (!*value)
			*value = more;
	}
	return bits;
}
