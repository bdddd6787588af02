/* schema.c - look-ups in the generated event tables. */
#include "event/tables.h"
#include <string.h>

int syscall_by_name(const char *name)
{
	if (!*name)
		return -1;
	for (unsigned i = 0; i < SYSCALL_COUNT; i++)
		if (strcmp(SYSCALLS[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *syscall_native_name(unsigned nr)
{
	if (nr >= SYSCALL_NATIVE_COUNT || !SYSCALL_OF_NATIVE[nr])
		return NULL;
	return SYSCALLS[SYSCALL_OF_NATIVE[nr]].name;
}

static const struct { const char *name; uint8_t size; } TYPES[PT_MAX] = {
	[PT_NONE] = { "PT_NONE", 0 },
	[PT_INT8] = { "PT_INT8", 1 },
	[PT_INT16] = { "PT_INT16", 2 },
	[PT_INT32] = { "PT_INT32", 4 },
	[PT_INT64] = { "PT_INT64", 8 },
	[PT_UINT8] = { "PT_UINT8", 1 },
	[PT_UINT16] = { "PT_UINT16", 2 },
	[PT_UINT32] = { "PT_UINT32", 4 },
	[PT_UINT64] = { "PT_UINT64", 8 },
	[PT_CHARBUF] = { "PT_CHARBUF", 0 },
	[PT_BYTEBUF] = { "PT_BYTEBUF", 0 },
	[PT_ERRNO] = { "PT_ERRNO", 8 },
	[PT_SOCKADDR] = { "PT_SOCKADDR", 0 },
	[PT_SOCKTUPLE] = { "PT_SOCKTUPLE", 0 },
	[PT_FD] = { "PT_FD", 8 },
	[PT_PID] = { "PT_PID", 8 },
	[PT_FDLIST] = { "PT_FDLIST", 0 },
	[PT_FSPATH] = { "PT_FSPATH", 0 },
	[PT_SYSCALLID] = { "PT_SYSCALLID", 2 },
	[PT_SIGTYPE] = { "PT_SIGTYPE", 1 },
	[PT_RELTIME] = { "PT_RELTIME", 8 },
	[PT_ABSTIME] = { "PT_ABSTIME", 8 },
	[PT_PORT] = { "PT_PORT", 2 },
	[PT_L4PROTO] = { "PT_L4PROTO", 1 },
	[PT_SOCKFAMILY] = { "PT_SOCKFAMILY", 1 },
	[PT_BOOL] = { "PT_BOOL", 4 },
	[PT_IPV4ADDR] = { "PT_IPV4ADDR", 4 },
	[PT_DYN] = { "PT_DYN", 0 },
	[PT_FLAGS8] = { "PT_FLAGS8", 1 },
	[PT_FLAGS16] = { "PT_FLAGS16", 2 },
	[PT_FLAGS32] = { "PT_FLAGS32", 4 },
	[PT_UID] = { "PT_UID", 4 },
	[PT_GID] = { "PT_GID", 4 },
	[PT_DOUBLE] = { "PT_DOUBLE", 8 },
	[PT_SIGSET] = { "PT_SIGSET", 4 },
	[PT_CHARBUFARRAY] = { "PT_CHARBUFARRAY", 0 },
	[PT_CHARBUF_PAIR_ARRAY] = { "PT_CHARBUF_PAIR_ARRAY", 0 },
	[PT_IPV4NET] = { "PT_IPV4NET", 0 },
	[PT_IPV6ADDR] = { "PT_IPV6ADDR", 16 },
	[PT_IPV6NET] = { "PT_IPV6NET", 0 },
	[PT_IPADDR] = { "PT_IPADDR", 0 },
	[PT_IPNET] = { "PT_IPNET", 0 },
	[PT_MODE] = { "PT_MODE", 4 },
	[PT_FSRELPATH] = { "PT_FSRELPATH", 0 },
	[PT_ENUMFLAGS8] = { "PT_ENUMFLAGS8", 1 },
	[PT_ENUMFLAGS16] = { "PT_ENUMFLAGS16", 2 },
	[PT_ENUMFLAGS32] = { "PT_ENUMFLAGS32", 4 },
	[PT_FD32] = { "PT_FD32", 4 },
	[PT_PID32] = { "PT_PID32", 4 },
};

unsigned param_type_size(unsigned type)
{
	return type < PT_MAX ? TYPES[type].size : 0;
}

const char *param_type_name(unsigned type)
{
	return type < PT_MAX ? TYPES[type].name : "PT_NONE";
}

const struct param_info *param_by_name(const char *name, unsigned len)
{
	for (unsigned code = 0; code < EVENT_MAX; code++) {
		const struct event_info *e = &EVENTS[code];

		for (unsigned i = 0; i < e->nparams; i++)
			if (strncmp(e->param[i].name, name, len) == 0 && !e->param[i].name[len])
				return &e->param[i];
	}
	return NULL;
}

const char *errno_name(int e)
{
	return e >= 0 && (unsigned)e < ERRNO_NAME_COUNT ? ERRNO_NAMES[e] : NULL;
}

const char *signal_name(int sig)
{
	return sig >= 0 && (unsigned)sig < SIGNAL_NAME_COUNT ? SIGNAL_NAMES[sig] : NULL;
}
