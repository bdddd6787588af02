--- ast.lua - the tree of a condition, and walks over it.
--
-- Every node is a table with `kind` and where it stands in the condition's text: `index`
-- (0-based byte), `line`, `col` (1-based).
--
--   { kind='and'|'or', child, child, ... }                at least two children
--   { kind='not', child }
--   { kind='macro', name= }
--   { kind='check', op=, modifier=nil|'oneof'|'anyof'|'allof', left=, right=nil|... }
--       op: 'exists' '=' '==' '!=' '<' '<=' '>' '>=' 'in' 'glob' ...   right: nil for exists
--       left: field | call        right: value | list | field-valued call
--   { kind='field', name='proc.aname', arg=nil|'1' }
--   { kind='call', name='tolower'|...|'val', arg=nil|'[bracket]', arg1, arg2, ... }
--   { kind='value', value=, number=nil|true, word=nil|true }   word: an identifier after in, pmatch
--   { kind='list', 'a', 'b', ... }                         plain strings
--   { kind='tlist', node, node, ... }                      a list inside a call's arguments
--
-- each(ast, fn)             fn(node) for every node, parents first, left to right
-- checks(ast, fn)           fn(check) for every check
-- fields(ast) -> {name...}      names of fields used, sorted, without arguments
-- operators(ast) -> {op...}     sorted; with its modifier: "= oneof"
-- macros(ast) -> {name...}      sorted; names still in the tree
-- copy(ast) -> ast
local M = {}

function M.each(node, fn)
   fn(node)
   if node.kind == 'check' then
      M.each(node.left, fn)
      if node.right then
         M.each(node.right, fn)
      end
   elseif node.kind ~= 'list' then
      for i = 1, #node do
         M.each(node[i], fn)
      end
   end
end

function M.checks(node, fn)
   if node.kind == 'check' then
      fn(node)
   elseif node.kind ~= 'macro' then
      for i = 1, #node do
         M.checks(node[i], fn)
      end
   end
end

--- The operator as it is written, modifier included.
function M.operator(check)
   return check.modifier and check.op .. ' ' .. check.modifier or check.op
end

local function collect(ast, pick)
   local seen, out = {}, {}
   M.each(ast, function(node)
      local name = pick(node)
      if name and not seen[name] then
         seen[name] = true
         out[#out + 1] = name
      end
   end)
   table.sort(out)
   return out
end

function M.fields(ast)
   return collect(ast, function(n) return n.kind == 'field' and n.name end)
end

function M.operators(ast)
   return collect(ast, function(n) return n.kind == 'check' and M.operator(n) end)
end

function M.macros(ast)
   return collect(ast, function(n) return n.kind == 'macro' and n.name end)
end

function M.copy(node)
   local out = {}
   for k, v in pairs(node) do
      out[k] = type(v) == 'table' and M.copy(v) or v
   end
   return out
end

return M
