/* regex.h - RE2 behind five plain functions (regex.cc): linear time, memory
 * capped, POSIX syntax, full match. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
struct regex;
/* NULL: bad pattern, the reason in msg[0..msg_size). */
struct regex *regex_new(const char *pattern, size_t len, char *msg, size_t msg_size);
void regex_free(struct regex *r);
bool regex_match(const struct regex *r, const char *s, size_t len);
#ifdef __cplusplus
}
#endif
