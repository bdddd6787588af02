/* memory.h - a source over wire events in memory, for tests and embedders. */
#pragma once
#include "source/source.h"

/* events: wire events back to back, borrowed for the life of the source. */
struct source *memory_source_new(const uint8_t *events, size_t len);
