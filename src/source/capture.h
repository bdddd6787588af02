/* capture.h - reads a .scap capture, plain or gzip, as a source.
 *
 * Plain files are mapped, gzip streams go through zlib; both through one
 * bounded window.  Reads metadata blocks into the sink, event blocks of every
 * kind into events of the current schema.  reference/scap_format.md.
 */
#pragma once
#include "source/source.h"

/* Opens path and reads the first section's lists into sink (copied).  NULL with
 * *err filled: "FILE: at byte N: reason".  "-" is standard input. */
struct source *capture_open(const char *path, const struct source_sink *sink,
			    struct saker_error *err);
