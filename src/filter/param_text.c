/* param_text.c - event parameters as text, raw and resolved.
 *
 * The raw form is the parameter alone ("3", "25165824"), the resolved one what
 * it stands for ("<f>/etc/passwd", "CLONE_FILES"); a type has either or both.
 * One row a type; sockets and fd lists are in param_text_net.c.  Odd on purpose
 * and as Falco prints it: 32 and 64 bit unsigned numbers are printed signed, hex
 * has no 0x, octal has a leading 0 (state_engine.md 5).
 */
#include <stdio.h>
#include "filter/param_text.h"
#include "filter/text.h"
#include "filter/time_text.h"

enum { AT_FDCWD_ID = -100, NO_ID = 0xffffffff };

/* -- numbers ------------------------------------------------------------------------ */
static void number(struct strbuf *out, const struct raw_param *r)
{
	uint64_t u = load_uint(r->p, r->len);

	switch (r->fmt) {
	case PF_HEX:
		text_base(out, u, 4);
		break;
	case PF_OCT:
		if (u)
			strbuf_addc(out, '0');
		text_base(out, u, 3);
		break;
	case PF_10_PADDED_DEC:
		strbuf_u64_padded(out, u, 9);
		break;
	default:
		strbuf_i64(out, r->len >= 4 || type_is_signed(r->type) ? load_int(r->p, r->len)
								       : (int64_t)u);
	}
}

static void raw_number(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	number(out, r);
}

static void raw_signed(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	strbuf_i64(out, load_int(r->p, r->len));
}

static void raw_unsigned(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	strbuf_u64(out, load_uint(r->p, r->len));
}

static void resolved_errno(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	int64_t n = load_int(r->p, r->len);
	const char *name = n < 0 && n > INT32_MIN ? errno_name((int)-n) : NULL;

	(void)x;
	if (name)
		strbuf_adds(out, name);
}

static void resolved_signal(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	const char *name = signal_name((int)load_uint(r->p, r->len));

	(void)x;
	if (name)
		strbuf_adds(out, name);
}

static void resolved_syscall(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint64_t sc = load_uint(r->p, r->len);

	(void)x;
	if (sc < SYSCALL_COUNT)
		strbuf_adds(out, SYSCALLS[sc].name);
}

/* -- who ------------------------------------------------------------------------------ */
static void resolved_pid(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	int64_t tid = load_int(r->p, r->len);
	const struct thread *t = tid >= 0 && x->ec->state ? state_thread(x->ec->state, tid) : NULL;

	if (t)
		strbuf_add(out, t->comm->s, t->comm->len);
}

static const struct str *container_of(const struct eval_ctx *x)
{
	return x->ec->thread ? x->ec->thread->container_id : &STR_EMPTY;
}

static void raw_id(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	if (load_uint(r->p, r->len) == NO_ID)
		strbuf_add(out, "-1", 2);
	else
		strbuf_u64(out, load_uint(r->p, r->len));
}

static void add_name(struct strbuf *out, const char *name)
{
	strbuf_adds(out, name && *name ? name : "<NA>");
}

static void resolved_uid(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint32_t id = (uint32_t)load_uint(r->p, r->len);
	const struct user *u;

	if (id == NO_ID) {
		strbuf_adds(out, "<NONE>");
		return;
	}
	u = x->ec->state ? state_user(x->ec->state, container_of(x), id) : NULL;
	add_name(out, u ? u->name : NULL);
}

static void resolved_gid(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint32_t id = (uint32_t)load_uint(r->p, r->len);
	const struct group *g;

	if (id == NO_ID) {
		strbuf_adds(out, "<NONE>");
		return;
	}
	g = x->ec->state ? state_group(x->ec->state, container_of(x), id) : NULL;
	add_name(out, g ? g->name : NULL);
}

/* -- names of bits ------------------------------------------------------------------------ */
static void bar(struct strbuf *out, size_t from, const char *name)
{
	if (out->len > from)
		strbuf_addc(out, '|');
	strbuf_adds(out, name);
}

/* Entries in the table's order; what one names is taken from what is left.  An
 * entry that is the whole value ends the list. */
static void resolved_flags(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint64_t all = load_uint(r->p, r->len), left = all;
	const struct flag_name *f = r->flags;
	size_t from = out->len;

	(void)x;
	if (!f)
		return;
	for (; f->name && f->value != all; f++)
		if (f->value && (left & f->value) == f->value) {
			bar(out, from, f->name);
			left &= ~f->value;
		}
	if (f->name)
		bar(out, from, f->name);
}

static void resolved_enum(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint64_t v = load_uint(r->p, r->len);
	size_t from = out->len;

	(void)x;
	for (const struct flag_name *f = r->flags; f && f->name; f++)
		if (f->value == v)
			bar(out, from, f->name);
}

/* -- times ---------------------------------------------------------------------------------- */
static void raw_reltime(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint64_t ns = load_uint(r->p, r->len);

	(void)x;
	if (ns == UINT64_MAX)
		strbuf_adds(out, "none");
	else
		strbuf_u64(out, ns);
}

static void resolved_reltime(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint64_t ns = load_uint(r->p, r->len);

	(void)x;
	if (ns != UINT64_MAX)
		strbuf_printf(out, "%lgs", (double)ns / 1e9);
}

static void raw_abstime(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)x;
	time_text(out, TIME_DATE_LOCAL, load_uint(r->p, r->len));
}

/* -- strings and buffers ------------------------------------------------------------ */
static void raw_string(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	const char *s = (const char *)r->p;
	size_t n = strnlen(s, r->len);

	(void)x;
	if (n == 6 && memcmp(s, "(NULL)", 6) == 0)
		strbuf_add(out, "<NA>", 4);
	else
		strbuf_add(out, s, n);
}

static void raw_buffer(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	text_buffer(out, (const char *)r->p, r->len, x->render);
}

/* NUL separated items, joined by '.'. */
static void raw_array(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	uint32_t n = r->len;

	(void)x;
	if (n && r->p[n - 1] == 0)
		n--;
	for (uint32_t i = 0; i < n; i++)
		strbuf_addc(out, r->p[i] ? (char)r->p[i] : '.');
}

static void raw_nothing(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	(void)out, (void)x, (void)r;
}

/* -- paths ------------------------------------------------------------------------------------- */
/* Appends dir/name in one; dir may be of any length. */
static void add_path(struct strbuf *out, const char *dir, uint32_t dir_len, const char *name,
		     uint32_t name_len)
{
	char path[STATE_PATH_MAX + 64];
	uint32_t n = path_concat(path, dir, dir_len, name, name_len);

	strbuf_add(out, path, n);
}

/* The directory that a *at call's path starts from: "" when it is not known. */
static void add_path_at(struct strbuf *out, const struct thread *t, int64_t dirfd, const char *name,
			uint32_t len)
{
	const struct fd *d = fd_table_get(thread_fds(t), dirfd);
	char dir[STATE_PATH_MAX + 1];
	uint32_t n;

	if (!d || d->name->len == 0) {
		add_path(out, "", 0, name, len);
		return;
	}
	n = d->name->len < STATE_PATH_MAX ? d->name->len : STATE_PATH_MAX - 1;
	memcpy(dir, d->name->s, n);
	if (dir[n - 1] != '/')
		dir[n++] = '/';
	add_path(out, dir, n, name, len);
}

/* Only relative names have a resolved form. */
static void resolved_path(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r)
{
	const char *s = (const char *)r->p;
	uint32_t n = (uint32_t)strnlen(s, r->len);
	const struct thread *t = x->ec->thread;
	int64_t dirfd = AT_FDCWD_ID;

	if (!t || n == 0 || *s == '/' || (n == 4 && memcmp(s, "<NA>", 4) == 0) ||
	    (n == 6 && memcmp(s, "(NULL)", 6) == 0))
		return;
	if (r->dirfd >= 0)
		dirfd = param_i64(x->ec->ev, (unsigned)r->dirfd, AT_FDCWD_ID);
	if (dirfd == AT_FDCWD_ID) {
		const struct str *cwd = thread_cwd(t);

		add_path(out, cwd->s, cwd->len, s, n);
	} else {
		add_path_at(out, t, dirfd, s, n);
	}
}

/* -- one row a type -------------------------------------------------------------------------- */
static const struct renderer {
	void (*raw)(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
	void (*resolved)(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
	bool null;              /* an empty one reads "NULL", not "<NA>" */
} RENDERERS[PT_MAX] = {
	[PT_INT8] = { raw_number, NULL, 0 }, [PT_INT16] = { raw_number, NULL, 0 },
	[PT_INT32] = { raw_number, NULL, 0 }, [PT_INT64] = { raw_number, NULL, 0 },
	[PT_UINT8] = { raw_number, NULL, 0 }, [PT_UINT16] = { raw_number, NULL, 0 },
	[PT_UINT32] = { raw_number, NULL, 0 }, [PT_UINT64] = { raw_number, NULL, 0 },
	[PT_PORT] = { raw_unsigned, NULL, 0 }, [PT_L4PROTO] = { raw_unsigned, NULL, 0 },
	[PT_SOCKFAMILY] = { raw_unsigned, NULL, 0 }, [PT_BOOL] = { raw_unsigned, NULL, 0 },
	[PT_CHARBUF] = { raw_string, NULL, 0 },
	[PT_FSPATH] = { raw_string, resolved_path, 0 },
	[PT_FSRELPATH] = { raw_string, resolved_path, 0 },
	[PT_BYTEBUF] = { raw_buffer, NULL, 1 }, [PT_CHARBUFARRAY] = { raw_array, NULL, 1 },
	[PT_CHARBUF_PAIR_ARRAY] = { raw_nothing, NULL, 1 },
	[PT_ERRNO] = { raw_signed, resolved_errno, 0 },
	[PT_FD] = { raw_signed, param_fd_resolved, 0 },
	[PT_FD32] = { raw_signed, param_fd_resolved, 0 },
	[PT_PID] = { raw_signed, resolved_pid, 0 }, [PT_PID32] = { raw_signed, resolved_pid, 0 },
	[PT_SYSCALLID] = { raw_unsigned, resolved_syscall, 0 },
	[PT_SIGTYPE] = { raw_unsigned, resolved_signal, 0 },
	[PT_RELTIME] = { raw_reltime, resolved_reltime, 0 },
	[PT_ABSTIME] = { raw_abstime, NULL, 0 },
	[PT_FLAGS8] = { raw_unsigned, resolved_flags, 0 },
	[PT_FLAGS16] = { raw_unsigned, resolved_flags, 0 },
	[PT_FLAGS32] = { raw_unsigned, resolved_flags, 0 },
	[PT_ENUMFLAGS8] = { raw_unsigned, resolved_enum, 0 },
	[PT_ENUMFLAGS16] = { raw_unsigned, resolved_enum, 0 },
	[PT_ENUMFLAGS32] = { raw_unsigned, resolved_enum, 0 },
	[PT_MODE] = { raw_number, resolved_flags, 0 },
	[PT_UID] = { raw_id, resolved_uid, 0 }, [PT_GID] = { raw_id, resolved_gid, 0 },
	[PT_SOCKADDR] = { param_sockaddr_raw, NULL, 0 },
	[PT_SOCKTUPLE] = { param_socktuple_raw, NULL, 1 },
	[PT_FDLIST] = { param_fdlist_raw, NULL, 1 },
	[PT_IPV4ADDR] = { param_ip_raw, NULL, 0 }, [PT_IPV6ADDR] = { param_ip_raw, NULL, 0 },
	[PT_IPADDR] = { param_ip_raw, NULL, 0 },
	[PT_SIGSET] = { raw_nothing, NULL, 0 },
	[PT_DYN] = { raw_nothing, NULL, 1 },
};

/* Parameter i; a dynamic one as the type its first byte names. */
static struct raw_param raw_of(const struct event *ev, unsigned i)
{
	const struct param_info *info = &ev->info->param[i];
	struct raw_param r = {
		.p = ev->param[i].p, .len = ev->param[i].len, .type = info->type, .fmt = info->fmt,
		.dirfd = info->dirfd, .flags = info->flags,
	};

	if (r.type == PT_DYN && r.len > 0 && r.p[0] < info->ndyn) {
		const struct dyn_type *d = &info->dyn[r.p[0]];

		r.type = d->type;
		r.fmt = d->fmt;
		r.p++;
		r.len--;
	}
	return r;
}

static const struct renderer *renderer_of(const struct raw_param *r)
{
	return r->type < PT_MAX && RENDERERS[r->type].raw ? &RENDERERS[r->type] : NULL;
}

void param_raw_text(struct strbuf *out, struct eval_ctx *x, unsigned i)
{
	const struct event *ev = x->ec->ev;
	const struct renderer *f;
	struct raw_param r;

	if (i >= ev->nparams || i >= ev->info->nparams)
		return;
	r = raw_of(ev, i);
	f = renderer_of(&r);
	if (!f)
		return;
	if (r.len == 0 || (param_type_size(r.type) && r.len > 8 && r.type != PT_IPV6ADDR))
		strbuf_adds(out, f->null ? "NULL" : "<NA>");
	else
		f->raw(out, x, &r);
}

void param_resolved_text(struct strbuf *out, struct eval_ctx *x, unsigned i)
{
	const struct event *ev = x->ec->ev;
	const struct renderer *f;
	struct raw_param r;

	if (!param_has(ev, i) || i >= ev->info->nparams)
		return;
	r = raw_of(ev, i);
	f = renderer_of(&r);
	if (f && f->resolved && r.len > 0)
		f->resolved(out, x, &r);
}
