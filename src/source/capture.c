/* capture.c - blocks, sections and events of a .scap capture.
 *
 * A capture is a row of blocks: a section header, lists, events; and, when
 * captures were put one behind the other, the same again.  Damage ends it: what
 * came before has been delivered, then every call gives the one error.
 * reference/scap_format.md.
 */
#include "source/capture_private.h"
#include "base/mem.h"
#include <stdlib.h>

enum {
	SMALL_EVENT_MAX = 64 << 10,     /* of a block that is not one of the large ones */
	OLD_HEADER = 22,                /* before events had a parameter count */
	SECTION_MAGIC = 0x1A2B3C4D, MAJOR = 1,
	STATE_ONLY = 1,                 /* in the flags of an event block */
};

struct block { uint32_t type, total; };

/* -- blocks --------------------------------------------------------------------------- */

uint32_t block_canonical(uint32_t type)
{
	static const struct { uint32_t alias, type; } ALIAS[] = {
		{ 0x8002ABCD, BT_MACHINE }, { 0x8000ABCD, BT_PROC_V1 }, { 0x8001ABCD, BT_FD },
		{ 0x8010ABCD, BT_EVENT }, { 0x8011ABCD, BT_IFACE }, { 0x8012ABCD, BT_USER },
		{ 0x8013ABCD, BT_PROC_V2 }, { 0x8014ABCD, BT_PROC_V3 },
	};

	for (size_t i = 0; i < sizeof ALIAS / sizeof ALIAS[0]; i++)
		if (ALIAS[i].alias == type)
			return ALIAS[i].type;
	return type;
}

bool block_is_event(uint32_t type)
{
	switch (type) {
	case BT_EVENT: case BT_EVENT_FLAGS: case BT_EVENT_V2: case BT_EVENT_FLAGS_V2:
	case BT_EVENT_LARGE: case BT_EVENT_FLAGS_LARGE:
		return true;
	default:
		return false;
	}
}

/* n bytes at c->in.at.  1, 0: the capture ends exactly here, < 0: it ends inside. */
static int need(struct capture *c, size_t n, const char *what, struct saker_error *err)
{
	int rc = stream_need(&c->in, n, err);

	if (rc != 0)
		return rc;
	if (c->in.at == c->in.end && stream_offset(&c->in) == c->block_at)
		return 0;
	return fail(err, SAKER_E_DATA, "%s is cut short", what);
}

/* The head of the next block, which is not passed over.  1, 0 at the end, < 0. */
static int peek_block(struct capture *c, struct block *b, struct saker_error *err)
{
	int rc;

	c->block_at = stream_offset(&c->in);
	rc = need(c, BLOCK_HEAD, "a block's head", err);
	if (rc <= 0)
		return rc;
	b->type = block_canonical((uint32_t)load_uint(c->in.at, 4));
	b->total = (uint32_t)load_uint(c->in.at + 4, 4);
	if (b->total < BLOCK_HEAD + BLOCK_TAIL)
		return fail(err, SAKER_E_DATA, "block of type 0x%x claims %u bytes", b->type,
			    b->total);
	return 1;
}

static int skip(struct capture *c, uint64_t n, struct saker_error *err)
{
	int rc = stream_skip(&c->in, n, err);

	if (rc == 0)
		return fail(err, SAKER_E_DATA, "a block is cut short");
	return rc < 0 ? rc : 0;
}

/* The length a metadata block repeats at its end. */
static int read_tail(struct capture *c, const struct block *b, struct saker_error *err)
{
	int rc = need(c, BLOCK_TAIL, "a block's end", err);
	uint32_t again;

	if (rc <= 0)
		return rc;
	again = (uint32_t)load_uint(c->in.at, 4);
	if (again != b->total)
		return fail(err, SAKER_E_DATA,
			    "block of type 0x%x has length %u at its head, %u at its end", b->type,
			    b->total, again);
	c->in.at += BLOCK_TAIL;
	return 0;
}

/* -- sections ------------------------------------------------------------------------- */

static int read_section_header(struct capture *c, struct saker_error *err)
{
	struct block b;
	int rc = peek_block(c, &b, err);
	const uint8_t *p;

	if (rc < 0)
		return rc;
	if (rc == 0)
		return fail(err, SAKER_E_DATA, "the file is empty");
	if (b.type != BT_SECTION)
		return fail(err, SAKER_E_DATA,
			    c->sections ? "unexpected block of type 0x%x among the events"
					: "not a capture (block type 0x%x)",
			    b.type);
	if (b.total < BLOCK_HEAD + SECTION_BODY + BLOCK_TAIL)
		return fail(err, SAKER_E_DATA, "section header of %u bytes is too short", b.total);
	if (need(c, BLOCK_HEAD + SECTION_BODY, "the section header", err) < 0)
		return SAKER_E_DATA;
	p = c->in.at + BLOCK_HEAD;
	if (load_uint(p, 4) != SECTION_MAGIC)
		return fail(err, SAKER_E_DATA, "invalid magic number 0x%x",
			    (unsigned)load_uint(p, 4));
	if (load_uint(p + 4, 2) > MAJOR)
		return fail(err, SAKER_E_DATA,
			    "the capture is of format version %u, newer than this program",
			    (unsigned)load_uint(p + 4, 2));
	if (c->sections && c->sink.section)
		c->sink.section(c->sink.ctx);
	converter_reset(c->conv);
	c->sections++;
	return skip(c, b.total, err);   /* options and all */
}

static int read_machine(struct capture *c, struct saker_error *err)
{
	struct machine_info m = { 0 };
	const uint8_t *p;

	if (need(c, MACHINE_BODY, "the machine information", err) < 0)
		return SAKER_E_DATA;
	p = c->in.at;
	m.num_cpus = (uint32_t)load_uint(p, 4);
	m.memory_bytes = load_uint(p + 4, 8);
	m.max_pid = load_uint(p + 12, 8);
	memcpy(m.hostname, p + 20, sizeof m.hostname - 1);
	m.boot_ts = load_uint(p + 148, 8);
	c->in.at += MACHINE_BODY;
	if (c->sink.machine)
		c->sink.machine(c->sink.ctx, &m, c->sections - 1);
	return 0;
}

/* The body of a block before the first event; the stream is left at its tail. */
static int read_metadata(struct capture *c, const struct block *b, struct saker_error *err)
{
	uint32_t n = b->total - BLOCK_HEAD - BLOCK_TAIL;

	switch (b->type) {
	case BT_MACHINE:
		return read_machine(c, err);
	case BT_PROC_V1: case BT_PROC_V2: case BT_PROC_V3: case BT_PROC_V4: case BT_PROC_V5:
	case BT_PROC_V6: case BT_PROC_V7: case BT_PROC_V8: case BT_PROC_V9:
		return read_process_list(c, b->type, n, err);
	case BT_FD: case BT_FD_V2:
		return read_fd_list(c, b->type, n, err);
	case BT_IFACE: case BT_IFACE_V2:
		return read_interface_list(c, b->type, n, err);
	case BT_USER: case BT_USER_V2:
		return read_user_list(c, b->type, n, err);
	default:
		return skip(c, n, err);
	}
}

/* Section header and lists, up to the first event. */
static int read_section(struct capture *c, struct saker_error *err)
{
	struct block b;
	int rc = read_section_header(c, err);

	if (rc < 0)
		return rc;
	while ((rc = peek_block(c, &b, err)) == 1 && !block_is_event(b.type)) {
		c->in.at += BLOCK_HEAD;
		rc = read_metadata(c, &b, err);
		if (rc == 0)
			rc = read_tail(c, &b, err);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	if (rc == 0)
		return fail(err, SAKER_E_DATA, "no events in file");
	c->leading = true;
	if (c->sink.lists_done)
		c->sink.lists_done(c->sink.ctx);
	return 0;
}

/* -- events --------------------------------------------------------------------------- */

/* Old events have no parameter count: the largest one with which the lengths add up to
 * the event's, as far as the current schema goes.  < 0: none. */
static int guess_nparams(const uint8_t *lens, uint32_t body, uint16_t type)
{
	for (int n = EVENTS[type].nparams; n >= 0; n--) {
		uint64_t sum = 2u * (unsigned)n;

		if (sum > body)
			continue;
		for (int i = 0; i < n; i++)
			sum += load_uint(lens + 2 * i, 2);
		if (sum == body)
			return n;
		if (sum < body)
			return -1;
	}
	return -1;
}

/* Puts the parameter count into an event of the old form.  *raw and *len become those
 * of the new one. */
static int upgrade_old_event(struct capture *c, const uint8_t **raw, uint32_t *len,
			     struct saker_error *err)
{
	const uint8_t *old = *raw;
	uint32_t own = (uint32_t)load_uint(old + 16, 4), now;
	uint16_t type = (uint16_t)load_uint(old + 20, 2);
	int n;

	/* two event types were written with a length three bytes too long */
	now = own - (type == PPME_NOTIFICATION_E || type == PPME_INFRASTRUCTURE_EVENT_E ? 3 : 0);
	if (own < OLD_HEADER || now < OLD_HEADER || own > *len)
		return fail(err, SAKER_E_DATA, "event claims %u bytes, %u are there", own, *len);
	n = guess_nparams(old + OLD_HEADER, now - OLD_HEADER, type);
	if (n < 0)
		return fail(err, SAKER_E_DATA, "the parameters of event '%s' do not add up",
			    EVENTS[type].name);
	if (!c->old_event)
		c->old_event = mem_alloc(SMALL_EVENT_MAX + 16);
	memcpy(c->old_event, old, OLD_HEADER);
	memcpy(c->old_event + OLD_HEADER + 4, old + OLD_HEADER, now - OLD_HEADER);
	memcpy(c->old_event + OLD_HEADER, &(uint32_t){ (uint32_t)n }, 4);
	memcpy(c->old_event + 16, &(uint32_t){ now + 4 }, 4);
	*raw = c->old_event;
	*len = now + 4;
	return 0;
}

/* User, group and container events before all others fill tables and no rule sees them. */
static void mark_leading(struct capture *c, struct event *ev)
{
	switch (ev->type) {
	case PPME_CONTAINER_JSON_2_E: case PPME_ASYNCEVENT_E:
	case PPME_USER_ADDED_E: case PPME_USER_DELETED_E:
	case PPME_GROUP_ADDED_E: case PPME_GROUP_DELETED_E:
		ev->flags |= EVENT_HIDDEN;
		break;
	default:
		c->leading = false;
		break;
	}
}

/* Takes the event block at hand apart.  The block is readable.  1, 0: nothing to deliver. */
static int take_event(struct capture *c, const struct block *b, struct event *ev,
		      struct saker_error *err)
{
	const uint8_t *raw = c->in.at + BLOCK_HEAD;
	uint32_t len = b->total - BLOCK_HEAD;   /* the tail counts: it is never looked at */
	bool flags = b->type == BT_EVENT_FLAGS_V2 || b->type == BT_EVENT_FLAGS ||
		     b->type == BT_EVENT_FLAGS_LARGE;
	bool old = b->type == BT_EVENT || b->type == BT_EVENT_FLAGS;
	uint32_t head = flags ? 6 : 2;
	int rc;

	if (len < head + (old ? OLD_HEADER : EVENT_HEADER))
		return fail(err, SAKER_E_DATA, "event block of %u bytes is too short", b->total);
	ev->cpu = (uint16_t)load_uint(raw, 2);
	ev->flags = flags && (load_uint(raw + 2, 4) & STATE_ONLY) ? EVENT_STATE_ONLY : 0;
	raw += head;
	len -= head;
	if (__builtin_expect(load_uint(raw + 20, 2) >= EVENT_MAX, 0)) {
		c->src.unknown_events++;
		return 0;
	}
	if (__builtin_expect(old, 0) && upgrade_old_event(c, &raw, &len, err) < 0)
		return SAKER_E_DATA;
	if (__builtin_expect(event_decode(ev, raw, len, err) < 0, 0))
		return SAKER_E_DATA;
	rc = converter_apply(c->conv, ev, err);
	if (__builtin_expect(c->leading, 0) && rc == CONVERT_PASS)
		mark_leading(c, ev);
	return rc;
}

/* The block nearly all of a capture consists of, wholly in the window: an event without
 * flags, after the leading ones.  0: it is something else. */
static inline uint32_t plain_event_block(const struct capture *c)
{
	size_t have = (size_t)(c->in.end - c->in.at);
	uint32_t total;

	if (have < BLOCK_HEAD + 2 + EVENT_HEADER || load_uint(c->in.at, 4) != BT_EVENT_V2 ||
	    c->leading)
		return 0;
	total = (uint32_t)load_uint(c->in.at + 4, 4);
	if (total > have || total < BLOCK_HEAD + 2 + EVENT_HEADER ||
	    total - BLOCK_HEAD > SMALL_EVENT_MAX)
		return 0;
	return total;
}

/* As next_event(), for as long as blocks are of the plain kind.  PLAIN_END: the next is not. */
enum { PLAIN_END = 2 };
static inline int next_plain_event(struct capture *c, struct event *ev, struct saker_error *err)
{
	uint32_t total;

	while (__builtin_expect((total = plain_event_block(c)) != 0, 1)) {
		const uint8_t *block = c->in.at;
		int rc;

		__builtin_prefetch(block + 1024);
		if (__builtin_expect(load_uint(block + BLOCK_HEAD + 2 + 20, 2) >= EVENT_MAX, 0))
			return PLAIN_END;
		ev->cpu = (uint16_t)load_uint(block + BLOCK_HEAD, 2);
		ev->flags = 0;
		rc = event_decode(ev, block + BLOCK_HEAD + 2, total - BLOCK_HEAD - 2, err);
		if (__builtin_expect(rc == 0, 1))
			rc = __builtin_expect(event_is_current(ev), 1) ? CONVERT_PASS :
			     converter_apply(c->conv, ev, err);
		if (__builtin_expect(rc < 0, 0)) {
			c->block_at = stream_offset(&c->in);
			return rc;
		}
		c->in.at = block + total;
		if (__builtin_expect(rc == CONVERT_PASS, 1))
			return 1;
	}
	return PLAIN_END;
}

/* 1: event, 0: end, < 0. */
static int next_event(struct capture *c, struct event *ev, struct saker_error *err)
{
	struct block b;
	int rc;

	while ((rc = peek_block(c, &b, err)) == 1) {
		if (__builtin_expect(!block_is_event(b.type), 0)) {
			rc = read_section(c, err);
			if (rc < 0)
				return rc;
			continue;
		}
		if (b.type != BT_EVENT_LARGE && b.type != BT_EVENT_FLAGS_LARGE &&
		    b.total - BLOCK_HEAD > SMALL_EVENT_MAX)
			return fail(err, SAKER_E_DATA, "event block of %u bytes is too long",
				    b.total);
		if (need(c, b.total, "an event", err) < 0)
			return SAKER_E_DATA;
		rc = take_event(c, &b, ev, err);
		if (__builtin_expect(rc < 0, 0))
			return rc;
		c->in.at += b.total;
		if (rc == CONVERT_PASS)
			return 1;
	}
	return rc;
}

/* -- the source ----------------------------------------------------------------------- */

/* Keeps the reason, with file and place in front, for every further call. */
static int remember(struct capture *c, int rc, struct saker_error *err)
{
	if (c->error.code == SAKER_E_DATA)
		error_prefix(&c->error, "%s: at byte %llu", c->path,
			     (unsigned long long)c->block_at);
	else
		error_prefix(&c->error, "%s", c->path);
	c->failed = true;
	if (err)
		*err = c->error;
	return rc;
}

static int capture_next(struct source *s, struct event *ev, struct saker_error *err)
{
	struct capture *c = (struct capture *)s;
	int rc;

	if (__builtin_expect(c->failed, 0)) {
		if (err)
			*err = c->error;
		return c->error.code;
	}
	rc = next_plain_event(c, ev, &c->error);
	if (__builtin_expect(rc == PLAIN_END, 0))
		rc = next_event(c, ev, &c->error);
	if (__builtin_expect(rc < 0, 0))
		return remember(c, rc, err);
	return rc ? SOURCE_EVENT : SOURCE_EOF;
}

static void capture_free(struct source *s)
{
	struct capture *c = (struct capture *)s;

	stream_close(&c->in);
	converter_free(c->conv);
	free(c->old_event);
	free(c->strings);
	free(c->path);
	free(c);
}

static const struct source_ops CAPTURE_OPS = { capture_next, capture_free };

struct source *capture_open(const char *path, const struct source_sink *sink,
			    struct saker_error *err)
{
	struct capture *c = mem_zalloc(sizeof *c);
	int rc;

	c->src.ops = &CAPTURE_OPS;
	c->sink = *sink;
	c->conv = converter_new();
	c->strings = mem_alloc(ENTRY_MAX);
	c->path = mem_strdup(path);
	rc = stream_open(&c->in, path, &c->error);
	if (rc == 0)
		rc = read_section(c, &c->error);
	if (rc < 0) {
		if (c->in.fd >= 0)
			remember(c, rc, err);
		else if (err)
			*err = c->error;
		capture_free(&c->src);
		return NULL;
	}
	return &c->src;
}
