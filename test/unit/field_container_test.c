/* Tests of container.* and k8s.*, and of the JSON they are read from. */
#include "field_world.h"
#include "filter/peek.h"

static const char JSON[] =
	"{\"container\": {\"Mounts\" : [ {\"Destination\":\"/data\",\"Mode\":\"rw\","
	"\"Propagation\":\"private\",\"RW\":true,\"Source\":\"/srv/data\"},"
	"{\"Destination\":\"/etc/app\",\"Mode\":\"\",\"Propagation\":\"\",\"RW\":false,"
	"\"Source\":\"/srv/conf\"} ],"
	"\"cni_json\":\"\",\"full_id\":\"3ad7b26ded6d8e7b\",\"id\":\"3ad7b26ded6d\","
	"\"image\":\"docker.io/nginx:1.2\",\"imageid\":\"6f7e2741b66b\",\"imagerepo\":\"docker.io/nginx\","
	"\"imagetag\":\"1.2\",\"imagedigest\":\"sha256:aa\",\"ip\":\"172.17.0.2\","
	"\"labels\":{\"app\":\"w\\u00e9b \\\"x\\\"\",\"io.kubernetes.pod.name\":\"web-1\","
	"\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"u-1\"},"
	"\"name\":\"nginx\",\"pod_sandbox_id\":\"0123456789abcdef\",\"privileged\":true,\"type\":0}}";

static void put(struct world *w)
{
	struct proc_entry p = { .tid = 10, .pid = 10, .vtid = 10, .vpid = 10, .comm = "x",
				.args = "", .env = "", .cgroups = "" };

	world_init(w);
	w->sink.section(w->sink.ctx);
	w->sink.process(w->sink.ctx, &p);
	w->sink.lists_done(w->sink.ctx);
}

/* The metadata as the events of old captures bring it. */
static void tell(struct world *w)
{
	struct event_ctx ctx;

	world_event(w, PPME_CONTAINER_JSON_E, -1, -1);
	world_param(w, 0, JSON, sizeof JSON);
	state_apply(w->state, &w->ev, &ctx);
	str_set(&state_thread(w->state, 10)->container_id, str_new("3ad7b26ded6d", 12));
	world_event(w, PPME_SYSCALL_READ_X, 10, 3);
}

static void outside_of_containers_it_is_the_host(void **state)
{
	static const struct field_row ROWS[] = {
		{ "container.id", NULL, "host" }, { "container.name", NULL, "host" },
		{ "container.type", NULL, "host" }, { "container.image", NULL, NULL },
		{ "container.image.tag", NULL, NULL }, { "container.privileged", NULL, NULL },
		{ "container.mount", "0", NULL }, { "container.start_ts", NULL, NULL },
		{ "container.duration", NULL, NULL }, { "container.full_id", NULL, NULL },
	};
	struct world w;

	(void)state;
	put(&w);
	world_event(&w, PPME_SYSCALL_READ_X, 10, 3);
	CHECK(&w, &FIELDS_CONTAINER, ROWS);
	world_free(&w);
}

static void an_unknown_container_has_its_id_only(void **state)
{
	static const struct field_row ROWS[] = {
		{ "container.id", NULL, "feedfeedfeed" }, { "container.name", NULL, NULL },
		{ "container.image.repository", NULL, NULL }, { "container.labels", NULL, NULL },
		{ "container.mounts", NULL, NULL }, { "container.mount", "0", NULL },
		{ "container.start_ts", NULL, "400" }, { "container.duration", NULL, "999600" },
	};
	struct world w;

	(void)state;
	put(&w);
	str_set(&state_thread(w.state, 10)->container_id, str_new("feedfeedfeed", 12));
	state_thread(w.state, 10)->pidns_init_start_ts = 400;
	world_event(&w, PPME_SYSCALL_READ_X, 10, 3);
	CHECK(&w, &FIELDS_CONTAINER, ROWS);
	world_free(&w);
}

static void metadata_are_read_from_the_json_of_the_capture(void **state)
{
	static const struct field_row ROWS[] = {
		{ "container.id", NULL, "3ad7b26ded6d" }, { "container.name", NULL, "nginx" },
		{ "container.type", NULL, "docker" }, { "container.image", NULL, "docker.io/nginx:1.2" },
		{ "container.full_id", NULL, "3ad7b26ded6d8e7b" },
		{ "container.image.id", NULL, "6f7e2741b66b" },
		{ "container.image.repository", NULL, "docker.io/nginx" },
		{ "container.image.tag", NULL, "1.2" }, { "container.image.digest", NULL, "sha256:aa" },
		{ "container.privileged", NULL, "true" }, { "container.host_pid", NULL, NULL },
		{ "container.ip", NULL, "172.17.0.2" }, { "container.cni.json", NULL, NULL },
		{ "container.mounts", NULL,
		  "/srv/data:/data:rw:true:private /srv/conf:/etc/app::false:" },
		{ "container.mount", "0", "/srv/data:/data:rw:true:private" },
		{ "container.mount", "2", "none" }, { "container.mount", "/srv/c*", "/srv/conf:/etc/app::false:" },
		{ "container.mount", "/nowhere", "none" },
		{ "container.mount.source", "/data", "/srv/data" },
		{ "container.mount.source", "/nowhere", NULL },
		{ "container.mount.dest", "/srv/conf", "/etc/app" },
		{ "container.mount.mode", "0", "rw" }, { "container.mount.rdwr", "1", "false" },
		{ "container.mount.propagation", "0", "private" },
		{ "container.label", "app", "w\xc3\xa9" "b \"x\"" }, { "container.label", "none", NULL },
		{ "container.labels", NULL, "app:w\xc3\xa9" "b \"x\", io.kubernetes.pod.name:web-1, "
		  "io.kubernetes.pod.namespace:shop, io.kubernetes.pod.uid:u-1" },
		{ "container.liveness_probe", NULL, NULL },
	};
	static const struct field_row POD[] = {
		{ "k8s.pod.name", NULL, "web-1" }, { "k8s.ns.name", NULL, "shop" },
		{ "k8s.pod.uid", NULL, "u-1" }, { "k8s.pod.id", NULL, "u-1" },
		{ "k8s.pod.sandbox_id", NULL, "0123456789ab" },
		{ "k8s.pod.full_sandbox_id", NULL, "0123456789abcdef" },
		{ "k8s.pod.labels", NULL, NULL }, { "k8s.pod.ip", NULL, "172.17.0.2" },
		{ "k8s.deployment.name", NULL, NULL },
	};
	struct world w;

	(void)state;
	put(&w);
	tell(&w);
	CHECK(&w, &FIELDS_CONTAINER, ROWS);
	CHECK(&w, &FIELDS_K8S, POD);
	world_free(&w);
}

static void arguments_are_needed_where_there_is_more_than_one(void **state)
{
	struct field_ref ref;
	struct saker_error err;

	(void)state;
	assert_int_not_equal(world_ref(&FIELDS_CONTAINER, "container.mount", NULL, &ref, &err), 0);
	assert_string_equal(err.msg, "filter syntax error: container.mount");
	assert_int_not_equal(world_ref(&FIELDS_CONTAINER, "container.label", NULL, &ref, &err), 0);
	assert_int_equal(world_ref(&FIELDS_CONTAINER, "container.mount", "12", &ref, &err), 0);
	assert_int_equal(ref.index, 12);
	assert_int_equal(world_ref(&FIELDS_CONTAINER, "container.mount", "/12", &ref, &err), 0);
	assert_int_equal(ref.index, -1);
}

static void without_a_thread_there_is_no_value(void **state)
{
	struct world w;

	(void)state;
	put(&w);
	world_event(&w, PPME_SYSCALL_READ_X, 999, 3);
	for (unsigned i = 0; i < FIELDS_CONTAINER.n; i++)
		assert_null(world_text(&w, &FIELDS_CONTAINER, FIELDS_CONTAINER.fields[i].name, "1"));
	for (unsigned i = 0; i < FIELDS_K8S.n; i++)
		assert_null(world_text(&w, &FIELDS_K8S, FIELDS_K8S.fields[i].name, "1"));
	world_free(&w);
}

/* Whatever the text is, a look into it stays inside and ends. */
static void damaged_json_is_survived(void **state)
{
	static const char *const TEXTS[] = {
		"", "{", "}", "[", "\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\",
		"{\"a\":\"\\u12", "{\"a\":[", "{\"a\":[[[[}", "{,}", "{:1}", "{\"a\" 1}", "{\"b\":,\"a\":1}",
		"{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\ud83d\\ude00\"}", "[1,,2]", "{\"a\"::}",
	};
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		size_t n = strlen(TEXTS[i]);
		char *exact = malloc(n + !n);   /* no NUL: ASan sees a step too far */
		struct peek at = { 0 }, key, value;
		struct peek all;
		unsigned rounds = 0;

		memcpy(exact, TEXTS[i], n);
		all = peek_of(exact, n);
		while (peek_next(all, &at, &key, &value)) {
			peek_text(&b, value);
			assert_true(++rounds < 100);
		}
		peek_text(&b, peek_member(all, "a", 1));
		free(exact);
	}
	strbuf_clear(&b);
	peek_text(&b, peek_member(peek_of("{\"a\":\"\\ud83d\\ude00\\n\"}", 21), "a", 1));
	assert_string_equal(b.s, "\xf0\x9f\x98\x80\n");
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outside_of_containers_it_is_the_host),
		cmocka_unit_test(an_unknown_container_has_its_id_only),
		cmocka_unit_test(metadata_are_read_from_the_json_of_the_capture),
		cmocka_unit_test(arguments_are_needed_where_there_is_more_than_one),
		cmocka_unit_test(without_a_thread_there_is_no_value),
		cmocka_unit_test(damaged_json_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
