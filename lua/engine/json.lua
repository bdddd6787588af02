--- json.lua - values as one line of JSON: keys sorted, no blanks, invalid UTF-8 replaced.
local M = {}

local Array = {}

--- Marks t as an array, so that an empty one is [] and not {}.
function M.array(t)
   return setmetatable(t or {}, Array)
end

M.null = setmetatable({}, { __tostring = function() return 'null' end })

local SHORT = { ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n',
   ['\r'] = '\\r', ['\t'] = '\\t' }

local function escape(c)
   return SHORT[c] or string.format('\\u%04x', c:byte())
end

--- Length of the well-formed UTF-8 sequence of s at i; nil when there is none.
local function sequence(s, i)
   local a, b, c, d = s:byte(i, i + 3)
   local function tail(x) return x and x >= 0x80 and x < 0xc0 end
   if a < 0x80 then
      return 1
   elseif a >= 0xc2 and a < 0xe0 then
      return tail(b) and 2 or nil
   elseif a >= 0xe0 and a < 0xf0 then
      local low = a == 0xe0 and 0xa0 or 0x80
      local high = a == 0xed and 0x9f or 0xbf
      return b and b >= low and b <= high and tail(c) and 3 or nil
   elseif a >= 0xf0 and a < 0xf5 then
      local low = a == 0xf0 and 0x90 or 0x80
      local high = a == 0xf4 and 0x8f or 0xbf
      return b and b >= low and b <= high and tail(c) and tail(d) and 4 or nil
   end
   return nil
end

--- Byte position of the first byte that is no UTF-8; nil when all is well.
function M.bad_utf8(s)
   local i = s:find('[\128-\255]')
   while i do
      local n = sequence(s, i)
      if not n then
         return i
      end
      i = s:find('[\128-\255]', i + n)
   end
   return nil
end

local function clean(s)
   if not M.bad_utf8(s) then
      return s
   end
   local out, i = {}, 1
   while i <= #s do
      local n = sequence(s, i)
      out[#out + 1] = n and s:sub(i, i + n - 1) or '\239\191\189'
      i = i + (n or 1)
   end
   return table.concat(out)
end

local function quote(s)
   return '"' .. clean(s):gsub('[%z\1-\31"\\]', escape) .. '"'
end

local encode

local function encode_object(v, out, sep)
   local keys = {}
   for k in pairs(v) do
      keys[#keys + 1] = k
   end
   table.sort(keys)
   out[#out + 1] = '{'
   for i, k in ipairs(keys) do
      if i > 1 then
         out[#out + 1] = ','
      end
      out[#out + 1] = sep.line
      out[#out + 1] = quote(k) .. sep.colon
      encode(v[k], out, sep)
   end
   out[#out + 1] = '}'
end

local function encode_array(v, out, sep)
   out[#out + 1] = '['
   for i, item in ipairs(v) do
      if i > 1 then
         out[#out + 1] = ','
      end
      encode(item, out, sep)
   end
   out[#out + 1] = ']'
end

function encode(v, out, sep)
   local t = type(v)
   if t == 'string' then
      out[#out + 1] = quote(v)
   elseif t == 'number' then
      out[#out + 1] = v == math.floor(v) and string.format('%d', v) or tostring(v)
   elseif t == 'boolean' or v == M.null then
      out[#out + 1] = tostring(v)
   elseif getmetatable(v) == Array or #v > 0 then
      encode_array(v, out, sep)
   else
      encode_object(v, out, sep)
   end
end

--- v: strings, integers, booleans, M.null, arrays and tables with string keys.
function M.encode(v)
   local out = {}
   encode(v, out, { line = '', colon = ':' })
   return table.concat(out)
end

local function pretty(v, out, indent)
   local inner = indent .. '  '
   local is_array = type(v) == 'table' and (getmetatable(v) == Array or #v > 0)
   if type(v) ~= 'table' or v == M.null or next(v) == nil then
      encode(v, out, { line = '', colon = ':' })
      return
   end
   local keys = {}
   for k in pairs(v) do
      keys[#keys + 1] = k
   end
   table.sort(keys)
   out[#out + 1] = is_array and '[' or '{'
   for i, k in ipairs(keys) do
      out[#out + 1] = (i > 1 and ',' or '') .. '\n' .. inner
      if not is_array then
         out[#out + 1] = quote(k) .. ': '
      end
      pretty(v[k], out, inner)
   end
   out[#out + 1] = '\n' .. indent .. (is_array and ']' or '}')
end

--- The same over many lines, two blanks a level.
function M.pretty(v)
   local out = {}
   pretty(v, out, '')
   return table.concat(out)
end

return M
