--- quote.lua - quoted literals of conditions: text between quotes <-> value.
--
-- unescape(literal) -> value | nil, message     literal with its quotes
-- escape(value) -> literal                      bare when it needs no quotes
local M = {}

local CONTROL = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }
local LETTER = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
   ['\\'] = '\\', ['"'] = '"' }

--- One escape of `body`, whose backslash is at `at`: value and next position, or nil and why.
local function one(body, at, quote)
   local c = body:sub(at + 1, at + 1)
   if CONTROL[c] then
      return CONTROL[c], at + 2
   elseif c == '\\' or c == ' ' then
      return '\\', at + 2
   elseif c == '/' or c == quote then
      return c, at + 2
   elseif c == '"' then
      return nil, "invalid \\\" escape in '-quoted string"
   elseif c == "'" then
      return nil, "invalid \\' escape in \"-quoted string"
   elseif c == 'x' then
      local hex = body:sub(at + 2, at + 3)
      if #hex < 2 then
         return nil, 'truncated hex char escape sequence'
      elseif not hex:find('^%x%x$') then
         return nil, 'invalid hex char escape sequence: ' .. hex
      end
      return string.char(tonumber(hex, 16)), at + 4
   end
   return nil, 'unsupported string escape sequence: \\' .. c
end

function M.unescape(literal)
   local quote, body = literal:sub(1, 1), literal:sub(2, -2)
   local at = body:find('\\', 1, true)
   if not at then
      return body
   end
   local out, from = {}, 1
   while at and at < #body do      -- a lone backslash at the end stands for nothing
      local value, next_at = one(body, at, quote)
      if not value then
         return nil, next_at
      end
      out[#out + 1] = body:sub(from, at - 1)
      out[#out + 1] = value
      from = next_at
      at = body:find('\\', from, true)
   end
   out[#out + 1] = body:sub(from, at and at - 1 or #body)
   return table.concat(out)
end

--- Quotes are added where the bare text would not be read as one word, but, as Falco
--- prints it, not for commas and parentheses; see print.lua for text to be read again.
function M.escape(value)
   if not value:find('[%z\b\f\n\r\t\v \\"\'=]') then
      return value
   end
   return M.quoted(value)
end

--- A backslash at the end is "\ ": "\\" would keep the quote behind it from closing.
function M.quoted(value)
   local body = value:gsub('[\b\f\n\r\t\\"]', function(c) return '\\' .. LETTER[c] end)
   return '"' .. body:gsub('\\\\$', '\\ ') .. '"'
end

return M
