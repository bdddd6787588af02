/* lua_host_test.c - what a Lua state of ours can load, and how its errors come out. */
#include "script/lua_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>
#include "script/modules.h"

/* The test's own modules stand where the embedded ones would. */
#define MODULE(name, text) { name, (const unsigned char *)text, sizeof text - 1 }
const struct embedded_module EMBEDDED_MODULES[] = {
	MODULE("good", "return { run = function(api, handle) assert(type(api) == 'userdata') return true end }"),
	MODULE("silent", "return { run = function() end }"),
	MODULE("refuses", "return { run = function() return nil, 'the reason' end }"),
	MODULE("raises", "return { run = function() error('our mistake', 0) end }"),
	MODULE("raises_table", "return { run = function() error({}) end }"),
	MODULE("broken", "return {"),
	MODULE("norun", "return {}"),
	MODULE("nested", "return { run = function() require('good') require('nowhere') end }"),
	MODULE("paths", "return { run = function() return nil, package.path .. '|' .. package.cpath end }"),
	MODULE("system", "return { run = function() require('lpeg') require('yaml') return true end }"),
	{ NULL, NULL, 0 },
};

static char logged[4096];

static void keep_log(void *ctx, int level, const char *line)
{
	(void)ctx;
	snprintf(logged, sizeof logged, "%d %s", level, line);
}

static int run(bool system_modules, const char *module, struct saker_error *err)
{
	struct log log = { keep_log, NULL };
	struct lua_host *h = lua_host_new(system_modules, &log, err);
	int marker, rc;

	assert_non_null(h);
	logged[0] = 0;
	memset(err, 0, sizeof *err);
	rc = lua_host_run(h, module, &marker, &marker, err);
	lua_host_free(h);
	return rc;
}

static void results_and_errors_of_a_module(void **state)
{
	static const struct { const char *module; int rc; const char *starts; } rows[] = {
		{ "good", 0, "" },
		{ "silent", 0, "" },
		{ "refuses", SAKER_E_ARG, "the reason" },
		{ "raises", SAKER_E_BUG, "internal error: our mistake" },
		{ "raises_table", SAKER_E_BUG, "internal error: error without a message" },
		{ "broken", SAKER_E_BUG, "internal error: module 'broken' not found: [string \"broken\"]:1: unexpected symbol" },
		{ "norun", SAKER_E_BUG, "internal error: " },
		{ "nowhere", SAKER_E_BUG, "internal error: module 'nowhere' not found:" },
		{ "nested", SAKER_E_BUG, "internal error: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct saker_error err;

		assert_int_equal(run(false, rows[i].module, &err), rows[i].rc);
		assert_memory_equal(err.msg, rows[i].starts, strlen(rows[i].starts));
		assert_null(strchr(err.msg, '\n'));
	}
}

static void a_traceback_goes_to_the_debug_log_only(void **state)
{
	struct saker_error err;

	(void)state;
	run(false, "raises", &err);
	assert_memory_equal(logged, "7 Lua error: our mistake\nstack traceback:", 40);
	assert_null(strstr(err.msg, "traceback"));
	run(false, "refuses", &err);
	assert_string_equal(logged, "");
}

static void the_environment_and_relative_paths_do_not_count(void **state)
{
	struct saker_error err;

	(void)state;
	setenv("LUA_PATH", "/tmp/evil/?.lua", 1);
	setenv("LUA_CPATH", "/tmp/evil/?.so", 1);
	run(false, "paths", &err);
	assert_string_equal(err.msg, "|");
	run(true, "paths", &err);
	assert_int_equal(err.msg[0], '|');
	assert_null(strstr(err.msg, "evil"));
	assert_null(strstr(err.msg, "./"));
	for (const char *p = err.msg + 1; *p; p += strcspn(p, ";"), p += *p == ';')
		assert_int_equal(*p, '/');
	unsetenv("LUA_PATH");
	unsetenv("LUA_CPATH");
}

static void yaml_and_lpeg_come_from_the_system_when_allowed(void **state)
{
	struct saker_error err;

	(void)state;
	assert_int_equal(run(true, "system", &err), 0);
	assert_int_equal(run(false, "system", &err), SAKER_E_BUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_and_errors_of_a_module),
		cmocka_unit_test(a_traceback_goes_to_the_debug_log_only),
		cmocka_unit_test(the_environment_and_relative_paths_do_not_count),
		cmocka_unit_test(yaml_and_lpeg_come_from_the_system_when_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
