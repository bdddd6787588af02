/* output_api.c - files, pipes, programs and syslog for the sinks; see output_api.h.
 *
 * Runs on the output thread, which keeps all signals blocked: a broken pipe is
 * EPIPE here, never SIGPIPE.  Programs start with an empty signal mask.
 */
#include "script/output_system.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_MS = 2000, IOVS = 256 };

int32_t output_file_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	return fd < 0 ? -errno : fd;
}

void output_file_close(int32_t fd)
{
	if (fd >= 0)
		close(fd);
}

/* Room in a pipe that does not block: 0, or -errno. */
static int wait_writable(int fd)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	int n;

	do
		n = poll(&p, 1, WRITE_MS);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n == 0 ? -ETIMEDOUT : 0;
}

static int write_all(int fd, struct iovec *v, int n)
{
	while (n > 0) {
		ssize_t done = writev(fd, v, n);

		if (done < 0 && errno == EAGAIN) {
			int rc = wait_writable(fd);

			if (rc < 0)
				return rc;
		}
		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		for (; done > 0 && (size_t)done >= v->iov_len; v++, n--)
			done -= (ssize_t)v->iov_len;
		if (done > 0) {
			v->iov_base = (char *)v->iov_base + done;
			v->iov_len -= (size_t)done;
		}
	}
	return 0;
}

int32_t output_write_alerts(int32_t fd, const struct saker_alert *alert, uint32_t n)
{
	struct iovec v[IOVS];

	while (n > 0) {
		uint32_t k = n < IOVS ? n : IOVS;
		int rc;

		for (uint32_t i = 0; i < k; i++)
			v[i] = (struct iovec){ (void *)(uintptr_t)alert[i].text, (size_t)alert[i].text_len + 1 };
		rc = write_all(fd, v, (int)k);
		if (rc < 0)
			return rc;
		alert += k;
		n -= k;
	}
	return 0;
}

/* The child's side of the pipe is its stdin; its signals are as after a login. */
static int spawn_shell(const char *command, int in, pid_t *pid)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, fatal;
	int rc;

	sigemptyset(&none);
	sigemptyset(&fatal);
	sigaddset(&fatal, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &fatal);
	rc = posix_spawn_file_actions_adddup2(&actions, in, 0);
	if (rc == 0)
		rc = posix_spawn(pid, "/bin/sh", &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

int32_t output_program_start(const char *command, int32_t *pid)
{
	int p[2], rc;
	pid_t child;

	if (pipe2(p, O_CLOEXEC) != 0)
		return -errno;
	/* dup2 onto itself would leave close-on-exec set */
	if (p[0] == 0) {
		int other = fcntl(0, F_DUPFD_CLOEXEC, 3);

		close(0);
		p[0] = other;
	}
	rc = p[0] < 0 ? -EMFILE : spawn_shell(command, p[0], &child);
	if (p[0] >= 0)
		close(p[0]);
	if (rc == 0 && fcntl(p[1], F_SETFL, O_NONBLOCK) != 0)
		rc = -errno;
	if (rc != 0) {
		close(p[1]);
		return rc;
	}
	*pid = child;
	return p[1];
}

int32_t output_program_end(int32_t fd, int32_t pid, uint32_t timeout_ms)
{
	struct timespec pause = { 0, 200000 };
	uint64_t waited = 0;            /* ns */
	int status;

	if (fd >= 0)
		close(fd);
	for (;;) {
		pid_t r = waitpid(pid, &status, WNOHANG);

		if (r == pid)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (r < 0 && errno != EINTR)
			return 0;       /* not ours any more: somebody else reaped it */
		if (waited >= (uint64_t)timeout_ms * 1000000)
			return -1;
		nanosleep(&pause, NULL);
		waited += (uint64_t)pause.tv_nsec;
		if (pause.tv_nsec < 10000000)
			pause.tv_nsec *= 2;
	}
}

void output_syslog(int32_t priority, const char *line, uint32_t len)
{
	syslog(priority & 7, "%.*s", (int)len, line);
}

const char *output_error_text(int32_t err)
{
	const char *s = strerrordesc_np(err < 0 ? -err : err);

	return s ? s : "unknown error";
}
