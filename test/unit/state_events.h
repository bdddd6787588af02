/* state_events.h - makes events for the tests of the state, one call each. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "event/build.h"
#include "state/state_internal.h"
#include <cmocka.h>     /* last: it has a macro named fail */

struct feed {
	struct state *s;
	struct event_ctx ctx;
	struct event ev;
	uint64_t ts;
	uint8_t raw[8192];
	/* parameters of the event that is being made */
	struct param p[EVENT_MAX_PARAMS];
	uint64_t num[EVENT_MAX_PARAMS];
	unsigned n;
};

static inline void feed_open(struct feed *f, const struct state_options *o)
{
	static const struct state_options DEFAULTS;

	memset(f, 0, sizeof *f);
	f->s = state_new(o ? o : &DEFAULTS);
	f->ts = 1000000000ull;
}

static inline void feed_close(struct feed *f)
{
	state_free(f->s);
}

/* The parameters of the next event, by position. */
static inline void p_bytes(struct feed *f, unsigned i, const void *p, uint32_t len)
{
	f->p[i] = (struct param){ p, len };
	if (i >= f->n)
		f->n = i + 1;
}

static inline void p_num(struct feed *f, unsigned i, uint64_t v, uint32_t size)
{
	f->num[i] = v;
	p_bytes(f, i, &f->num[i], size);
}

static inline void p_i64(struct feed *f, unsigned i, int64_t v) { p_num(f, i, (uint64_t)v, 8); }
static inline void p_u32(struct feed *f, unsigned i, uint32_t v) { p_num(f, i, v, 4); }

static inline void p_str(struct feed *f, unsigned i, const char *s)
{
	p_bytes(f, i, s, (uint32_t)strlen(s) + 1);
}

/* Sends it; all other parameters of the code are empty. */
static inline void feed_send(struct feed *f, int64_t tid, uint16_t code)
{
	unsigned n = EVENTS[code].nparams;
	uint32_t len;

	for (unsigned i = f->n; i < n; i++)
		f->p[i] = (struct param){ NULL, 0 };
	f->ts += 1000;
	len = event_build(f->raw, sizeof f->raw, f->ts, tid, code, f->p, n > f->n ? n : f->n);
	assert_true(len > 0);
	memset(&f->ev, 0, sizeof f->ev);
	assert_int_equal(event_decode(&f->ev, f->raw, len, NULL), 0);
	f->ev.num++;
	state_apply(f->s, &f->ev, &f->ctx);
	memset(f->p, 0, sizeof f->p);
	f->n = 0;
}

/* -- what processes do -------------------------------------------------------- */

static inline void do_getuid(struct feed *f, int64_t tid)
{
	p_i64(f, 0, 0);
	p_num(f, 1, 0, 2);
	feed_send(f, tid, PPME_GENERIC_X);
}

static inline void do_openat(struct feed *f, int64_t tid, int64_t fd, int64_t dirfd,
			     const char *name, uint32_t flags)
{
	p_i64(f, 0, fd);
	p_i64(f, 1, dirfd);
	p_str(f, 2, name);
	p_u32(f, 3, flags);
	feed_send(f, tid, PPME_SYSCALL_OPENAT_2_X);
}

static inline void do_close(struct feed *f, int64_t tid, int64_t fd)
{
	p_i64(f, 0, 0);
	p_i64(f, 1, fd);
	feed_send(f, tid, PPME_SYSCALL_CLOSE_X);
}

static inline void do_read(struct feed *f, int64_t tid, int64_t fd)
{
	p_i64(f, 0, 10);
	p_i64(f, 2, fd);
	feed_send(f, tid, PPME_SYSCALL_READ_X);
}

/* One side of a clone: res > 0 the parent's, 0 the child's (tid is the child then). */
static inline void do_clone(struct feed *f, int64_t tid, int64_t res, int64_t pid, int64_t ptid,
			    const char *comm, uint32_t flags)
{
	p_i64(f, 0, res);
	p_str(f, 1, comm);
	p_i64(f, 3, tid);
	p_i64(f, 4, pid);
	p_i64(f, 5, ptid);
	p_str(f, 13, comm);
	p_u32(f, 15, flags);
	p_u32(f, 16, 1000);
	p_u32(f, 17, 1000);
	p_i64(f, 18, tid);
	p_i64(f, 19, pid);
	feed_send(f, tid, PPME_SYSCALL_CLONE_20_X);
}

static inline void do_exec(struct feed *f, int64_t tid, int64_t res, int64_t pid, int64_t ptid,
			   const char *comm)
{
	p_i64(f, 0, res);
	p_str(f, 1, comm);
	p_bytes(f, 2, "-a\0b", 5);
	p_i64(f, 3, tid);
	p_i64(f, 4, pid);
	p_i64(f, 5, ptid);
	p_str(f, 13, comm);
	p_bytes(f, 15, "HOME=/h", 8);
	p_u32(f, 26, 0);
	feed_send(f, tid, PPME_SYSCALL_EXECVE_19_X);
}

static inline void do_exit(struct feed *f, int64_t tid, int64_t reaper)
{
	p_i64(f, 0, 0);
	p_i64(f, 4, reaper);
	feed_send(f, tid, PPME_PROCEXIT_1_E);
}

/* A process of the list the capture starts with. */
static inline void add_process(struct feed *f, int64_t tid, int64_t pid, int64_t ptid,
			       const char *comm)
{
	struct source_sink sink;

	state_sink(f->s, &sink);
	sink.process(sink.ctx, &(struct proc_entry){
		.tid = tid, .pid = pid, .ptid = ptid, .vtid = tid, .vpid = pid, .sid = pid,
		.comm = comm, .exe = comm, .exepath = "/bin/x", .cwd = "/work", .root = "/",
		.fdlimit = 1024, .uid = 1000, .gid = 1000, .loginuid = UINT32_MAX });
}

static inline void lists_done(struct feed *f)
{
	struct source_sink sink;

	state_sink(f->s, &sink);
	sink.lists_done(sink.ctx);
}

static inline uint32_t tuple4(uint8_t *out, const uint8_t *sip, uint16_t sport, const uint8_t *dip,
			      uint16_t dport)
{
	out[0] = 2;
	memcpy(out + 1, sip, 4);
	memcpy(out + 5, &sport, 2);
	memcpy(out + 7, dip, 4);
	memcpy(out + 11, &dport, 2);
	return 13;
}

static inline uint32_t addr4(uint8_t *out, const uint8_t *ip, uint16_t port)
{
	out[0] = 2;
	memcpy(out + 1, ip, 4);
	memcpy(out + 5, &port, 2);
	return 7;
}
