--- mutants.lua - the rules of a file with one clause left out, each as a rule of its own.
--
-- Lists, macros and exceptions are put in by the engine's own modules.  A mutant lacks one child of
-- an `and` or `or`, or one `not`, in the rule's condition (exceptions are part of it) or in a
-- macro that it uses.
local ast = require 'engine.ast'
local exceptions = require 'engine.exceptions'
local grammar = require 'engine.grammar'
local lyaml = require 'lyaml'
local print_tree = require 'engine.print'
local resolve = require 'engine.resolve'

local M = {}

--- The values of an exception as engine.exceptions holds them.
local function entry(v)
   if type(v) ~= 'table' then
      return { item = tostring(v) }
   end
   local list = {}
   for i, item in ipairs(v) do
      list[i] = entry(item)
   end
   return { list = list }
end

local function read_exceptions(rule)
   local out = {}
   for i, e in ipairs(rule.exceptions or {}) do
      out[i] = { name = e.name, fields = entry(e.fields), comps = e.comps and entry(e.comps),
         values = entry(e.values or {}).list }
      exceptions.check(out[i])
   end
   return out
end

local function parse(text, lists)
   return assert(grammar.parse((resolve.lists(text, lists))))
end

--- Lists, macros and rules of a file: { rules = { name=, tree= ... }, macros = { name -> tree } }.
function M.read(path)
   local f = assert(io.open(path))
   local items = lyaml.load(f:read '*a')
   f:close()
   local lists, out = {}, { rules = {}, macros = {} }
   for i, item in ipairs(items) do
      if item.list then
         for k, v in ipairs(item.items) do
            item.items[k] = tostring(v)
         end
         lists[#lists + 1] = { name = item.list, items = item.items, index = i, visibility = i }
      end
   end
   resolve.values(lists)
   for _, item in ipairs(items) do
      if item.macro then
         out.macros[item.macro] = parse(item.condition, lists)
      elseif item.rule then
         local text = exceptions.apply(item.condition, read_exceptions(item))
         out.rules[#out.rules + 1] = { name = item.rule, tree = parse(text, lists), item = item }
      end
   end
   return out
end

local function with_child(node, i, child)
   local new = { kind = node.kind, unpack(node) }
   new[i] = child
   return new
end

local function without_child(node, i)
   if #node == 2 then
      return node[3 - i]
   end
   local new = { kind = node.kind, unpack(node) }
   table.remove(new, i)
   return new
end

--- All trees with one clause less: { tree=, clause= the text that went }.  place(node): the whole
--- tree with node in the place of the one at hand.
local function variants(node, place, out)
   if node.kind == 'not' then
      out[#out + 1] = { tree = place(node[1]), clause = 'not (...)' }
      variants(node[1], function(n) return place { kind = 'not', n } end, out)
   elseif node.kind == 'and' or node.kind == 'or' then
      for i = 1, #node do
         out[#out + 1] = { tree = place(without_child(node, i)),
            clause = node.kind .. ' ' .. print_tree.text(node[i]) }
         variants(node[i], function(n) return place(with_child(node, i, n)) end, out)
      end
   end
   return out
end

local function same(node)
   return node
end

--- The tree with its macros put in; other: one that takes the place of a macro.
local function expand(node, macros, name, other)
   if node.kind == 'macro' then
      local body = node.name == name and other or assert(macros[node.name], node.name)
      return expand(body, macros, name, other)
   elseif node.kind == 'check' then
      return node
   end
   local new = { kind = node.kind }
   for i = 1, #node do
      new[i] = expand(node[i], macros, name, other)
   end
   return new
end

--- Names of the macros in a tree, those in macros as well.
local function used_macros(tree, macros, seen)
   for _, name in ipairs(ast.macros(tree)) do
      if not seen[name] then
         seen[name] = true
         used_macros(macros[name], macros, seen)
      end
   end
   return seen
end

--- Mutants of all rules: { rule=, macro= name or nil, clause=, key=, condition= }.  key is the same
--- for one change of one macro in several rules.  The first of each rule (no clause) is unchanged.
function M.all(file)
   local out = {}
   local function add(rule, tree, macro, v)
      out[#out + 1] = { rule = rule.name, macro = macro, clause = v and v.clause,
         key = macro and v and macro .. '#' .. v.at, condition = print_tree.source(tree) }
   end
   local of_macro = {}
   for name, tree in pairs(file.macros) do
      of_macro[name] = variants(tree, same, {})
      for i, v in ipairs(of_macro[name]) do
         v.at = i
      end
   end
   for _, rule in ipairs(file.rules) do
      add(rule, expand(rule.tree, file.macros))
      for _, v in ipairs(variants(rule.tree, same, {})) do
         add(rule, expand(v.tree, file.macros), nil, v)
      end
      for name in pairs(used_macros(rule.tree, file.macros, {})) do
         for _, v in ipairs(of_macro[name]) do
            add(rule, expand(rule.tree, file.macros, name, v.tree), name, v)
         end
      end
   end
   return out
end

local function quoted(text)
   return '"' .. text:gsub('[\\"]', '\\%0'):gsub('\n', '\\n') .. '"'
end

--- A rules file of them; each alert's text is "mutant NUMBER thread TID".
function M.write(path, mutants)
   local f = assert(io.open(path, 'w'))
   for i, m in ipairs(mutants) do
      f:write('- rule: ', i, '\n  desc: a mutant\n  priority: debug\n  condition: ',
         quoted(m.condition), '\n  output: mutant ', i, ' thread %thread.tid\n')
   end
   f:close()
end

return M
