/* outputs.c - the outputs half of saker.h: the alert queue, the output thread with
 * its Lua state, options and counters.
 *
 * The thread runs lua/outputs/main.lua, which polls batches from the queue and hands
 * them to the sinks.  All its signals are blocked: signals are the program's.
 */
#include "engine/outputs.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/error.h"
#include "base/kv.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/alert_queue.h"
#include "script/lua_host.h"
#include "script/output_system.h"

enum {
	COUNTERS = 64,
	REPLAY_BYTES = 1 << 20,         /* it waits, so that little is enough */
};

struct counter { char name[48]; _Atomic uint64_t n; };

enum phase { PHASE_NEW, PHASE_STARTING, PHASE_RUNNING, PHASE_ENDED };

struct saker_outputs {
	struct kv options;
	struct log log;
	bool replay;
	struct alert_queue *queue;      /* NULL before start */
	_Atomic uint64_t early;         /* alerts before start, lost */
	_Atomic uint32_t reopen;
	bool has_thread, abandoned, told_drop;
	pthread_t thread;
	pthread_mutex_t lock;           /* of phase and error */
	pthread_cond_t changed;
	enum phase phase;
	struct saker_error error;
	struct counter counter[COUNTERS];       /* written by the output thread */
	_Atomic uint32_t ncounters;
};

/* -- life ------------------------------------------------------------------------- */

struct saker_outputs *saker_outputs_new(const struct saker_outputs_options *opt)
{
	struct saker_outputs *o = mem_zalloc(sizeof *o);
	struct saker_outputs_options given = { .size = sizeof given };

	if (opt)
		memcpy(&given, opt, opt->size < sizeof given ? opt->size : sizeof given);
	o->replay = given.replay != 0;
	o->log = (struct log){ given.log, given.log_ctx };
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->changed, NULL);
	return o;
}

void saker_outputs_free(struct saker_outputs *o)
{
	if (!o)
		return;
	saker_outputs_stop(o);
	if (o->abandoned)
		return;                 /* its thread still holds it */
	alert_queue_free(o->queue);
	kv_release(&o->options);
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

int saker_outputs_set(struct saker_outputs *o, const char *key, const char *value,
		      struct saker_error *err)
{
	if (o->queue)
		return fail(err, SAKER_E_ARG, "outputs have started, too late to set '%s'", key);
	kv_set(&o->options, key, value);
	return SAKER_OK;
}

int saker_outputs_add(struct saker_outputs *o, const char *kind, struct saker_error *err)
{
	static const char *const kinds[] = { "stdout", "file", "syslog", "program" };
	char key[32];

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i]) == 0) {
			snprintf(key, sizeof key, "%s_output.enabled", kind);
			return saker_outputs_set(o, key, "true", err);
		}
	return fail(err, SAKER_E_ARG, "unknown kind of output '%s'", kind);
}

/* -- the thread ---------------------------------------------------------------------- */

static void set_phase(struct saker_outputs *o, enum phase phase)
{
	pthread_mutex_lock(&o->lock);
	o->phase = phase;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

static void *output_thread(void *arg)
{
	struct saker_outputs *o = arg;
	struct lua_host *host = lua_host_new(false, &o->log, &o->error);
	int rc = host ? lua_host_run(host, "outputs.main", &OUTPUT_API, o, &o->error) : -1;

	lua_host_free(host);
	if (rc < 0) {
		if (o->phase == PHASE_RUNNING)
			log_line(&o->log, LVL_ERROR, "outputs have ended: %s", o->error.msg);
		outputs_close(o);
	}
	set_phase(o, PHASE_ENDED);
	return NULL;
}

int outputs_open(struct saker_outputs *o, struct saker_error *err)
{
	struct alert_queue_options q = {
		.max_alerts = kv_u64(&o->options, "outputs_queue.capacity", 0),
		.max_bytes = o->replay ? REPLAY_BYTES : 0,
		.wait = o->replay,
	};

	if (o->queue)
		return fail(err, SAKER_E_ARG, "outputs have started already");
	o->queue = alert_queue_new(&q);
	return o->queue ? SAKER_OK : fail(err, SAKER_E_NOMEM, "no memory for the alert queue");
}

void outputs_close(struct saker_outputs *o)
{
	alert_queue_close(o->queue);
}

static int create_thread(struct saker_outputs *o, struct saker_error *err)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&o->thread, NULL, output_thread, o);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		errno = rc;
		return fail_errno(err, "cannot start the output thread");
	}
	o->has_thread = true;
	return SAKER_OK;
}

int saker_outputs_start(struct saker_outputs *o, struct saker_error *err)
{
	int rc = outputs_open(o, err);

	if (rc == SAKER_OK) {
		o->phase = PHASE_STARTING;
		rc = create_thread(o, err);
		if (rc < 0)             /* nobody will read: alerts are refused, not waited with */
			outputs_close(o);
	}
	if (rc < 0)
		return rc;
	pthread_mutex_lock(&o->lock);
	while (o->phase == PHASE_STARTING)
		pthread_cond_wait(&o->changed, &o->lock);
	if (o->phase == PHASE_ENDED)
		rc = fail(err, o->error.code ? o->error.code : SAKER_E_BUG, "%s", o->error.msg);
	pthread_mutex_unlock(&o->lock);
	return rc;
}

/* Live, waits as long as alerts still go out; what is stuck longer is given up. */
static bool join(struct saker_outputs *o)
{
	uint64_t patience = kv_u64(&o->options, "output_timeout", 2000), still = 0, before = 0;
	struct alert_queue_stats st;
	struct timespec until;

	if (o->replay)
		return pthread_join(o->thread, NULL) == 0;
	while (still <= patience) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 100000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_timedjoin_np(o->thread, NULL, &until) == 0)
			return true;
		alert_queue_stats(o->queue, &st);
		still = st.taken == before ? still + 100 : 0;
		before = st.taken;
	}
	return false;
}

void saker_outputs_stop(struct saker_outputs *o)
{
	if (!o->has_thread)
		return;
	outputs_close(o);
	if (!join(o)) {
		log_line(&o->log, LVL_NOTICE,
			 "output channels still blocked, discarding all remaining notifications");
		o->abandoned = true;
		pthread_detach(o->thread);
	}
	o->has_thread = false;
}

/* -- alerts in ------------------------------------------------------------------------ */

static int put(struct saker_outputs *o, const struct saker_alert *a)
{
	if (!o->queue) {
		atomic_fetch_add(&o->early, 1);
		return 0;
	}
	return alert_queue_put(o->queue, a, (uint32_t)strlen(a->rule));
}

int saker_outputs_alert(struct saker_outputs *o, const struct saker_match_info *m)
{
	struct saker_alert a = {
		.ts_ns = m->ts_ns, .text = m->text, .rule = m->rule, .priority = m->priority,
		.text_len = m->text_len < INT32_MAX ? (uint32_t)m->text_len : INT32_MAX,
	};

	return put(o, &a);
}

int saker_outputs_message(struct saker_outputs *o, unsigned priority, const char *rule, const char *line)
{
	struct timespec now;
	struct saker_alert a = {
		.text = line, .text_len = (uint32_t)strlen(line), .rule = rule, .priority = priority,
		.internal = 1,
	};

	clock_gettime(CLOCK_REALTIME, &now);
	a.ts_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	return put(o, &a);
}

void saker_outputs_reopen(struct saker_outputs *o)
{
	atomic_store(&o->reopen, 1);
	if (o->queue)
		alert_queue_poke(o->queue);
}

/* -- counters --------------------------------------------------------------------------- */

static struct counter *find_counter(struct saker_outputs *o, const char *name)
{
	uint32_t n = atomic_load(&o->ncounters);

	for (uint32_t i = 0; i < n; i++)
		if (strcmp(o->counter[i].name, name) == 0)
			return &o->counter[i];
	return NULL;
}

static void api_count(struct saker_outputs *o, const char *name, uint64_t n)
{
	struct counter *c = find_counter(o, name);
	uint32_t used = atomic_load(&o->ncounters);

	if (!c) {
		if (used == COUNTERS)
			return;
		c = &o->counter[used];
		snprintf(c->name, sizeof c->name, "%s", name);
		atomic_store(&o->ncounters, used + 1);
	}
	atomic_fetch_add(&c->n, n);
}

static void queue_counters(struct saker_outputs *o, void *ctx,
			   void (*f)(void *ctx, const char *name, uint64_t n))
{
	struct alert_queue_stats st = { 0 };

	if (o->queue)
		alert_queue_stats(o->queue, &st);
	f(ctx, "queue.alerts", st.put);
	f(ctx, "queue.dropped", st.dropped + atomic_load(&o->early));
	f(ctx, "queue.undelivered", st.put - st.taken);         /* in the end: lost */
	f(ctx, "queue.waits", st.waits);
	f(ctx, "queue.wakeups", st.wakeups);
}

struct wanted { const char *name; uint64_t n; };

static void pick(void *ctx, const char *name, uint64_t n)
{
	struct wanted *w = ctx;

	if (strcmp(name, w->name) == 0)
		w->n = n;
}

uint64_t saker_outputs_counter(struct saker_outputs *o, const char *name)
{
	struct wanted w = { name, 0 };
	struct counter *c = find_counter(o, name);

	if (c)
		return atomic_load(&c->n);
	queue_counters(o, &w, pick);
	return w.n;
}

void saker_outputs_each_counter(struct saker_outputs *o, void (*f)(void *ctx, const char *name, uint64_t n),
				void *ctx)
{
	queue_counters(o, ctx, f);
	for (uint32_t i = 0; i < atomic_load(&o->ncounters); i++)
		f(ctx, o->counter[i].name, atomic_load(&o->counter[i].n));
}

/* -- for Lua ------------------------------------------------------------------------------ */

static const char *api_option(struct saker_outputs *o, const char *key)
{
	return kv_get(&o->options, key);
}

static int32_t api_is_replay(struct saker_outputs *o)
{
	return o->replay;
}

static void api_log(struct saker_outputs *o, int32_t level, const char *s)
{
	log_line(&o->log, level, "%s", s);
}

static void tell_first_drop(struct saker_outputs *o)
{
	struct alert_queue_stats st;

	alert_queue_stats(o->queue, &st);
	if (!st.dropped)
		return;
	o->told_drop = true;
	log_line(&o->log, LVL_ERROR, "Outputs queue out of memory. Drop event and continue on ...");
}

/* The first poll says that the sinks are open. */
static int32_t api_poll(struct saker_outputs *o, struct saker_alert *out, uint32_t max, uint32_t timeout_ms)
{
	if (o->phase != PHASE_RUNNING)
		set_phase(o, PHASE_RUNNING);
	if (!o->told_drop)
		tell_first_drop(o);
	return alert_queue_get(o->queue, out, max, timeout_ms);
}

static int32_t api_take_reopen(struct saker_outputs *o)
{
	return (int32_t)atomic_exchange(&o->reopen, 0);
}

const struct saker_output_api OUTPUT_API = {
	.abi = SAKER_OUTPUT_ABI, .size = sizeof OUTPUT_API,
	.option = api_option, .is_replay = api_is_replay, .log = api_log,
	.poll = api_poll, .take_reopen = api_take_reopen, .count = api_count,
	.file_open = output_file_open, .write_alerts = output_write_alerts,
	.file_close = output_file_close,
	.program_start = output_program_start, .program_end = output_program_end,
	.syslog = output_syslog, .error_text = output_error_text,
};
