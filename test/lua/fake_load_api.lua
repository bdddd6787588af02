--- fake_load_api.lua - the expressions, atoms and outputs of struct saker_load_api in plain Lua.
--
-- new(fields) -> api, log.  fields: { ['proc.name']=true, ['evt.arg']='arg' (wants one),
-- ['fd.ip']='filter' (filter only) }.  log: one line a call; log.outputs: what templates hold.
local ffi = require 'ffi'
require 'common.api'

local M = {}

if not pcall(ffi.typeof, 'struct saker_load_api') then
   local f = assert(io.open('src/script/load_api.h'))
   ffi.cdef(f:read('*a'))
   f:close()
end

local function refuse(err, msg)
   ffi.copy(err.msg, msg)
   return -3
end

local function numbers(array, n)
   local out = {}
   for i = 0, n - 1 do
      out[#out + 1] = tostring(tonumber(array[i]))
   end
   return table.concat(out, ' ')
end

local function events(api)
   local NAMES = { [0] = 'syscall', 'syscall', 'open', 'open' }
   api.event_count = function() return 4 end
   api.syscall_count = function() return 0 end
   api.event_facts = function(code, out)
      out.name = NAMES[code]
      out.category = 256
      return 0
   end
end

local function exprs(api, fields, put)
   api.expr_field = function(_, text, len, arg, err)
      local kind = fields[text:sub(1, len)]
      if not kind or (kind == 'arg') ~= (arg ~= nil) then
         return refuse(err, 'filter_check called with nonexistent field ' .. text)
      end
      return put(('field %s%s'):format(text, arg and '[' .. arg .. ']' or ''))
   end
   api.expr_string = function(_, s) return put('string ' .. s) end
   api.expr_number = function(_, s, err)
      return s:find('^%d+$') and put('number ' .. s) or refuse(err, s .. ' is not a valid number')
   end
   api.expr_list = function(_, items, n) return put('list ' .. numbers(items, n)) end
   api.expr_call = function(_, name, args, n, bracket)
      return put(('call %s(%s)%s'):format(name, numbers(args, n), bracket or ''))
   end
   api.expr_printable = function(_, expr, err)
      local text = put.all[expr]
      return fields[text:match('^field (%S+)$') or ''] == 'filter'
         and refuse(err, text:sub(7) .. ' is filter only and cannot be used as a display field')
         or 0
   end
   api.field_prefix = function(text, len)
      local best = 0
      for name in pairs(fields) do
         if text:sub(1, math.min(len, #name)) == name and #name > best then
            best = #name
         end
      end
      return best
   end
end

--- Numbers equal texts equally, from 0; remembers each new one as a line.
local function numbering(lines)
   local index, all, n = {}, {}, 0
   return setmetatable({ all = all }, { __call = function(_, text)
      if not index[text] then
         index[text], all[n] = n, text
         n = n + 1
         lines[#lines + 1] = text
      end
      return index[text]
   end })
end

local function atoms(api, put)
   api.atom = function(_, lhs, op, modifier, operand, len, n, err)
      local out = {}
      for i = 0, n - 1 do
         out[#out + 1] = ffi.string(operand[i], len[i])
      end
      if op == 'regex' and out[1] == '(' then
         return refuse(err, 'invalid regex pattern: missing ): (')
      end
      return put(('%d %s%s [%s]'):format(lhs, op, modifier and ' ' .. modifier or '',
         table.concat(out, '|')))
   end
   api.atom_rhs = function(_, lhs, op, rhs) return put(('%d %s expr %d'):format(lhs, op, rhs)) end
end

local function outputs(api, log)
   log.outputs = {}
   api.output = function()
      log.outputs[#log.outputs + 1] = {}
      return #log.outputs - 1
   end
   api.output_text = function(_, out, s, len)
      table.insert(log.outputs[out + 1], s:sub(1, len))
   end
   api.output_expr = function(_, out, expr, name, width)
      table.insert(log.outputs[out + 1], { expr, name, width })
   end
end

function M.new(fields)
   local log, api = { exprs = {}, atoms = {} }, {}
   events(api)
   exprs(api, fields, numbering(log.exprs))
   atoms(api, numbering(log.atoms))
   outputs(api, log)
   return api, log
end

return M
