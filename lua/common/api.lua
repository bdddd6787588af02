--- api.lua - takes hold of a table of C functions (src/script/*_api.h).
--
-- The header's text is embedded next to this code, so a binary cannot carry
-- another version than it was built with; abi and size are compared all the same.
local ffi = require 'ffi'

local M = {}

-- as in saker.h, which the ffi parser cannot read
ffi.cdef [[
struct saker_error { int32_t code; int32_t sys_errno; char msg[4096]; };
]]

local declared = {}

--- header: module that returns the header's text.  name: "load" or "output".
--- opaque: what a handle points to.  api, handle: light userdata or pointers.
--- Returns the pointer to the function table and the typed handle.
function M.bind(header, name, opaque, api, handle)
   if not declared[header] then
      ffi.cdef(require(header))
      declared[header] = true
   end
   local struct = ('struct saker_%s_api'):format(name)
   local abi = tonumber(ffi.C[('SAKER_%s_ABI'):format(name:upper())])
   local C = ffi.cast(ffi.typeof('const ' .. struct .. ' *'), api)
   if C.abi ~= abi then
      error(('%s: abi differs between C (%d) and Lua (%d)'):format(struct, C.abi, abi), 0)
   end
   if C.size ~= ffi.sizeof(struct) then
      error(('%s: size differs between C (%d) and Lua (%d)'):format(struct, C.size,
         ffi.sizeof(struct)), 0)
   end
   return C, ffi.cast(ffi.typeof(('struct %s *'):format(opaque)), handle)
end

--- A fresh struct saker_error to hand to C.
function M.new_error()
   return ffi.new('struct saker_error')
end

--- The message in it.
function M.message(err)
   return ffi.string(err.msg)
end

return M
