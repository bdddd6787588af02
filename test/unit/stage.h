/* stage.h - a whole engine with rules r0, r1 ... and events made by the test, one call each.
 * Each call says which rules matched.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/strbuf.h"
#include "event/build.h"
#include "event/event.h"
#include "saker.h"
#include <cmocka.h>     /* last: it has a macro named fail */

struct stage {
	struct saker *s;
	uint64_t ts;
	unsigned fired;         /* bit n: the rule "rn" matched the latest event */
	char text[512];         /* of its last alert */
	struct param p[EVENT_MAX_PARAMS];
	uint64_t num[EVENT_MAX_PARAMS];
};

static inline void found(void *ctx, const struct saker_match_info *m)
{
	struct stage *g = ctx;

	g->fired |= 1u << atoi(m->rule + 1);
	snprintf(g->text, sizeof g->text, "%.*s", (int)m->text_len, m->text);
}

/* Parameters of the next event, by position. */
static inline void number(struct stage *g, unsigned i, int64_t v)
{
	g->num[i] = (uint64_t)v;
}

static inline void bytes(struct stage *g, unsigned i, const void *p, uint32_t len)
{
	g->p[i] = (struct param){ p, len };
}

static inline void string(struct stage *g, unsigned i, const char *s)
{
	bytes(g, i, s, (uint32_t)strlen(s) + 1);
}

/* Numbers are as wide as their parameter; what was not given is 0 or empty. */
static inline unsigned send(struct stage *g, int64_t tid, uint16_t code)
{
	const struct event_info *info = &EVENTS[code];
	struct saker_error err = { 0 };
	static uint8_t raw[8192];
	uint32_t len;

	for (unsigned i = 0; i < info->nparams; i++) {
		unsigned size = param_type_size(info->param[i].type);

		if (!g->p[i].p && size)
			bytes(g, i, &g->num[i], size > 8 ? 8 : size);
	}
	g->ts += 1000;
	g->fired = 0;
	len = event_build(raw, sizeof raw, g->ts, tid, code, g->p, info->nparams);
	assert_true(len > 0);
	if (saker_process_event(g->s, 0, raw, len, found, g, &err) < 0)
		fail_msg("%s", err.msg);
	memset(g->p, 0, sizeof g->p);
	memset(g->num, 0, sizeof g->num);
	return g->fired;
}

static inline unsigned openat(struct stage *g, int64_t tid, int64_t fd, const char *name)
{
	number(g, 0, fd);
	number(g, 1, -100);
	string(g, 2, name);
	number(g, 3, 1);
	return send(g, tid, PPME_SYSCALL_OPENAT_2_X);
}

static inline unsigned on_fd(struct stage *g, int64_t tid, uint16_t code, int64_t fd)
{
	number(g, 0, 4);
	number(g, code == PPME_SYSCALL_CLOSE_X ? 1 : 2, fd);
	return send(g, tid, code);
}

static inline unsigned reads(struct stage *g, int64_t tid, int64_t fd)
{
	return on_fd(g, tid, PPME_SYSCALL_READ_X, fd);
}

static inline unsigned exec(struct stage *g, int64_t tid, int64_t ptid, const char *comm)
{
	string(g, 1, comm);
	number(g, 3, tid);
	number(g, 4, tid);
	number(g, 5, ptid);
	string(g, 13, comm);
	bytes(g, 15, "HOME=/h", 8);
	number(g, 26, 1000);
	return send(g, tid, PPME_SYSCALL_EXECVE_19_X);
}

static inline unsigned clone(struct stage *g, int64_t tid, int64_t child, const char *comm, uint32_t flags)
{
	number(g, 0, child);
	string(g, 1, comm);
	string(g, 13, comm);
	number(g, 15, flags);
	number(g, 16, 1000);
	return send(g, tid, PPME_SYSCALL_CLONE_20_X);
}

static inline unsigned one_path(struct stage *g, int64_t tid, uint16_t code, const char *path)
{
	string(g, 1, path);
	return send(g, tid, code);
}

static inline unsigned json_event(struct stage *g, const char *json)
{
	string(g, 1, "container");
	string(g, 2, json);
	return send(g, -1, PPME_ASYNCEVENT_E);
}

/* An engine with one configuration key and rules of these conditions, all with one output; init (1)
 * and its child sh (10) run. */
static inline void curtain_of(struct stage *g, const char *key, const char *value, const char *output,
			      const char *const *cond)
{
	struct saker_options o = { .size = sizeof o };
	struct strbuf b = STRBUF_INIT;
	struct saker_error err = { 0 };

	memset(g, 0, sizeof *g);
	g->ts = 1700000000000000000ull;
	g->s = saker_new(&o, &err);
	assert_non_null(g->s);
	assert_int_equal(saker_set(g->s, key, value, &err), 0);
	if (strcmp(key, "rule_matching") != 0)
		assert_int_equal(saker_set(g->s, "rule_matching", "all", &err), 0);
	assert_int_equal(saker_set(g->s, "priority", "debug", &err), 0);
	for (unsigned i = 0; cond[i]; i++)
		strbuf_printf(&b, "- rule: r%u\n  desc: d\n  condition: >-\n    %s\n  output: >-\n    %s\n"
			      "  priority: INFO\n  warn_evttypes: false\n", i, cond[i], output);
	if (saker_load_text(g->s, "rules", b.s, b.len, &err) < 0)
		fail_msg("%s", saker_load_report(g->s));
	strbuf_release(&b);
	exec(g, 1, 0, "init");
	exec(g, 10, 1, "sh");
}
#define RULES(g, ...) curtain_of(g, "rule_matching", "all", "x", (const char *const[]){ __VA_ARGS__, NULL })

static inline void fall(struct stage *g)
{
	saker_free(g->s);
}
