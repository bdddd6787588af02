/* lua_coverage.c - the lines of Lua that ran, as coverage for libFuzzer.
 *
 * LuaJIT's code is not instrumented, and what the load path decides it decides in Lua.  The
 * linker sends luaL_newstate() here (--wrap); each state gets a line hook that counts into the
 * section that libFuzzer reads as counters of its own.  Hooks need the interpreter.
 */
#include <lauxlib.h>
#include <luajit.h>
#include <stdint.h>

enum { COUNTERS = 1 << 14 };
static __attribute__((section("__libfuzzer_extra_counters"))) uint8_t counter[COUNTERS];

lua_State *__real_luaL_newstate(void);
lua_State *__wrap_luaL_newstate(void);

static void on_line(lua_State *L, lua_Debug *ar)
{
	uint32_t h;

	if (!lua_getinfo(L, "S", ar))
		return;
	h = (uint32_t)ar->currentline * 2654435761u;
	for (const char *p = ar->short_src; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	h = (h ^ h >> 15) % COUNTERS;
	counter[h] += counter[h] < 255;
}

lua_State *__wrap_luaL_newstate(void)
{
	lua_State *L = __real_luaL_newstate();

	if (L) {
		luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
		lua_sethook(L, on_line, LUA_MASKLINE, 0);
	}
	return L;
}
