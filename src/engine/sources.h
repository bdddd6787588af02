/* sources.h - the rules files and texts an engine was given, in order. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

struct rule_source { char *name, *text; size_t len; };
struct rule_sources { struct rule_source *at; uint32_t n, cap; };

void rule_sources_release(struct rule_sources *s);
/* Keeps only the first n. */
void rule_sources_truncate(struct rule_sources *s, uint32_t n);
/* Copies both. */
void rule_sources_add(struct rule_sources *s, const char *name, const char *text, size_t len);
/* Reads a file; a folder stands for its *.yaml and *.yml files, sorted by path
 * (falco_features.md 1.4).  any_name: also files with other endings. */
int rule_sources_read(struct rule_sources *s, const char *path, int any_name, struct saker_error *err);

/* The whole file, NUL terminated, from malloc; at most 64 MiB.  NULL with *err. */
char *file_read(const char *path, size_t *len, struct saker_error *err);
