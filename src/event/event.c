/* event.c - the wire form of an event becomes a checked view.
 *
 * The hot function of the whole program: it walks the lengths once, and proves
 * with one comparison at the end that they add up inside the event.
 */
#include "event/event.h"

uint64_t load_uint_other(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	if (n == 1)
		return *p;
	memcpy(&v, p, n < 8 ? n : 8);
	return v;
}

/* Reads n lengths of width bytes each; only the first EVENT_MAX_PARAMS become
 * parameters.  Returns the end of the last one; may lie past the event. */
static inline uint64_t split_params(struct event *ev, const uint8_t *lens, uint32_t n,
				    unsigned width, uint64_t from)
{
	const uint8_t *raw = ev->raw, *at = raw + from;
	uint32_t kept = n < EVENT_MAX_PARAMS ? n : EVENT_MAX_PARAMS;
	uint32_t i;

	for (i = 0; i < kept; i++) {
		uint32_t len = (uint32_t)load_uint(lens + (size_t)i * width, width);

		ev->param[i] = (struct param){ at, len };
		at += len;
	}
	for (; i < n; i++)
		at += load_uint(lens + (size_t)i * width, width);
	return (uint64_t)(at - raw);
}

/* A string whose last byte is no NUL is still one when it has a NUL before. */
static __attribute__((noinline)) bool has_nul(const struct param *p)
{
	return memchr(p->p, 0, p->len);
}

static inline bool strings_end(const struct event *ev, uint32_t nparams)
{
	for (uint32_t m = ev->info->string_mask; m; m &= m - 1) {
		uint32_t i = (uint32_t)__builtin_ctz(m);
		const struct param *p = &ev->param[i];

		if (i >= nparams)
			break;
		if (p->len && __builtin_expect(p->p[p->len - 1] != 0, 0) && !has_nul(p))
			return false;
	}
	return true;
}

/* Why an event was refused: out of the way of those that are not. */
enum bad_event { BAD_SIZE, BAD_TYPE, BAD_COUNT, BAD_LENGTHS, BAD_STRING };
static __attribute__((noinline, cold)) int refuse(const struct event *ev, enum bad_event why,
						  uint64_t a, uint32_t b, struct saker_error *err)
{
	unsigned long long n = a;

	switch (why) {
	case BAD_SIZE:
		return fail(err, SAKER_E_DATA, "event claims %llu bytes, %u are there", n, b);
	case BAD_TYPE:
		return fail(err, SAKER_E_DATA, "unknown event type %llu", n);
	case BAD_COUNT:
		return fail(err, SAKER_E_DATA,
			    "%llu parameters do not fit in event '%s' of %u bytes", n,
			    ev->info->name, b);
	case BAD_LENGTHS:
		return fail(err, SAKER_E_DATA,
			    "parameters of event '%s' need %llu bytes, it has %u", ev->info->name,
			    n, b);
	default:
		return fail(err, SAKER_E_DATA, "a string of event '%s' has no end",
			    ev->info->name);
	}
}

/* The lengths and what they must add up to.  What the schema does not know is passed over. */
static inline int take_params(struct event *ev, uint32_t n, unsigned width, struct saker_error *err)
{
	const uint32_t known = n < ev->info->nparams ? n : ev->info->nparams;
	uint64_t end = EVENT_HEADER + (uint64_t)n * width;

	if (end > ev->raw_len)
		return refuse(ev, BAD_COUNT, n, ev->raw_len, err);
	end = split_params(ev, ev->raw + EVENT_HEADER, n, width, end);
	if (end > ev->raw_len)
		return refuse(ev, BAD_LENGTHS, end, ev->raw_len, err);
	ev->nparams = known;
	if (!strings_end(ev, known))
		return refuse(ev, BAD_STRING, 0, 0, err);
	return 0;
}

static __attribute__((noinline)) int take_odd_params(struct event *ev, uint32_t n,
						     struct saker_error *err)
{
	return take_params(ev, n, ev->info->flags & EF_LARGE_PAYLOAD ? 4 : 2, err);
}

int event_decode(struct event *ev, const uint8_t *raw, uint32_t len, struct saker_error *err)
{
	const struct event_info *info;
	uint32_t own, n;
	uint16_t type;

	if (len < EVENT_HEADER)
		return fail(err, SAKER_E_DATA, "event of %u bytes is shorter than its header", len);
	own = (uint32_t)load_uint(raw + 16, 4);
	type = (uint16_t)load_uint(raw + 20, 2);
	n = (uint32_t)load_uint(raw + 22, 4);
	if (own < EVENT_HEADER || own > len)
		return refuse(ev, BAD_SIZE, own, len, err);
	if (type >= EVENT_MAX)
		return refuse(ev, BAD_TYPE, type, 0, err);
	info = &EVENTS[type];
	ev->ts = load_uint(raw, 8);
	ev->tid = (int64_t)load_uint(raw + 8, 8);
	ev->type = type;
	ev->info = info;
	ev->raw = raw;
	ev->raw_len = own;
	if (__builtin_expect((info->flags & EF_LARGE_PAYLOAD) || n > EVENT_MAX_PARAMS, 0))
		return take_odd_params(ev, n, err);
	return take_params(ev, n, 2, err);
}

const char *param_str(const struct event *ev, unsigned i, uint32_t *len)
{
	const char *s;
	uint32_t n;

	if (!param_has(ev, i)) {
		s = "<NA>";
		n = 4;
	} else {
		s = (const char *)ev->param[i].p;
		n = ev->param[i].len - 1;
		if (memchr(s, 0, n))
			n = (uint32_t)strlen(s);
		if (n == 6 && memcmp(s, "(NULL)", 6) == 0) {
			s = "<NA>";
			n = 4;
		}
	}
	if (len)
		*len = n;
	return s;
}

int param_index(const struct event_info *info, const char *name, unsigned len)
{
	for (unsigned i = 0; i < info->nparams; i++)
		if (strncmp(info->param[i].name, name, len) == 0 && !info->param[i].name[len])
			return (int)i;
	return -1;
}

bool event_result(const struct event *ev, int64_t *res)
{
	const struct param *p = &ev->param[0];

	if (!event_code_is_exit(ev->type) || !(ev->info->category & EC_SYSCALL) ||
	    ev->type == PPME_GENERIC_X || !param_has(ev, 0))
		return false;
	if (ev->info->param[0].type == PT_DYN && p->len > 1)    /* a byte says which type follows */
		*res = load_int(p->p + 1, p->len - 1);
	else
		*res = load_int(p->p, p->len);
	return true;
}
