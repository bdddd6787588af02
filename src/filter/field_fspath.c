/* field_fspath.c - fs.path.*: the files that a successful call was about.
 *
 * One row an event code says which parameters are the name, the source and the
 * target, and from where relative ones are meant.  The directories are Falco's
 * choice, right or wrong (state_engine.md 8): what looks like a mistake below is
 * what rules see.
 */
#include "filter/field.h"
#include "filter/scratch.h"

enum base {
	CWD,            /* the working directory */
	EVENT_FD,       /* the whole value is the name of the event's fd */
	EVENT_DIR,      /* the event's fd when it is known to be a directory */
	DIRFD,          /* the parameter in front of the path */
	NOWHERE,        /* "<UNKNOWN>" */
	FD_NAME,        /* no path parameter: the fd's name, relative or not */
};

enum which { NAME, SOURCE, TARGET, WHICH_MAX };

static const struct row {
	struct { uint8_t param, base; } path[WHICH_MAX];        /* parameter 0: none */
} ROWS[EVENT_MAX] = {
	[PPME_SYSCALL_OPEN_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_OPENAT_2_X] = { { { 2, EVENT_FD } } },
	[PPME_SYSCALL_OPENAT2_X] = { { { 2, EVENT_FD } } },
	[PPME_SYSCALL_MKDIR_2_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_MKDIRAT_X] = { { { 2, EVENT_DIR } } },
	[PPME_SYSCALL_RMDIR_2_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_UNLINK_2_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_UNLINKAT_2_X] = { { { 2, EVENT_DIR } } },
	[PPME_SYSCALL_UMOUNT_1_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_UMOUNT2_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_CHMOD_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_FCHMODAT_X] = { { { 2, EVENT_DIR } } },
	[PPME_SYSCALL_FCHMOD_X] = { { { 1, FD_NAME } } },
	[PPME_SYSCALL_CHOWN_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_LCHOWN_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_FCHOWN_X] = { { { 1, FD_NAME } } },
	[PPME_SYSCALL_FCHOWNAT_X] = { { { 2, EVENT_DIR } } },
	[PPME_SYSCALL_QUOTACTL_X] = { { { 1, CWD } } },
	[PPME_SYSCALL_RENAME_X] = { { [SOURCE] = { 1, CWD }, [TARGET] = { 2, CWD } } },
	[PPME_SYSCALL_RENAMEAT_X] = { { [SOURCE] = { 2, CWD }, [TARGET] = { 4, CWD } } },
	[PPME_SYSCALL_RENAMEAT2_X] = { { [SOURCE] = { 2, DIRFD }, [TARGET] = { 4, DIRFD } } },
	[PPME_SYSCALL_LINK_2_X] = { { [SOURCE] = { 2, CWD }, [TARGET] = { 1, CWD } } },
	[PPME_SYSCALL_LINKAT_2_X] = { { [SOURCE] = { 4, CWD }, [TARGET] = { 2, CWD } } },
	[PPME_SYSCALL_SYMLINK_X] = { { [SOURCE] = { 2, CWD }, [TARGET] = { 1, CWD } } },
	[PPME_SYSCALL_SYMLINKAT_X] = { { [SOURCE] = { 3, EVENT_DIR }, [TARGET] = { 1, NOWHERE } } },
	[PPME_SYSCALL_MOUNT_X] = { { [SOURCE] = { 1, CWD }, [TARGET] = { 2, CWD } } },
};

/* With compat: corrected these instead: directories count, a link's source is what was there. */
static const struct { uint16_t code; struct row row; } CORRECTED[] = {
	{ PPME_SYSCALL_MKDIRAT_X, { { { 2, DIRFD } } } },
	{ PPME_SYSCALL_UNLINKAT_2_X, { { { 2, DIRFD } } } },
	{ PPME_SYSCALL_FCHMODAT_X, { { { 2, DIRFD } } } },
	{ PPME_SYSCALL_FCHOWNAT_X, { { { 2, DIRFD } } } },
	{ PPME_SYSCALL_RENAMEAT_X, { { [SOURCE] = { 2, DIRFD }, [TARGET] = { 4, DIRFD } } } },
	{ PPME_SYSCALL_LINK_2_X, { { [SOURCE] = { 1, CWD }, [TARGET] = { 2, CWD } } } },
	{ PPME_SYSCALL_LINKAT_2_X, { { [SOURCE] = { 2, DIRFD }, [TARGET] = { 4, DIRFD } } } },
};

static const struct row *row_of(const struct eval_ctx *x)
{
	unsigned code = x->ec->ev->type;

	for (unsigned i = 0; x->corrected && i < sizeof CORRECTED / sizeof *CORRECTED; i++)
		if (CORRECTED[i].code == code)
			return &CORRECTED[i].row;
	return &ROWS[code];
}

/* Calls that give an fd count as done unless it is -1: all failures but EPERM do. */
static bool succeeded(const struct event *ev)
{
	int64_t res = param_i64(ev, 0, -1);

	switch (ev->type) {
	case PPME_SYSCALL_OPEN_X: case PPME_SYSCALL_OPENAT_2_X: case PPME_SYSCALL_OPENAT2_X:
		return res != -1;
	default:
		return res == 0;
	}
}

/* The row when the event has that path, else NULL. */
static const struct row *path_row(const struct eval_ctx *x, enum which w)
{
	const struct event_ctx *ec = x->ec;
	const struct row *r = row_of(x);
	unsigned param = r->path[w].param;

	return param && ec->thread && param < ec->ev->nparams && succeeded(ec->ev) ? r : NULL;
}

static bool raw_path(struct eval_ctx *x, enum which w, struct values *out)
{
	const struct row *r = path_row(x, w);
	const char *s;
	uint32_t len;

	if (!r)
		return false;
	if (r->path[w].base == FD_NAME)
		return x->ec->fd && value_set_str(out, x->ec->fd->name);
	s = param_str(x->ec->ev, r->path[w].param, &len);
	return value_set_mem(out, s, len);
}

/* dir and name in one, in the arena. */
static bool joined(struct eval_ctx *x, const char *dir, uint32_t dir_len, const char *name,
		   uint32_t name_len, struct values *out)
{
	char *p = arena_alloc(x->scratch, STATE_PATH_MAX + 64);

	return value_set_mem(out, p, path_concat(p, dir, dir_len, name, name_len));
}

static bool unknown(struct eval_ctx *x, const char *name, uint32_t len, struct values *out)
{
	return joined(x, "<UNKNOWN>", 9, name, len, out);
}

/* In the directory of the event's fd. */
static bool in_event_dir(struct eval_ctx *x, const char *name, uint32_t len, struct values *out)
{
	const struct fd *f = x->ec->fd;
	char dir[STATE_PATH_MAX + 1];
	uint32_t n;

	if (!f || f->type != FD_DIRECTORY || f->name->len == 0)
		return unknown(x, name, len, out);
	n = f->name->len < STATE_PATH_MAX ? f->name->len : STATE_PATH_MAX - 1;
	memcpy(dir, f->name->s, n);
	if (dir[n - 1] != '/')
		dir[n++] = '/';
	return joined(x, dir, n, name, len, out);
}

static bool full_path(struct eval_ctx *x, enum which w, struct values *out)
{
	const struct row *r = path_row(x, w);
	const struct thread *t = x->ec->thread;
	const struct str *cwd;
	char dir[STATE_PATH_MAX + 64];
	const char *s;
	int64_t dirfd;
	uint32_t len;

	if (!r)
		return false;
	if (r->path[w].base == FD_NAME)
		return raw_path(x, w, out);
	s = param_str(x->ec->ev, r->path[w].param, &len);
	if (len && *s == '/')
		return joined(x, "", 0, s, len, out);
	switch (r->path[w].base) {
	case EVENT_FD:
		if (x->ec->fd)
			return value_set_str(out, x->ec->fd->name);
		return value_set_mem(out, "<UNKNOWN>", 9);
	case EVENT_DIR:
		return in_event_dir(x, s, len, out);
	case DIRFD:
		dirfd = param_i64(x->ec->ev, r->path[w].param - 1u, -1);
		return joined(x, dir, path_of_dirfd(dir, t, s, len, dirfd), s, len, out);
	case NOWHERE:
		return unknown(x, s, len, out);
	default:
		cwd = thread_cwd(t);
		return joined(x, cwd->s, cwd->len, s, len, out);
	}
}

#define PATH_FIELD(name, get, which)                                                            \
	static bool name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)   \
	{                                                                                       \
		(void)ref;                                                                      \
		return get(x, which, out);                                                      \
	}

PATH_FIELD(name_full, full_path, NAME)
PATH_FIELD(name_raw, raw_path, NAME)
PATH_FIELD(source_full, full_path, SOURCE)
PATH_FIELD(source_raw, raw_path, SOURCE)
PATH_FIELD(target_full, full_path, TARGET)
PATH_FIELD(target_raw, raw_path, TARGET)

static const struct field_def FIELDS[] = {
	{ .name = "fs.path.name", .type = PT_CHARBUF, .scope = SCOPE_EVENT, .extract = name_full,
	  .doc = "For a successful call on one path (open, mkdir, unlink, chmod ...): the path, "
		 "made absolute." },
	{ .name = "fs.path.nameraw", .type = PT_CHARBUF, .scope = SCOPE_EVENT, .extract = name_raw,
	  .doc = "For a successful call on one path: the path as the caller gave it." },
	{ .name = "fs.path.source", .type = PT_CHARBUF, .scope = SCOPE_EVENT,
	  .extract = source_full,
	  .doc = "For a successful call on two paths (rename, link, symlink, mount ...): the "
		 "source, made absolute." },
	{ .name = "fs.path.sourceraw", .type = PT_CHARBUF, .scope = SCOPE_EVENT,
	  .extract = source_raw,
	  .doc = "For a successful call on two paths: the source as the caller gave it." },
	{ .name = "fs.path.target", .type = PT_CHARBUF, .scope = SCOPE_EVENT,
	  .extract = target_full,
	  .doc = "For a successful call on two paths: the target, made absolute." },
	{ .name = "fs.path.targetraw", .type = PT_CHARBUF, .scope = SCOPE_EVENT,
	  .extract = target_raw,
	  .doc = "For a successful call on two paths: the target as the caller gave it." },
};

const struct field_class FIELDS_FSPATH = {
	.name = "fs.path", .shortdesc = "Paths in calls",
	.doc = "The paths among the arguments of a successful system call.",
	.fields = FIELDS, .n = sizeof FIELDS / sizeof *FIELDS,
};
