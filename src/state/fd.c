/* fd.c - one open file, socket, pipe ...: a counted entry, and how its kind is called. */
#include "state/state_internal.h"

static const struct { const char *name; char letter; } KINDS[FD_TYPE_MAX] = {
	[FD_UNINITIALISED] = { NULL, '?' },     [FD_UNKNOWN] = { NULL, 'o' },
	[FD_UNSUPPORTED] = { NULL, 'X' },       [FD_FILE] = { "file", 'f' },
	[FD_FILE_V2] = { "file", 'f' },         [FD_DIRECTORY] = { "directory", 'd' },
	[FD_IPV4_SOCK] = { "ipv4", '4' },       [FD_IPV4_SERVSOCK] = { "ipv4", '4' },
	[FD_IPV6_SOCK] = { "ipv6", '6' },       [FD_IPV6_SERVSOCK] = { "ipv6", '6' },
	[FD_FIFO] = { "pipe", 'p' },            [FD_UNIX] = { "unix", 'u' },
	[FD_EVENT] = { "event", 'e' },          [FD_SIGNALFD] = { "signalfd", 's' },
	[FD_EVENTPOLL] = { "eventpoll", 'l' },  [FD_INOTIFY] = { "inotify", 'i' },
	[FD_TIMERFD] = { "timerfd", 't' },      [FD_NETLINK] = { "netlink", 'n' },
	[FD_BPF] = { "bpf", 'b' },              [FD_USERFAULTFD] = { "userfaultfd", 'u' },
	[FD_IOURING] = { "io_uring", 'r' },     [FD_MEMFD] = { "memfd", 'm' },
	[FD_PIDFD] = { "pidfd", 'P' },
};

const char *fd_type_name(unsigned type)
{
	return type < FD_TYPE_MAX ? KINDS[type].name : NULL;
}

char fd_type_char(unsigned type)
{
	return type < FD_TYPE_MAX ? KINDS[type].letter : 'o';
}

struct fd *fd_new(struct state *s, unsigned type)
{
	struct fd *e = slab_get(&s->fd_slab);

	memset(e, 0, sizeof *e);
	e->refs = 1;
	e->type = (uint8_t)type;
	e->name = e->name_raw = e->oldname = &STR_EMPTY;
	e->rev = rev_next(s);
	s->stats.fds++;
	return e;
}

struct fd *fd_copy(struct state *s, const struct fd *from)
{
	struct fd *e = slab_get(&s->fd_slab);

	*e = *from;
	e->refs = 1;
	str_ref(e->name);
	str_ref(e->name_raw);
	if (e->oldname)
		str_ref(e->oldname);
	e->rev = rev_next(s);
	s->stats.fds++;
	return e;
}

void fd_unref(struct state *s, struct fd *e)
{
	if (--e->refs)
		return;
	str_unref(e->name);
	str_unref(e->name_raw);
	if (e->oldname)
		str_unref(e->oldname);
	slab_put(&s->fd_slab, e);
	s->stats.fds--;
}
