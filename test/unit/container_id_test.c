/* container_id_test.c - from cgroups to container ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include "state/json_scan.h"
#include "state/state_internal.h"
#include <cmocka.h>     /* last: it has a macro named fail */

#define HEX "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e"
#define SHORT "3ad7b26ded6d"

static void layouts_of_the_engines(void **ctx)
{
	static const struct { const char *path, *want; } ROWS[] = {
		{ "/docker/" HEX, SHORT },
		{ "/system.slice/docker-" HEX ".scope", SHORT },
		{ "/docker/" HEX "/" HEX, SHORT },
		{ "/machine.slice/libpod-" HEX ".scope", SHORT },
		{ "/machine.slice/libpod-" HEX ".scope/container", SHORT },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX ".scope", SHORT },
		{ "/machine.slice/libpod-conmon-" HEX ".scope", "" },
		{ "/kubepods/burstable/pod63b3ebfc-2890/" HEX, SHORT },
		{ "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" HEX ".scope", SHORT },
		{ "/kubepods.slice/crio-" HEX ".scope", SHORT },
		{ "/kubepods.slice/crio-" HEX, SHORT },
		{ "/system.slice:cri-containerd:" HEX, SHORT },
		{ "/system.slice/nerdctl-" HEX ".scope", SHORT },
		{ "/default/my-container", "my-container" },
		{ "/k8s.io/x", "x" },
		{ "/lxc/web/init", "web" },
		{ "/lxc.payload/web/init", "web" },
		{ "/lxc.payload.web/user.slice/a", "web" },
		{ "/machine/web/a.libvirt-lxc", "a" },
		{ "/machine.slice/machine-lxc\\x2d293.scope", "293" },
		{ "/libvirt/lxc/a", "a" },
		/* the host */
		{ "/", "" },
		{ "", "" },
		{ "/init.scope", "" },
		{ "/system.slice/web.service", "" },
		{ "/user.slice/user-1000.slice", "" },
		{ "/user.slice/user-1000.slice/session-5.scope", "" },
		{ "/docker/3ad7b26ded6d8e7b23da7d48fe8894345730/x", "" },
		{ "/docker/zad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e/a/b", "" },
	};
	char cgroups[512], id[65];

	(void)ctx;
	for (unsigned i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		int n = snprintf(cgroups, sizeof cgroups, "cpu=%s", ROWS[i].path) + 1;

		id[0] = 0;
		if (!container_id_of(cgroups, (uint32_t)n, id))
			id[0] = 0;
		if (strcmp(id, ROWS[i].want) != 0)
			print_error("%s: ", ROWS[i].path);
		assert_string_equal(id, ROWS[i].want);
	}
}

static void the_first_cgroup_that_fits_decides(void **ctx)
{
	static const char LIST[] = "cpu=/\0noequals\0pids=/docker/" HEX "\0mem=/lxc/other";
	char id[65];

	(void)ctx;
	assert_int_equal(container_id_of(LIST, sizeof LIST, id), 12);
	assert_string_equal(id, SHORT);
	assert_int_equal(container_id_of("", 0, id), 0);
}

static void cgroup_names_become_canonical(void **ctx)
{
	static const char IN[] = "cpuset_cgroup=/a\0perf=/b\0mem_cgroup=/c\0io=/d";
	static const char WANT[] = "cpuset=/a\0perf_event=/b\0memory=/c\0blkio=/d";
	struct state *s = state_new(&(struct state_options){ 0 });
	struct thread *t = thread_alloc(s, 1);

	(void)ctx;
	thread_insert(s, t);
	assert_true(thread_set_cgroups(t, IN, sizeof IN, NULL));
	assert_int_equal(t->cgroups->n, 4);
	assert_memory_equal(t->cgroups->s, WANT, sizeof WANT);
	assert_false(thread_set_cgroups(t, "cpu=/x\0bad", 11, NULL));
	assert_memory_equal(t->cgroups->s, WANT, sizeof WANT);
	state_free(s);
}

static void json_members_are_found_in_odd_text(void **ctx)
{
	static const struct { const char *json, *key, *want; } ROWS[] = {
		{ "{\"id\":\"a\"}", "id", "\"a\"" },
		{ " { \"x\" : [1,{\"id\":\"no\"},\"]\"] , \"id\" : 7 }", "id", "7" },
		{ "{\"a\\\"id\":1,\"id\":{\"k\":\"}\"}}", "id", "{\"k\":\"}\"}" },
		{ "{\"id\":", "id", NULL },
		{ "{\"id\"", "id", NULL },
		{ "{\"i", "id", NULL },
		{ "[\"id\",1]", "id", NULL },
		{ "{}", "id", NULL },
		{ "", "id", NULL },
		{ "{\"x\":[[[", "id", NULL },
		{ "{\"x\":\"\\", "id", NULL },
	};

	(void)ctx;
	for (unsigned i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		const char *v = NULL;
		uint32_t n = 0;
		bool found = json_member(ROWS[i].json, (uint32_t)strlen(ROWS[i].json), ROWS[i].key, &v, &n);

		assert_int_equal(found, ROWS[i].want != NULL);
		if (found) {
			assert_int_equal(n, strlen(ROWS[i].want));
			assert_memory_equal(v, ROWS[i].want, n);
		}
	}
}

static void json_strings_are_decoded(void **ctx)
{
	char out[16];

	(void)ctx;
	assert_true(json_string("\"a\\n\\u0041\\u00e9\\\"\"", 19, out, sizeof out));
	assert_string_equal(out, "a\nA\xc3\xa9\"");
	assert_false(json_string("7", 1, out, sizeof out));
	assert_true(json_string("\"aaaaaaaaaaaaaaaaaaaaaaaaaa\"", 28, out, sizeof out));
	assert_true(strlen(out) < sizeof out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_of_the_engines),
		cmocka_unit_test(the_first_cgroup_that_fits_decides),
		cmocka_unit_test(cgroup_names_become_canonical),
		cmocka_unit_test(json_members_are_found_in_odd_text),
		cmocka_unit_test(json_strings_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
