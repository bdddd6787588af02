/* output_system.h - the system half of struct saker_output_api: what sinks need of
 * files, pipes, processes and syslog.  What each does: output_api.h. */
#pragma once
#include <stdint.h>
#include "script/output_api.h"

int32_t output_file_open(const char *path);
int32_t output_write_alerts(int32_t fd, const struct saker_alert *alert, uint32_t n);
void output_file_close(int32_t fd);
int32_t output_program_start(const char *command, int32_t *pid);
int32_t output_program_end(int32_t fd, int32_t pid, uint32_t timeout_ms);
void output_syslog(int32_t priority, const char *line, uint32_t len);
const char *output_error_text(int32_t err);
