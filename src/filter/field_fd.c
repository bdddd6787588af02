/* field_fd.c - the table of the fd class, and the fields that tell what kind of
 * thing an fd is.
 */
#include "filter/field_fd.h"

static bool fd_num(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return fd_event(x) && value_set_num(out, (uint64_t)x->ec->fd_num);
}

static const char *kind_name(const struct fd *e)
{
	const char *name = fd_type_name(e->type);

	return name ? name : "<NA>";
}

static bool fd_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *e = fd_entry(x);

	(void)ref;
	return e && value_set_cstr(out, kind_name(e));
}

/* What a call would have made, had it worked.  open is not among them, as in Falco. */
static char kind_of_call(const char *name)
{
	static const struct { const char *name; char kind; } CALLS[] = {
		{ "openat", 'f' }, { "openat2", 'f' }, { "creat", 'f' }, { "socket", '4' },
		{ "accept", '4' }, { "accept4", '4' }, { "pipe", 'p' }, { "pipe2", 'p' },
		{ "eventfd", 'e' }, { "eventfd2", 'e' }, { "signalfd", 's' },
		{ "signalfd4", 's' }, { "timerfd_create", 't' }, { "inotify_init", 'i' },
		{ "inotify_init1", 'i' },
	};

	for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
		if (strcmp(CALLS[i].name, name) == 0)
			return CALLS[i].kind;
	return 'o';
}

static bool fd_typechar(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	static const char LETTERS[] = "?XPbdefilmnoprstu46";
	const struct fd *e = fd_entry(x);
	char c;

	(void)ref;
	if (!fd_event(x))
		return false;
	c = e ? fd_type_char(e->type) : kind_of_call(x->ec->ev->info->name);
	return value_set_mem(out, strchr(LETTERS, c), 1);
}

static bool fd_uid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct strbuf *b;
	size_t from;

	(void)ref;
	if (!fd_event(x))
		return false;
	b = scratch_begin(x, &from);
	strbuf_i64(b, x->ec->thread->tid);
	strbuf_i64(b, x->ec->fd_num);
	return scratch_end(x, from, out);
}

#define ENTRY_NUM(fn, expr) \
	static bool fn(struct eval_ctx *x, const struct field_ref *ref, struct values *out) \
	{ \
		const struct fd *e = fd_entry(x); \
		(void)ref; \
		return e && value_set_num(out, (uint64_t)(expr)); \
	}

ENTRY_NUM(fd_connected, (e->flags & FDF_CONNECTED) != 0)
ENTRY_NUM(fd_name_changed, e->oldname && !str_equal(e->name, e->oldname->s, e->oldname->len))
ENTRY_NUM(fd_dev, (int64_t)(int32_t)e->dev)
ENTRY_NUM(fd_dev_major, (e->dev & 0xfff00) >> 8)
ENTRY_NUM(fd_dev_minor, (e->dev & 0xff) | ((e->dev >> 12) & 0xfff00))
ENTRY_NUM(fd_ino, e->ino)
ENTRY_NUM(fd_is_upper_layer, (e->flags & FDF_OVERLAY_UPPER) != 0)
ENTRY_NUM(fd_is_lower_layer, (e->flags & FDF_OVERLAY_LOWER) != 0)

/* -- fd.types ------------------------------------------------------------------------ */
struct kinds { uint64_t seen; struct value v[FD_TYPE_MAX]; uint32_t n; };

static bool add_kind(void *ctx, int64_t num, const struct fd *e)
{
	struct kinds *k = ctx;
	const char *name = kind_name(e);
	uint64_t bit = 1ull << (e->type < FD_TYPE_MAX ? e->type : 0);

	(void)num;
	if (k->seen & bit)
		return true;
	k->seen |= bit;
	for (uint32_t i = 0; i < k->n; i++)     /* two kinds may share a name */
		if (strcmp(k->v[i].s, name) == 0)
			return true;
	k->v[k->n++] = (struct value){ .s = name, .len = (uint32_t)strlen(name) };
	return true;
}

/* Every kind the process has open, once; [N]: that of one fd. */
static bool fd_types(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd_table *fds;
	const struct fd *e;
	struct kinds k = { 0 };

	if (!fd_event(x))
		return false;
	fds = thread_fds(x->ec->thread);
	if (ref->index >= 0) {
		e = fds ? fd_table_get(fds, ref->index) : NULL;
		return e && value_set_cstr(out, kind_name(e));
	}
	if (fds)
		thread_fds_each(x->ec->thread, add_kind, &k);
	memcpy(scratch_values(x, k.n, out), k.v, k.n * sizeof *k.v);
	return true;
}

/* SCOPE_FD holds while the event has an entry; without one the value is the event's.
 * What hangs on the interface list, or on the kind of event, is EVENT. */
enum {
	FILTER = FF_FILTER_ONLY | FF_NO_TRANSFORMER | FF_NO_RHS,
	NO_USE = FF_NO_TRANSFORMER | FF_NO_RHS,
};

/* name, type, format, argument, list, flags, scope / resolve, extract, match / doc */
static const struct field_def FIELDS[] = {
	{ "fd.num", PT_INT64, PF_ID, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_num, NULL,
	  "Number of the fd; -1 when a call that makes one failed." },
	{ "fd.type", PT_CHARBUF, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_type, NULL,
	  "Kind of the fd: file, directory, ipv4, ipv6, unix, pipe, event, signalfd, eventpoll,"
	  " inotify, timerfd, netlink, bpf, userfaultfd, io_uring, memfd, pidfd." },
	{ "fd.typechar", PT_CHARBUF, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_typechar, NULL,
	  "Kind of the fd as one letter: f file, d directory, 4 and 6 sockets, u unix, p pipe, "
	  "e event, s signalfd, l eventpoll, i inotify, t timerfd, n netlink, b bpf, r "
	  "io_uring, m memfd, P pidfd, o other." },
	{ "fd.name", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_name, NULL,
	  "Full path of a file, or the connection of a socket as client->server." },
	{ "fd.directory", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_directory, NULL,
	  "Folder of a file, or a folder itself." },
	{ "fd.filename", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_filename, NULL,
	  "Name of a file without its folder." },
	{ "fd.ip", PT_IPADDR, PF_NA, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_no_value, match_ip,
	  "Address of either end of a connection." },
	{ "fd.cip", PT_IPADDR, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_cip, NULL,
	  "Address of the client." },
	{ "fd.sip", PT_IPADDR, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_sip, NULL,
	  "Address of the server." },
	{ "fd.lip", PT_IPADDR, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_lip, NULL,
	  "Address of this machine's end." },
	{ "fd.rip", PT_IPADDR, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_rip, NULL,
	  "Address of the far end." },
	{ "fd.port", PT_PORT, PF_DEC, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_no_value, match_port,
	  "Port of either end of a connection." },
	{ "fd.cport", PT_PORT, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_cport, NULL,
	  "Port of the client." },
	{ "fd.sport", PT_PORT, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_sport, NULL,
	  "Port of the server." },
	{ "fd.lport", PT_PORT, PF_DEC, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_lport, NULL,
	  "Port of this machine's end." },
	{ "fd.rport", PT_PORT, PF_DEC, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_rport, NULL,
	  "Port of the far end." },
	{ "fd.l4proto", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_l4proto, NULL,
	  "Protocol above IP: tcp, udp, icmp or raw." },
	{ "fd.sockfamily", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_sockfamily, NULL,
	  "ip or unix." },
	{ "fd.is_server", PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_is_server, NULL,
	  "True when this machine's end is the server." },
	{ "fd.uid", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_uid, NULL,
	  "Thread id and fd number in one text: the same for all events of one fd of a thread." },
	{ "fd.containername", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD | SCOPE_THREAD,
	  NULL, fd_containername, NULL,
	  "Container id and fd.name, joined by ':'." },
	{ "fd.containerdirectory", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD | SCOPE_THREAD,
	  NULL, fd_containerdirectory, NULL,
	  "Container id and fd.directory, joined by ':'." },
	{ "fd.proto", PT_PORT, PF_NA, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_no_value, match_port,
	  "Service or port of either end of a connection." },
	{ "fd.cproto", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_cproto, NULL,
	  "Service or port of the client, as text." },
	{ "fd.sproto", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_sproto, NULL,
	  "Service or port of the server, as text." },
	{ "fd.lproto", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_lproto, NULL,
	  "Service or port of this machine's end, as text." },
	{ "fd.rproto", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_rproto, NULL,
	  "Service or port of the far end, as text." },
	{ "fd.net", PT_IPNET, PF_NA, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_no_value, match_net,
	  "Network that either end's address is in, as ADDRESS/BITS." },
	{ "fd.cnet", PT_IPNET, PF_NA, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_cip, NULL,
	  "Network that the client's address is in." },
	{ "fd.snet", PT_IPNET, PF_NA, ARG_NONE, false, FILTER, SCOPE_FD,
	  NULL, fd_sip, NULL,
	  "Network that the server's address is in." },
	{ "fd.lnet", PT_IPNET, PF_NA, ARG_NONE, false, FILTER, SCOPE_EVENT,
	  NULL, fd_lip, NULL,
	  "Network that the address of this machine's end is in." },
	{ "fd.rnet", PT_IPNET, PF_NA, ARG_NONE, false, FILTER, SCOPE_EVENT,
	  NULL, fd_rip, NULL,
	  "Network that the address of the far end is in." },
	{ "fd.connected", PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_connected, NULL,
	  "True for a socket that is connected." },
	{ "fd.name_changed", PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT,
	  NULL, fd_name_changed, NULL,
	  "True when the event gave the fd another name." },
	{ "fd.cip.name", PT_CHARBUF, PF_NA, ARG_NONE, false, NO_USE, SCOPE_EVENT,
	  NULL, fd_no_value, match_ip_name,
	  "Host name of the client." },
	{ "fd.sip.name", PT_CHARBUF, PF_NA, ARG_NONE, false, NO_USE, SCOPE_EVENT,
	  NULL, fd_no_value, match_ip_name,
	  "Host name of the server." },
	{ "fd.lip.name", PT_CHARBUF, PF_NA, ARG_NONE, false, NO_USE, SCOPE_EVENT,
	  NULL, fd_no_value, match_ip_name,
	  "Host name of this machine's end." },
	{ "fd.rip.name", PT_CHARBUF, PF_NA, ARG_NONE, false, NO_USE, SCOPE_EVENT,
	  NULL, fd_no_value, match_ip_name,
	  "Host name of the far end." },
	{ "fd.dev", PT_INT32, PF_HEX, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_dev, NULL,
	  "Number of the device the file is on." },
	{ "fd.dev.major", PT_INT32, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_dev_major, NULL,
	  "Major number of the device the file is on." },
	{ "fd.dev.minor", PT_INT32, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_dev_minor, NULL,
	  "Minor number of the device the file is on." },
	{ "fd.ino", PT_INT64, PF_DEC, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_ino, NULL,
	  "Inode number of the file." },
	{ "fd.nameraw", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_nameraw, NULL,
	  "Path as the program gave it, before it was made absolute." },
	{ "fd.types", PT_CHARBUF, PF_DEC, ARG_OPTIONAL, true, FF_NO_RHS, SCOPE_EVENT,
	  resolve_index, fd_types, NULL,
	  "Every kind of fd (fd.type) the process has open, each once; [N] the kind of fd N." },
	{ "fd.is_upper_layer", PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_is_upper_layer, NULL,
	  "True when the file was opened in the upper layer of an overlay file system." },
	{ "fd.is_lower_layer", PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_FD,
	  NULL, fd_is_lower_layer, NULL,
	  "True when the file was opened in the lower layer of an overlay file system." },
};

const struct field_class FIELDS_FD = {
	.name = "fd",
	.shortdesc = "File descriptors",
	.doc = "The file, socket, pipe or other thing that the event is about. Only events that "
	       "make, use or close an fd have values.",
	.fields = FIELDS,
	.n = sizeof FIELDS / sizeof *FIELDS,
};
