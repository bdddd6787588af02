/* arena.c - see arena.h. */
#include "base/arena.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, DEFAULT_CHUNK = 64 << 10 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	_Alignas(ALIGN) char data[];
};

void arena_init(struct arena *a, size_t chunk_size)
{
	memset(a, 0, sizeof *a);
	a->chunk_size = chunk_size ? chunk_size : DEFAULT_CHUNK;
}

void arena_release(struct arena *a)
{
	struct arena_chunk *c = a->head, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	arena_init(a, a->chunk_size);
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *c = a->head, *next;

	if (!c)
		return;
	for (; c->next; c = next) {     /* the oldest chunk stays */
		next = c->next;
		a->total -= sizeof *c + c->size;
		free(c);
	}
	a->head = c;
	a->at = c->data;
	a->end = c->data + c->size;
}

static void *arena_grow(struct arena *a, size_t size)
{
	size_t room = size > a->chunk_size ? size : a->chunk_size;
	struct arena_chunk *c = mem_alloc(sizeof *c + room);

	c->size = room;
	c->next = a->head;
	a->head = c;
	a->total += sizeof *c + room;
	a->at = c->data + size;
	a->end = c->data + room;
	return c->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	char *p = a->at;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if ((size_t)(a->end - p) < size || !p)
		return arena_grow(a, size);
	a->at = p + size;
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *d = arena_alloc(a, n);

	if (n)
		memcpy(d, p, n);
	return d;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *d = arena_alloc(a, n + 1);

	if (n)
		memcpy(d, s, n);
	d[n] = 0;
	return d;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}
