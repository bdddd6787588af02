--- host.lua - the C functions of a load as Lua ones: strings for pointers, tables for lists.
--
-- C is the function table (or, in tests, a plain table of Lua functions), h the load.
local ffi = require 'ffi'

local M = {}

local Host = {}
Host.__index = Host

local function str(p)
   if type(p) == 'string' then
      return p
   end
   return p ~= nil and ffi.string(p) or nil     -- a NULL is not false
end
M.str = str

function M.new(C, h)
   return setmetatable({ C = C, h = h }, Host)
end

function Host:mode()
   return str(self.C.mode(self.h))
end

--- The rules sources in order: { name, text }.
function Host:sources()
   local out = {}
   local text, len = ffi.new('const char *[1]'), ffi.new('uint64_t[1]')
   for i = 0, self.C.source_count(self.h) - 1 do
      local name = str(self.C.source(self.h, i, text, len))
      out[i + 1] = { name = name, text = ffi.string(text[0], tonumber(len[0])) }
   end
   return out
end

--- One option as text; default (nil) when it is not set.
function Host:option(key, default)
   local v = str(self.C.option(self.h, key))
   if v == nil then
      return default
   end
   return v
end

--- All options: { { key, value }... } in order.
function Host:options()
   local out = {}
   local value = ffi.new('const char *[1]')
   for i = 0, self.C.option_count(self.h) - 1 do
      local key = str(self.C.option_at(self.h, i, value))
      out[i + 1] = { key, value[0] ~= nil and ffi.string(value[0]) or '' }
   end
   return out
end

function Host:print(s)
   self.C.print(self.h, s, #s)
end

M.LEVEL = { error = 3, warning = 4, notice = 5, info = 6, debug = 7 }

function Host:log(level, s)
   self.C.log(self.h, M.LEVEL[level], (s:gsub('\n$', '')))
end

--- The content of a file; or nil and why not.
function Host:read_file(path)
   local len, err = ffi.new('uint64_t[1]'), ffi.new('struct saker_error')
   local p = self.C.read_file(self.h, path, len, err)
   if p == nil then
      return nil, ffi.string(err.msg)
   end
   return ffi.string(p, tonumber(len[0]))
end

--- The full paths of a folder's regular files, sorted; none when it cannot be read.
function Host:list_dir(path)
   local len = ffi.new('uint64_t[1]')
   local p = self.C.list_dir(self.h, path, len)
   local out = {}
   if p ~= nil then
      for line in ffi.string(p, tonumber(len[0])):gmatch('[^\n]+') do
         out[#out + 1] = line
      end
      table.sort(out)
   end
   return out
end

--- 'file', 'folder' or nil.
function Host:path_kind(path)
   return ({ 'file', 'folder' })[tonumber(self.C.path_kind(self.h, path))]
end

function Host:env(name)
   return str(self.C.env(self.h, name))
end

--- value nil removes the key.
function Host:config_set(key, value)
   self.C.config_set(self.h, key, value)
end

-- -- facts ---------------------------------------------------------------------------

--- Every field: { klass, klass_doc, klass_short, name, doc, type, arg, flags, list, hidden }.
function Host:fields()
   local out, f = {}, ffi.new('struct saker_field_facts')
   for i = 0, self.C.field_count() - 1 do
      if self.C.field_facts(i, f) >= 0 then
         out[#out + 1] = { klass = str(f.klass), klass_doc = str(f.klass_doc) or '',
            klass_short = str(f.klass_short) or '', name = str(f.name), doc = str(f.doc) or '',
            type = str(f.type), arg = f.arg, flags = f.flags, list = f.list ~= 0,
            hidden = f.hidden ~= 0 }
      end
   end
   return out
end

--- Every event code: { code, name, flags, category, params = { { name, type }... } }.
function Host:events()
   local out, e = {}, ffi.new('struct saker_event_facts')
   local type_of = ffi.new('const char *[1]')
   for code = 0, self.C.event_count() - 1 do
      if self.C.event_facts(code, e) >= 0 then
         local event = { code = code, name = str(e.name), flags = e.flags, category = e.category,
            params = {} }
         for i = 0, e.nparams - 1 do
            local name = str(self.C.event_param(code, i, type_of))
            event.params[i + 1] = { name, type_of[0] ~= nil and ffi.string(type_of[0]) or '' }
         end
         out[#out + 1] = event
      end
   end
   return out
end

--- The name of every system call, by its number; '' where there is none.
function Host:syscalls()
   local out, s = {}, ffi.new('struct saker_syscall_facts')
   for sc = 0, self.C.syscall_count() - 1 do
      out[sc + 1] = self.C.syscall_facts(sc, s) >= 0 and str(s.name) or ''
   end
   return out
end

return M
