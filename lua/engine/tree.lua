--- tree.lua - configuration as a tree and as flat "a.b[0].c" keys.
--
-- A tree is a scalar text or { kind = 'map', order = { key... }, by = { key -> tree } } or
-- { kind = 'seq', items = { tree... } }.  Dots, brackets and backslashes in a key are
-- escaped by a backslash in its path.
local M = {}

local MAX_KEYS = 100000

function M.map()
   return { kind = 'map', order = {}, by = {} }
end

function M.seq()
   return { kind = 'seq', items = {} }
end

--- Sets a key of a map, at the end of its order when it is new; value nil removes it.
function M.set(map, key, value)
   if value == nil then
      for i, k in ipairs(map.order) do
         if k == key then
            table.remove(map.order, i)
         end
      end
   elseif map.by[key] == nil then
      map.order[#map.order + 1] = key
   end
   map.by[key] = value
end

local function bad(path, why)
   return nil, 'Config error at key "' .. path .. '": Parsing error: ' .. why
end

--- Reads a name up to an unescaped dot or bracket: name, next position; or nil, why.
local function read_name(path, i)
   local out = {}
   while i <= #path do
      local c = path:sub(i, i)
      if c == '\\' then
         local e = path:sub(i + 1, i + 1)
         if e == '' then
            return nil, 'trailing backslash at pos ' .. i - 1
         elseif not e:find('[.%[%]\\]') then
            return nil, "invalid escape sequence '\\" .. e .. "' at pos " .. i - 1
         end
         out[#out + 1], i = e, i + 2
      elseif c == '.' or c == '[' then
         break
      elseif c == ']' then
         return nil, 'unexpected character at pos ' .. i - 1
      else
         out[#out + 1], i = c, i + 1
      end
   end
   return table.concat(out), i
end

--- "a.b[2].c[]" as { 'a', 'b', 2, 'c', true }: strings, indices, true for a new element.
--- nil and a message when it is no path.
function M.path(path)
   local out, i = {}, 1
   while true do
      local name, next_at = read_name(path, i)
      if not name then
         return bad(path, next_at)
      elseif name == '' then
         return bad(path, 'unexpected character at pos ' .. i - 1)
      end
      out[#out + 1], i = name, next_at
      while path:sub(i, i) == '[' do
         local digits, close = path:match('^%[([^%]]*)()', i)
         if path:sub(close, close) ~= ']' or not digits:find('^%d*$') or #digits > 6 then
            return bad(path, "expected a numeric index, found '" .. digits .. "'")
         end
         out[#out + 1] = digits == '' or tonumber(digits)
         i = close + 1
      end
      if i > #path then
         return out
      elseif path:sub(i, i) ~= '.' then
         return bad(path, "expected '.' character at pos " .. i - 1)
      end
      i = i + 1
   end
end

local function child(node, step)
   if type(step) == 'string' then
      return node.by[step]
   end
   return node.items[step == true and #node.items + 1 or step + 1]
end

local function put(node, step, value)
   if type(step) == 'string' then
      M.set(node, step, value)
      return
   end
   local at = step == true and #node.items + 1 or step + 1
   for i = #node.items + 1, at - 1 do
      node.items[i] = ''
   end
   node.items[at] = value
end

--- Puts value at a path that path() read, making what is missing on the way and
--- replacing what is of another kind.
function M.put(root, steps, value)
   local node = root
   for i = 1, #steps - 1 do
      local kind = type(steps[i + 1]) == 'string' and 'map' or 'seq'
      local inner = child(node, steps[i])
      if type(inner) ~= 'table' or inner.kind ~= kind then
         inner = kind == 'map' and M.map() or M.seq()
         put(node, steps[i], inner)
      end
      node = inner
   end
   put(node, steps[#steps], value)
end

--- The tree at a path of keys and 0-based indices, or nil.
function M.get(root, ...)
   local node = root
   for _, step in ipairs { ... } do
      if type(node) ~= 'table' or node.kind ~= (type(step) == 'string' and 'map' or 'seq') then
         return nil
      end
      node = child(node, step)
   end
   return node
end

function M.escape(key)
   return (key:gsub('[.%[%]\\]', '\\%0'))
end

local function flatten(node, path, out)
   if #out > MAX_KEYS then
      return
   elseif type(node) ~= 'table' then
      out[#out + 1] = { path, node }
   elseif node.kind == 'map' then
      for _, key in ipairs(node.order) do
         flatten(node.by[key], (path == '' and '' or path .. '.') .. M.escape(key), out)
      end
   else
      for i, item in ipairs(node.items) do
         flatten(item, path .. '[' .. i - 1 .. ']', out)
      end
   end
   if type(node) == 'table' and #(node.order or node.items) == 0 and path ~= '' then
      out[#out + 1] = { path, node.kind == 'map' and '{}' or '[]' }
   end
end

--- The leaves as { key, value }, in order; an empty map is "{}", an empty sequence "[]".
function M.flatten(root)
   local out = {}
   flatten(root, '', out)
   return out
end

--- The tree of flat keys whose path begins with the name top; nil when there is none.
function M.unflatten(pairs_list, top)
   local root = M.map()
   for _, kv in ipairs(pairs_list) do
      local key, value = kv[1], kv[2]
      local below = key:sub(1, #top) == top and key:find('^[.%[]', #top + 1)
      if below and value ~= '[]' and value ~= '{}' then
         local steps = M.path(key)
         if steps then
            M.put(root, steps, value)
         end
      end
   end
   return root.by[top]
end

return M
