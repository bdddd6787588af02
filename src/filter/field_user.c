/* field_user.c - user.* and group.*: the thread's ids, and what the user and
 * group lists of its container (or the host) know of them.
 */
#include "filter/field.h"

static const uint32_t NONE = 0xffffffff;

static const struct thread *thread_of(const struct eval_ctx *x)
{
	return x->ec->thread;
}

/* Users of a container of which the capture has no list are looked up among the
 * host's, as Falco does when nothing tells it of containers. */
static const struct user *user_of(const struct eval_ctx *x, uint32_t uid)
{
	const struct str *container = x->ec->thread->container_id;
	const struct user *u = state_user(x->ec->state, container, uid);

	if (container->len && (!u || !u->shell || !*u->shell))
		u = state_user(x->ec->state, &STR_EMPTY, uid);
	return u;
}

static const struct group *group_of(const struct eval_ctx *x, uint32_t gid)
{
	const struct str *container = x->ec->thread->container_id;
	const struct group *g = state_group(x->ec->state, container, gid);

	return g || !container->len ? g : state_group(x->ec->state, &STR_EMPTY, gid);
}

/* What is not known reads "<NA>" and is a value all the same. */
static bool text_or_na(struct values *out, const char *s)
{
	return value_set_cstr(out, s && *s ? s : "<NA>");
}

static bool user_uid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);

	(void)ref;
	return t && value_set_num(out, t->uid);
}

static bool user_name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);
	const struct user *u = t ? user_of(x, t->uid) : NULL;

	(void)ref;
	return t && text_or_na(out, u ? u->name : NULL);
}

static bool user_homedir(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);
	const struct user *u = t ? user_of(x, t->uid) : NULL;

	(void)ref;
	return t && text_or_na(out, u ? u->home : NULL);
}

static bool user_shell(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);
	const struct user *u = t ? user_of(x, t->uid) : NULL;

	(void)ref;
	return t && text_or_na(out, u ? u->shell : NULL);
}

/* Wider than the id, so that "not logged in" is -1. */
static bool user_loginuid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);

	(void)ref;
	return t && value_set_num(out, t->loginuid == NONE ? (uint64_t)-1 : t->loginuid);
}

static bool user_loginname(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);
	const struct user *u = t ? user_of(x, t->loginuid) : NULL;

	(void)ref;
	return t && text_or_na(out, u ? u->name : NULL);
}

static bool group_gid(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);

	(void)ref;
	return t && value_set_num(out, t->gid);
}

static bool group_name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = thread_of(x);
	const struct group *g = t ? group_of(x, t->gid) : NULL;

	(void)ref;
	return t && text_or_na(out, g ? g->name : NULL);
}

static const struct field_def USER[] = {
	{ "user.uid", PT_UINT32, PF_ID, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_uid, NULL, "Effective user id of the thread." },
	{ "user.name", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_name, NULL, "Name of that user." },
	{ "user.homedir", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_homedir, NULL, "Home directory of that user." },
	{ "user.shell", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_shell, NULL, "Login shell of that user." },
	{ "user.loginuid", PT_INT64, PF_ID, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_loginuid, NULL, "User id at login (the audit user); -1 for none." },
	{ "user.loginname", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, user_loginname, NULL, "Name of the user at login." },
};

static const struct field_def GROUP[] = {
	{ "group.gid", PT_UINT32, PF_ID, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, group_gid, NULL, "Effective group id of the thread." },
	{ "group.name", PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD,
	  NULL, group_name, NULL, "Name of that group." },
};

const struct field_class FIELDS_USER = {
	.name = "user",
	.shortdesc = "Users",
	.doc = "The user on whose behalf the thread runs.",
	.fields = USER,
	.n = sizeof USER / sizeof *USER,
};

const struct field_class FIELDS_GROUP = {
	.name = "group",
	.shortdesc = "Groups",
	.doc = "The group on whose behalf the thread runs.",
	.fields = GROUP,
	.n = sizeof GROUP / sizeof *GROUP,
};
