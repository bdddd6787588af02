/* capture_fuzz.c - libFuzzer target: any bytes as a capture, and as events in memory.
 *
 * Everything that comes out of the reader is touched, so that the sanitizer sees a
 * string without end or a parameter past its buffer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "source/capture.h"
#include "source/memory.h"

static volatile unsigned sum;

static void touch(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += ((const uint8_t *)p)[i];
}

static void touch_str(const char *s)
{
	touch(s, s ? strlen(s) : 0);
}

static void on_process(void *ctx, const struct proc_entry *p)
{
	(void)ctx;
	touch_str(p->comm);
	touch_str(p->exe);
	touch_str(p->exepath);
	touch_str(p->cwd);
	touch_str(p->root);
	touch(p->args, p->args_len);
	touch(p->env, p->env_len);
	touch(p->cgroups, p->cgroups_len);
}

static void on_fd(void *ctx, const struct fd_entry *f)
{
	(void)ctx;
	touch_str(f->name);
}

static void on_user(void *ctx, const struct user_entry *u)
{
	(void)ctx;
	touch_str(u->name);
	touch_str(u->home);
	touch_str(u->shell);
}

static void on_interfaces(void *ctx, const struct iface *list, unsigned n)
{
	(void)ctx;
	for (unsigned i = 0; i < n; i++)
		touch_str(list[i].name);
}

static void drain(struct source *s)
{
	static struct event ev;
	struct saker_error err;

	while (s && source_next(s, &ev, &err) == SOURCE_EVENT) {
		touch(ev.raw, ev.raw_len);
		for (unsigned i = 0; i < ev.nparams; i++) {
			touch(ev.param[i].p, ev.param[i].len);
			if (ev.info->string_mask >> i & 1)
				touch_str(param_str(&ev, i, NULL));
		}
	}
	source_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source_sink sink = { .process = on_process, .fd = on_fd, .user = on_user,
					  .interfaces = on_interfaces };
	int fd = memfd_create("fuzz", 0);
	struct saker_error err;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	drain(capture_open(path, &sink, &err));
	close(fd);
	drain(memory_source_new(data, size));
	return 0;
}
