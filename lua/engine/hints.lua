--- hints.lua - what is odd about a constant, though it is not wrong (LOAD_COMPILE_CONDITION).
--
-- of(api, op, value) -> { message... }    op: the operator it stands behind
local grammar = require 'engine.grammar'

local M = {}

local SIMPLER = "regex check with '%s' may be optimized with simpler operators such as '=', "
   .. "'contains', 'startswith', 'endswith'"
local FIELD = "'%s' may be a valid field misused as a const string value"
local TRANSFORMER = "'%s' may be a valid field transformer misused as a const string value"

--- A word that at most is open at its ends: ^word$, .*word.+
local function is_simple(pattern)
   local word = pattern:gsub('^%^', ''):gsub('%$$', ''):gsub('^%.[*+?]', ''):gsub('%.[*+?]$', '')
   return word ~= '' and not word:find('[%^$.|?*+()%[%]{}\\]')
end

--- The kind of left side that the whole value would be, or nil.
local function left_side(value)
   if not value:find('[.(]') or not value:find('^%a') then
      return nil
   end
   local node, stop = grammar.parse_lhs(value)
   return node and stop == #value + 1 and node or nil
end

local function is_field(api, node)
   local name = node.name
   local known = api.field_prefix(name, #name)
   -- evt.arg.NAME: the argument is part of the name
   return known > 0 and (known == #name or name:find('^evt%.%a*arg%.') ~= nil)
end

function M.of(api, op, value)
   local out = {}
   if op == 'regex' and is_simple(value) then
      out[1] = SIMPLER:format(value)
   end
   local node = left_side(value)
   if node and node.kind == 'field' and is_field(api, node) then
      out[#out + 1] = FIELD:format(value)
   elseif node and node.kind == 'call' then
      out[#out + 1] = TRANSFORMER:format(value)
   end
   return out
end

return M
