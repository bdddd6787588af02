/* apply_open.c - open and its family: which file an fd is, by name. */
#include "state/state_internal.h"

enum { O_SCAP_DIRECTORY = 1 << 10, O_SCAP_CLOEXEC = 1 << 12, O_SCAP_F_CREATED = 1 << 14,
       O_SCAP_UPPER = 1 << 15, O_SCAP_LOWER = 1 << 16, CREAT_UPPER = 1, CREAT_LOWER = 2,
       AT_CWD = -100 };

/* Where the parameters of each event are; -1: it has none. */
static const struct open_row {
	uint16_t code;
	int8_t name, flags, dirfd, dev, ino;
	int8_t e_name, e_flags, e_dirfd;        /* of the enter event */
} ROWS[] = {
	{ PPME_SYSCALL_OPEN_X, 1, 2, -1, 4, 5, 0, 1, -1 },
	{ PPME_SYSCALL_OPENAT_2_X, 2, 3, 1, 5, 6, 1, 2, 0 },
	{ PPME_SYSCALL_OPENAT2_X, 2, 3, 1, 6, 7, 1, 2, 0 },
	{ PPME_SYSCALL_CREAT_X, 1, -1, -1, 3, 4, 0, -1, -1 },
	{ PPME_SYSCALL_OPEN_BY_HANDLE_AT_X, 3, 2, -1, 4, 5, -1, -1, -1 },
};

struct opened { const char *name; uint32_t len, flags; int64_t dirfd; };

static uint32_t flags_of(const struct event *ev, int index)
{
	return index < 0 ? 0 : (uint32_t)param_u64(ev, (unsigned)index, 0);
}

/* What the program asked for, from the enter event, if that is there. */
static void take_enter(const struct event *enter, const struct open_row *row, struct opened *o)
{
	uint32_t len;
	const char *name;

	if (!enter || row->e_name < 0 || !param_has(enter, (unsigned)row->e_name))
		return;
	name = param_str(enter, (unsigned)row->e_name, &len);
	if (len == 4 && !memcmp(name, "<NA>", 4))
		return;
	o->name = name;
	o->len = len;
	o->flags = flags_of(enter, row->e_flags) | (o->flags & ~(uint32_t)(O_SCAP_F_CREATED - 1));
	if (row->e_dirfd >= 0)
		o->dirfd = param_i64(enter, (unsigned)row->e_dirfd, o->dirfd);
}

static uint32_t full_name(char *out, const struct apply *a, const struct open_row *row,
			  const struct opened *o)
{
	char dir[STATE_PATH_BUF];
	const struct str *cwd;
	uint32_t n;

	if (o->len && o->name[0] == '/')
		return path_concat(out, "", 0, o->name, o->len);
	if (row->code == PPME_SYSCALL_OPEN_BY_HANDLE_AT_X)
		return path_concat(out, "", 0, o->name, o->len);
	if (row->dirfd < 0 || o->dirfd == AT_CWD) {
		cwd = thread_cwd(a->t);
		return path_concat(out, cwd->s, cwd->len, o->name, o->len);
	}
	n = path_of_dirfd(dir, a->t, o->name, o->len, o->dirfd);
	return path_concat(out, dir, n, o->name, o->len);
}

/* An absolute name is nearly always the path itself, and one that was seen before. */
static void set_names(struct fd *e, const struct apply *a, const struct open_row *row,
		      const struct opened *o)
{
	char full[STATE_PATH_BUF];
	struct str *name = o->name[0] == '/' ? name_known(a->s, o->name, o->len) : NULL;
	uint32_t n;

	if (!name && path_is_tidy(o->name, o->len))
		name = name_new(a->s, o->name, o->len);
	if (name) {
		e->name = name;
		e->name_raw = str_ref(name);
		return;
	}
	n = full_name(full, a, row, o);
	name = name_known(a->s, full, n);
	if (!name)
		name = path_is_tidy(full, n) ? name_new(a->s, full, n) : str_new(full, n);
	e->name = name;
	e->name_raw = str_equal(name, o->name, o->len) ? str_ref(name) : str_new(o->name, o->len);
}

static const struct open_row *row_of(unsigned code)
{
	for (unsigned i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		if (ROWS[i].code == code)
			return &ROWS[i];
	return NULL;
}

void apply_open(struct apply *a)
{
	const struct open_row *row = row_of(a->ev->type);
	struct opened o = { .dirfd = AT_CWD };
	struct fd *e;

	if (a->res < 0 || !row)
		return;
	o.name = param_str(a->ev, (unsigned)row->name, &o.len);
	o.flags = flags_of(a->ev, row->flags);
	if (row->dirfd >= 0)
		o.dirfd = param_i64(a->ev, (unsigned)row->dirfd, AT_CWD);
	if (row->code == PPME_SYSCALL_CREAT_X) {
		uint32_t bits = (uint32_t)param_u64(a->ev, 5, 0);

		o.flags = (bits & CREAT_UPPER ? O_SCAP_UPPER : 0) |
			  (bits & CREAT_LOWER ? O_SCAP_LOWER : 0);
	}
	take_enter(a->enter, row, &o);
	e = fd_new(a->s, o.flags & O_SCAP_DIRECTORY ? FD_DIRECTORY : FD_FILE_V2);
	e->openflags = o.flags;
	e->flags = (o.flags & O_SCAP_CLOEXEC ? FDF_CLOEXEC : 0) |
		   (o.flags & O_SCAP_UPPER ? FDF_OVERLAY_UPPER : 0) |
		   (o.flags & O_SCAP_LOWER ? FDF_OVERLAY_LOWER : 0);
	e->dev = (uint32_t)param_u64(a->ev, (unsigned)row->dev, 0);
	e->ino = param_u64(a->ev, (unsigned)row->ino, 0);
	set_names(e, a, row, &o);
	apply_add_fd(a, a->res, e);
}
