/* field_fd_name.c - what the fd of an event is called.
 *
 * A call that failed, or whose fd is not known, has no entry; the name is then
 * made from the call's own parameters.
 */
#include "filter/bytes.h"
#include "filter/field_fd.h"

/* The path of open and creat, the tuple of accept and connect: as the parameter
 * is shown, resolved if it can be. */
static void name_of_param(struct strbuf *b, struct eval_ctx *x, unsigned i)
{
	size_t at = b->len;

	param_resolved_text(b, x, i);
	if (b->len == at)
		param_raw_text(b, x, i);
}

/* openat and openat2: directory and name; raw: the name alone. */
static bool name_at(struct strbuf *b, struct eval_ctx *x, bool raw)
{
	const struct event *ev = x->ec->ev;
	char dir[STATE_PATH_MAX + 64], path[STATE_PATH_MAX + 64];
	uint32_t len, n;
	const char *name;

	if (!param_has(ev, 1) || !param_has(ev, 2))
		return false;
	name = param_str(ev, 2, &len);
	if (raw) {
		strbuf_add(b, name, len);
		return true;
	}
	n = path_of_dirfd(dir, x->ec->thread, name, len, param_i64(ev, 1, -1));
	n = path_concat(path, dir, n, name, len);
	strbuf_add(b, path, n);
	return true;
}

/* The name without an entry; false: no value. */
static bool name_of_call(struct strbuf *b, struct eval_ctx *x, bool raw)
{
	const struct event *ev = x->ec->ev;

	if (!event_code_is_exit(ev->type))
		return false;
	switch (ev->type) {
	case PPME_SYSCALL_OPEN_X:
	case PPME_SYSCALL_CREAT_X:
	case PPME_SOCKET_ACCEPT_X:
	case PPME_SOCKET_ACCEPT_5_X:
	case PPME_SOCKET_ACCEPT4_X:
	case PPME_SOCKET_ACCEPT4_5_X:
	case PPME_SOCKET_ACCEPT4_6_X:
	case PPME_SOCKET_CONNECT_X:
		name_of_param(b, x, 1);
		return true;
	case PPME_SYSCALL_OPENAT_X:
	case PPME_SYSCALL_OPENAT_2_X:
	case PPME_SYSCALL_OPENAT2_X:
		return name_at(b, x, raw);
	case PPME_SYSCALL_OPEN_BY_HANDLE_AT_X:
		name_of_param(b, x, 3);
		return true;
	default:
		return true;            /* empty, but a value */
	}
}

/* What name_of_call() would copy as it is: the absolute name of a failed openat, which half
 * of all opens are.  NULL: something else. */
static const char *name_as_given(const struct event *ev, uint32_t *len)
{
	const char *name;

	if ((ev->type != PPME_SYSCALL_OPENAT_2_X && ev->type != PPME_SYSCALL_OPENAT2_X) ||
	    !param_has(ev, 1) || !param_has(ev, 2))
		return NULL;
	name = param_str(ev, 2, len);
	return path_is_tidy(name, *len) && *len + 2 <= STATE_PATH_MAX ? name : NULL;
}

/* The text of fd.name; NULL: no value. */
static const char *name_text(struct eval_ctx *x, uint32_t *len)
{
	const struct fd *e = fd_entry(x);
	struct strbuf *b;
	const char *name;
	size_t from;

	if (e) {
		*len = e->name->len;
		return e->name->s;
	}
	if (!fd_event(x))
		return NULL;
	name = name_as_given(x->ec->ev, len);
	if (name)
		return name;
	b = scratch_begin(x, &from);
	return name_of_call(b, x, false) ? scratch_take(x, from, len) : NULL;
}

bool fd_name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	uint32_t len;
	const char *s = name_text(x, &len);

	(void)ref;
	return s && value_set_mem(out, s, len);
}

/* As it was given, runs of '/' made one. */
bool fd_nameraw(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);
	struct strbuf *b;
	size_t from, to;
	const char *name;
	uint32_t len;

	(void)ref;
	if (!fd_event(x))
		return false;
	if (e && !bytes_contain(e->name_raw->s, e->name_raw->len, "//", 2))
		return value_set_str(out, e->name_raw);
	if (!e && (name = name_as_given(x->ec->ev, &len)))
		return value_set_mem(out, name, len);
	b = scratch_begin(x, &from);
	if (e)
		strbuf_add(b, e->name_raw->s, e->name_raw->len);
	else if (!name_of_call(b, x, true))
		return false;
	to = from;
	for (size_t i = from; i < b->len; i++)
		if (i == from || b->s[i] != '/' || b->s[i - 1] != '/')
			b->s[to++] = b->s[i];
	b->len = to;
	return scratch_end(x, from, out);
}

static bool is_file(const struct fd *e)
{
	return e->type == FD_FILE || e->type == FD_FILE_V2;
}

/* The folder part of a name. */
static const char *directory_text(struct eval_ctx *x, uint32_t *len)
{
	const struct fd *e = fd_entry(x);
	const char *s, *slash;

	if (e && !is_file(e) && e->type != FD_DIRECTORY)
		return NULL;
	s = name_text(x, len);
	if (!s || (e && e->type == FD_DIRECTORY))
		return s;
	slash = memrchr(s, '/', *len);
	if (slash && slash == s + *len - 1)
		return s;               /* ends in '/': the name itself */
	if (!slash || slash == s) {
		*len = 1;
		return "/";
	}
	*len = (uint32_t)(slash - s);
	return s;
}

bool fd_directory(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	uint32_t len;
	const char *s = directory_text(x, &len);

	(void)ref;
	return s && value_set_mem(out, s, len);
}

/* The part behind the last '/', of known files only. */
bool fd_filename(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);
	const char *s, *slash;
	uint32_t len;

	(void)ref;
	if (!e || !is_file(e))
		return false;
	s = e->name->s;
	len = e->name->len;
	slash = memrchr(s, '/', len);
	if (!slash)
		return value_set_cstr(out, "/");
	if (slash == s + len - 1)
		return value_set_mem(out, s, len);
	return value_set_mem(out, slash + 1, (uint32_t)(s + len - slash - 1));
}

/* "container:text". */
static bool in_container(struct eval_ctx *x, const char *s, uint32_t len, struct values *out)
{
	const struct str *id;
	struct strbuf *b;
	size_t from;

	if (!s)
		return false;
	id = x->ec->thread->container_id;
	b = scratch_begin(x, &from);
	strbuf_add(b, id->s, id->len);
	strbuf_addc(b, ':');
	strbuf_add(b, s, len);
	return scratch_end(x, from, out);
}

bool fd_containername(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	uint32_t len = 0;
	const char *s = name_text(x, &len);

	(void)ref;
	return in_container(x, s, len, out);
}

bool fd_containerdirectory(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	uint32_t len = 0;
	const char *s = directory_text(x, &len);

	(void)ref;
	return in_container(x, s, len, out);
}
