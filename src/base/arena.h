/* arena.h - memory that is freed all at once.
 *
 * A ruleset lives in one arena; the evaluator's scratch space of one event is
 * another, reset before each event.  Nothing in an arena is freed alone.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *head;  /* newest first */
	char *at, *end;            /* free bytes of the newest chunk */
	size_t chunk_size;
	size_t total;              /* bytes taken from malloc */
};

/* chunk_size: how much to take from malloc at a time; 0 is 64 KiB. */
void arena_init(struct arena *a, size_t chunk_size);
void arena_release(struct arena *a);
/* Forgets all contents and keeps the first chunk, so that a steady user
 * allocates nothing. */
void arena_reset(struct arena *a);

/* Aligned to 16, never NULL. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_zalloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_memdup(struct arena *a, const void *p, size_t n) __attribute__((returns_nonnull));
/* Copies n bytes and adds a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
