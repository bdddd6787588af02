/* field_process_names.c - a thread's own names: program, arguments,
 * environment, working directory.
 */
#include "filter/field_process.h"

bool parse_index(const char *s, uint32_t len, int64_t *n)
{
	uint32_t i = len && (s[0] == '-' || s[0] == '+');
	int64_t v = 0;

	if (i == len || len - i > 9)
		return false;
	for (; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*n = s[0] == '-' ? -v : v;
	return true;
}

int resolve_index(struct field_ref *ref, struct saker_error *err)
{
	ref->index = -1;
	if (!ref->arg)
		return 0;
	if (!parse_index(ref->arg, ref->arg_len, &ref->index))
		return fail(err, SAKER_E_ARG, "filter_check called with nonexistent field %s[%s]",
			    ref->def->name, ref->arg);
	if (ref->index < 0)
		ref->index = -1;
	return 0;
}

int resolve_key(struct field_ref *ref, struct saker_error *err)
{
	(void)err;
	ref->index = -1;
	return 0;
}

int resolve_index_or_key(struct field_ref *ref, struct saker_error *err)
{
	(void)err;
	ref->index = -1;
	if (ref->arg && parse_index(ref->arg, ref->arg_len, &ref->index)) {
		ref->arg = NULL;
		ref->arg_len = 0;
		if (ref->index < 0)
			ref->index = -1;
	}
	return 0;
}

void list_text(struct strbuf *b, const struct str *list)
{
	size_t at = b->len;
	char *p, *end;

	if (list->len == 0)
		return;
	strbuf_add(b, list->s, list->len - 1);  /* without the NUL of the last one */
	end = b->s + b->len;
	for (p = b->s + at; (p = memchr(p, 0, (size_t)(end - p))); p++)
		*p = ' ';
}

void cmdline_text(struct strbuf *b, const struct thread *t)
{
	strbuf_add(b, t->comm->s, t->comm->len);
	if (t->args->n) {
		strbuf_addc(b, ' ');
		list_text(b, t->args);
	}
}

const char *list_item(const struct str *list, uint64_t i, uint32_t *len)
{
	const char *p = list->s, *end = p + list->len;

	*len = 0;
	if (i >= list->n)
		return "";
	while (i-- && p < end)
		p += strlen(p) + 1;
	if (p >= end)
		return "";
	*len = (uint32_t)strlen(p);
	return p;
}

const char *env_value(const struct str *env, const char *key, uint32_t key_len, uint32_t *len)
{
	const char *p = env->s, *end = p + env->len;

	*len = 0;
	while (p < end) {
		size_t n = strlen(p);

		if (n > key_len && p[key_len] == '=' && memcmp(p, key, key_len) == 0 &&
		    !memchr(p, '=', key_len)) {
			const char *from = p + key_len + 1, *to = p + n;

			while (from < to && *from == ' ')
				from++;
			while (from < to && to[-1] == ' ')
				to--;
			*len = (uint32_t)(to - from);
			return from;
		}
		p += n + 1;
	}
	return "";
}

THREAD_STR(proc_name, t->comm)
THREAD_STR(proc_exe, t->exe)
THREAD_STR(proc_exepath, t->exepath)
THREAD_STR(proc_cwd, thread_cwd(t))
THREAD_NUM(proc_cmdnargs, t->args->n)
THREAD_NUM(proc_cmdlenargs, t->args->len - t->args->n)

/* A whole list, in its place when it has one element, else joined. */
static bool list_value(struct eval_ctx *x, const struct str *list, struct values *out)
{
	struct strbuf *b;
	size_t from;

	if (list->n <= 1)
		return value_set_mem(out, list->s, list->len ? list->len - 1 : 0);
	b = scratch_begin(x, &from);
	list_text(b, list);
	return scratch_end(x, from, out);
}

bool proc_args(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	const char *s;
	uint32_t len;

	if (!t)
		return false;
	if (ref->index < 0)
		return list_value(x, t->args, out);
	s = list_item(t->args, (uint64_t)ref->index, &len);
	return value_set_mem(out, s, len);
}

bool proc_cmdline(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	size_t from;

	(void)ref;
	if (!t)
		return false;
	if (t->args->n == 0)
		return value_set_str(out, t->comm);
	cmdline_text(scratch_begin(x, &from), t);
	return scratch_end(x, from, out);
}

/* Unlike proc.cmdline it ends in a blank when there are no arguments. */
bool proc_exeline(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	struct strbuf *b;
	size_t from;

	(void)ref;
	if (!t)
		return false;
	b = scratch_begin(x, &from);
	strbuf_add(b, t->exe->s, t->exe->len);
	strbuf_addc(b, ' ');
	list_text(b, t->args);
	return scratch_end(x, from, out);
}

bool proc_env(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;
	const char *s;
	uint32_t len;

	if (!t)
		return false;
	if (!ref->arg)
		return list_value(x, thread_env(t), out);
	s = env_value(thread_env(t), ref->arg, ref->arg_len, &len);
	return value_set_mem(out, s, len);
}
