/* ruleset.c - see ruleset.h. */
#include "engine/ruleset.h"
#include "base/mem.h"
#include <stdlib.h>

struct ruleset *ruleset_new(void)
{
	struct ruleset *rs = mem_zalloc(sizeof *rs);

	arena_init(&rs->arena, 0);
	rs->exprs = exprs_new(&rs->arena);
	rs->atoms = atoms_new(&rs->arena, rs->exprs);
	return rs;
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	atoms_release(rs->atoms);
	free(rs->rule);
	arena_release(&rs->arena);
	free(rs);
}

struct rule *ruleset_add(struct ruleset *rs)
{
	if (rs->n == rs->cap) {
		rs->cap = rs->cap ? rs->cap * 2 : 64;
		rs->rule = mem_realloc(rs->rule, rs->cap, sizeof *rs->rule);
	}
	memset(&rs->rule[rs->n], 0, sizeof *rs->rule);
	return &rs->rule[rs->n++];
}
