/* capture_test.c - the capture reader: events, sections, damage. */
#include "capture_build.h"
#include "source/capture.h"
#include "source/memory.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <zlib.h>

static struct bytes B;

struct seen { unsigned sections, lists, processes, fds; };
static void on_section(void *ctx) { ((struct seen *)ctx)->sections++; }
static void on_done(void *ctx) { ((struct seen *)ctx)->lists++; }
static void on_process(void *ctx, const struct proc_entry *p)
{
	((struct seen *)ctx)->processes += p->tid > 0;
}
static void on_fd(void *ctx, const struct fd_entry *f)
{
	((struct seen *)ctx)->fds += f->name != NULL;
}

/* Reads all of a capture.  Returns the number of events, the last result in *rc. */
static unsigned read_all(const uint8_t *s, size_t n, struct seen *seen, int *rc,
			 struct saker_error *err)
{
	struct seen none;
	struct source_sink sink = { .ctx = seen ? seen : &none,
				    .section = on_section,
				    .lists_done = on_done,
				    .process = on_process,
				    .fd = on_fd };
	static struct event ev;
	unsigned events = 0;
	struct source *src;
	char path[64];
	int fd = as_file(s, n, path);

	memset(sink.ctx, 0, sizeof none);
	memset(err, 0, sizeof *err);
	assert_true(fd >= 0);
	src = capture_open(path, &sink, err);
	if (!src)
		*rc = err->code;
	else
		while ((*rc = source_next(src, &ev, err)) == SOURCE_EVENT)
			events++;
	if (src && *rc < 0)             /* once broken, always broken */
		assert_int_equal(source_next(src, &ev, NULL), *rc);
	source_free(src);
	close(fd);
	return events;
}

static void events_come_out_as_they_went_in(void **state)
{
	struct source_sink sink = { 0 };
	struct source *src;
	static struct event ev;
	char path[64];
	int fd;
	(void)state;

	B.n = 0;
	put_section(&B);
	for (int64_t tid = 1; tid <= 3; tid++)
		put_chdir(&B, tid);
	fd = as_file(B.s, B.n, path);
	src = capture_open(path, &sink, NULL);
	assert_non_null(src);
	for (int64_t tid = 1; tid <= 3; tid++) {
		assert_int_equal(source_next(src, &ev, NULL), SOURCE_EVENT);
		assert_int_equal(ev.tid, tid);
		assert_int_equal(ev.ts, 1000 + tid);
		assert_int_equal(ev.cpu, 1);
		assert_int_equal(ev.flags, 0);
		assert_string_equal(param_str(&ev, 1, NULL), "/");
	}
	assert_int_equal(source_next(src, &ev, NULL), SOURCE_EOF);
	source_free(src);
	close(fd);
}

/* One event block of a given kind and body, behind a section header. */
static unsigned read_one(uint32_t type, const struct bytes *body, uint32_t *flags,
			 uint32_t *nparams, struct saker_error *err)
{
	struct source_sink sink = { 0 };
	static struct event ev;
	struct source *src;
	unsigned n = 0;
	char path[64];
	int fd, rc;

	B.n = 0;
	put_section(&B);
	put_block(&B, type, body->s, body->n);
	fd = as_file(B.s, B.n, path);
	memset(err, 0, sizeof *err);
	src = capture_open(path, &sink, err);
	assert_non_null(src);
	while ((rc = source_next(src, &ev, err)) == SOURCE_EVENT) {
		*flags = ev.flags;
		*nparams = ev.nparams;
		n++;
	}
	source_free(src);
	close(fd);
	return n;
}

static void the_flags_of_a_block_become_those_of_the_event(void **state)
{
	static const struct { uint32_t type, in, out; } ROW[] = {
		{ 0x217, 1, EVENT_STATE_ONLY },
		{ 0x217, 2, 0 },
		{ 0x222, 1, EVENT_STATE_ONLY },
		{ 0x222, 0, 0 },
	};
	const struct param none[2] = { { NULL, 0 } };
	static struct bytes body;
	struct saker_error err;
	uint32_t flags, nparams;
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		body.n = 0;
		put_uint(&body, 0, 2);
		put_uint(&body, ROW[i].in, 4);
		body.n += event_build(body.s + body.n, 100, 1, 1, PPME_SYSCALL_CHDIR_X, none, 2);
		assert_int_equal(read_one(ROW[i].type, &body, &flags, &nparams, &err), 1);
		assert_int_equal(flags, ROW[i].out);
	}
}

static void events_without_a_parameter_count_get_one(void **state)
{
	static struct bytes body;
	struct saker_error err;
	uint32_t flags, nparams;
	(void)state;

	for (int kind = 0; kind < 2; kind++) {
		body.n = 0;
		put_uint(&body, 0, 2);
		if (kind)
			put_uint(&body, 0, 4);
		put_uint(&body, 1, 8);                          /* ts */
		put_uint(&body, 7, 8);                          /* tid */
		put_uint(&body, 22 + 4 + 8 + 2, 4);             /* length */
		put_uint(&body, PPME_SYSCALL_CHDIR_X, 2);
		put_uint(&body, 8, 2);
		put_uint(&body, 2, 2);
		put_uint(&body, 0, 8);
		put(&body, "/", 2);
		assert_int_equal(read_one(kind ? 0x208 : 0x204, &body, &flags, &nparams, &err), 1);
		assert_int_equal(nparams, 2);
		assert_int_equal(read_one(kind ? 0x208 : 0x8010ABCD, &body, &flags, &nparams, &err),
				 1);
	}
	body.s[6 + 16] += 1;                                    /* no count fits this length */
	assert_int_equal(read_one(0x208, &body, &flags, &nparams, &err), 0);
	assert_non_null(strstr(err.msg, "do not add up"));
}

static void types_of_a_newer_schema_are_passed_over(void **state)
{
	static struct bytes body;
	struct saker_error err;
	uint32_t flags, nparams;
	(void)state;

	body.n = 2;
	body.n += event_build(body.s + 2, 100, 1, 1, EVENT_MAX + 3, NULL, 0);
	assert_int_equal(read_one(0x216, &body, &flags, &nparams, &err), 0);
	assert_int_equal(err.code, 0);
}

static void only_large_blocks_may_be_large(void **state)
{
	static uint8_t data[100000];
	const struct param p[] = { { data, 4 },
				   { (const uint8_t *)"x", 2 },
				   { data, sizeof data } };
	static struct bytes body;
	struct saker_error err;
	uint32_t flags, nparams;
	(void)state;

	body.n = 2;
	body.n += event_build(body.s + 2, 200000, 1, 1, PPME_ASYNCEVENT_E, p, 3);
	assert_int_equal(read_one(0x221, &body, &flags, &nparams, &err), 1);
	assert_int_equal(nparams, 3);
	assert_int_equal(read_one(0x216, &body, &flags, &nparams, &err), 0);
	assert_non_null(strstr(err.msg, "at byte 28: event block of"));
}

static void leading_user_and_container_events_are_hidden(void **state)
{
	static const unsigned TYPE[] = { PPME_USER_ADDED_E, PPME_ASYNCEVENT_E, PPME_SYSCALL_CHDIR_X,
					 PPME_ASYNCEVENT_E };
	static const uint32_t FLAGS[] = { EVENT_HIDDEN, EVENT_HIDDEN, 0, 0 };
	const struct param none[8] = { { NULL, 0 } };
	struct source_sink sink = { 0 };
	static struct event ev;
	struct source *src;
	uint8_t body[128] = { 0 };
	char path[64];
	int fd;
	(void)state;

	B.n = 0;
	put_section(&B);
	for (int i = 0; i < 4; i++)
		put_block(&B, 0x216, body,
			  2 + event_build(body + 2, 100, 1, 1, (uint16_t)TYPE[i], none,
					  EVENTS[TYPE[i]].nparams));
	fd = as_file(B.s, B.n, path);
	src = capture_open(path, &sink, NULL);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(source_next(src, &ev, NULL), SOURCE_EVENT);
		assert_int_equal(ev.flags, FLAGS[i]);
	}
	source_free(src);
	close(fd);
}

static void load_trace(struct bytes *b, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		fail_msg("no %s: run from the project's folder", path);
	b->n = fread(b->s, 1, sizeof b->s, f);
	fclose(f);
}

static void captures_one_behind_the_other_are_sections(void **state)
{
	struct saker_error err;
	struct seen one, two;
	unsigned n;
	int rc;
	(void)state;

	load_trace(&B, "traces/cat-devnull.scap");
	n = read_all(B.s, B.n, &one, &rc, &err);
	assert_int_equal(rc, SOURCE_EOF);
	assert_int_equal(n, 8);
	assert_int_equal(one.sections, 0);
	assert_int_equal(one.lists, 1);
	memcpy(B.s + B.n, B.s, B.n);
	assert_int_equal(read_all(B.s, 2 * B.n, &two, &rc, &err), 2 * n);
	assert_int_equal(rc, SOURCE_EOF);
	assert_int_equal(two.sections, 1);
	assert_int_equal(two.lists, 2);
	assert_int_equal(two.processes, 2 * one.processes);
	assert_int_equal(two.fds, 2 * one.fds);
}

static size_t gzipped(uint8_t *out, size_t cap, const uint8_t *s, size_t n)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)s,
		       .avail_in = (uInt)n,
		       .next_out = out,
		       .avail_out = (uInt)cap };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void gzip_reads_as_plain_does_members_and_all(void **state)
{
	static uint8_t z[64 << 10];
	struct saker_error err;
	size_t n;
	int rc;
	(void)state;

	load_trace(&B, "traces/exec-chain.scap");
	n = gzipped(z, sizeof z / 2, B.s, B.n);
	assert_int_equal(read_all(z, n, NULL, &rc, &err), 15);
	assert_int_equal(rc, SOURCE_EOF);
	memcpy(z + n, z, n);
	assert_int_equal(read_all(z, 2 * n, NULL, &rc, &err), 30);
	assert_int_equal(rc, SOURCE_EOF);
	memcpy(z + n, "garbage", 7);            /* as gzip does: not ours */
	assert_int_equal(read_all(z, n + 7, NULL, &rc, &err), 15);
	assert_int_equal(rc, SOURCE_EOF);
	/* every cut is noticed, what came before is delivered */
	for (size_t cut = 0; cut < n; cut++) {
		unsigned events = read_all(z, cut, NULL, &rc, &err);

		assert_true(rc < 0 && events <= 15);
		assert_non_null(strstr(err.msg, "/proc/self/fd/"));
	}
	for (size_t i = 0; i < n; i++) {        /* damage inside: a result, never a crash */
		z[i] ^= 0x55;
		assert_true(read_all(z, n, NULL, &rc, &err) <= 15);
		z[i] ^= 0x55;
	}
}

static void a_capture_longer_than_the_window_reads_through(void **state)
{
	static struct bytes z;
	struct saker_error err;
	int rc;
	(void)state;

	B.n = 0;
	put_section(&B);
	for (int i = 1; i <= 9000; i++)
		put_chdir(&B, i);
	assert_true(B.n > 400 << 10);
	assert_int_equal(read_all(B.s, B.n, NULL, &rc, &err), 9000);
	assert_int_equal(rc, SOURCE_EOF);
	z.n = gzipped(z.s, sizeof z.s, B.s, B.n);
	assert_int_equal(read_all(z.s, z.n, NULL, &rc, &err), 9000);
	assert_int_equal(rc, SOURCE_EOF);
	assert_int_equal(read_all(z.s, z.n - 9, NULL, &rc, &err), 9000); /* the check sum is gone */
	assert_int_equal(rc, SAKER_E_DATA);
	assert_int_equal(read_all(B.s, B.n - 1, NULL, &rc, &err), 8999);
	assert_non_null(strstr(err.msg, "an event is cut short"));
}

static void a_cut_anywhere_gives_the_events_before_it_then_one_error(void **state)
{
	struct saker_error err;
	unsigned last = 0, all;
	int rc;
	(void)state;

	load_trace(&B, "traces/cat-devnull.scap");
	all = read_all(B.s, B.n, NULL, &rc, &err);
	for (size_t n = 0; n < B.n; n++) {
		unsigned events = read_all(B.s, n, NULL, &rc, &err);

		assert_true(events >= last && events < all);
		assert_true(events == last || events == last + 1);
		if (rc == SOURCE_EOF) { /* between two events: nothing says that one is missing */
			assert_int_equal(events, last + 1);
		} else {
			assert_int_equal(rc, SAKER_E_DATA);
			assert_non_null(strstr(err.msg, ": at byte "));
		}
		last = events;
	}
	assert_int_equal(last, all - 1);
}

static void a_damaged_byte_anywhere_never_crashes(void **state)
{
	static const uint8_t DAMAGE[] = { 0xff, 0x01, 0x80 };
	struct saker_error err;
	unsigned errors = 0;
	int rc;
	(void)state;

	load_trace(&B, "traces/cat-devnull.scap");
	for (size_t i = 0; i < B.n; i++)
		for (int d = 0; d < 3; d++) {
			B.s[i] ^= DAMAGE[d];
			assert_true(read_all(B.s, B.n, NULL, &rc, &err) <= 8);
			assert_true(rc == SOURCE_EOF || err.msg[0]);
			errors += rc < 0;
			B.s[i] ^= DAMAGE[d];
		}
	assert_true(errors > 500);
}

static void what_is_no_capture_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint64_t value;
		unsigned size;
		const char *says;
	} ROW[] = {
		{ "another kind of file", 0, 0x464c457f, 4, "at byte 0: not a capture" },
		{ "big endian", 8, 0x4D3C2B1A, 4, "at byte 0: invalid magic number" },
		{ "a newer major version", 12, 2, 2, "format version 2" },
		{ "a short section header", 4, 24, 4, "too short" },
		{ "an unknown block among the events", 28 + 56, 0x999, 4,
		  "unexpected block of type 0x999" },
		{ "a block shorter than its frame", 28 + 56 + 4, 8, 4, "claims 8 bytes" },
		{ "a block past the end", 28 + 56 + 4, 4096, 4, "an event is cut short" },
	};
	struct saker_error err;
	int rc;
	(void)state;

	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
		B.n = 0;
		put_section(&B);
		put_chdir(&B, 1);
		assert_int_equal(B.n, 28 + 56);
		put_chdir(&B, 2);
		memcpy(B.s + ROW[i].at, &ROW[i].value, ROW[i].size);
		read_all(B.s, B.n, NULL, &rc, &err);
		if (rc != SAKER_E_DATA || !strstr(err.msg, ROW[i].says))
			fail_msg("%s: %d \"%s\"", ROW[i].what, rc, err.msg);
	}
	B.n = 0;
	put_section(&B);
	read_all(B.s, B.n, NULL, &rc, &err);
	assert_non_null(strstr(err.msg, "no events in file"));
	assert_null(capture_open("/nonexistent/x.scap", &(struct source_sink){ 0 }, &err));
	assert_string_equal(err.msg, "Could not open trace filename /nonexistent/x.scap for reading: "
			    "No such file or directory");
}

static void events_in_memory_are_a_source_too(void **state)
{
	const struct param none[4] = { { NULL, 0 } };
	struct saker_error err = { 0 };
	static struct event ev;
	uint8_t raw[256];
	struct source *src;
	uint32_t n;
	(void)state;

	n = event_build(raw, sizeof raw, 1, 1, PPME_SYSCALL_READ_E, none, 2);           /* stored */
	n += event_build(raw + n, sizeof raw - n, 2, 1, PPME_SYSCALL_READ_X, none, 2);
	n += event_build(raw + n, sizeof raw - n, 3, 1, PPME_SYSCALL_CHDIR_X, none, 2);
	src = memory_source_new(raw, n);
	assert_int_equal(source_next(src, &ev, &err), SOURCE_EVENT);
	assert_int_equal(ev.nparams, 4);
	assert_int_equal(source_next(src, &ev, &err), SOURCE_EVENT);
	assert_int_equal(ev.ts, 3);
	assert_int_equal(source_next(src, &ev, &err), SOURCE_EOF);
	source_free(src);
	src = memory_source_new(raw, n - 1);
	assert_int_equal(source_next(src, &ev, &err), SOURCE_EVENT);
	assert_int_equal(source_next(src, &ev, &err), SAKER_E_DATA);
	source_free(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_out_as_they_went_in),
		cmocka_unit_test(the_flags_of_a_block_become_those_of_the_event),
		cmocka_unit_test(events_without_a_parameter_count_get_one),
		cmocka_unit_test(types_of_a_newer_schema_are_passed_over),
		cmocka_unit_test(only_large_blocks_may_be_large),
		cmocka_unit_test(leading_user_and_container_events_are_hidden),
		cmocka_unit_test(captures_one_behind_the_other_are_sections),
		cmocka_unit_test(gzip_reads_as_plain_does_members_and_all),
		cmocka_unit_test(a_capture_longer_than_the_window_reads_through),
		cmocka_unit_test(a_cut_anywhere_gives_the_events_before_it_then_one_error),
		cmocka_unit_test(a_damaged_byte_anywhere_never_crashes),
		cmocka_unit_test(what_is_no_capture_is_refused_with_its_place),
		cmocka_unit_test(events_in_memory_are_a_source_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
