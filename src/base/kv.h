/* kv.h - flattened configuration: dotted keys and their values, in order.
 *
 * "rules[0].enable.tag" -> "network".  What lua/engine/config.lua makes of the
 * YAML, and what both Lua states and the engine read.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct kv_pair { char *key, *value; };
struct kv { struct kv_pair *pair; uint32_t n, cap; };

void kv_release(struct kv *m);
/* Copies both; replaces an equal key in place.  value NULL removes. */
void kv_set(struct kv *m, const char *key, const char *value);
const char *kv_get(const struct kv *m, const char *key);        /* NULL: not set */
/* True for "true", "yes", "on", "y", "1" in any case; missing when not set. */
int kv_bool(const struct kv *m, const char *key, int missing);
uint64_t kv_u64(const struct kv *m, const char *key, uint64_t missing);
