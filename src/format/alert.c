/* alert.c - one alert as a line: the prefix and the text, or a JSON object.
 *
 * What does not depend on the event is made once a rule: the literals between
 * the moving parts, and the members of output_fields in the order of their keys.
 * An alert is then a walk over two short arrays.
 */
#include <stdlib.h>
#include "filter/time_text.h"
#include "format/piece.h"

enum member_kind {
	MEMBER_VALUE,           /* the typed value */
	MEMBER_TEXT,            /* a rendered template, as a string */
	MEMBER_TIME,            /* time fields read as ns in JSON, whatever they show as text */
	MEMBER_ZERO,            /* times since the last extraction: the text's was just before */
	MEMBER_LOAD,            /* likewise loads, where there are some */
};

struct member {
	const char *key;        /* raw, to sort by */
	const char *open;       /* "\"key\":", escaped, with the comma of all but the first */
	uint32_t open_len;
	uint8_t kind;
	struct piece piece;
	const struct template *text;
};

struct literal { const char *s; uint32_t len; };

struct alert_line {
	bool json, message, output, fields;
	uint8_t time_form;
	const struct template *text;
	/* text: time prefix message; JSON: head [message] [output_open time prefix text] ... tail time end */
	struct literal prefix, head, tail;
	struct member *member;          /* sorted by key */
	uint32_t nmembers;
	struct time_cache shown, utc;
};

static const char *const TIME_FIELDS[] = {
	"evt.time", "evt.time.s", "evt.time.iso8601", "evt.datetime", "evt.datetime.s", "evt.outputtime",
};
static const char *const SINCE_FIELDS[] = { "evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns" };
static const char *const LOAD_FIELDS[] = { "thread.cpu", "thread.cpu.user", "thread.cpu.system" };

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}
#define IS_ONE_OF(name, list) is_one_of(name, list, sizeof list / sizeof *list)

/* -- at load ----------------------------------------------------------------------- */

static struct literal keep(struct arena *a, struct strbuf *b)
{
	struct literal l = { arena_strndup(a, b->s ? b->s : "", b->len), (uint32_t)b->len };

	strbuf_clear(b);
	return l;
}

static void add_string(struct strbuf *b, const char *s)
{
	strbuf_addc(b, '"');
	strbuf_json(b, s, strlen(s));
	strbuf_addc(b, '"');
}

static void add_member(struct alert_line *l, const struct member *m)
{
	for (uint32_t i = 0; i < l->nmembers; i++)
		if (strcmp(l->member[i].key, m->key) == 0) {
			l->member[i] = *m;
			return;
		}
	l->member[l->nmembers++] = *m;
}

static struct member member_of_expr(const char *key, const struct expr *e)
{
	struct member m = { .key = key, .kind = MEMBER_VALUE };

	piece_of_expr(&m.piece, e);
	if (IS_ONE_OF(key, TIME_FIELDS))
		m.kind = MEMBER_TIME;
	else if (IS_ONE_OF(key, SINCE_FIELDS))
		m.kind = MEMBER_ZERO;
	else if (IS_ONE_OF(key, LOAD_FIELDS))
		m.kind = MEMBER_LOAD;
	return m;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The prefix's time, the output's fields, and the extra ones, the later winning. */
static void prepare_members(struct alert_line *l, struct arena *a, const struct alert_format *f,
			    const struct alert_rule *r)
{
	struct member time = { .key = f->iso8601 ? "evt.time.iso8601" : "evt.time", .kind = MEMBER_TIME };
	struct strbuf b = STRBUF_INIT;
	struct literal open;

	l->member = arena_zalloc(a, (1 + (size_t)r->output->n + r->nextra) * sizeof *l->member);
	add_member(l, &time);
	for (uint32_t i = 0; i < r->output->n; i++) {
		const struct piece *p = &r->output->piece[i];

		if (p->e && p->name) {
			struct member m = member_of_expr(p->name, p->e);

			add_member(l, &m);
		}
	}
	for (uint32_t i = 0; i < r->nextra; i++) {
		const struct extra_field *x = &r->extra[i];
		struct member text = { .key = x->key, .kind = MEMBER_TEXT, .text = x->text };
		struct member value = x->text ? text : member_of_expr(x->key, x->e);

		add_member(l, &value);
	}
	qsort(l->member, l->nmembers, sizeof *l->member, by_key);
	for (uint32_t i = 0; i < l->nmembers; i++) {
		if (i)
			strbuf_addc(&b, ',');
		add_string(&b, l->member[i].key);
		strbuf_addc(&b, ':');
		open = keep(a, &b);
		l->member[i].open = open.s;
		l->member[i].open_len = open.len;
	}
	strbuf_release(&b);
}

static void prepare_json(struct alert_line *l, struct arena *a, const struct alert_format *f,
			 const struct alert_rule *r)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_adds(&b, "{\"hostname\":");
	add_string(&b, f->hostname ? f->hostname : "");
	l->head = keep(a, &b);

	strbuf_adds(&b, ",\"priority\":");
	add_string(&b, priority_name(r->priority));
	strbuf_adds(&b, ",\"rule\":");
	add_string(&b, r->name);
	strbuf_adds(&b, ",\"source\":");
	add_string(&b, r->source);
	if (f->include_tags) {
		strbuf_adds(&b, ",\"tags\":[");
		for (uint32_t i = 0; i < r->ntags; i++) {
			if (i)
				strbuf_addc(&b, ',');
			add_string(&b, r->tag[i]);
		}
		strbuf_addc(&b, ']');
	}
	strbuf_adds(&b, ",\"time\":\"");
	l->tail = keep(a, &b);
	strbuf_release(&b);
	prepare_members(l, a, f, r);
}

struct alert_line *alert_prepare(struct arena *a, struct exprs *exprs, const struct alert_format *f,
				 const struct alert_rule *r)
{
	struct alert_line *l = arena_zalloc(a, sizeof *l);
	struct strbuf b = STRBUF_INIT;

	(void)exprs;
	l->json = f->json;
	l->message = f->include_message;
	l->output = f->include_output;
	l->fields = f->include_fields;
	l->time_form = f->iso8601 ? TIME_ISO : TIME_LOCAL;
	l->text = r->output;
	strbuf_adds(&b, ": ");
	strbuf_adds(&b, priority_name(r->priority));
	strbuf_addc(&b, ' ');
	l->prefix = keep(a, &b);
	strbuf_release(&b);
	if (l->json)
		prepare_json(l, a, f, r);
	return l;
}

/* -- per alert ---------------------------------------------------------------------- */

static void add_literal(struct strbuf *out, const struct literal *l)
{
	strbuf_add(out, l->s, l->len);
}

static void add_fields(const struct alert_line *l, struct evaluator *ev, struct strbuf *out, uint64_t ts)
{
	static const char open[] = ",\"output_fields\":{";

	strbuf_add(out, open, sizeof open - 1);
	for (const struct member *m = l->member; m < l->member + l->nmembers; m++) {
		strbuf_add(out, m->open, m->open_len);
		switch (m->kind) {
		case MEMBER_TIME:
			strbuf_u64(out, ts);
			break;
		case MEMBER_ZERO:
			strbuf_addc(out, '0');
			break;
		case MEMBER_LOAD:
			strbuf_adds(out, expr_eval(ev, m->piece.e) ? "0.0" : "null");
			break;
		case MEMBER_TEXT:
			strbuf_addc(out, '"');
			template_render_json(m->text, ev, out);
			strbuf_addc(out, '"');
			break;
		default:
			piece_json(&m->piece, ev, out);
		}
	}
	strbuf_addc(out, '}');
}

/* The members message and output, which share their text. */
static void add_texts(struct alert_line *l, struct evaluator *ev, struct strbuf *out, uint64_t ts)
{
	static const char message[] = ",\"message\":\"", output[] = ",\"output\":\"";
	size_t from = 0, n = 0;

	if (l->message) {
		strbuf_add(out, message, sizeof message - 1);
		from = out->len;
		template_render_json(l->text, ev, out);
		n = out->len - from;
		strbuf_addc(out, '"');
	}
	if (l->output) {
		strbuf_add(out, output, sizeof output - 1);
		time_text_cached(&l->shown, out, l->time_form, ts);
		add_literal(out, &l->prefix);
		if (l->message) {
			strbuf_grow(out, n);
			strbuf_add(out, out->s + from, n);
		} else {
			template_render_json(l->text, ev, out);
		}
		strbuf_addc(out, '"');
	}
}

void alert_render(struct alert_line *l, struct evaluator *ev, struct strbuf *out)
{
	uint64_t ts = evaluator_ctx(ev)->ec->ev->ts;

	if (!l->json) {
		time_text_cached(&l->shown, out, l->time_form, ts);
		add_literal(out, &l->prefix);
		template_render(l->text, ev, out);
		return;
	}
	add_literal(out, &l->head);
	add_texts(l, ev, out, ts);
	if (l->fields)
		add_fields(l, ev, out, ts);
	add_literal(out, &l->tail);
	time_text_cached(&l->utc, out, TIME_JSON, ts);
	strbuf_add(out, "\"}", 2);
}
