/* json_scan.h - finds a few members of a JSON object, without building a tree.
 *
 * For the container metadata that captures carry.  Damaged text ends the scan:
 * what was found before it counts.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The value of member key of the object that text starts with: its bytes in
 * *value, *len (strings with their quotes).  False when there is none. */
bool json_member(const char *text, uint32_t len, const char *key, const char **value,
		 uint32_t *value_len);

/* A string value decoded into out (cap bytes with the closing NUL; longer ones
 * are cut).  False when the value is no string. */
bool json_string(const char *value, uint32_t len, char *out, uint32_t cap);
