/* field_misc.c - fdlist.*: the fds of a poll; util.*: for tests of the engine. */
#include "filter/field.h"
#include "filter/scratch.h"
#include "filter/text.h"

/* Appends what one fd adds to the list; nothing: it has no such thing. */
typedef void add_fn(struct strbuf *b, int64_t num, const struct fd *f);

static bool is_v4(const struct fd *f) { return f && f->type == FD_IPV4_SOCK; }
static bool is_v6(const struct fd *f) { return f && f->type == FD_IPV6_SOCK; }

static bool is_listening(const struct fd *f)
{
	return f && (f->type == FD_IPV4_SERVSOCK || f->type == FD_IPV6_SERVSOCK);
}

static void add_num(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)f;
	strbuf_i64(b, num);
}

static void add_name(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)num;
	if (f && f->name->len)
		strbuf_add(b, f->name->s, f->name->len);
	else
		strbuf_add(b, "<NA>", 4);
}

static void add_client_ip(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)num;
	if (is_v4(f) || is_v6(f))
		text_ip(b, f->sip, is_v6(f));
}

/* A listening IPv6 socket is shown by the first four bytes of its address, as Falco does. */
static void add_server_ip(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)num;
	if (is_v4(f) || is_v6(f))
		text_ip(b, f->dip, is_v6(f));
	else if (is_listening(f))
		text_ip(b, f->sip, false);
}

static void add_client_port(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)num;
	if (is_v4(f) || is_v6(f))
		strbuf_u64(b, f->sport);
}

static void add_server_port(struct strbuf *b, int64_t num, const struct fd *f)
{
	(void)num;
	if (is_v4(f) || is_v6(f))
		strbuf_u64(b, f->dport);
}

/* The event's list of fds: count u16, then { fd s64, flags s16 }. */
static const struct param *list_of(const struct event *ev)
{
	unsigned i = ev->type == PPME_SYSCALL_POLL_X || ev->type == PPME_SYSCALL_PPOLL_X;

	if (!i && ev->type != PPME_SYSCALL_POLL_E && ev->type != PPME_SYSCALL_PPOLL_E)
		return NULL;
	return param_has(ev, i) && ev->param[i].len >= 2 ? &ev->param[i] : NULL;
}

static bool joined(struct eval_ctx *x, add_fn *add, struct values *out)
{
	const struct param *p = list_of(x->ec->ev);
	const struct fd_table *fds;
	struct strbuf *b;
	size_t from, mark;
	uint32_t n;

	if (!p || !x->ec->thread)
		return false;
	fds = thread_fds(x->ec->thread);
	n = (uint32_t)load_uint(p->p, 2);
	if (n > (p->len - 2) / 10)
		n = (p->len - 2) / 10;
	b = scratch_begin(x, &from);
	for (uint32_t i = 0; i < n; i++) {
		int64_t num = load_int(p->p + 2 + 10 * i, 8);

		mark = b->len;
		if (mark > from)
			strbuf_addc(b, ',');
		add(b, num, fd_table_get(fds, num));
		if (mark > from && b->len == mark + 1)
			b->s[b->len = mark] = 0;        /* added nothing: no comma */
	}
	return b->len > from && scratch_end(x, from, out);
}

#define LIST_FIELD(name, add)                                                                   \
	static bool name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)   \
	{                                                                                       \
		(void)ref;                                                                      \
		return joined(x, add, out);                                                     \
	}

LIST_FIELD(fdlist_nums, add_num)
LIST_FIELD(fdlist_names, add_name)
LIST_FIELD(fdlist_cips, add_client_ip)
LIST_FIELD(fdlist_sips, add_server_ip)
LIST_FIELD(fdlist_cports, add_client_port)
LIST_FIELD(fdlist_sports, add_server_port)

static const struct field_def FDLIST[] = {
	{ .name = "fdlist.nums", .type = PT_CHARBUF, .fmt = PF_ID, .scope = SCOPE_EVENT,
	  .extract = fdlist_nums, .doc = "For poll events: the fd numbers, joined by commas." },
	{ .name = "fdlist.names", .type = PT_CHARBUF, .scope = SCOPE_EVENT, .extract = fdlist_names,
	  .doc = "For poll events: the names of the fds, joined by commas." },
	{ .name = "fdlist.cips", .type = PT_CHARBUF, .scope = SCOPE_EVENT, .extract = fdlist_cips,
	  .doc = "For poll events: the client addresses of the sockets, joined by commas." },
	{ .name = "fdlist.sips", .type = PT_CHARBUF, .scope = SCOPE_EVENT, .extract = fdlist_sips,
	  .doc = "For poll events: the server addresses of the sockets, joined by commas." },
	{ .name = "fdlist.cports", .type = PT_CHARBUF, .fmt = PF_DEC, .scope = SCOPE_EVENT,
	  .extract = fdlist_cports,
	  .doc = "For poll events: the client ports of the sockets, joined by commas." },
	{ .name = "fdlist.sports", .type = PT_CHARBUF, .fmt = PF_DEC, .scope = SCOPE_EVENT,
	  .extract = fdlist_sports,
	  .doc = "For poll events: the server ports of the sockets, joined by commas." },
};

const struct field_class FIELDS_FDLIST = {
	.name = "fdlist", .shortdesc = "Lists of fds", .doc = "The fds that a poll waits for.",
	.fields = FDLIST, .n = sizeof FDLIST / sizeof *FDLIST,
};

/* How often this occurrence was asked for. */
static bool util_cnt(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	if (ref->instance >= x->nstateful)
		return false;
	return value_set_num(out, ++x->stateful[ref->instance].n);
}

static const struct field_def UTIL[] = {
	{ .name = "util.cnt", .type = PT_UINT64, .fmt = PF_ID,
	  .scope = SCOPE_EVENT | SCOPE_STATEFUL, .extract = util_cnt,
	  .doc = "A counter that goes up each time it is looked at." },
};

const struct field_class FIELDS_UTIL = {
	.name = "util", .doc = "For tests of the engine.", .hidden = true,
	.fields = UTIL, .n = sizeof UTIL / sizeof *UTIL,
};
