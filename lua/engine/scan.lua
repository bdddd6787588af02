--- scan.lua - a place in a condition's text, and the words that may stand there.
--
-- The cursor under grammar.lua and terms.lua: words are LPeg patterns, made once; depth and
-- the place of an error are kept here because they are part of the language.
local lpeg = require 'lpeg'
local quote = require 'engine.quote'

local P, S, R, Cp = lpeg.P, lpeg.S, lpeg.R, lpeg.Cp
local match, sub = lpeg.match, string.sub

local alpha, digit = R('az', 'AZ'), R '09'
local word = alpha ^ 1 * (alpha + digit + '_') ^ 0
local space = S ' \t\n\r\v\f'
local blank = S ' \t\b\r\n'

local function token(p)
   return p * Cp()
end

local function between(q)       -- ends at the first quote with no backslash before it
   return P(q) * ((P '\\' * q) + (1 - P(q))) ^ 0 * q
end

--- Patterns for Cursor:take and Cursor:behind.
local WORDS = {
   BLANK = token(blank ^ 1),
   IDENT = token(word),
   FIELD = token(word * (P '.' * word) ^ 1),
   BARE = token((1 - (S '()"\'=,' + space)) ^ 1),
   BARE_ARG = token((1 - (S '[]"\'' + space)) ^ 1),
   STRING = token(between '"' + between "'"),
   NUMBER = token(P '0' * S 'xX' * R('09', 'af', 'AF') ^ 1
      + S '+-' ^ -1 * digit ^ 1 * P '.' ^ -1 * digit ^ 0 * (S 'eE' * S '+-' * digit ^ 1) ^ -1),
   CALL = token((P 'tolower' + 'toupper' + 'b64' + 'basename' + 'len' + 'join' + 'concat'
      + 'getopt') * #P '('),
   VAL = token(P 'val' * #P '('),
   NOT = token(P 'not' * blank ^ 1),
   MODIFIER = token(P 'oneof' + 'anyof' + 'allof'),
   ORDER_OP = token(P '<=' + '<' + '>=' + '>'),
   STRING_OP = token(P '==' + '=' + '!=' + (P 'glob' + 'iglob' + 'contains' + 'icontains'
      + 'bcontains' + 'startswith' + 'bstartswith' + 'endswith' + 'regex') * #blank),
   LIST_OP = token(P 'intersects' + 'in' + 'pmatch'),
}

local Cursor = { WORDS = WORDS }
Cursor.__index = Cursor

--- text, at (1-based, next byte), last (token), depth, max, lines (line starts).
function Cursor.new(text, from, max_depth)
   return setmetatable({ text = text, at = from, last = '', depth = 0, max = max_depth },
      Cursor)
end

local function line_starts(text)
   local starts, at = { 1 }, text:find('\n', 1, true)
   while at do
      starts[#starts + 1] = at + 1
      at = text:find('\n', at + 1, true)
   end
   return starts
end

--- Marks `node` with where byte `at` stands, and returns it.
function Cursor:place(node, at)
   local starts = self.lines
   if not starts then
      starts = line_starts(self.text)
      self.lines = starts
   end
   local low, high = 1, #starts
   while low < high do
      local mid = math.ceil((low + high) / 2)
      if starts[mid] <= at then low = mid else high = mid - 1 end
   end
   node.index, node.line, node.col = at - 1, low, at - starts[low] + 1
   return node
end

function Cursor:fail(msg)
   error(self:place({ msg = msg }, self.at), 0)
end

function Cursor:enter()
   self.depth = self.depth + 1
   if self.depth > self.max then
      self:fail('exceeded max depth limit of ' .. self.max)
   end
end

function Cursor:leave()
   self.depth = self.depth - 1
end

--- The token `pattern` at this place, consumed, or nil.
function Cursor:take(pattern)
   local stop = match(pattern, self.text, self.at)
   if stop then
      local found = sub(self.text, self.at, stop - 1)
      self.at, self.last = stop, found
      return found
   end
end

function Cursor:literal(s)
   if sub(self.text, self.at, self.at + #s - 1) == s then
      self.at, self.last = self.at + #s, s
      return true
   end
end

function Cursor:blank()
   local stop = match(WORDS.BLANK, self.text, self.at)
   if stop then
      self.at = stop
      return true
   end
end

function Cursor:quoted()
   local literal = self:take(WORDS.STRING)
   if literal then
      local value, why = quote.unescape(literal)
      if not value then
         self:fail(why)
      end
      self.last = value
      return value
   end
end

--- Where `pattern` would end if it stood at byte `at`, or nil.
function Cursor:behind(pattern, at)
   return match(pattern, self.text, at)
end

return Cursor
