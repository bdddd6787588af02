/* output_api.h - everything lua/outputs may ask of C on the output thread.
 *
 * Read by C and, verbatim, by ffi.cdef, like load_api.h.  Alerts come in
 * batches, already formatted; what the sinks need of the system (files, pipes,
 * syslog) comes through these functions, which never block longer than said and
 * never raise.
 */
#pragma once
enum { SAKER_OUTPUT_ABI = 1 };

struct saker_outputs;

struct saker_alert {
	uint64_t ts_ns;                 /* of the event; wall clock for internal messages */
	const char *text;               /* one line, borrowed until the next poll; a newline follows it */
	const char *rule;               /* NUL terminated; borrowed likewise */
	uint32_t text_len;              /* without the newline */
	uint32_t priority;              /* 0..7 */
	uint32_t internal;              /* 1: a message of our own, not rate limited */
	uint32_t reserved;
};

struct saker_output_api {
	uint32_t abi;
	uint32_t size;

	/* flattened configuration, as in load_api.h; NULL: not set */
	const char *(*option)(struct saker_outputs *, const char *key);
	int32_t (*is_replay)(struct saker_outputs *);
	void (*log)(struct saker_outputs *, int32_t level, const char *s);

	/* Fills out[0..max): how many; 0 after timeout_ms without any; -1: closed and drained. */
	int32_t (*poll)(struct saker_outputs *, struct saker_alert *out, uint32_t max, uint32_t timeout_ms);
	/* 1 once after a request to reopen outputs (SIGUSR1). */
	int32_t (*take_reopen)(struct saker_outputs *);
	/* Adds n to the named counter ("skipped.rate_limit", "failed.file" ...), shown in the report. */
	void (*count)(struct saker_outputs *, const char *name, uint64_t n);

	/* -- system ------------------------------------------------------------- */
	/* Opens for appending, 0600 when new.  fd, or -errno. */
	int32_t (*file_open)(const char *path);
	/* Writes n alerts, a line each, in as few calls as can be (EINTR and short writes handled).
	 * A program that reads nothing for two seconds: -ETIMEDOUT.  0, or -errno. */
	int32_t (*write_alerts)(int32_t fd, const struct saker_alert *alert, uint32_t n);
	void (*file_close)(int32_t fd);
	/* sh -c command with a pipe on its stdin: the fd to write to, *pid; or -errno. */
	int32_t (*program_start)(const char *command, int32_t *pid);
	/* Closes the pipe (fd < 0: it was) and waits at most timeout_ms: exit status, 128 and the signal,
	 * or -1 still running: ask again later. */
	int32_t (*program_end)(int32_t fd, int32_t pid, uint32_t timeout_ms);
	void (*syslog)(int32_t priority, const char *line, uint32_t len);
	const char *(*error_text)(int32_t err);
};
