/* field_container.c - container.* and k8s.*: what Falco's container plugin
 * shows.
 *
 * The id comes from the control group of the thread.  All else is metadata that a
 * container engine told the recorder; captures carry it as JSON, or not at all, and
 * then the fields have no value.  Rules: reference/state_engine.md section 9.
 */
#include "filter/field.h"
#include "filter/peek.h"
#include "filter/impl.h"
#include "filter/scratch.h"

static const char HOST[] = "host";

static bool on_host(const struct eval_ctx *x)
{
	return x->ec->thread->container_id->len == 0;
}

/* NULL: no thread, the host, or nothing known. */
static const struct container *known(const struct eval_ctx *x)
{
	if (!x->ec->thread || on_host(x))
		return NULL;
	return state_container(x->ec->state, x->ec->thread->container_id);
}

static bool text_or_none(struct values *out, const char *s)
{
	return s && *s && value_set_cstr(out, s);
}

static bool container_id(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)ref;
	if (!x->ec->thread)
		return false;
	if (on_host(x))
		return value_set_cstr(out, HOST);
	return value_set_str(out, x->ec->thread->container_id);
}

static bool container_name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct container *c = known(x);

	(void)ref;
	if (x->ec->thread && on_host(x))
		return value_set_cstr(out, HOST);
	return c && text_or_none(out, c->name);
}

static bool container_type(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct container *c = known(x);

	(void)ref;
	if (x->ec->thread && on_host(x))
		return value_set_cstr(out, HOST);
	return c && text_or_none(out, c->type);
}

static bool container_image(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct container *c = known(x);

	(void)ref;
	return c && text_or_none(out, c->image);
}

static bool container_start_ts(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return t && !on_host(x) && t->pidns_init_start_ts &&
	       value_set_num(out, t->pidns_init_start_ts);
}

static bool container_duration(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	const struct thread *t = x->ec->thread;

	(void)ref;
	return t && !on_host(x) && t->pidns_init_start_ts &&
	       value_set_num(out, x->ec->ev->ts - t->pidns_init_start_ts);
}

/* -- from the JSON ---------------------------------------------------------------- */
static struct peek member(struct peek v, const char *key)
{
	return peek_member(v, key, strlen(key));
}

static struct peek metadata(const struct eval_ctx *x)
{
	const struct container *c = known(x);
	struct peek all, inner;

	if (!c || !c->json)
		return (struct peek){ 0 };
	all = peek_of(c->json, strlen(c->json));
	inner = member(all, "container");
	return inner.s ? inner : all;
}

/* Which member a field shows. */
static const struct { const char *field, *key; } MEMBERS[] = {
	{ "container.full_id", "full_id" }, { "container.image.id", "imageid" },
	{ "container.image.repository", "imagerepo" }, { "container.image.tag", "imagetag" },
	{ "container.image.digest", "imagedigest" }, { "container.ip", "ip" },
	{ "container.cni.json", "cni_json" }, { "container.privileged", "privileged" },
	{ "container.host_pid", "host_pid" }, { "container.host_network", "host_network" },
	{ "container.host_ipc", "host_ipc" }, { "k8s.pod.ip", "ip" },
	{ "k8s.pod.cni.json", "cni_json" }, { "k8s.pod.sandbox_id", "pod_sandbox_id" },
	{ "k8s.pod.full_sandbox_id", "pod_sandbox_id" },
};

static struct peek member_of_field(const struct eval_ctx *x, const struct field_ref *ref)
{
	struct peek v = metadata(x);

	for (size_t i = 0; v.s && i < sizeof MEMBERS / sizeof *MEMBERS; i++)
		if (strcmp(MEMBERS[i].field, ref->def->name) == 0)
			return member(v, MEMBERS[i].key);
	return (struct peek){ 0 };
}

static bool json_value(struct eval_ctx *x, struct peek v, struct values *out)
{
	size_t from;

	if (!v.s)
		return false;
	peek_text(scratch_begin(x, &from), v);
	return scratch_end(x, from, out) && out->v->len > 0;
}

static bool from_member(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return json_value(x, member_of_field(x, ref), out);
}

static bool flag_member(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct peek v = member_of_field(x, ref);

	return v.s && value_set_num(out, peek_is_true(v));
}

/* The first 12 digits, as container.id has them. */
static bool short_member(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	if (!from_member(x, ref, out))
		return false;
	if (out->one.len > 12)
		out->one.len = 12;
	return true;
}

static bool no_value(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	(void)x, (void)ref, (void)out;
	return false;
}

/* -- labels -------------------------------------------------------------------------- */
static struct peek labels(const struct eval_ctx *x, const struct field_ref *ref)
{
	struct peek v = metadata(x);

	return member(v, ref->def->name[0] == 'k' ? "pod_sandbox_labels" : "labels");
}

static bool one_label(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	return json_value(x, peek_member(labels(x, ref), ref->arg, ref->arg_len), out);
}

static bool all_labels(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct peek v = labels(x, ref), at = { 0 }, key, value;
	struct strbuf *b;
	size_t from;

	if (!v.s)
		return false;
	b = scratch_begin(x, &from);
	while (peek_next(v, &at, &key, &value)) {
		if (b->len > from)
			strbuf_adds(b, ", ");
		peek_text(b, key);
		strbuf_addc(b, ':');
		peek_text(b, value);
	}
	return scratch_end(x, from, out) && out->v->len > 0;
}

/* Labels that Kubernetes gives each container. */
static bool pod_label(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	static const struct { const char *field, *label; } POD[] = {
		{ "k8s.pod.name", "io.kubernetes.pod.name" },
		{ "k8s.pod.uid", "io.kubernetes.pod.uid" },
		{ "k8s.pod.id", "io.kubernetes.pod.uid" },
		{ "k8s.ns.name", "io.kubernetes.pod.namespace" },
	};
	struct peek all = member(metadata(x), "labels");

	for (size_t i = 0; i < sizeof POD / sizeof *POD; i++)
		if (strcmp(POD[i].field, ref->def->name) == 0)
			return json_value(x, member(all, POD[i].label), out);
	return false;
}

/* -- mounts ----------------------------------------------------------------------------- */
static const char *const MOUNT_PARTS[] = { "Source", "Destination", "Mode", "RW", "Propagation" };
enum { MOUNT_SOURCE, MOUNT_DEST, MOUNT_NPARTS = 5 };

/* "source:destination:mode:rw:propagation". */
static void mount_text(struct strbuf *b, struct peek mount)
{
	for (unsigned i = 0; i < MOUNT_NPARTS; i++) {
		if (i)
			strbuf_addc(b, ':');
		peek_text(b, member(mount, MOUNT_PARTS[i]));
	}
}

static bool all_mounts(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct peek v = member(metadata(x), "Mounts"), at = { 0 }, mount;
	struct strbuf *b;
	size_t from;

	(void)ref;
	if (!v.s)
		return false;
	b = scratch_begin(x, &from);
	while (peek_next(v, &at, NULL, &mount)) {
		if (b->len > from)
			strbuf_addc(b, ' ');
		mount_text(b, mount);
	}
	return scratch_end(x, from, out);
}

/* The mount by number, or the first whose part matches the glob. */
static struct peek find_mount(struct eval_ctx *x, const struct field_ref *ref, unsigned part)
{
	struct peek v = member(metadata(x), "Mounts"), at = { 0 }, mount;
	int64_t i = 0;

	while (peek_next(v, &at, NULL, &mount)) {
		struct values text;

		if (ref->index >= 0 && i++ == ref->index)
			return mount;
		if (ref->index < 0 && json_value(x, member(mount, MOUNT_PARTS[part]), &text) &&
		    glob_text(ref->arg, ref->arg_len, text.v->s, text.v->len, false))
			return mount;
	}
	return (struct peek){ 0 };
}

static bool one_mount(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	struct peek mount;
	size_t from;

	if (!known(x))
		return false;
	mount = find_mount(x, ref, MOUNT_SOURCE);
	if (!mount.s)
		return value_set_cstr(out, "none");
	mount_text(scratch_begin(x, &from), mount);
	return scratch_end(x, from, out);
}

/* container.mount.source and kin: the first letter of the last word tells the part. */
static bool mount_part(struct eval_ctx *x, const struct field_ref *ref, struct values *out)
{
	static const char LETTERS[] = "sdmrp";
	char c = ref->def->name[sizeof "container.mount." - 1];
	unsigned part = (unsigned)(strchr(LETTERS, c) - LETTERS);
	struct peek mount = find_mount(x, ref, part == MOUNT_SOURCE ? MOUNT_DEST : MOUNT_SOURCE);

	return mount.s && json_value(x, member(mount, MOUNT_PARTS[part]), out);
}

static int resolve_label(struct field_ref *ref, struct saker_error *err)
{
	ref->index = -1;
	return ref->arg && *ref->arg ? 0 :
	       fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
}

/* A number, or a path that may be a glob. */
static int resolve_mount(struct field_ref *ref, struct saker_error *err)
{
	int64_t n = 0;

	if (!ref->arg || !*ref->arg)
		return fail(err, SAKER_E_ARG, "filter syntax error: %s", ref->def->name);
	ref->index = -1;
	for (const char *p = ref->arg; *p; p++) {
		if (*p < '0' || *p > '9' || n > 100000)
			return 0;
		n = n * 10 + (*p - '0');
	}
	ref->index = n;
	return 0;
}

/* -- the tables: all of one scope, but for the duration --------------------------------- */
#define TEXT(name, extract, doc) \
	{ name, PT_CHARBUF, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD, NULL, extract, NULL, doc }
#define SHOWN(name, extract, doc) \
	{ name, PT_CHARBUF, PF_NA, ARG_NONE, false, FF_FORMAT_SUGGESTED, SCOPE_THREAD, NULL, \
	  extract, NULL, doc }
#define FLAG(name, extract, doc) \
	{ name, PT_BOOL, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD, NULL, extract, NULL, doc }
#define KEYED(name, flags, resolve, extract, doc) \
	{ name, PT_CHARBUF, PF_NA, ARG_REQUIRED, false, flags, SCOPE_THREAD, resolve, extract, \
	  NULL, doc }
#define OLD(name) \
	{ name, PT_CHARBUF, PF_NA, ARG_NONE, false, FF_DEPRECATED, SCOPE_CONST, NULL, no_value, \
	  NULL, "Kept for old rules; never has a value." }
#define OLD_KEYED(name) \
	{ name, PT_CHARBUF, PF_NA, ARG_REQUIRED, false, FF_DEPRECATED | FF_ARG_KEY, SCOPE_CONST, \
	  resolve_label, no_value, NULL, "Kept for old rules; never has a value." }
#define OLD_FLAG(name) \
	{ name, PT_BOOL, PF_NA, ARG_NONE, false, FF_DEPRECATED, SCOPE_CONST, NULL, no_value, \
	  NULL, "Kept for old rules; never has a value." }

enum { BOTH = FF_ARG_INDEX | FF_ARG_KEY };

static const struct field_def CONTAINER[] = {
	SHOWN("container.id", container_id,
	      "First 12 digits of the container's id; host outside of containers."),
	TEXT("container.full_id", from_member, "The container's whole id."),
	SHOWN("container.name", container_name,
	      "Name of the container; host outside of containers."),
	TEXT("container.image", container_image, "Image of the container, with its tag."),
	TEXT("container.image.id", from_member, "Id of the image."),
	TEXT("container.type", container_type,
	     "The engine that runs the container: docker, podman, cri-o, containerd ...; host "
	     "outside of containers."),
	FLAG("container.privileged", flag_member, "True for a privileged container."),
	TEXT("container.mounts", all_mounts,
	     "All mounts as source:destination:mode:rw:propagation, joined by blanks."),
	KEYED("container.mount", BOTH, resolve_mount, one_mount,
	      "One mount, by number or by source (a glob); none when there is no such mount."),
	KEYED("container.mount.source", BOTH, resolve_mount, mount_part,
	      "Source of a mount, by number or by destination (a glob)."),
	KEYED("container.mount.dest", BOTH, resolve_mount, mount_part,
	      "Destination of a mount, by number or by source (a glob)."),
	KEYED("container.mount.mode", BOTH, resolve_mount, mount_part,
	      "Mode of a mount, by number or by source (a glob)."),
	KEYED("container.mount.rdwr", BOTH, resolve_mount, mount_part,
	      "Whether a mount can be written to, by number or by source (a glob)."),
	KEYED("container.mount.propagation", BOTH, resolve_mount, mount_part,
	      "Propagation of a mount, by number or by source (a glob)."),
	SHOWN("container.image.repository", from_member, "Repository of the image."),
	SHOWN("container.image.tag", from_member, "Tag of the image."),
	TEXT("container.image.digest", from_member, "Digest of the image."),
	OLD("container.healthcheck"),
	OLD("container.liveness_probe"),
	OLD("container.readiness_probe"),
	{ "container.start_ts", PT_ABSTIME, PF_NA, ARG_NONE, false, 0, SCOPE_THREAD, NULL,
	  container_start_ts, NULL, "When the container's first process started, in nanoseconds." },
	{ "container.duration", PT_RELTIME, PF_NA, ARG_NONE, false, 0, SCOPE_EVENT, NULL,
	  container_duration, NULL, "Nanoseconds since the container's first process started." },
	TEXT("container.ip", from_member, "Address of the container."),
	TEXT("container.cni.json", from_member, "Result of the network plugin, as JSON."),
	FLAG("container.host_pid", flag_member, "True when it shares the host's pid namespace."),
	FLAG("container.host_network", flag_member, "True when it shares the host's network."),
	FLAG("container.host_ipc", flag_member, "True when it shares the host's ipc namespace."),
	KEYED("container.label", FF_ARG_KEY, resolve_label, one_label, "One label, by its key."),
	TEXT("container.labels", all_labels, "All labels as key:value, joined by commas."),
	OLD_FLAG("proc.is_container_healthcheck"),
	OLD_FLAG("proc.is_container_liveness_probe"),
	OLD_FLAG("proc.is_container_readiness_probe"),
};

static const struct field_def K8S[] = {
	SHOWN("k8s.pod.name", pod_label, "Name of the pod."),
	SHOWN("k8s.ns.name", pod_label, "Namespace of the pod."),
	TEXT("k8s.pod.id", pod_label, "As k8s.pod.uid; kept for old rules."),
	TEXT("k8s.pod.uid", pod_label, "Unique id of the pod."),
	TEXT("k8s.pod.sandbox_id", short_member, "First 12 digits of the pod's sandbox id."),
	TEXT("k8s.pod.full_sandbox_id", from_member, "The pod's whole sandbox id."),
	KEYED("k8s.pod.label", FF_ARG_KEY, resolve_label, one_label,
	      "One label of the pod, by its key."),
	TEXT("k8s.pod.labels", all_labels, "All labels of the pod as key:value, joined by commas."),
	TEXT("k8s.pod.ip", from_member, "Address of the pod."),
	TEXT("k8s.pod.cni.json", from_member, "Result of the pod's network plugin, as JSON."),
	OLD("k8s.rc.name"), OLD("k8s.rc.id"), OLD_KEYED("k8s.rc.label"), OLD("k8s.rc.labels"),
	OLD("k8s.svc.name"), OLD("k8s.svc.id"), OLD_KEYED("k8s.svc.label"), OLD("k8s.svc.labels"),
	OLD("k8s.ns.id"), OLD_KEYED("k8s.ns.label"), OLD("k8s.ns.labels"),
	OLD("k8s.rs.name"), OLD("k8s.rs.id"), OLD_KEYED("k8s.rs.label"), OLD("k8s.rs.labels"),
	OLD("k8s.deployment.name"), OLD("k8s.deployment.id"), OLD_KEYED("k8s.deployment.label"),
	OLD("k8s.deployment.labels"),
};

const struct field_class FIELDS_CONTAINER = {
	.name = "container",
	.shortdesc = "Containers",
	.doc = "The container the thread runs in, as far as the capture knows it.",
	.fields = CONTAINER,
	.n = sizeof CONTAINER / sizeof *CONTAINER,
};

const struct field_class FIELDS_K8S = {
	.name = "k8s",
	.shortdesc = "Kubernetes",
	.doc = "The pod the thread runs in, as far as the capture knows it.",
	.fields = K8S,
	.n = sizeof K8S / sizeof *K8S,
};
