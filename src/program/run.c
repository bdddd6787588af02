/* run.c - threads and signals of one run (session.h).
 *
 * The event thread runs the engine and queues alerts; the output thread (the
 * library's) empties the queue; this thread waits for signals and for the end.
 */
#include "program/session.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct event_thread { struct session *s; int done_fd; };

static void queue_alert(void *ctx, const struct saker_match_info *m)
{
	struct session *s = ctx;

	saker_outputs_alert(s->outputs, m);
}

static void *event_thread(void *arg)
{
	struct event_thread *t = arg;
	const uint64_t one = 1;

	t->s->run_result = saker_run(t->s->engine, 0, queue_alert, t->s, &t->s->run_error);
	while (write(t->done_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
	return NULL;
}

static void on_signal(struct session *s, int sig)
{
	switch (sig) {
	case SIGINT:
	case SIGTERM:
		logger_line(&s->logger, 6, sig == SIGINT ? "SIGINT received, exiting..."
							  : "SIGTERM received, exiting...");
		saker_stop(s->engine);
		break;
	case SIGUSR1:
		logger_line(&s->logger, 6, "SIGUSR1 received, reopening outputs...");
		saker_outputs_reopen(s->outputs);
		break;
	}
}

static void wait_for_end(struct session *s, int signal_fd, int done_fd)
{
	struct pollfd p[2] = { { .fd = signal_fd, .events = POLLIN }, { .fd = done_fd, .events = POLLIN } };
	struct signalfd_siginfo si;

	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		if ((p[0].revents & POLLIN) && read(signal_fd, &si, sizeof si) == (ssize_t)sizeof si)
			on_signal(s, (int)si.ssi_signo);
		if (p[1].revents & POLLIN)
			return;
	}
}

static int write_pidfile(const char *path, struct saker_error *err)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return fail_errno(err, "cannot write pid file '%s'", path);
	fprintf(f, "%d", (int)getpid());
	return fclose(f) == 0 ? 0 : fail_errno(err, "cannot write pid file '%s'", path);
}

struct output_key { struct session *s; struct saker_error *err; int rc; };

static void to_outputs(void *ctx, const char *key, const char *value)
{
	struct output_key *k = ctx;

	if (k->rc == 0)
		k->rc = saker_outputs_set(k->s->outputs, key, value, k->err);
}

static int start_outputs(struct session *s, struct saker_error *err)
{
	const char *kind = saker_config_get(s->config, "engine.kind");
	struct saker_outputs_options o = {
		.size = sizeof o, .replay = kind && strcmp(kind, "replay") == 0,
		.log = logger_line, .log_ctx = &s->logger,
	};
	struct output_key k = { s, err, 0 };

	s->outputs = saker_outputs_new(&o);
	saker_config_each(s->config, to_outputs, &k);
	if (s->cmd.unbuffered && k.rc == 0)
		k.rc = saker_outputs_set(s->outputs, "buffered_outputs", "false", err);
	return k.rc < 0 ? k.rc : saker_outputs_start(s->outputs, err);
}

/* Before the pid file is there: who reads it may send one at once. */
static void hold_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

static int run_threads(struct session *s, const sigset_t *set, struct saker_error *err)
{
	int done = eventfd(0, EFD_CLOEXEC), sfd;
	struct event_thread t = { s, done };
	pthread_t id;

	sfd = signalfd(-1, set, SFD_CLOEXEC);
	if (done < 0 || sfd < 0)
		return fail_errno(err, "cannot make event and signal descriptors");
	if (pthread_create(&id, NULL, event_thread, &t) != 0)
		return fail(err, SAKER_E_SYS, "cannot start the event thread");
	wait_for_end(s, sfd, done);
	pthread_join(id, NULL);
	close(sfd);
	close(done);
	return 0;
}

/* 0 when events come from a capture, which is then open. */
static int open_source(struct session *s, struct saker_error *err)
{
	const char *kind = saker_config_get(s->config, "engine.kind");
	const char *file = saker_config_get(s->config, "engine.replay.capture_file");

	if (!kind || strcmp(kind, "replay") != 0)
		return fail(err, SAKER_E_ARG, "engine.kind '%s' cannot be opened: this version reads captures; "
			    "give one with -e FILE", kind ? kind : "");
	if (!file || !*file)
		return fail(err, SAKER_E_ARG,
			    "engine.kind is 'replay' but no engine.replay.capture_file specified.");
	return saker_open_capture(s->engine, file, err);
}

int session_run(struct session *s, struct saker_error *err)
{
	int rc = open_source(s, err);
	sigset_t set;

	if (rc < 0)
		return rc;
	if (s->cmd.dry_run)
		return 0;
	rc = start_outputs(s, err);
	hold_signals(&set);
	if (rc == 0 && s->cmd.pidfile)
		rc = write_pidfile(s->cmd.pidfile, err);
	if (rc == 0)
		rc = run_threads(s, &set, err);
	if (rc < 0)
		return rc;
	saker_outputs_stop(s->outputs);
	session_closing_report(s);
	if (s->run_result < 0) {
		*err = s->run_error;
		return s->run_result;
	}
	return 0;
}
