/* template.c - see template.h.
 *
 * Values of an alert are sanitized: control characters and bytes that are no
 * UTF-8 become U+FFFD, in text and in JSON alike.  Almost all are clean, so that
 * the loops below look for the first byte that is not.
 */
#include "format/piece.h"
#include "base/utf8.h"
#include "filter/bytes.h"

static const char NO_VALUE[] = "<NA>";

struct template *template_new(struct arena *a)
{
	struct template *t = arena_zalloc(a, sizeof *t);

	t->arena = a;
	return t;
}

static struct piece *add_piece(struct template *t)
{
	if (t->n == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 8;
		struct piece *p = arena_alloc(t->arena, cap * sizeof *p);

		if (t->n)
			memcpy(p, t->piece, t->n * sizeof *p);
		t->piece = p;
		t->cap = cap;
	}
	t->piece[t->n] = (struct piece){ 0 };
	return &t->piece[t->n++];
}

const char *json_literal(struct arena *a, const char *s, size_t n, uint32_t *len)
{
	struct strbuf b = STRBUF_INIT;
	const char *copy;

	strbuf_json(&b, s, n);
	copy = arena_strndup(a, b.s ? b.s : "", b.len);
	*len = (uint32_t)b.len;
	strbuf_release(&b);
	return copy;
}

void template_text(struct template *t, const char *s, uint32_t len)
{
	struct piece *p = add_piece(t);

	p->text = arena_strndup(t->arena, s, len);
	p->text_len = len;
	p->json = json_literal(t->arena, s, len, &p->json_len);
}

void piece_of_expr(struct piece *p, const struct expr *e)
{
	const struct field_ref *ref = expr_field_ref(e);

	p->reads_fd = ref && (strncmp(ref->def->name, "fd.", 3) == 0 ||
			      strncmp(ref->def->name, "fs.path.", 8) == 0 ||
			      strncmp(ref->def->name, "evt.count.error.", 16) == 0);
	p->name_changed = ref && strcmp(ref->def->name, "fd.name_changed") == 0;
	p->e = e;
	p->type = (uint8_t)expr_type(e);
	p->fmt = (uint8_t)expr_fmt(e);
	p->list = expr_is_list(e);
	p->kind = !type_is_string(p->type) ? VALUE_OTHER : p->list ? VALUE_STRINGS : VALUE_STRING;
}

void template_expr(struct template *t, const struct expr *e, const char *name, uint32_t width)
{
	struct piece *p = add_piece(t);

	piece_of_expr(p, e);
	p->name = name ? arena_strdup(t->arena, name) : NULL;
	p->width = width;
}

static void add_odd_byte(struct strbuf *out, unsigned char c)
{
	if (c == '"' || c == '\\') {
		strbuf_addc(out, '\\');
		strbuf_addc(out, (char)c);
	} else {
		strbuf_add(out, "\xef\xbf\xbd", 3);
	}
}

/* Bytes at the start of s that can stay as they are. */
static size_t plain_length(const char *s, size_t n, bool json)
{
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		unsigned odd = odd16(_mm_loadu_si128((const __m128i *)(const void *)(s + i)), json);

		if (odd)
			return i + (unsigned)__builtin_ctz(odd);
	}
	for (; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x7f || (json && (c == '"' || c == '\\')))
			break;
	}
	return i;
}

/* Appends s sanitized; json: with '"' and '\' escaped. */
static void add_clean(struct strbuf *out, const char *s, size_t n, bool json)
{
	size_t i = plain_length(s, n, json), from = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		unsigned k = 0;

		if (c >= 0x20 && c < 0x7f)
			k = !(json && (c == '"' || c == '\\'));
		else if (c >= 0x80)
			k = utf8_char(s + i, n - i);
		if (k) {
			i += k;
			continue;
		}
		strbuf_add(out, s + from, i - from);
		add_odd_byte(out, c);
		from = ++i;
	}
	strbuf_add(out, s + from, n - from);
}

/* What was appended since from becomes sanitized. */
static void clean_tail(struct strbuf *out, size_t from, struct evaluator *ev, bool json)
{
	size_t n = out->len - from;
	const char *s = out->s + from, *copy;

	if (n == 0 || (utf8_clean(s, n) && !(json && (memchr(s, '"', n) || memchr(s, '\\', n)))))
		return;
	copy = arena_memdup(evaluator_ctx(ev)->scratch, s, n);
	out->len = from;
	add_clean(out, copy, n, json);
}

/* In Falco evt.abspath of a path below a directory's fd leaves that fd as the event's: what an
 * output extracts afterwards, the whole of output_fields too, is the directory's. */
static const struct values *values_of_moved_fd(const struct piece *p, struct eval_ctx *x, struct values *own)
{
	const struct field_ref *ref = expr_field_ref(p->e);
	const struct event_ctx *ec = x->ec;
	struct event_ctx moved = *ec;
	bool got;

	if (p->name_changed && x->moved_fd && ec->has_fd_fields) {      /* of the event, not of any fd */
		if (!ref->def->extract(x, ref, own))
			value_set_num(own, 0);
		return own;
	}
	moved.fd = x->moved_fd;
	x->ec = &moved;
	got = ref->def->extract(x, ref, own);
	x->ec = ec;
	return got ? own : NULL;
}

static const struct values *piece_values(const struct piece *p, struct evaluator *ev, struct values *own)
{
	struct eval_ctx *x = evaluator_ctx(ev);

	if (p->reads_fd && x->moved_num && x->moved_num == x->ec->ev->num)
		return values_of_moved_fd(p, x, own);
	return expr_eval(ev, p->e);
}

static void value_to_text(const struct piece *p, struct evaluator *ev, struct strbuf *out, bool json)
{
	struct values own;
	const struct values *vs = piece_values(p, ev, &own);
	size_t from = out->len;

	if (!vs) {
		strbuf_add(out, NO_VALUE, sizeof NO_VALUE - 1);
	} else if (p->kind == VALUE_STRING && vs->n == 1) {
		add_clean(out, vs->v->s, vs->v->len, json);
	} else {
		values_text(out, p->type, p->fmt, p->list, vs, evaluator_ctx(ev)->render);
		clean_tail(out, from, ev, json);
	}
}

/* Cuts or pads to so many bytes; a character that was cut in two is escaping's concern. */
static void sized_text(const struct piece *p, struct evaluator *ev, struct strbuf *out, bool json)
{
	size_t from = out->len, n;
	char *copy;

	value_to_text(p, ev, out, false);
	n = out->len - from;
	for (; n < p->width; n++)
		strbuf_addc(out, ' ');
	n = p->width;
	copy = arena_memdup(evaluator_ctx(ev)->scratch, out->s + from, n);
	out->len = from;
	if (json)
		strbuf_json(out, copy, n);
	else
		strbuf_add(out, copy, n);
}

void piece_text(const struct piece *p, struct evaluator *ev, struct strbuf *out, bool json)
{
	if (p->width)
		sized_text(p, ev, out, json);
	else
		value_to_text(p, ev, out, json);
}

static void string_json(struct strbuf *out, const struct value *v)
{
	strbuf_addc(out, '"');
	add_clean(out, v->s, v->len, true);
	strbuf_addc(out, '"');
}

void piece_json(const struct piece *p, struct evaluator *ev, struct strbuf *out)
{
	struct values own;
	const struct values *vs = piece_values(p, ev, &own);

	if (!vs || (p->list && vs->n == 0)) {
		strbuf_add(out, "null", 4);
	} else if (p->kind == VALUE_STRING && vs->n == 1) {
		string_json(out, vs->v);
	} else if (p->kind == VALUE_STRINGS) {
		strbuf_addc(out, '[');
		for (uint32_t i = 0; i < vs->n; i++) {
			if (i)
				strbuf_addc(out, ',');
			string_json(out, &vs->v[i]);
		}
		strbuf_addc(out, ']');
	} else {
		values_json(out, p->type, p->fmt, p->list, vs, evaluator_ctx(ev)->render);
	}
}

static void render(const struct template *t, struct evaluator *ev, struct strbuf *out, bool json)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct piece *p = &t->piece[i];

		if (p->e)
			piece_text(p, ev, out, json);
		else if (json)
			strbuf_add(out, p->json, p->json_len);
		else
			strbuf_add(out, p->text, p->text_len);
	}
}

void template_render(const struct template *t, struct evaluator *ev, struct strbuf *out)
{
	render(t, ev, out, false);
}

void template_render_json(const struct template *t, struct evaluator *ev, struct strbuf *out)
{
	render(t, ev, out, true);
}
