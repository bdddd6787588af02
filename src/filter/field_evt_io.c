/* field_evt_io.c - data of reads and writes, what an open asked for, waiting. */
#include "filter/field_evt.h"
#include "filter/scratch.h"

/* -- direction: by the event code alone ------------------------------------------------ */
static bool has_flag(const struct eval_ctx *x, unsigned flags)
{
	return x->ec->ev->info->flags & flags;
}

bool evt_is_io(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, has_flag(x, EF_READS_FROM_FD | EF_WRITES_TO_FD));
}

bool evt_is_io_read(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, has_flag(x, EF_READS_FROM_FD));
}

bool evt_is_io_write(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, has_flag(x, EF_WRITES_TO_FD));
}

bool evt_io_dir(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	if (has_flag(x, EF_WRITES_TO_FD))
		return value_set_mem(out, "write", 5);
	return has_flag(x, EF_READS_FROM_FD) && value_set_mem(out, "read", 4);
}

bool evt_is_wait(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, has_flag(x, EF_WAITS));
}

/* -- data --------------------------------------------------------------------------------- */
bool evt_buffer(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	int i = param_index(ev->info, "data", 4);

	(void)ref;
	if (i < 0 || (unsigned)i >= ev->nparams || ev->info->param[i].type != PT_BYTEBUF)
		return false;
	return value_set_mem(out, (const char *)ev->param[i].p, ev->param[i].len);
}

enum { IN = 1, OUT = 2, FILES = 4, NET = 8 };

/* Bytes moved, when the call is of the kind asked for and did not fail. */
static bool buflen(struct eval_ctx *x, unsigned want, struct values *out)
{
	unsigned low = x->ec->ev->info->category & EC_LOW;
	const struct fd *f = x->ec->fd;
	int64_t res;

	if (!f || (low != EC_IO_READ && low != EC_IO_WRITE && low != EC_IO_OTHER))
		return false;
	if (((want & IN) && low != EC_IO_READ) || ((want & OUT) && low != EC_IO_WRITE))
		return false;
	if ((want & FILES) && f->type != FD_FILE && f->type != FD_FILE_V2)
		return false;
	if ((want & NET) && f->type != FD_IPV4_SOCK && f->type != FD_IPV6_SOCK &&
	    f->type != FD_IPV4_SERVSOCK && f->type != FD_IPV6_SERVSOCK)
		return false;
	return event_result(x->ec->ev, &res) && res >= 0 && value_set_num(out, (uint64_t)res);
}

bool evt_buflen(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, 0, out);
}

bool evt_buflen_in(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, IN, out);
}

bool evt_buflen_out(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, OUT, out);
}

bool evt_buflen_file(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, FILES, out);
}

bool evt_buflen_file_in(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, FILES | IN, out);
}

bool evt_buflen_file_out(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, FILES | OUT, out);
}

bool evt_buflen_net(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, NET, out);
}

bool evt_buflen_net_in(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, NET | IN, out);
}

bool evt_buflen_net_out(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return buflen(x, NET | OUT, out);
}

/* A write to the system log's socket. */
bool evt_is_syslog(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct fd *f = x->ec->fd;

	(void)ref;
	return value_set_num(out, has_flag(x, EF_WRITES_TO_FD) && f &&
				  strstr(f->name->s, "/dev/log") != NULL);
}

/* -- opens: what the exit event's flags and mode say, success or not -------------------------- */
enum {
	PPM_O_RDONLY = 1, PPM_O_WRONLY = 2, PPM_O_CREAT = 4, PPM_O_TMPFILE = 1 << 13,
	PPM_O_F_CREATED = 1 << 14, ANY_EXEC = 0111
};

/* Parameter with the flags, with the mode; -1: the call has none. */
static bool open_params(unsigned code, int *flags, int *mode)
{
	switch (code) {
	case PPME_SYSCALL_OPEN_X: *flags = 2; *mode = 3; return true;
	case PPME_SYSCALL_OPENAT_2_X:
	case PPME_SYSCALL_OPENAT2_X: *flags = 3; *mode = 4; return true;
	case PPME_SYSCALL_OPEN_BY_HANDLE_AT_X: *flags = 2; *mode = -1; return true;
	default: return false;
	}
}

static uint64_t open_flags(const struct event *ev)
{
	int flags, mode;

	return open_params(ev->type, &flags, &mode) ? param_u64(ev, (unsigned)flags, 0) : 0;
}

bool evt_is_open_read(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, (open_flags(x->ec->ev) & PPM_O_RDONLY) != 0);
}

bool evt_is_open_write(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, (open_flags(x->ec->ev) & PPM_O_WRONLY) != 0);
}

/* A file is made that may be executed. */
bool evt_is_open_exec(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	int flags, mode;
	bool yes = false;

	(void)ref;
	if (ev->type == PPME_SYSCALL_CREAT_X)
		yes = param_u64(ev, 2, 0) & ANY_EXEC;
	else if (open_params(ev->type, &flags, &mode) && mode >= 0)
		yes = (param_u64(ev, (unsigned)flags, 0) & (PPM_O_TMPFILE | PPM_O_CREAT)) &&
		      (param_u64(ev, (unsigned)mode, 0) & ANY_EXEC);
	return value_set_num(out, yes);
}

bool evt_is_open_create(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	uint64_t flags = open_flags(ev);

	(void)ref;
	return value_set_num(out, (flags & PPM_O_F_CREATED) ||
				  ((flags & PPM_O_TMPFILE) && param_i64(ev, 0, -1) >= 0));
}
