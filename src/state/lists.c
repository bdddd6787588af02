/* lists.c - the lists a source brings before its events: processes, their fds,
 * users, interfaces.  Groups and parents are linked when all are in.
 */
#include "state/state_internal.h"

static const char DELETED[] = " (deleted)";

bool thread_set_exepath(struct thread *t, const char *p, uint32_t len)
{
	uint32_t n = sizeof DELETED - 1;

	if (len > n && !memcmp(p + len - n, DELETED, n))
		len -= n;
	return str_assign(&t->exepath, p, len);
}

static void on_section(void *ctx)
{
	state_reset(ctx);
}

/* [Q] Falco wipes the machine information of the first section after reading
 * it: boot-relative times stay relative there.  Golden values hang on it. */
static void on_machine(void *ctx, const struct machine_info *m, unsigned section_no)
{
	struct state *s = ctx;

	s->machine = *m;
	s->boot_ts = m->boot_ts;
	if (section_no == 0 && !s->opt.corrected) {
		s->boot_ts = 0;
		s->machine.hostname[0] = 0;
	}
}

static void on_interfaces(void *ctx, const struct iface *list, unsigned n)
{
	interfaces_set(ctx, list, n);
}

static void on_user(void *ctx, const struct user_entry *u)
{
	users_set(ctx, "", u);
}

static void set_text(struct str **slot, const char *p)
{
	str_assign(slot, p ? p : "", (uint32_t)strlen(p ? p : ""));
}

static void set_strings(struct thread *t, const struct proc_entry *p)
{
	char cwd[STATE_PATH_BUF];
	uint32_t n;

	set_text(&t->comm, p->comm);
	set_text(&t->exe, p->exe);
	thread_set_exepath(t, p->exepath ? p->exepath : "",
			   (uint32_t)strlen(p->exepath ? p->exepath : ""));
	set_text(&t->root, p->root);
	str_assign_list(&t->args, p->args, p->args_len);
	str_assign_list(&t->env, p->env, p->env_len);
	thread_set_cgroups(t, p->cgroups, p->cgroups_len, NULL);
	if (!thread_is_main(t))         /* a thread's own stays empty */
		return;
	n = path_concat(cwd, "", 0, p->cwd ? p->cwd : "", (uint32_t)strlen(p->cwd ? p->cwd : ""));
	if (!n || cwd[n - 1] != '/')
		cwd[n++] = '/';
	str_assign(&t->cwd, cwd, n);
}

static void on_process(void *ctx, const struct proc_entry *p)
{
	struct state *s = ctx;
	struct thread *t;

	thread_displace(s, p->tid);
	t = thread_alloc(s, p->tid);
	if (!t)
		return;
	t->pid = p->pid;
	t->ptid = p->ptid;
	t->sid = p->sid;
	t->vpgid = p->vpgid;
	t->pgid = p->pgid;
	t->vtid = p->vtid;
	t->vpid = p->vpid;
	t->fdlimit = (int64_t)p->fdlimit;
	t->flags = p->flags;
	t->uid = p->uid;
	t->gid = p->gid;
	t->loginuid = p->loginuid;
	t->tty = p->tty;
	t->vmsize_kb = p->vmsize_kb;
	t->vmrss_kb = p->vmrss_kb;
	t->vmswap_kb = p->vmswap_kb;
	t->pfmajor = p->pfmajor;
	t->pfminor = p->pfminor;
	t->pidns_init_start_ts = p->pidns_init_start_ts;
	t->cap_inheritable = p->cap_inheritable;
	t->cap_permitted = p->cap_permitted;
	t->cap_effective = p->cap_effective;
	t->exe_ino = p->exe_ino;
	t->exe_ino_ctime = p->exe_ino_ctime;
	t->exe_ino_mtime = p->exe_ino_mtime;
	t->exe_writable = p->exe_writable;
	t->exe_upper_layer = p->exe_upper_layer;
	t->exe_lower_layer = p->exe_lower_layer;
	t->exe_from_memfd = p->exe_from_memfd;
	set_strings(t, p);
	thread_insert(s, t);
}

/* -- fds ---------------------------------------------------------------------- */

static const uint8_t FD_KIND[CFD_MAX] = {
	[CFD_UNKNOWN] = FD_UNKNOWN, [CFD_FILE] = FD_FILE, [CFD_DIRECTORY] = FD_DIRECTORY,
	[CFD_IPV4_SOCK] = FD_IPV4_SOCK, [CFD_IPV6_SOCK] = FD_IPV6_SOCK,
	[CFD_IPV4_SERVSOCK] = FD_IPV4_SERVSOCK, [CFD_IPV6_SERVSOCK] = FD_IPV6_SERVSOCK,
	[CFD_FIFO] = FD_FIFO, [CFD_UNIX_SOCK] = FD_UNIX, [CFD_EVENT] = FD_EVENT,
	[CFD_UNSUPPORTED] = FD_UNSUPPORTED, [CFD_SIGNALFD] = FD_SIGNALFD,
	[CFD_EVENTPOLL] = FD_EVENTPOLL, [CFD_INOTIFY] = FD_INOTIFY, [CFD_TIMERFD] = FD_TIMERFD,
	[CFD_NETLINK] = FD_NETLINK, [CFD_FILE_V2] = FD_FILE_V2, [CFD_BPF] = FD_BPF,
	[CFD_USERFAULTFD] = FD_USERFAULTFD, [CFD_IOURING] = FD_IOURING, [CFD_MEMFD] = FD_MEMFD,
	[CFD_PIDFD] = FD_PIDFD,
};

static void name_socket(struct state *s, struct fd *e, const char *given)
{
	char buf[STATE_PATH_BUF];

	switch (e->type) {
	case FD_IPV6_SOCK:
		if (ip6_is_mapped(e->sip) && ip6_is_mapped(e->dip)) {
			e->type = FD_IPV4_SOCK;
			memmove(e->sip, e->sip + 12, 4);
			memmove(e->dip, e->dip + 12, 4);
		}
		/* fall through */
	case FD_IPV4_SOCK:
		interfaces_patch(s, e);
		if (e->type == FD_IPV4_SOCK && e->l4 == L4_TCP)
			e->flags |= FDF_CONNECTED;
		str_assign(&e->name, buf, sock_tuple_name(buf, e));
		return;
	case FD_IPV4_SERVSOCK:
	case FD_IPV6_SERVSOCK:
		s->server_port[e->sport / 8] |= (uint8_t)(1 << e->sport % 8);
		str_assign(&e->name, buf, sock_name(buf, e));
		return;
	case FD_UNIX:
		e->flags |= *given ? FDF_ROLE_SERVER : FDF_ROLE_CLIENT;
		/* fall through */
	default:
		set_text(&e->name, given);
	}
}

static void on_fd(void *ctx, const struct fd_entry *f)
{
	struct state *s = ctx;
	struct thread *t = thread_find(s, f->tid);
	struct fd *e;

	if (!t || !thread_is_main(t))
		return;
	e = fd_new(s, f->type < CFD_MAX ? FD_KIND[f->type] : FD_UNSUPPORTED);
	e->flags = FDF_FROM_PROC;
	e->ino = f->ino;
	e->openflags = f->open_flags;
	e->dev = f->dev;
	e->l4 = f->l4proto <= L4_RAW ? f->l4proto : L4_UNKNOWN;
	memcpy(e->sip, f->sip, 16);
	memcpy(e->dip, f->dip, 16);
	e->sport = f->sport;
	e->dport = f->dport;
	e->unix_src = f->unix_src;
	e->unix_dst = f->unix_dst;
	name_socket(s, e, f->name ? f->name : "");
	fd_table_put(s, &t->fds, f->fd, e);
}

/* -- when all are in ------------------------------------------------------------ */

void fd_swap_ends(struct fd *e)
{
	uint8_t ip[16];
	uint16_t port = e->sport;

	memcpy(ip, e->sip, 16);
	memcpy(e->sip, e->dip, 16);
	memcpy(e->dip, ip, 16);
	e->sport = e->dport;
	e->dport = port;
}

struct fix { struct state *s; struct thread *t; };

/* A connection from a port that someone listens on was accepted.  [Q] Only
 * IPv4 is looked at: IPv6 connections of the lists have no role. */
static bool fix_socket(void *ctx, int64_t num, const struct fd *seen)
{
	struct fix *f = ctx;
	char buf[STATE_PATH_BUF];
	struct fd *e;

	if (seen->type != FD_IPV4_SOCK)
		return true;
	e = fd_table_edit(f->s, &f->t->fds, num);
	if (f->s->server_port[e->sport / 8] & 1 << e->sport % 8) {
		fd_swap_ends(e);
		str_assign(&e->name, buf, sock_tuple_name(buf, e));
		e->flags |= FDF_ROLE_SERVER;
	} else {
		e->flags |= FDF_ROLE_CLIENT;
	}
	return true;
}

static void on_lists_done(void *ctx)
{
	struct state *s = ctx;

	for (uint32_t i = 0; s->threads.slot && i <= s->threads.mask; i++) {
		struct thread *t = s->threads.slot[i].val;

		if (!t)
			continue;
		thread_link(s, t);
		thread_update_container(s, t);
		fd_table_each(t->fds, fix_socket, &(struct fix){ s, t });
	}
	s->leading = true;
}

void state_sink(struct state *s, struct source_sink *sink)
{
	*sink = (struct source_sink){
		.ctx = s, .section = on_section, .machine = on_machine,
		.interfaces = on_interfaces, .user = on_user, .process = on_process,
		.fd = on_fd, .lists_done = on_lists_done,
	};
}
