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
--                          changed.  err: { msg=, index=, line=, col= }, of a loop also path=.
--                          What would grow beyond all measure is refused, too
local M = {}

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

local function is_blank(byte)
   return byte == 32 or byte == 9 or byte == 10 or byte == 13
end

--- Takes the blanks away that the pieces end with; returns the last byte that stays, or nil.
local function trim(pieces)
   while #pieces > 0 do
      local last = pieces[#pieces]
      local stop = #last
      while stop > 0 and is_blank(last:byte(stop)) do
         stop = stop - 1
      end
      if stop > 0 then
         pieces[#pieces] = last:sub(1, stop)
         return last:byte(stop)
      end
      pieces[#pieces] = nil
   end
end

--- Puts the values behind what is in pieces; `to` is the last byte of the name in text.
--- Returns the last byte of text that is used up.
local function put(pieces, values, joined, text, to)
   local last = trim(pieces)
   while is_blank(text:byte(to + 1)) do
      to = to + 1
   end
   if #values == 0 then         -- the comma that led to nothing goes, too
      if last == 44 then
         local piece = pieces[#pieces]
         pieces[#pieces] = #piece > 1 and piece:sub(1, -2) or nil
      elseif text:byte(to + 1) == 44 then
         to = to + 1
      end
   end
   if #pieces > 0 then
      pieces[#pieces + 1] = ' '
   end
   pieces[#pieces + 1] = joined
   pieces[#pieces + 1] = ' '
   return to
end

--- Lists in lists can double the text with each one.
local MAX_TEXT = 16 * 1024 * 1024

local function put_list(text, list)
   local name, values = list.name, list.values or list.items
   local joined = table.concat(values, ', ')
   local pieces, rest, size, used = {}, 1, #text, false
   local from, to = text:find(name, 1, true)
   while from do
      local next_at = from + 1
      if delimits(text, to + 1) and (from == rest or delimits(text, from - 1)) then
         if from > rest then
            pieces[#pieces + 1] = text:sub(rest, from - 1)
         end
         rest = put(pieces, values, joined, text, to) + 1
         next_at, used, size = rest, true, size + #joined
         if size > MAX_TEXT then
            error(("condition is too long when list '%s' is put in"):format(name), 0)
         end
      end
      from, to = text:find(name, next_at, true)
   end
   pieces[#pieces + 1] = text:sub(rest)
   return table.concat(pieces), used
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

-- Macros in macros can double the tree with each one, or nest it as deep as there are macros.
local MAX_CHECKS, MAX_LEVELS = 100000, 2000
local TOO_DEEP = ('more than %d levels when macros are resolved'):format(MAX_LEVELS)

--- Trees that hold no macros: { checks, levels }.  They are not walked again.
local measured = setmetatable({}, { __mode = 'k' })

local function measure(node)
   local checks, levels = 0, 0
   for i = 1, #node do
      local m = measured[node[i]]
      checks, levels = checks + m[1], math.max(levels, m[2])
   end
   if checks > MAX_CHECKS then
      return fail(node, ('more than %d checks when macros are resolved'):format(MAX_CHECKS))
   elseif levels >= MAX_LEVELS then
      return fail(node, TOO_DEEP)
   end
   measured[node] = { checks, levels + 1 }
   return node
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
   return measure(out)
end

function walk(node, lookup, path)
   if measured[node] then
      return node
   elseif node.kind == 'check' then
      measured[node] = { 1, 1 }
      return node
   elseif path.level >= MAX_LEVELS then
      return fail(node, TOO_DEEP)
   end
   path.level = path.level + 1
   local out, err = (node.kind == 'macro' and enter_macro or walk_children)(node, lookup, path)
   path.level = path.level - 1
   return out, err
end

function M.macros(ast, lookup)
   return walk(ast, lookup, { level = 0 })
end

return M
