--- lower.lua - tree -> rows { atom, goto if true, goto if false }, through the C table.
--
-- rule(api, load, ast) -> { rows={ int32... three a row }, n=, warnings={ { msg=, index=, ... } } }
--                         | nil, err       macros resolved before; rows as rule_rows() wants them
-- expr(api, load, node) -> index | nil, err     a field, transformer, value or tlist alone
-- err: { msg=, index=, line=, col= } of the check (or node) that C refused
--
-- Jumps go forward only; `not` swaps the goals; `and` and `or` go on left to right and leave at
-- the first child that decides.
local ffi = require 'ffi'
local capi = require 'engine.capi'
local evttypes = require 'engine.evttypes'
local hints = require 'engine.hints'

local M = {}

local ACCEPT, REJECT = { at = -1 }, { at = -2 }

--- One condition being lowered: api, load, err (C's), rows, warnings.
local Lowering = {}
Lowering.__index = Lowering

local function new(api, load)
   return setmetatable({ api = api, load = load, err = capi.new_error(), rows = {},
      warnings = {} }, Lowering)
end

local function fail(node, msg)
   error({ msg = msg, index = node.index, line = node.line, col = node.col }, 0)
end

--- The index that C gave, or its message raised at `node`.
function Lowering:checked(index, node)
   if index < 0 then
      fail(node, capi.message(self.err))
   end
   return index
end

-- expressions ---------------------------------------------------------------------

function Lowering:items(node, blame)
   local out = ffi.new('int32_t[?]', math.max(#node, 1))
   for i = 1, #node do
      out[i - 1] = self:expr(node[i], blame)
   end
   return out
end

local EXPR = {
   field = function(self, n, blame)
      return self:checked(self.api.expr_field(self.load, n.name, #n.name, n.arg, self.err), blame)
   end,
   value = function(self, n, blame)
      if n.number then
         return self:checked(self.api.expr_number(self.load, n.value, self.err), blame)
      end
      return self.api.expr_string(self.load, n.value, #n.value)
   end,
   tlist = function(self, n, blame)
      local items = self:items(n, blame)
      return self:checked(self.api.expr_list(self.load, items, #n, self.err), blame)
   end,
   call = function(self, n, blame)
      local args = self:items(n, blame)
      return self:checked(self.api.expr_call(self.load, n.name, args, #n, n.arg, self.err), blame)
   end,
}

--- blame: the node whose place an error carries.
function Lowering:expr(node, blame)
   return EXPR[node.kind](self, node, blame)
end

-- checks --------------------------------------------------------------------------

local function operands(right)
   if not right then
      return {}
   end
   return right.kind == 'list' and right or { right.value }
end

--- What only Lua knows of a check's operands: names of events.  Falco refuses an unknown one
--- with every operator.
function Lowering:check_event_names(check, values)
   if check.left.kind == 'field' and check.left.name == 'evt.type' then
      local facts = evttypes.facts(self.api)
      for i = 1, #values do
         if not evttypes.known(values[i], facts) then
            fail(check, 'unknown event type ' .. values[i])
         end
      end
   end
end

function Lowering:warn(check, values)
   for i = 1, #values do
      for _, msg in ipairs(hints.of(self.api, check.op, values[i])) do
         self.warnings[#self.warnings + 1] = { msg = msg, index = check.index, line = check.line,
            col = check.col }
      end
   end
end

function Lowering:atom(check)
   local left = self:expr(check.left, check)
   if check.right and check.right.kind == 'call' then
      local right = self:expr(check.right, check)
      return self:checked(self.api.atom_rhs(self.load, left, check.op, right, self.err), check)
   end
   local values = operands(check.right)
   self:check_event_names(check, values)
   local n = #values
   local text, len = ffi.new('const char *[?]', n + 1), ffi.new('uint32_t[?]', n + 1)
   for i = 1, n do
      text[i - 1], len[i - 1] = values[i], #values[i]
   end
   local atom = self:checked(self.api.atom(self.load, left, check.op, check.modifier, text, len,
      n, self.err), check)
   self:warn(check, values)
   return atom
end

-- rows ----------------------------------------------------------------------------

--- Adds the rows of `node`.  A goal is a table whose `at` is known once all rows are.
function Lowering:emit(node, on_true, on_false)
   local kind, rows = node.kind, self.rows
   if kind == 'check' then
      rows[#rows + 1] = { self:atom(node), on_true, on_false }
   elseif kind == 'not' then
      self:emit(node[1], on_false, on_true)
   elseif kind == 'macro' then
      fail(node, ("Undefined macro '%s' used in filter."):format(node.name))
   else
      for i = 1, #node - 1 do
         local more = {}
         if kind == 'and' then
            self:emit(node[i], more, on_false)
         else
            self:emit(node[i], on_true, more)
         end
         more.at = #rows
      end
      self:emit(node[#node], on_true, on_false)
   end
end

local function flat(rows)
   local out = {}
   for i, row in ipairs(rows) do
      out[3 * i - 2], out[3 * i - 1], out[3 * i] = row[1], row[2].at, row[3].at
   end
   return out
end

local function guarded(fn, ...)
   local ok, value = pcall(fn, ...)
   if ok then
      return value
   elseif type(value) ~= 'table' then
      error(value, 0)
   end
   return nil, value
end

function M.rule(api, load, ast)
   local l = new(api, load)
   local _, err = guarded(l.emit, l, ast, ACCEPT, REJECT)
   if err then
      return nil, err
   end
   return { rows = flat(l.rows), n = #l.rows, warnings = l.warnings }
end

function M.expr(api, load, node)
   local l = new(api, load)
   return guarded(l.expr, l, node, node)
end

return M
