/* mem.h - allocation that cannot quietly fail.
 *
 * Load and control paths use these: out of memory there ends the program with
 * one line.  The event path grows only tables and slabs, through the functions
 * of those tables, which have ceilings and counters of their own.
 */
#pragma once
#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *mem_zalloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
/* n * size is checked for overflow.  p may be NULL. */
void *mem_realloc(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
/* Copies n bytes and adds a NUL. */
char *mem_strndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
