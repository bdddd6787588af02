/* apply_meta.c - events about users, groups and containers. */
#include "state/state_internal.h"

static const char *text(const struct event *ev, unsigned index)
{
	return param_has(ev, index) ? param_str(ev, index, NULL) : "";
}

void apply_user(struct apply *a)
{
	const struct event *ev = a->ev;
	bool group = ev->type == PPME_GROUP_ADDED_E || ev->type == PPME_GROUP_DELETED_E;
	bool gone = ev->type == PPME_USER_DELETED_E || ev->type == PPME_GROUP_DELETED_E;
	struct user_entry u = { .is_group = group, .id = (uint32_t)param_u64(ev, 0, UINT32_MAX) };
	const char *container = text(ev, group ? 2 : 5);

	if (gone) {
		users_del(a->s, container, group, u.id);
		return;
	}
	u.gid = group ? u.id : (uint32_t)param_u64(ev, 1, UINT32_MAX);
	u.name = text(ev, group ? 1 : 2);
	u.home = group ? "" : text(ev, 3);
	u.shell = group ? "" : text(ev, 4);
	users_set(a->s, container, &u);
}

void apply_container(struct apply *a)
{
	uint32_t len;
	const char *json;

	if (!param_has(a->ev, 0))
		return;
	json = param_str(a->ev, 0, &len);
	containers_json(a->s, json, len);
}

void apply_async(struct apply *a)
{
	const char *name = text(a->ev, 1), *json;
	uint32_t len;

	if (!param_has(a->ev, 2))
		return;
	json = (const char *)a->ev->param[2].p;
	len = a->ev->param[2].len;
	if (!strcmp(name, "container"))
		containers_json(a->s, json, len);
	else if (!strcmp(name, "container_removed"))
		containers_remove(a->s, json, len);
}
