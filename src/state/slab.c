/* slab.c - equal-sized objects without a malloc each. */
#include <stdlib.h>
#include "state/state_internal.h"

void slab_init(struct slab *b, uint32_t size, uint32_t per_chunk)
{
	*b = (struct slab){ .size = (size + 63) & ~63u, .per_chunk = per_chunk };
}

void slab_release(struct slab *b)
{
	for (uint32_t i = 0; i < b->nchunks; i++)
		free(b->chunk[i]);
	free(b->chunk);
	b->chunk = NULL;
	b->nchunks = 0;
	b->free_head = NULL;
}

static void slab_grow(struct slab *b)
{
	char *p = aligned_alloc(64, (size_t)b->size * b->per_chunk);

	BUG_ON(!p);
	b->chunk = mem_realloc(b->chunk, b->nchunks + 1, sizeof *b->chunk);
	b->chunk[b->nchunks++] = p;
	for (uint32_t i = b->per_chunk; i-- > 0;)
		slab_put(b, p + (size_t)i * b->size);
}

void *slab_get(struct slab *b)
{
	void *p;

	if (!b->free_head)
		slab_grow(b);
	p = b->free_head;
	b->free_head = *(void **)p;
	return p;
}

void slab_put(struct slab *b, void *p)
{
	*(void **)p = b->free_head;
	b->free_head = p;
}
