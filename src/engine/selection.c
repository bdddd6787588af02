/* selection.c - which rules are enabled: by name, pattern and tag (ruleset.h). */
#include "base/mem.h"
#include "engine/ruleset.h"
#include "filter/regex.h"
#include <stdlib.h>

void selection_release(struct selection *sel)
{
	for (uint32_t i = 0; i < sel->nops; i++)
		free(sel->op[i].pattern);
	free(sel->op);
	free(sel->enabled);
	free(sel->name);
	programs_free(sel->programs);
	memset(sel, 0, sizeof *sel);
}

int selection_wish(struct selection *sel, const char *pattern, int how, bool on,
		   struct saker_error *err)
{
	if (how == SAKER_MATCH_REGEX) {
		char why[256];
		struct regex *r = regex_new(pattern, strlen(pattern), why, sizeof why);

		if (!r)
			return fail(err, SAKER_E_ARG, "bad regular expression '%s': %s", pattern, why);
		regex_free(r);
	}
	if (sel->nops == sel->cap) {
		sel->cap = sel->cap ? sel->cap * 2 : 8;
		sel->op = mem_realloc(sel->op, sel->cap, sizeof *sel->op);
	}
	sel->op[sel->nops++] = (struct enable_op){ mem_strdup(pattern), how, on };
	return 0;
}

bool wildcard_match(const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');
	size_t n;

	if (!star)
		return strcmp(pattern, text) == 0;
	n = (size_t)(star - pattern);
	if (strncmp(pattern, text, n) != 0)
		return false;
	text += n;
	for (;;) {
		const char *piece = star + 1;

		star = strchr(piece, '*');
		if (!star) {            /* the last piece must end the text */
			size_t have = strlen(text), want = strlen(piece);

			return have >= want && strcmp(text + have - want, piece) == 0;
		}
		n = (size_t)(star - piece);
		text = n ? memmem(text, strlen(text), piece, n) : text;
		if (!text)
			return false;
		text += n;
	}
}

static bool has_tag(const struct rule *r, const char *tag)
{
	for (uint32_t i = 0; i < r->ntags; i++)
		if (strcmp(r->tag[i], tag) == 0)
			return true;
	return false;
}

static bool regex_names(const char *pattern, const char *name)
{
	char why[256];
	struct regex *re = regex_new(pattern, strlen(pattern), why, sizeof why);
	bool yes = re && regex_match(re, name, strlen(name));

	regex_free(re);
	return yes;
}

bool enable_op_names(const struct enable_op *op, const struct rule *r)
{
	switch (op->how) {
	case SAKER_MATCH_EXACT:
		return strcmp(op->pattern, r->name) == 0;
	case SAKER_MATCH_SUBSTRING:
		return strstr(r->name, op->pattern) != NULL;
	case SAKER_MATCH_WILDCARD:
		return wildcard_match(op->pattern, r->name);
	case SAKER_MATCH_REGEX:
		return regex_names(op->pattern, r->name);
	case ENABLE_BY_TAG:
		return has_tag(r, op->pattern);
	default:
		return false;
	}
}

int selection_resolve(struct selection *sel, const struct ruleset *rs, bool stop_at_first,
		      struct saker_error *err)
{
	struct rule_rows *rows = mem_alloc((rs->n + 1) * sizeof *rows);
	bool *enabled = mem_zalloc((rs->n + 1) * sizeof *enabled);
	struct programs *p;
	uint32_t n = 0;

	for (uint32_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->rule[i];

		enabled[i] = r->enabled;
		for (uint32_t k = 0; k < sel->nops; k++)
			if (enable_op_names(&sel->op[k], r))
				enabled[i] = sel->op[k].on && !r->below_minimum;
		if (enabled[i])
			rows[n++] = (struct rule_rows){ r->row, r->nrows, i };
	}
	p = programs_build(rs->atoms, rows, n, stop_at_first, err);
	free(rows);
	if (!p) {
		free(enabled);
		return SAKER_E_BUG;
	}
	programs_free(sel->programs);
	free(sel->enabled);
	sel->programs = p;
	sel->enabled = enabled;
	sel->nenabled = n;
	return 0;
}
