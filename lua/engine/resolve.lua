--- resolve.lua - puts lists into condition text and macros into trees.
--
-- A list is { name=, items={...}, index=, visibility=, used= }: index grows with the first
-- definition, visibility with the last definition or append.
--
-- values(lists)            lists in definition order; sets list.values: the items, with names of
--                          lists defined before replaced by those lists' raw items (one level),
--                          quoted where they hold blanks; sets list.refers to the names replaced
--                          and marks the lists behind them used
-- lists(text, lists) -> text, {name...}    every name replaced by its values; marks them used;
--                          the names replaced, in order of definition
-- macros(ast, lookup) -> ast | nil, err    lookup(name) -> tree | nil.  Trees are shared, never
--                          changed.  err: { msg=, index=, line=, col= }, of a loop also path=
local M = {}

local BLANKS = '[ \t\n\r]'
local DELIMITERS = '[ \t\n\r(),=]'

local function quote_item(item)
   if item:find(' ', 1, true) and not item:find('^["\']') then
      return '"' .. item .. '"'
   end
   return item
end

--- The items of one list, other lists' items in the place of their names.
local function expand(list, by_name)
   local values, refers = {}, {}
   for _, item in ipairs(list.items) do
      local other = by_name[item]
      if other and other.index < list.visibility then
         other.used = true
         refers[#refers + 1] = item
         for _, inner in ipairs(other.items) do
            values[#values + 1] = quote_item(inner)
         end
      else
         values[#values + 1] = quote_item(item)
      end
   end
   return values, refers
end

function M.values(lists)
   local by_name = {}
   for _, list in ipairs(lists) do
      by_name[list.name] = list
   end
   for _, list in ipairs(lists) do
      list.values, list.refers = expand(list, by_name)
   end
end

local function delimits(text, at)
   return at < 1 or at > #text or text:find(DELIMITERS, at) == at
end

--- text with its bytes from..to (a list's name) replaced by the list's values, and the
--- place where looking goes on.
local function put(text, from, to, values)
   while from > 1 and text:find(BLANKS, from - 1) == from - 1 do
      from = from - 1
   end
   while to < #text and text:find(BLANKS, to + 1) == to + 1 do
      to = to + 1
   end
   if #values == 0 then         -- the comma that led to nothing goes, too
      if text:sub(from - 1, from - 1) == ',' then
         from = from - 1
      elseif text:sub(to + 1, to + 1) == ',' then
         to = to + 1
      end
   end
   local joined = table.concat(values, ', ')
   local before = from > 1 and text:sub(1, from - 1) .. ' ' or ''
   return before .. joined .. ' ' .. text:sub(to + 1), from + #joined + 2
end

local function put_list(text, list)
   local name, used = list.name, false
   local values = list.values or list.items
   local from, to = text:find(name, 1, true)
   while from do
      local next_at = from + 1
      if delimits(text, from - 1) and delimits(text, to + 1) then
         text, next_at = put(text, from, to, values)
         used = true
      end
      from, to = text:find(name, next_at, true)
   end
   return text, used
end

function M.lists(text, lists)
   local names = {}
   for _, list in ipairs(lists) do
      if list.name ~= '' and text:find(list.name, 1, true) then
         local used
         text, used = put_list(text, list)
         if used then
            list.used = true
            names[#names + 1] = list.name
         end
      end
   end
   return text, names
end

local function fail(node, msg, path)
   return nil, { msg = msg, index = node.index, line = node.line, col = node.col, path = path }
end

local walk

local function enter_macro(node, lookup, path)
   local name = node.name
   for i = 1, #path do
      if path[i] == name then
         local loop = { unpack(path, i) }
         loop[#loop + 1] = name
         return fail(node, ("reference loop in macro '%s'"):format(name), loop)
      end
   end
   local body = lookup(name)
   if not body then
      return fail(node, ("Undefined macro '%s' used in filter."):format(name))
   end
   path[#path + 1] = name
   local out, err = walk(body, lookup, path)
   path[#path] = nil
   return out, err
end

local function walk_children(node, lookup, path)
   local out = node
   for i = 1, #node do
      local child, err = walk(node[i], lookup, path)
      if not child then
         return nil, err
      end
      if child ~= node[i] then
         if out == node then
            out = { kind = node.kind, index = node.index, line = node.line, col = node.col,
               unpack(node) }
         end
         out[i] = child
      end
   end
   return out
end

function walk(node, lookup, path)
   if node.kind == 'macro' then
      return enter_macro(node, lookup, path)
   elseif node.kind == 'check' then
      return node
   end
   return walk_children(node, lookup, path)
end

function M.macros(ast, lookup)
   return walk(ast, lookup, {})
end

return M
