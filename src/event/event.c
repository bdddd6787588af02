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
				    unsigned width, uint64_t at)
{
	const uint8_t *raw = ev->raw;
	uint32_t kept = n < EVENT_MAX_PARAMS ? n : EVENT_MAX_PARAMS;
	uint32_t i;

	for (i = 0; i < kept; i++) {
		uint32_t len = (uint32_t)load_uint(lens + (size_t)i * width, width);

		ev->param[i].p = raw + at;
		ev->param[i].len = len;
		at += len;
	}
	for (; i < n; i++)
		at += load_uint(lens + (size_t)i * width, width);
	return at;
}

/* A string whose last byte is no NUL is still one when it has a NUL before. */
static bool strings_end(const struct event *ev)
{
	for (uint32_t m = ev->info->string_mask; m; m &= m - 1) {
		const struct param *p = &ev->param[__builtin_ctz(m)];

		if ((uint32_t)__builtin_ctz(m) >= ev->nparams)
			break;
		if (p->len && p->p[p->len - 1] && !memchr(p->p, 0, p->len))
			return false;
	}
	return true;
}

int event_decode(struct event *ev, const uint8_t *raw, uint32_t len, struct saker_error *err)
{
	uint32_t own, n, width = 2;
	uint16_t type;
	uint64_t end;

	if (len < EVENT_HEADER)
		return fail(err, SAKER_E_DATA, "event of %u bytes is shorter than its header", len);
	own = (uint32_t)load_uint(raw + 16, 4);
	type = (uint16_t)load_uint(raw + 20, 2);
	n = (uint32_t)load_uint(raw + 22, 4);
	if (own < EVENT_HEADER || own > len)
		return fail(err, SAKER_E_DATA, "event claims %u bytes, %u are there", own, len);
	if (type >= EVENT_MAX)
		return fail(err, SAKER_E_DATA, "unknown event type %u", type);
	ev->ts = load_uint(raw, 8);
	ev->tid = (int64_t)load_uint(raw + 8, 8);
	ev->type = type;
	ev->info = &EVENTS[type];
	ev->raw = raw;
	ev->raw_len = own;
	if (__builtin_expect(ev->info->flags & EF_LARGE_PAYLOAD, 0))
		width = 4;
	end = EVENT_HEADER + (uint64_t)n * width;
	if (end > own)
		return fail(err, SAKER_E_DATA, "%u parameters do not fit in event '%s' of %u bytes",
			    n, ev->info->name, own);
	end = width == 2 ? split_params(ev, raw + EVENT_HEADER, n, 2, end)
			 : split_params(ev, raw + EVENT_HEADER, n, 4, end);
	if (end > own)
		return fail(err, SAKER_E_DATA,
			    "parameters of event '%s' need %llu bytes, it has %u", ev->info->name,
			    (unsigned long long)end, own);
	/* what the schema does not know is passed over */
	ev->nparams = n < ev->info->nparams ? n : ev->info->nparams;
	if (!strings_end(ev))
		return fail(err, SAKER_E_DATA, "a string of event '%s' has no end", ev->info->name);
	return 0;
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
