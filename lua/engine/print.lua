--- print.lua - tree -> condition text.
--
-- text(ast) -> string      as Falco prints it (condition_compiled of -L): fully parenthesised,
--                          one blank between words
-- source(ast) -> string    the same, but every value that needs quotes has them, so that
--                          parsing it again gives the same tree
local quote = require 'engine.quote'
local ast = require 'engine.ast'

local M = {}

--- Text that reads back as one bare word.
local function is_bare(value)
   return value:find('^[^()"\'=,%s%z\b]+$') ~= nil
end

local STYLES = {
   text = { value = quote.escape },
   source = { value = function(v) return is_bare(v) and v or quote.quoted(v) end },
}

local write

local function write_all(nodes, separator, style)
   local out = {}
   for i = 1, #nodes do
      out[i] = write(nodes[i], style)
   end
   return table.concat(out, separator)
end

local function bracket(arg)
   if not arg then
      return ''
   end
   local plain = arg:find('^[^%[%]"\'%s%z\b]+$')
   return '[' .. (plain and arg or quote.quoted(arg)) .. ']'
end

local function argument(node, style)
   if node.kind == 'value' then
      return node.number and node.value or quote.quoted(node.value)
   end
   return write(node, style)
end

local function arguments(node, style)
   local out = {}
   for i = 1, #node do
      out[i] = argument(node[i], style)
   end
   return table.concat(out, ', ')
end

local WRITERS = {
   ['and'] = function(n, style) return '(' .. write_all(n, ' and ', style) .. ')' end,
   ['or'] = function(n, style) return '(' .. write_all(n, ' or ', style) .. ')' end,
   macro = function(n) return n.name == 'not' and '(not)' or n.name end,
   field = function(n) return n.name .. bracket(n.arg) end,
   tlist = function(n, style) return '(' .. arguments(n, style) .. ')' end,
   ['not'] = function(n, style)
      local inner = write(n[1], style)
      return n[1].kind == 'not' and 'not (' .. inner .. ')' or 'not ' .. inner
   end,
   call = function(n, style)
      return n.name .. '(' .. arguments(n, style) .. ')' .. bracket(n.arg)
   end,
   value = function(n, style)
      return (n.word or n.number) and n.value or style.value(n.value)
   end,
   list = function(n, style)
      local out = {}
      for i = 1, #n do
         out[i] = style.value(n[i])
      end
      return '(' .. table.concat(out, ', ') .. ')'
   end,
   check = function(n, style)
      local left = write(n.left, style) .. ' ' .. ast.operator(n)
      return n.right and left .. ' ' .. write(n.right, style) or left
   end,
}

function write(node, style)
   return WRITERS[node.kind](node, style)
end

function M.text(node)
   return write(node, STYLES.text)
end

function M.source(node)
   return write(node, STYLES.source)
end

return M
