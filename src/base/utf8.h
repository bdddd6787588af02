/* utf8.h - is this UTF-8? */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Length 1..4 of the well-formed character at s (n bytes left, n > 0), else 0.
 * Overlong forms, surrogates and values past U+10FFFF are not well-formed. */
unsigned utf8_char(const char *s, size_t n);

/* True when all of s is printable as it is: well-formed UTF-8, no control characters. */
bool utf8_clean(const char *s, size_t n);
