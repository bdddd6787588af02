/* piece.h - inside of the formatter, shared by template.c and alert.c. */
#pragma once
#include "format/template.h"

enum value_kind {
	VALUE_STRING,           /* one string */
	VALUE_STRINGS,          /* a list of them */
	VALUE_OTHER,            /* what value.h renders */
};

/* Literal text, or an expression. */
struct piece {
	const char *text, *json;        /* a literal as it is and as the inside of a JSON string */
	uint32_t text_len, json_len;
	const struct expr *e;           /* NULL: a literal */
	const char *name;               /* key in output_fields, or NULL */
	uint32_t width;
	uint8_t kind, type, fmt;
	bool list;
	bool reads_fd;                  /* depends on the event's fd */
	bool name_changed;              /* is fd.name_changed */
};

struct template {
	struct arena *arena;
	struct piece *piece;            /* in the arena */
	uint32_t n, cap;
};

/* What a value's text and JSON need to know of its expression. */
void piece_of_expr(struct piece *p, const struct expr *e);
/* Appends the value of p->e as text; json: as the inside of a JSON string. */
void piece_text(const struct piece *p, struct evaluator *ev, struct strbuf *out, bool json);
/* Appends the value of p->e as JSON, null when there is none. */
void piece_json(const struct piece *p, struct evaluator *ev, struct strbuf *out);
/* Appends the whole text as the inside of a JSON string. */
void template_render_json(const struct template *t, struct evaluator *ev, struct strbuf *out);
/* The inside of a JSON string as a copy in the arena. */
const char *json_literal(struct arena *a, const char *s, size_t n, uint32_t *len);
