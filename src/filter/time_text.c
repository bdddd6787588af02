/* time_text.c - see time_text.h.  A text is a head (up to the seconds), nine
 * digits in most forms, and a tail; head and tail change once a second.
 */
#include "filter/time_text.h"
#include <time.h>

enum { NS = 1000000000 };

static const struct form {
	uint8_t local, date, digits;
	char between;           /* of date and time */
	const char *tail;       /* "z": the zone */
} FORMS[TIME_FORMS] = {
	[TIME_LOCAL]        = { 1, 0, 1, 0, "" },
	[TIME_LOCAL_S]      = { 1, 0, 0, 0, "" },
	[TIME_DATE_LOCAL]   = { 1, 1, 1, ' ', "" },
	[TIME_DATE_LOCAL_S] = { 1, 1, 0, ' ', "" },
	[TIME_DATE_ZONE]    = { 1, 1, 1, ' ', "z" },
	[TIME_ISO]          = { 0, 1, 1, 'T', "+0000" },
	[TIME_JSON]         = { 0, 1, 1, 'T', "Z" },
};

int32_t time_offset(uint64_t ns)
{
	time_t t = (time_t)(ns / NS);
	struct tm tm;

	return localtime_r(&t, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

static char *put(char *p, unsigned v, unsigned width)
{
	unsigned i = width;

	for (; i >= 2; v /= 100) {      /* two digits a division */
		unsigned pair = v % 100;

		p[--i] = (char)('0' + pair % 10);
		p[--i] = (char)('0' + pair / 10);
	}
	if (i)
		p[0] = (char)('0' + v % 10);
	return p + width;
}

/* Year, month and day of a day number, counted in eras of 400 years from March. */
static char *put_date(char *p, int64_t day)
{
	int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;

	p = put(p, (unsigned)((int64_t)yoe + era * 400 + (month <= 2)), 4);
	*p++ = '-';
	p = put(p, month, 2);
	*p++ = '-';
	return put(p, doy - (153 * mp + 2) / 5 + 1, 2);
}

static char *put_clock(char *p, unsigned sec)
{
	p = put(p, sec / 3600, 2);
	*p++ = ':';
	p = put(p, sec / 60 % 60, 2);
	*p++ = ':';
	return put(p, sec % 60, 2);
}

static char *put_zone(char *p, int32_t offset)
{
	unsigned min = (unsigned)(offset < 0 ? -offset : offset) / 60;

	*p++ = offset < 0 ? '-' : '+';
	return put(p, min / 60 * 100 + min % 60, 4);
}

/* text: head, then the tail right behind it. */
static void fill(struct time_cache *c, const struct form *f, uint64_t sec)
{
	int32_t offset = f->local ? time_offset(sec * NS) : 0;
	int64_t t = (int64_t)sec + offset, day = (t >= 0 ? t : t - 86399) / 86400;
	char *p = c->text;
	size_t n = strlen(f->tail);

	if (f->date) {
		p = put_date(p, day);
		*p++ = f->between;
	}
	p = put_clock(p, (unsigned)(t - day * 86400));
	if (f->digits)
		*p++ = '.';
	c->head = (uint32_t)(p - c->text);
	if (*f->tail == 'z') {
		*p++ = ' ';
		p = put_zone(p, offset);
	} else {
		memcpy(p, f->tail, n);
		p += n;
	}
	c->tail = (uint32_t)(p - c->text) - c->head;
	c->sec = sec;
}

void time_text_cached(struct time_cache *c, struct strbuf *out, enum time_form form, uint64_t ns)
{
	const struct form *f = &FORMS[form];
	char text[64], *p;

	if (c->head == 0 || c->sec != ns / NS)
		fill(c, f, ns / NS);
	memcpy(text, c->text, c->head);
	p = text + c->head;
	if (f->digits)
		p = put(p, (unsigned)(ns % NS), 9);
	memcpy(p, c->text + c->head, c->tail);
	strbuf_add(out, text, (size_t)(p - text) + c->tail);
}

void time_text(struct strbuf *out, enum time_form form, uint64_t ns)
{
	struct time_cache c = { 0 };

	time_text_cached(&c, out, form, ns);
}
