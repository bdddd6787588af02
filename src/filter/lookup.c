/* lookup.c - from the text of a field to its row and its argument.
 *
 * Load path only: the catalogue is walked from end to end each time.
 */
#include "base/error.h"
#include "filter/field.h"
#include <stdlib.h>

/* Fields whose argument may follow a dot: evt.arg.flags, evt.type.is.open. */
static const char *const DOTTED[] = {
	"evt.type.is", "evt.arg", "evt.rawarg", "evt.abspath", "thread.cgroup",
};

const struct field_def *field_lookup(const char *text, uint32_t len)
{
	const struct field_def *best = NULL;
	size_t best_len = 0;

	for (unsigned c = 0; FIELD_CLASSES[c]; c++) {
		for (unsigned i = 0; i < FIELD_CLASSES[c]->n; i++) {
			const struct field_def *d = &FIELD_CLASSES[c]->fields[i];
			size_t n = strlen(d->name);

			if (n > best_len && n <= len && memcmp(d->name, text, n) == 0) {
				best = d;
				best_len = n;
			}
		}
	}
	return best;
}

static bool takes_dot(const struct field_def *d)
{
	for (size_t i = 0; i < sizeof DOTTED / sizeof *DOTTED; i++)
		if (strcmp(d->name, DOTTED[i]) == 0)
			return true;
	return false;
}

static int no_such_field(const char *text, uint32_t len, const char *arg, struct saker_error *err)
{
	return fail(err, SAKER_E_ARG, arg ? "filter_check called with nonexistent field %.*s[%s]" :
		    "filter_check called with nonexistent field %.*s", (int)len, text, arg);
}

/* A whole decimal number. */
static bool number(const char *s, int64_t *out)
{
	char *end;

	if (!*s)
		return false;
	*out = strtoll(s, &end, 10);
	return *end == 0;
}

int field_resolve(struct arena *a, const char *text, uint32_t len, const char *arg,
		  struct field_ref *ref, struct saker_error *err)
{
	const struct field_def *d = field_lookup(text, len);
	const char *inner = arg;
	uint32_t n;
	bool is_number = false;

	if (!d)
		return no_such_field(text, len, arg, err);
	n = (uint32_t)strlen(d->name);
	if (n < len) {
		if (arg || text[n] != '.' || n + 1 == len || !takes_dot(d))
			return no_such_field(text, len, arg, err);
		inner = arena_strndup(a, text + n + 1, len - n - 1);
	} else if (arg) {
		inner = arena_strdup(a, arg);
	}
	if (inner && d->arg == ARG_NONE)
		return no_such_field(text, len, arg, err);
	*ref = (struct field_ref){ .def = d, .arg = inner, .index = -1, .type = d->type,
				   .fmt = d->fmt, .list = d->list, .scope = d->scope };
	if (inner) {
		ref->arg_len = (uint32_t)strlen(inner);
		is_number = number(inner, &ref->index);
	}
	if (d->resolve)
		return d->resolve(ref, err);
	if (inner && !is_number)
		return no_such_field(text, len, arg, err);
	if (!inner && d->arg == ARG_REQUIRED)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", d->name);
	return 0;
}
