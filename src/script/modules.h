/* modules.h - the Lua modules inside the library, as a table of pointers: a
 * library loaded by another program has no symbols that Lua could look up.
 * The table is generated at build time by scripts/embed-lua. */
#pragma once
#include <stddef.h>

struct embedded_module { const char *name; const unsigned char *code; size_t size; };

extern const struct embedded_module EMBEDDED_MODULES[];         /* ended by a NULL name */
