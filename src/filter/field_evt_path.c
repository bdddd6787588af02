/* field_evt_path.c - evt.abspath: the path of a *at call, made absolute.
 *
 * One row an event code: the directory's parameter stands in front of the path.
 * Works on failed calls, too.
 */
#include "filter/field_evt.h"
#include "filter/scratch.h"

static const struct { uint8_t src, dst; } ROWS[EVENT_MAX] = {
	[PPME_SYSCALL_OPENAT_2_X] = { 2, 2 },
	[PPME_SYSCALL_OPENAT2_X] = { 2, 2 },
	[PPME_SYSCALL_UNLINKAT_2_X] = { 2, 2 },
	[PPME_SYSCALL_MKDIRAT_X] = { 2, 2 },
	[PPME_SYSCALL_FCHMODAT_X] = { 2, 2 },
	[PPME_SYSCALL_FCHOWNAT_X] = { 2, 2 },
	[PPME_SYSCALL_SYMLINKAT_X] = { 3, 3 },
	[PPME_SYSCALL_RENAMEAT_X] = { 2, 4 },
	[PPME_SYSCALL_RENAMEAT2_X] = { 2, 4 },
	[PPME_SYSCALL_LINKAT_2_X] = { 2, 4 },
	[PPME_SYSCALL_OPEN_BY_HANDLE_AT_X] = { 3, 3 },     /* absolute, when it worked */
};

enum { SRC = 0, DST = 1, AT_FDCWD_ID = -100 };

/* Bare, .src or .dst. */
int evt_abspath_resolve(struct field_ref *ref, struct saker_error *err)
{
	ref->index = SRC;
	if (!ref->arg || strcmp(ref->arg, "src") == 0)
		return 0;
	if (strcmp(ref->arg, "dst") != 0)
		return fail(err, SAKER_E_ARG, "filter_check called with nonexistent field %s.%s",
			    ref->def->name, ref->arg);
	ref->index = DST;
	return 0;
}

/* "<UNKNOWN>/" for an fd that is not known, and always a '/' at the end. */
static uint32_t directory(char *dir, const struct thread *t, int64_t dirfd)
{
	const struct str *name;
	const struct fd *f;
	uint32_t n;

	if (dirfd == AT_FDCWD_ID) {
		name = thread_cwd(t);
	} else {
		f = fd_table_get(thread_fds(t), dirfd);
		if (!f) {
			memcpy(dir, "<UNKNOWN>/", 10);
			return 10;
		}
		name = f->name;
	}
	n = name->len < STATE_PATH_MAX ? name->len : STATE_PATH_MAX - 1;
	memcpy(dir, name->s, n);
	if (n && dir[n - 1] != '/')
		dir[n++] = '/';
	return n;
}

/* See eval_ctx.moved_fd: Falco's look at a directory's fd outlasts the field. */
static void remember_moved(struct eval_ctx *x, int64_t dirfd)
{
	if (dirfd == AT_FDCWD_ID)
		return;
	x->moved_fd = fd_table_get(thread_fds(x->ec->thread), dirfd);
	x->moved_num = x->ec->ev->num;
}

bool evt_abspath(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct event *ev = x->ec->ev;
	bool by_handle = ev->type == PPME_SYSCALL_OPEN_BY_HANDLE_AT_X;
	char dir[STATE_PATH_MAX + 1], *path;
	uint32_t len, dir_len = 0;
	const char *s;
	unsigned i;

	if (!x->ec->thread || (by_handle && param_i64(ev, 0, -1) <= 0))
		return false;
	i = ref->index == DST ? ROWS[ev->type].dst : ROWS[ev->type].src;
	if (i == 0 || i >= ev->nparams)
		return false;
	s = param_str(ev, i, &len);
	if (!by_handle) {
		if (len == 4 && memcmp(s, "<NA>", 4) == 0)
			return false;
		if (*s != '/') {
			dir_len = directory(dir, x->ec->thread, param_i64(ev, i - 1, -1));
			remember_moved(x, param_i64(ev, i - 1, -1));
		}
	}
	path = arena_alloc(x->scratch, STATE_PATH_MAX + 64);
	return value_set_mem(out, path, path_concat(path, dir, dir_len, s, len));
}
