--- config_check.lua - a configuration against its key table: unknown names, wrong types, bad words.
local keys = require 'engine.config_keys'
local tree = require 'engine.tree'
local yaml = require 'engine.yaml'

local M = {}

--- The key table as a trie: names, '[]' and '*' to inner tries; row at the end of a path.
local function build_trie()
   local root = {}
   for _, row in ipairs(keys) do
      local node = root
      for name, index in row[1]:gmatch '([^.%[]+)(%[?%]?)' do
         node[name] = node[name] or {}
         node = node[name]
         if index == '[]' then
            node['[]'] = node['[]'] or {}
            node = node['[]']
         end
      end
      node.row = row
   end
   return root
end

local TRIE = build_trie()

--- How many letters change between a and b, at most 3; for "did you mean".
local function distance(a, b)
   if math.abs(#a - #b) > 3 then
      return 4
   end
   local last = {}
   for j = 0, #b do
      last[j] = j
   end
   for i = 1, #a do
      local now = { [0] = i }
      for j = 1, #b do
         local cost = a:byte(i) == b:byte(j) and 0 or 1
         now[j] = math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost)
      end
      last = now
   end
   return last[#b]
end

local function nearest(name, trie)
   local best, least = nil, 4
   local names = {}
   for candidate in pairs(trie) do
      names[#names + 1] = candidate
   end
   table.sort(names)
   for _, candidate in ipairs(names) do
      local d = distance(name, candidate)
      if candidate ~= 'row' and candidate ~= '[]' and candidate ~= '*' and d < least
         and d < #name then
         best, least = candidate, d
      end
   end
   return best
end

local function unknown(pair, path, trie, say)
   local name = pair[1].value
   local near = nearest(name, trie)
   say(pair[1], "unknown key '" .. path .. name .. "'"
      .. (near and ", did you mean '" .. path .. near .. "'?" or '; it is ignored'))
end

local function walk(node, trie, path, say)
   if trie.row and trie.row[2] == 'any' then
      return
   elseif node.kind == 'map' then
      for _, pair in ipairs(node.pairs) do
         local name = pair[1].value
         local inner = name and name ~= 'row' and name ~= '[]' and (trie[name] or trie['*'])
         if name and inner then
            walk(pair[2], inner, path .. name .. '.', say)
         elseif name and not (trie.row and next(trie, next(trie)) == nil) then
            unknown(pair, path, trie, say)
         end
      end
   elseif node.kind == 'seq' and trie['[]'] then
      for _, item in ipairs(node.items) do
         walk(item, trie['[]'], path, say)
      end
   end
end

--- Calls say(node, text) for each key of a YAML map that is in no table.
function M.unknown(node, say)
   walk(node, TRIE, '', say)
end

--- Whether the path of a -o (tree.path()) names a key that is in a table.
function M.known(steps)
   local trie = TRIE
   for _, step in ipairs(steps) do
      if trie.row and (trie.row[2] == 'any' or trie.row[2] == 'list') then
         return true
      end
      trie = type(step) == 'string' and (trie[step] or trie['*']) or trie['[]']
      if not trie or step == 'row' then
         return false
      end
   end
   return true
end

local CHECK = {
   bool = function(v) return yaml.boolean(v) ~= nil end,
   int = function(v) return v:find('^%d+$') ~= nil end,
   float = function(v) return tonumber(v) ~= nil end,
   string = function() return true end,
}
local CALLED = { bool = 'a boolean', int = 'a number', float = 'a number', string = 'a text' }

local function path_of(row)
   local out = {}
   for name in row[1]:gmatch '[^.]+' do
      out[#out + 1] = name
   end
   return out
end

local function listed(row, value)
   for _, word in ipairs(row.one_of) do
      if word == value:lower() then
         return true
      end
   end
   return row.also and row.also[value:lower()]
end

--- nil, or what is wrong with a value of the right type.
local function refusal(row, value)
   if row.one_of and not listed(row, value) then
      return row.message:format(value)
   end
   local n = row.min and tonumber(value)
   if n and (n < row.min or n > row.max) then
      return row.message or row[1] .. ' must be between ' .. row.min .. ' and ' .. row.max
   end
   return nil
end

--- A scalar where a sequence is wanted is a sequence of one.
local function as_list(root, path)
   local value = tree.get(root, unpack(path))
   if type(value) == 'string' then
      tree.put(root, path, { kind = 'seq', items = { value } })
   end
end

--- Fills defaults in, drops values of a wrong type after say(text, path), normalises
--- booleans.  nil; or the message on a value that is refused, and its path.
function M.values(root, say)
   for _, row in ipairs(keys) do
      local kind, default = row[2], row[3]
      if not row[1]:find('[%[*]') and kind ~= 'any' then
         local path = path_of(row)
         local value = tree.get(root, unpack(path))
         if kind == 'list' then
            as_list(root, path)
         else
            if value ~= nil and (type(value) ~= 'string' or not CHECK[kind](value)) then
               if not row[1]:find('^append_output') then
                  say(row[1] .. ': ' .. (type(value) == 'string' and "'" .. value .. "'"
                     or 'a ' .. value.kind) .. ' is not ' .. CALLED[kind]
                     .. (default and ", the default '" .. default .. "' is used" or ', ignored'),
                     row[1])
                  value = default
                  tree.put(root, path, value)
               end
            elseif value == nil and default then
               value = default
               tree.put(root, path, value)
            elseif value and kind == 'bool' then
               tree.put(root, path, tostring(yaml.boolean(value)))
            end
            local wrong = type(value) == 'string' and refusal(row, value)
            if wrong then
               return wrong, row[1]
            end
         end
      end
   end
   return nil
end

return M
