/* template.h - an output with %fields, compiled at load, rendered per alert.
 *
 * The text of an output is cut into pieces by lua/engine (the token grammar is
 * the condition grammar's); here they are literal text and expressions.  A
 * value that two templates or a rule's condition share is extracted once an
 * event (expr.h), so that text and JSON of one alert read it once.
 */
#pragma once
#include "filter/program.h"

struct template;

struct template *template_new(struct arena *a);
void template_text(struct template *t, const char *s, uint32_t len);
/* name: the token as written ("proc.aname[2]"), its key in output_fields; NULL for
 * transformed tokens, which output_fields leaves out.  width: pad or cut to so
 * many columns, 0 as it is. */
void template_expr(struct template *t, const struct expr *e, const char *name, uint32_t width);

/* Appends the text; a missing value reads "<NA>". */
void template_render(const struct template *t, struct evaluator *ev, struct strbuf *out);

/* What an alert line is made of besides the rule's own output. */
struct alert_format {
	bool json, iso8601;
	bool include_output, include_message, include_fields, include_tags;
	const char *hostname;
	struct render_options render;
};

/* A further member of output_fields (append_output.extra_fields): text NULL: the typed value of e. */
struct extra_field { const char *key; const struct expr *e; const struct template *text; };

/* What the formatter needs of a rule; all borrowed from the ruleset. */
struct alert_rule {
	const char *name, *source;
	unsigned priority;              /* 0 emergency .. 7 debug */
	const char *const *tag;         /* sorted */
	uint32_t ntags;
	const struct template *output;
	const struct extra_field *extra;
	uint32_t nextra;
};

/* Everything of a rule's alerts that does not depend on the event, made once at
 * load: escaped literals, the sorted keys of output_fields.  Lives in the arena;
 * f's strings and r's pointers must outlive it.  Renders on one thread. */
struct alert_line;
struct alert_line *alert_prepare(struct arena *a, struct exprs *exprs, const struct alert_format *f,
				 const struct alert_rule *r);
/* Appends one alert without the newline: "TIME: Priority text", or one JSON object,
 * keys in alphabetical order (falco_features.md 4.1, 4.2).  The evaluator has begun
 * the event. */
void alert_render(struct alert_line *line, struct evaluator *ev, struct strbuf *out);

/* "Emergency" .. "Debug", and the report's short upper-case form ("INFO"). */
const char *priority_name(unsigned priority);
const char *priority_short(unsigned priority);
/* Case-insensitive full names, "info" and "informational"; -1 when unknown. */
int priority_by_name(const char *name);
