/* users.c - users and groups by (container, id).  From the capture's lists and
 * its USER_ADDED ... events only: a replay looks nothing up on this host.
 */
#include <stdlib.h>
#include "state/state_internal.h"

enum { USERS_MAX = 65536, TEXT_MAX = 4096 };     /* bytes of all names of one */

struct user_row {
	struct user_row *next;
	uint32_t id;
	bool is_group;
	struct user user;
	struct group group;
	char text[];            /* container, name, home, shell; NUL terminated each */
};

static const struct user ROOT = { .name = "root", .home = "/root", .shell = "" };
static const struct group ROOT_GROUP = { .name = "root" };

static uint64_t key_of(const char *container, uint32_t len, bool is_group, uint32_t id)
{
	return hash_bytes(container, len) ^ ((uint64_t)id << 1 | is_group);
}

static struct user_row *find(const struct state *s, const char *container, bool is_group,
			     uint32_t id)
{
	struct user_row *r = u64map_get(&s->users, key_of(container, (uint32_t)strlen(container),
							  is_group, id));

	while (r && (r->id != id || r->is_group != is_group || strcmp(r->text, container) != 0))
		r = r->next;
	return r;
}

static char *put(char **at, const char *s)
{
	size_t n = strlen(s ? s : "") + 1;
	char *here = *at;

	memcpy(here, s ? s : "", n);
	*at += n;
	return here;
}

void users_del(struct state *s, const char *container, bool is_group, uint32_t id)
{
	uint64_t key = key_of(container, (uint32_t)strlen(container), is_group, id);
	struct user_row *gone = find(s, container, is_group, id), *head, **p;

	if (!gone)
		return;
	head = u64map_get(&s->users, key);
	for (p = &head; *p != gone; p = &(*p)->next)
		;
	*p = gone->next;
	if (head)
		u64map_set(&s->users, key, head);
	else
		u64map_del(&s->users, key);
	free(gone);
	s->nusers--;
	s->users_epoch++;
}

void users_set(struct state *s, const char *container, const struct user_entry *u)
{
	uint64_t key = key_of(container, (uint32_t)strlen(container), u->is_group, u->id);
	size_t need = strlen(container) + strlen(u->name ? u->name : "") +
		      strlen(u->home ? u->home : "") + strlen(u->shell ? u->shell : "") + 4;
	struct user_row *r;
	char *at;

	users_del(s, container, u->is_group, u->id);
	if (s->nusers >= USERS_MAX || need > TEXT_MAX) {
		s->stats.users_refused++;
		return;
	}
	r = mem_zalloc(sizeof *r + need);
	r->id = u->id;
	r->is_group = u->is_group;
	at = r->text;
	put(&at, container);
	r->user = (struct user){ .uid = u->id, .gid = u->gid };
	r->user.name = put(&at, u->name);
	r->user.home = put(&at, u->home);
	r->user.shell = put(&at, u->shell);
	r->group = (struct group){ u->id, r->user.name };
	r->next = u64map_get(&s->users, key);
	u64map_set(&s->users, key, r);
	s->nusers++;
	s->users_epoch++;
}

void users_free(struct state *s)
{
	for (uint32_t i = 0; s->users.slot && i <= s->users.mask; i++) {
		struct user_row *next;

		for (struct user_row *r = s->users.slot[i].val; r; r = next) {
			next = r->next;
			free(r);
		}
	}
	u64map_release(&s->users);
	s->nusers = 0;
	s->users_epoch++;
}

/* Of a container nothing is told about, the lists of the host answer; for root always. */
static const struct user_row *find_for(const struct state *s, const struct str *container,
				       bool is_group, uint32_t id)
{
	bool contained = container && container->len;
	const struct user_row *r = find(s, contained ? container->s : "", is_group, id);

	if (!r && contained && (id == 0 || !state_container(s, container)))
		r = find(s, "", is_group, id);
	return r;
}

const struct user *state_user(const struct state *s, const struct str *container, uint32_t uid)
{
	const struct user_row *r = find_for(s, container, false, uid);

	return r ? &r->user : uid == 0 ? &ROOT : NULL;
}

const struct group *state_group(const struct state *s, const struct str *container, uint32_t gid)
{
	const struct user_row *r = find_for(s, container, true, gid);

	return r ? &r->group : gid == 0 ? &ROOT_GROUP : NULL;
}
