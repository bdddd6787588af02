/* capture_lists.c - the lists at the head of a capture: processes, fds, users,
 * interfaces.  Entries are read one at a time and handed to the sink; nothing
 * is kept.  reference/scap_format.md sections 2.3 to 2.6.
 */
#include "source/capture_private.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>

enum {
	PATH_LIMIT = 1024, LIST_LIMIT = 4096,   /* longer strings make a list unreadable */
	FD_NAME_LIMIT = 1023, USER_LIMIT = 255, IFNAME_LIMIT = 1023,
	OLD_TAIL = 29,          /* a process entry with at most this left has no pidns and tty */
	IFACES_MAX = 65536,
};

/* Reads fields off [p, p + n).  Past the end, or on a string over its limit, it
 * notes so and gives zeros from then on. */
struct cursor {
	const uint8_t *p;
	size_t n;
	char *strings;          /* where copies of strings go */
	const char *bad;        /* NULL, or the reason */
};

static uint64_t get(struct cursor *c, unsigned size)
{
	uint64_t v;

	if (c->n < size || c->bad) {
		if (!c->bad)
			c->bad = "entry is cut short";
		return 0;
	}
	v = load_uint(c->p, size);
	c->p += size;
	c->n -= size;
	return v;
}

static uint8_t get8(struct cursor *c) { return (uint8_t)get(c, 1); }
static uint16_t get16(struct cursor *c) { return (uint16_t)get(c, 2); }
static uint32_t get32(struct cursor *c) { return (uint32_t)get(c, 4); }
static uint64_t get64(struct cursor *c) { return get(c, 8); }

static void get_bytes(struct cursor *c, void *out, size_t n)
{
	memset(out, 0, n);
	if (c->n < n || c->bad) {
		if (!c->bad)
			c->bad = "entry is cut short";
		return;
	}
	memcpy(out, c->p, n);
	c->p += n;
	c->n -= n;
}

/* n bytes as a string.  Lists get a last NUL of their own when it is missing; it counts. */
static const char *get_text(struct cursor *c, size_t n, size_t limit, uint32_t *list_len)
{
	char *s = c->strings;

	if (list_len)
		*list_len = 0;
	if (!c->bad && n > limit)
		c->bad = "a string is longer than the format allows";
	if (!c->bad && n > c->n)
		c->bad = "a string is cut short";
	if (c->bad)
		return "";
	memcpy(s, c->p, n);
	c->p += n;
	c->n -= n;
	s[n] = 0;
	if (list_len)
		*list_len = (uint32_t)(n && s[n - 1] ? n + 1 : n);
	c->strings += n + 1;
	return s;
}

static const char *get_str(struct cursor *c, size_t limit)
{
	return get_text(c, get16(c), limit, NULL);
}

static const char *get_list(struct cursor *c, uint32_t *len)
{
	return get_text(c, get16(c), LIST_LIMIT, len);
}

/* -- the loop all lists have in common ------------------------------------------------ */

struct list {
	struct capture *c;
	const char *what;
	uint32_t left;          /* bytes of the body not read yet */
};

/* A cursor at the next entry; its length is what is left, or ENTRY_MAX.  1, 0: no
 * more entries (padding passed over), < 0. */
static int list_next(struct list *l, struct cursor *cur, struct saker_error *err)
{
	struct stream *in = &l->c->in;
	size_t want = l->left < ENTRY_MAX ? l->left : ENTRY_MAX;
	int rc = stream_need(in, want, err);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return fail(err, SAKER_E_DATA, "%s is cut short", l->what);
	*cur = (struct cursor){ in->at, want, l->c->strings, NULL };
	if (l->left >= 4)
		return 1;
	in->at += l->left;
	return 0;
}

/* Ends an entry: the stream passes over what cur read, or over total bytes if given. */
static int list_took(struct list *l, const struct cursor *cur, uint32_t total,
		     struct saker_error *err)
{
	uint32_t used = total ? total : (uint32_t)(cur->p - l->c->in.at);

	if (cur->bad)
		return fail(err, SAKER_E_DATA, "%s: %s", l->what, cur->bad);
	l->left -= used;
	return stream_skip(&l->c->in, used, err) == 1 ? 0 :
	       fail(err, SAKER_E_DATA, "%s is cut short", l->what);
}

/* The length an entry gives for itself, all of it; the cursor is cut to that. */
static uint32_t entry_length(const struct list *l, struct cursor *cur, uint32_t extra)
{
	uint64_t total = (uint64_t)get32(cur) + extra;

	if (total < 4 || total > l->left) {
		if (!cur->bad)
			cur->bad = "an entry's length is wrong";
		return 0;
	}
	if (cur->n > total - 4)
		cur->n = (size_t)total - 4;
	return (uint32_t)total;
}

/* -- processes ------------------------------------------------------------------------ */

/* What a version adds; the tail of V9 is read as far as the entry goes. */
static int process_version(uint32_t type)
{
	static const uint16_t V[] = { BT_PROC_V1, BT_PROC_V2, BT_PROC_V3, BT_PROC_V4, BT_PROC_V5,
				      BT_PROC_V6, BT_PROC_V7, BT_PROC_V8, BT_PROC_V9 };

	for (int i = 0; i < 9; i++)
		if (V[i] == type)
			return i + 1;
	return 0;
}

static void get_process_tail(struct cursor *c, struct proc_entry *p)
{
	if (c->n > OLD_TAIL) {
		p->pidns_init_start_ts = get64(c);
		p->tty = get32(c);
	}
	if (c->n >= 4)
		p->loginuid = get32(c);
	if (c->n >= 1)
		p->exe_writable = get8(c);
	if (c->n >= 8)
		p->cap_inheritable = get64(c);
	if (c->n >= 8)
		p->cap_permitted = get64(c);
	if (c->n >= 8)
		p->cap_effective = get64(c);
	if (c->n >= 1)
		p->exe_upper_layer = get8(c);
	if (c->n >= 8)
		p->exe_ino = get64(c);
	if (c->n >= 8)
		p->exe_ino_ctime = get64(c);
	if (c->n >= 8)
		p->exe_ino_mtime = get64(c);
	if (c->n >= 1)
		p->exe_from_memfd = get8(c);
	if (c->n >= 1)
		p->exe_lower_layer = get8(c);
	if (c->n >= 8)
		p->pgid = (int64_t)get64(c);
}

static void get_process(struct cursor *c, struct proc_entry *p, int version)
{
	*p = (struct proc_entry){ .sid = -1, .vpgid = -1, .pgid = -1, .vtid = -1, .vpid = -1,
				  .loginuid = UINT32_MAX, .exepath = "", .env = "", .cgroups = "",
				  .root = "" };
	p->tid = (int64_t)get64(c);
	p->pid = (int64_t)get64(c);
	p->ptid = (int64_t)get64(c);
	if (version >= 6)
		p->sid = (int64_t)get64(c);
	if (version >= 8)
		p->vpgid = (int64_t)get64(c);
	p->comm = get_str(c, PATH_LIMIT);
	p->exe = get_str(c, PATH_LIMIT);
	if (version >= 7)
		p->exepath = get_str(c, PATH_LIMIT);
	p->args = get_list(c, &p->args_len);
	p->cwd = get_str(c, PATH_LIMIT);
	p->fdlimit = get64(c);
	p->flags = get32(c);
	p->uid = get32(c);
	p->gid = get32(c);
	if (version >= 2) {
		p->vmsize_kb = get32(c);
		p->vmrss_kb = get32(c);
		p->vmswap_kb = get32(c);
		p->pfmajor = get64(c);
		p->pfminor = get64(c);
	}
	if (version >= 3)
		p->env = get_list(c, &p->env_len);
	if (version >= 4) {
		p->vtid = (int64_t)get64(c);
		p->vpid = (int64_t)get64(c);
		p->cgroups = get_list(c, &p->cgroups_len);
	}
	if (version >= 5)
		p->root = get_str(c, PATH_LIMIT);
	if (version >= 9)
		get_process_tail(c, p);
}

int read_process_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err)
{
	struct list l = { c, "process list", n };
	int version = process_version(type), rc;
	struct cursor cur;

	while ((rc = list_next(&l, &cur, err)) == 1) {
		uint32_t total = version >= 9 ? entry_length(&l, &cur, 0) : 0;
		struct proc_entry p;

		get_process(&cur, &p, version);
		if (!cur.bad && c->sink.process)
			c->sink.process(c->sink.ctx, &p);
		if (list_took(&l, &cur, total, err) < 0)
			return SAKER_E_DATA;
	}
	return rc;
}

/* -- fds ------------------------------------------------------------------------------ */

static void get_socket(struct cursor *c, struct fd_entry *f)
{
	bool v6 = f->type == CFD_IPV6_SOCK || f->type == CFD_IPV6_SERVSOCK;
	size_t addr = v6 ? 16 : 4;

	get_bytes(c, f->sip, addr);
	if (f->type == CFD_IPV4_SOCK || f->type == CFD_IPV6_SOCK) {
		get_bytes(c, f->dip, addr);
		f->sport = get16(c);
		f->dport = get16(c);
	} else {
		f->sport = get16(c);
	}
	f->l4proto = get8(c);
}

/* The part that hangs on the type.  sized: the entry gives its own length. */
static void get_fd_data(struct cursor *c, struct fd_entry *f, bool sized)
{
	switch (f->type) {
	case CFD_UNKNOWN:
		break;
	case CFD_IPV4_SOCK: case CFD_IPV6_SOCK: case CFD_IPV4_SERVSOCK: case CFD_IPV6_SERVSOCK:
		get_socket(c, f);
		break;
	case CFD_UNIX_SOCK:
		f->unix_src = get64(c);
		f->unix_dst = get64(c);
		f->name = get_str(c, FD_NAME_LIMIT);
		break;
	case CFD_FILE_V2:
		f->open_flags = get32(c);
		f->name = get_str(c, FD_NAME_LIMIT);
		if (sized && c->n >= 4)
			f->dev = get32(c);
		break;
	default:
		if (f->type < CFD_MAX) {
			f->name = get_str(c, FD_NAME_LIMIT);
			break;
		}
		if (!sized && !c->bad)
			c->bad = "an entry of unknown type without length";
		snprintf(c->strings, FD_NAME_LIMIT, "unknown-type:[%u]", f->type);
		f->name = c->strings;
		f->type = CFD_UNSUPPORTED;
		break;
	}
}

int read_fd_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err)
{
	struct list l = { c, "fd list", n };
	bool sized = type == BT_FD_V2;
	struct cursor cur;
	int64_t tid;
	int rc;

	if (n < 8)
		return fail(err, SAKER_E_DATA, "fd list of %u bytes names no thread", n);
	rc = stream_need(&c->in, 8, err);
	if (rc <= 0)
		return rc < 0 ? rc : fail(err, SAKER_E_DATA, "fd list is cut short");
	tid = (int64_t)load_uint(c->in.at, 8);
	c->in.at += 8;
	l.left -= 8;
	while ((rc = list_next(&l, &cur, err)) == 1) {
		uint32_t total = sized ? entry_length(&l, &cur, 0) : 0;
		struct fd_entry f = { .tid = tid, .name = "" };

		f.fd = (int64_t)get64(&cur);
		f.ino = get64(&cur);
		f.type = get8(&cur);
		get_fd_data(&cur, &f, sized);
		if (!cur.bad && c->sink.fd)
			c->sink.fd(c->sink.ctx, &f);
		if (list_took(&l, &cur, total, err) < 0)
			return SAKER_E_DATA;
	}
	return rc;
}

/* -- users and groups ----------------------------------------------------------------- */

int read_user_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err)
{
	struct list l = { c, "user list", n };
	struct cursor cur;
	int rc;

	while ((rc = list_next(&l, &cur, err)) == 1) {
		uint32_t total = type == BT_USER_V2 ? entry_length(&l, &cur, 0) : 0;
		struct user_entry u = { .is_group = get8(&cur) != 0 };

		if (u.is_group) {
			u.id = u.gid = get32(&cur);
			u.name = get_str(&cur, USER_LIMIT);
		} else {
			u.id = get32(&cur);
			u.gid = get32(&cur);
			u.name = get_str(&cur, USER_LIMIT);
			u.home = get_str(&cur, USER_LIMIT);
			u.shell = get_str(&cur, USER_LIMIT);
		}
		if (!cur.bad && c->sink.user)
			c->sink.user(c->sink.ctx, &u);
		if (list_took(&l, &cur, total, err) < 0)
			return SAKER_E_DATA;
	}
	return rc;
}

/* -- interfaces ----------------------------------------------------------------------- */

static void get_iface(struct cursor *c, struct iface *f)
{
	uint16_t type = get16(c), name_len = get16(c);
	bool v6 = type == 2 || type == 4;
	size_t addr = v6 ? 16 : 4;
	const char *name;

	memset(f, 0, sizeof *f);
	if (!c->bad && (type < 1 || type > 4))
		c->bad = "an interface of unknown type";
	f->v6 = v6;
	get_bytes(c, f->addr, addr);
	get_bytes(c, f->mask, addr);
	get_bytes(c, f->bcast, addr);
	if (type <= 2)
		get64(c);       /* link speed */
	name = get_text(c, name_len, IFNAME_LIMIT, NULL);
	snprintf(f->name, sizeof f->name, "%s", name);
}

int read_interface_list(struct capture *c, uint32_t type, uint32_t n, struct saker_error *err)
{
	struct list l = { c, "interface list", n };
	struct iface *list = NULL;
	unsigned count = 0, cap = 0;
	struct cursor cur;
	int rc;

	while ((rc = list_next(&l, &cur, err)) == 1) {
		uint32_t total = type == BT_IFACE_V2 ? entry_length(&l, &cur, 4) : 0;

		if (count == cap) {
			cap = cap ? 2 * cap : 16;
			list = mem_realloc(list, cap, sizeof *list);
		}
		get_iface(&cur, &list[count++]);
		if (list_took(&l, &cur, total, err) < 0 ||
		    (count > IFACES_MAX && fail(err, SAKER_E_DATA, "too many interfaces"))) {
			rc = SAKER_E_DATA;
			break;
		}
	}
	if (rc == 0 && c->sink.interfaces)
		c->sink.interfaces(c->sink.ctx, list, count);
	free(list);
	return rc;
}
