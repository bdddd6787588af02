/* field_evt_type.c - what kind of event it is: type, category, source, counters.
 *
 * The extractors of CONST fields look at the event code alone and, of generic
 * events, at parameter 0: they are also run at load, without a thread.
 */
#include "filter/field_evt.h"
#include "filter/scratch.h"

/* -- names -------------------------------------------------------------------------- */
static bool is_generic(const struct event *ev)
{
	return ev->type == PPME_GENERIC_X || ev->type == PPME_GENERIC_E;
}

static const char *generic_name(const struct event *ev)
{
	uint64_t sc = param_u64(ev, 0, 0);
	const char *name = NULL;

	if (sc == 0 && param_has(ev, 1))
		name = syscall_native_name((unsigned)param_u64(ev, 1, 0));
	if (!name && sc < SYSCALL_COUNT)
		name = SYSCALLS[sc].name;
	return name ? name : "unknown";
}

/* Asynchronous events bring their name with them. */
static bool async_name(const struct event *ev, struct values *out)
{
	uint32_t len;
	const char *s;

	if (ev->type != PPME_ASYNCEVENT_E || !param_has(ev, 1))
		return false;
	s = param_str(ev, 1, &len);
	return value_set_mem(out, s, len);
}

bool evt_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;

	(void)ref;
	if (async_name(ev, out))
		return true;
	return value_set_cstr(out, is_generic(ev) ? generic_name(ev) : ev->info->name);
}

bool syscall_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return (x->ec->ev->info->category & EC_SYSCALL) && evt_type(x, ref, out);
}

/* evt.type.is.N is 1 on events of that code and 0 on others; with a name as its
 * argument it is accepted and never has a value. */
int evt_type_is_resolve(struct field_ref *ref, struct saker_error *err)
{
	char *end;

	if (ref->arg_len == 0)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
	if (ref->arg[0] >= '0' && ref->arg[0] <= '9') {
		ref->index = strtoll(ref->arg, &end, 10);
		if (!*end)
			return 0;
	}
	ref->index = -1;
	for (unsigned code = 0; code < EVENT_MAX; code++)
		if (strcmp(EVENTS[code].name, ref->arg) == 0)
			return 0;
	return fail(err, SAKER_E_ARG, "unknown event type %s", ref->arg);
}

bool evt_type_is(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return ref->index >= 0 && value_set_num(out, (uint64_t)ref->index == x->ec->ev->type);
}

bool evt_dir(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_mem(out, event_code_is_exit(x->ec->ev->type) ? "<" : ">", 1);
}

bool evt_cpu(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, (uint64_t)(int64_t)(int16_t)x->ec->ev->cpu);
}

bool evt_hostname(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct machine_info *m = x->ec->state ? state_machine(x->ec->state) : NULL;

	(void)ref;
	if (!m)
		return value_set_mem(out, "", 0);
	return value_set_mem(out, m->hostname, (uint32_t)strnlen(m->hostname, sizeof m->hostname));
}

/* -- category -------------------------------------------------------------------------- */
static bool is_file(const struct fd *f)
{
	return f->type == FD_FILE || f->type == FD_FILE_V2 || f->type == FD_DIRECTORY;
}

static bool is_inet(const struct fd *f)
{
	return f->type == FD_IPV4_SOCK || f->type == FD_IPV4_SERVSOCK || f->type == FD_IPV6_SOCK ||
	       f->type == FD_IPV6_SERVSOCK;
}

/* What the fd makes of reads, writes and the like.  Lower-case "ipc" here, upper-case
 * below: so does Falco. */
static const char *io_category(const struct fd *f)
{
	if (!f)
		return "unknown";
	if (is_file(f))
		return "file";
	if (is_inet(f))
		return "net";
	switch (f->type) {
	case FD_FIFO: case FD_UNIX: case FD_EVENT: case FD_SIGNALFD: case FD_INOTIFY:
	case FD_USERFAULTFD:
		return "ipc";
	default:
		return "unknown";
	}
}

bool evt_category(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	static const char *const NAMES[] = {
		[EC_UNKNOWN] = "unknown", [EC_OTHER] = "other", [EC_FILE] = "file",
		[EC_NET] = "net", [EC_IPC] = "IPC", [EC_MEMORY] = "memory",
		[EC_PROCESS] = "process",
		[EC_SLEEP] = "sleep", [EC_SYSTEM] = "system", [EC_SIGNAL] = "signal",
		[EC_USER] = "user", [EC_TIME] = "time", [EC_PROCESSING] = "processing",
		[EC_WAIT] = "wait", [EC_SCHEDULER] = "scheduler", [EC_INTERNAL] = "internal",
		[EC_ITER] = NULL,
	};
	unsigned low = x->ec->ev->info->category & EC_LOW;

	(void)ref;
	if (low == EC_IO_READ || low == EC_IO_WRITE || low == EC_IO_OTHER)
		return value_set_cstr(out, io_category(x->ec->fd));
	return low < sizeof NAMES / sizeof *NAMES && NAMES[low] && value_set_cstr(out, NAMES[low]);
}

/* -- source ------------------------------------------------------------------------------- */
static bool is_plugin_event(const struct event *ev)
{
	return ev->info->category & EC_PLUGIN;
}

/* Events of a plugin that is not loaded have no source. */
bool evt_source(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;

	(void)ref;
	if (is_plugin_event(ev) || (ev->type == PPME_ASYNCEVENT_E && param_u64(ev, 0, 0) != 0))
		return false;
	return value_set_mem(out, "syscall", 7);
}

bool evt_is_async(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, (x->ec->ev->info->category & EC_METAEVENT) != 0);
}

bool evt_asynctype(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return (x->ec->ev->info->category & EC_METAEVENT) && evt_type(x, ref, out);
}

/* Plugins' events and fields that yield nothing. */
bool evt_nothing(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref, (void)out;
	return false;
}

/* -- counters: 1 for each event that counts ------------------------------------------------ */
bool evt_count(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref;
	return value_set_num(out, 1);
}

bool evt_count_exit(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return event_code_is_exit(x->ec->ev->type) && value_set_num(out, 1);
}

bool evt_count_error(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	int64_t res;

	(void)ref;
	return event_result(x->ec->ev, &res) && value_set_num(out, res < 0);
}

/* Errors are split by what the call was about; the calls that make the fd count as theirs. */
enum error_kind { ERROR_FILE, ERROR_NET, ERROR_MEMORY, ERROR_OTHER };

static enum error_kind error_kind(const struct event_ctx *ec)
{
	switch (ec->ev->type) {
	case PPME_SYSCALL_OPEN_X: case PPME_SYSCALL_CREAT_X: case PPME_SYSCALL_OPENAT_2_X:
	case PPME_SYSCALL_OPENAT2_X: case PPME_SYSCALL_OPEN_BY_HANDLE_AT_X:
		return ERROR_FILE;
	case PPME_SOCKET_ACCEPT_5_X: case PPME_SOCKET_ACCEPT4_6_X: case PPME_SOCKET_CONNECT_X:
		return ERROR_NET;
	default:
		break;
	}
	if (ec->fd && is_file(ec->fd))
		return ERROR_FILE;
	if (ec->fd && (is_inet(ec->fd) || ec->fd->type == FD_UNIX))
		return ERROR_NET;
	return (ec->ev->info->category & EC_LOW) == EC_MEMORY ? ERROR_MEMORY : ERROR_OTHER;
}

bool evt_count_error_file(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return error_kind(x->ec) == ERROR_FILE && evt_count_error(x, ref, out);
}

bool evt_count_error_net(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return error_kind(x->ec) == ERROR_NET && evt_count_error(x, ref, out);
}

/* By category alone: a mapping of a file counts for both. */
bool evt_count_error_memory(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return (x->ec->ev->info->category & EC_LOW) == EC_MEMORY && evt_count_error(x, ref, out);
}

/* memfd_create is a call on memory that counts here, too. */
bool evt_count_error_other(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	bool memfd = x->ec->ev->type == PPME_SYSCALL_MEMFD_CREATE_X;

	return (memfd || error_kind(x->ec) == ERROR_OTHER) && evt_count_error(x, ref, out);
}

bool evt_count_procinfo(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return value_set_num(out, x->ec->ev->type == PPME_PROCINFO_E && t && thread_is_main(t));
}

bool evt_count_threadinfo(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	return value_set_num(out, x->ec->ev->type == PPME_PROCINFO_E);
}
