--- conditions.lua - random conditions by the grammar, for tests; and ways to damage them.
local M = {}

local random = math.random

local function pick(t)
   return t[random(#t)]
end

local FIELDS = { 'proc.name', 'fd.name', 'evt.arg.res', 'a.b', 'proc.aname[2]', 'evt.arg["a b"]',
   'x.y[""]', 'proc.env[PA_TH]' }
local WORDS = { 'cat', '/etc/passwd', '*.log', 'a.b', '10.0.0.0/8', 'or', 'and', 'not', 'in',
   'oneof', 'val', '0x1F', '<NA>', '..' }
local QUOTED = { '"a b"', "'x'", '""', '"a\\"b"', "'say \"x\"'", '"\\x41\\n"', '"a,b(c)=d"',
   '"\\\\d+"', '"oneof"' }
local NUMBERS = { '0', '-1', '+3', '1.5', '0xff', '1.', '2e+3' }
local ORDER = { '<', '<=', '>', '>=' }
local STRING = { '=', '==', '!=', 'glob', 'iglob', 'contains', 'icontains', 'bcontains',
   'startswith', 'bstartswith', 'endswith', 'regex' }
local LISTS = { 'in', 'intersects', 'pmatch' }
local FUNCTIONS = { 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt' }
local BLANKS = { ' ', ' ', ' ', '  ', '\n', '\t ' }

local function sep()
   return pick(BLANKS)
end

local function value()
   return random(3) > 1 and pick(WORDS) or pick(QUOTED)
end

local function list()
   local out = {}
   for i = 1, random(0, 4) do
      out[i] = value()
   end
   return '(' .. table.concat(out, pick { ',', ', ', ' , ' }) .. ')'
end

local call

local function argument(depth, in_list)
   local n = random(in_list and 4 or 5)
   if n == 1 then
      return pick(QUOTED)
   elseif n == 2 then
      return pick(NUMBERS)
   elseif n == 3 and depth > 0 then
      return call(depth - 1)
   elseif n == 5 then
      local out = {}
      for i = 1, random(0, 3) do
         out[i] = argument(depth - 1, true)
      end
      return '(' .. table.concat(out, ', ') .. ')'
   end
   return pick(FIELDS)
end

function call(depth)
   local out = {}
   for i = 1, random(1, 3) do
      out[i] = argument(depth, false)
   end
   return pick(FUNCTIONS) .. '(' .. table.concat(out, pick { ',', ', ' }) .. ')'
      .. (random(6) == 1 and pick { '[x]', '[""]', '["a b"]' } or '')
end

local function left()
   return random(4) == 1 and call(2) or pick(FIELDS)
end

local function right_field()
   return random(2) == 1 and 'val(' .. pick(FIELDS) .. ')' or call(1)
end

local function check()
   local n = random(6)
   if n == 1 then
      return left() .. sep() .. 'exists'
   elseif n == 2 then
      return left() .. sep() .. pick(ORDER) .. sep()
         .. (random(4) == 1 and right_field() or pick(NUMBERS))
   elseif n == 3 then
      return left() .. sep() .. pick(LISTS) .. sep()
         .. (random(4) == 1 and right_field() or random(4) == 1 and 'some_list' or list())
   elseif n == 4 then
      return left() .. sep() .. pick(STRING) .. ' ' .. pick { 'oneof', 'anyof', 'allof' } .. sep()
         .. list()
   end
   return left() .. sep() .. pick(STRING) .. sep()
      .. (random(5) == 1 and right_field() or value())
end

--- One condition that parses.
function M.one(depth)
   local n = random(depth > 0 and 6 or 2)
   if n == 1 then
      return check()
   elseif n == 2 then
      return pick { 'some_macro', 'notz', 'a', 'order' }
   elseif n == 3 then
      return pick { 'not ', 'not(', 'not not ' , 'not (' } :gsub('%($', '(%%s)')
         :gsub(' $', ' (%%s)'):format(M.one(depth - 1))
   elseif n == 4 then
      return '(' .. sep() .. M.one(depth - 1) .. sep() .. ')'
   end
   local out = {}
   for i = 1, random(2, 4) do
      out[i] = '(' .. M.one(depth - 1) .. ')'
   end
   return table.concat(out, sep() .. pick { 'and', 'or' } .. sep())
end

local PIECES = { '(', ')', '"', "'", '\\', ',', '=', '[', ']', ' ', '\n', '\0', '\255', 'not ',
   ' and ', ' or ', 'val(', 'len(', 'oneof ', ' in ', '.', '-', '0x' }

--- The text with some bytes lost, doubled or put in.
function M.damaged(text)
   for _ = 1, random(4) do
      local at = random(0, #text)
      local n = random(3)
      if n == 1 then
         text = text:sub(1, at) .. text:sub(at + random(6))
      elseif n == 2 then
         text = text:sub(1, at) .. pick(PIECES) .. text:sub(at + 1)
      else
         text = text:sub(1, at) .. text:sub(random(math.max(#text, 1)))
      end
   end
   return text:sub(1, 4000)
end

return M
