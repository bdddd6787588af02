/* lua_host.c - see lua_host.h. */
#include "script/lua_host.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "script/modules.h"

struct lua_host {
	lua_State *L;
	struct log log;
};

/* A package loader: the chunk of an embedded module, or a text why not. */
static int find_embedded(lua_State *L)
{
	const char *name = lua_tostring(L, 1);
	const struct embedded_module *m;

	for (m = EMBEDDED_MODULES; name && m->name; m++)
		if (strcmp(m->name, name) == 0) {
			if (luaL_loadbuffer(L, (const char *)m->code, m->size, m->name) != 0)
				lua_pushfstring(L, " %s", lua_tostring(L, -1));
			return 1;
		}
	lua_pushliteral(L, "\n\tno such embedded module");
	return 1;
}

static bool holds_system_module(const char *dir, size_t len)
{
	static const char *const names[] = { "yaml.so", "lpeg.so" };
	char path[1024];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int n = snprintf(path, sizeof path, "%.*s%s", (int)len, dir, names[i]);

		if (n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

/* Of LuaJIT's own path, the absolute templates "/dir/?.so" that lead to yaml or lpeg. */
static void keep_system_dirs(struct strbuf *out, const char *cpath)
{
	static const char tail[] = "?.so";
	const size_t ntail = sizeof tail - 1;

	for (const char *p = cpath; *p; p += *p == ';') {
		size_t n = strcspn(p, ";");

		if (*p == '/' && n > ntail && memcmp(p + n - ntail, tail, ntail) == 0 &&
		    holds_system_module(p, n - ntail)) {
			if (out->len)
				strbuf_addc(out, ';');
			strbuf_add(out, p, n);
		}
		p += n;
	}
}

/* Stack: nothing before, nothing after. */
static void restrict_loading(lua_State *L, bool system_modules)
{
	struct strbuf dirs = STRBUF_INIT;

	lua_getglobal(L, "package");
	lua_getfield(L, -1, "cpath");
	if (system_modules)
		keep_system_dirs(&dirs, lua_tostring(L, -1));
	lua_pop(L, 1);
	lua_pushlstring(L, dirs.s ? dirs.s : "", dirs.len);
	lua_setfield(L, -2, "cpath");
	lua_pushliteral(L, "");
	lua_setfield(L, -2, "path");
	strbuf_release(&dirs);

	/* were 1 preload, 2 Lua files, 3 C files, 4 all in one; will be ours, preload, C files */
	lua_getfield(L, -1, "loaders");
	lua_rawgeti(L, -1, 1);
	lua_rawseti(L, -2, 2);
	lua_pushcfunction(L, find_embedded);
	lua_rawseti(L, -2, 1);
	lua_pushnil(L);
	lua_rawseti(L, -2, 4);
	lua_pop(L, 2);
}

static int set_up(lua_State *L)
{
	const bool *system_modules = lua_touserdata(L, 1);

	lua_pushboolean(L, 1);
	lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
	luaL_openlibs(L);
	restrict_loading(L, *system_modules);
	return 0;
}

struct lua_host *lua_host_new(bool system_modules, const struct log *log, struct saker_error *err)
{
	lua_State *L = luaL_newstate();
	struct lua_host *h;

	if (!L) {
		fail(err, SAKER_E_NOMEM, "no memory for a Lua state");
		return NULL;
	}
	if (lua_cpcall(L, set_up, &system_modules) != 0) {
		fail(err, SAKER_E_NOMEM, "Lua does not start: %s", lua_tostring(L, -1));
		lua_close(L);
		return NULL;
	}
	h = mem_zalloc(sizeof *h);
	h->L = L;
	if (log)
		h->log = *log;
	return h;
}

void lua_host_free(struct lua_host *h)
{
	if (!h)
		return;
	lua_close(h->L);
	free(h);
}

static int with_traceback(lua_State *L)
{
	if (!lua_isstring(L, 1)) {
		lua_pushliteral(L, "error without a message");
		lua_replace(L, 1);
	}
	luaL_traceback(L, L, lua_tostring(L, 1), 1);
	return 1;
}

struct call { const char *module; const void *api; void *handle; };

/* Leaves run's two results on the stack. */
static int call_run(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);

	lua_getglobal(L, "require");
	lua_pushstring(L, c->module);
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "run");
	lua_pushlightuserdata(L, (void *)(uintptr_t)c->api);
	lua_pushlightuserdata(L, c->handle);
	lua_call(L, 2, 2);
	return 2;
}

static int lua_failed(struct lua_host *h, struct saker_error *err)
{
	const char *text = lua_tostring(h->L, -1);

	if (!text)
		text = "out of memory";
	log_line(&h->log, LVL_DEBUG, "Lua error: %s", text);
	return fail(err, SAKER_E_BUG, "internal error: %.*s", (int)strcspn(text, "\n"), text);
}

int lua_host_run(struct lua_host *h, const char *module, const void *api, void *handle,
		 struct saker_error *err)
{
	struct call c = { module, api, handle };
	lua_State *L = h->L;
	int status = 0;

	lua_settop(L, 0);
	if (!lua_checkstack(L, 4))
		return fail(err, SAKER_E_NOMEM, "no memory for a Lua call");
	lua_pushcfunction(L, with_traceback);
	lua_pushcfunction(L, call_run);
	lua_pushlightuserdata(L, &c);
	if (lua_pcall(L, 1, 2, 1) != 0)
		status = lua_failed(h, err);
	else if (!lua_toboolean(L, -2) && lua_type(L, -1) == LUA_TSTRING)
		status = fail(err, SAKER_E_ARG, "%s", lua_tostring(L, -1));
	lua_settop(L, 0);
	return status;
}
