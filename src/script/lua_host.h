/* lua_host.h - a Lua state of ours: one for a load, one for the output thread.
 *
 * The environment (LUA_PATH and kin) is ignored, nothing is loaded from files
 * but the two system modules yaml and lpeg, and those only from the absolute
 * directories LuaJIT was built with.  Everything else is embedded bytecode.
 * A state belongs to one thread at a time.
 */
#pragma once
#include <stdbool.h>
#include "base/log.h"

struct lua_host;

/* system_modules: may require yaml and lpeg.  log hears the traceback of a Lua
 * error, at debug level; it may be NULL and is copied.  NULL with *err when there
 * is no memory for a state. */
struct lua_host *lua_host_new(bool system_modules, const struct log *log, struct saker_error *err);
void lua_host_free(struct lua_host *h);

/* Requires module and calls its function run(api, handle), two light userdata.
 * 0; or SAKER_E_ARG when run returned nil and a message, which goes to *err; or
 * SAKER_E_BUG after a Lua error, with its first line.  No Lua error leaves here. */
int lua_host_run(struct lua_host *h, const char *module, const void *api, void *handle,
		 struct saker_error *err);
