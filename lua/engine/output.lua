--- output.lua - "text %field more %10tolower(proc.name)" -> a template in C.
--
-- compile(api, load, text, opts) -> index, tokens | nil, err
--     tokens: { { name='proc.name', field=true|false, width=, index=, raw= }... } in order
--     field: a plain field, whose value goes into output_fields of a JSON alert
--     raw: of a transformed field { name=, expr= }, the field itself, which goes there instead
--     opts.star: a leading '*' is not text: a rule's output may say that values may be missing,
--     which always holds
--     err: { msg=, index= }    index: 0-based byte of the text
--
-- raw_fields(tokens, taken) -> { { name=, expr= }... }    what output_fields holds beside the
--     plain fields of tokens, but for the keys of taken
--
-- A token is the longest text behind the % that is a field or transformer; what follows is text.
local capi = require 'engine.capi'
local grammar = require 'engine.grammar'
local lower = require 'engine.lower'

local M = {}

local NO_END = 'invalid formatting syntax: formatting cannot end with a '

--- A field's name cut from the right until C knows it: expr and length, or nil.
local function shrunk(api, load, name)
   local err = capi.new_error()
   for len = #name, 3, -1 do
      local part = name:sub(1, len)
      local node, stop = grammar.parse_lhs(part)
      if node and stop == len + 1 then
         local index = api.expr_field(load, part, len, nil, err)
         if index >= 0 then
            return index, len
         end
      end
   end
end

--- The field under transformers of one argument.
local function raw_field(api, load, node, text)
   if node.kind == 'field' then
      return nil
   end
   while node.kind == 'call' and #node == 1 do
      node = node[1]
   end
   if node.kind == 'field' then
      local _, stop = grammar.parse_lhs(text, node.index + 1)
      return { name = text:sub(node.index + 1, stop - 1), expr = lower.expr(api, load, node) }
   end
end

--- The token that begins at byte `from`: { expr=, name=, field= } and the byte behind, or nil.
local function token(api, load, text, from)
   local node, stop = grammar.parse_lhs(text, from)
   if not node then
      -- a field whose bracket is no argument is a field in front of text
      local name = text:match('^%a[%w_.]*', from)
      node, stop = grammar.parse_lhs(name or '', 1)
      if not node or node.kind ~= 'field' then
         return nil
      end
      stop = from + stop - 1
   end
   local expr = lower.expr(api, load, node)
   if expr then
      return { expr = expr, name = text:sub(from, stop - 1), field = node.kind == 'field',
         raw = raw_field(api, load, node, text) }, stop
   elseif node.kind ~= 'field' then
      return nil
   end
   local len
   expr, len = shrunk(api, load, node.name)
   if expr then
      return { expr = expr, name = node.name:sub(1, len), field = true }, from + len
   end
end

local function fail(msg, at)
   return nil, { msg = msg, index = at - 1 }
end

-- wider than any line is meant to be; an alert must not grow by a number in a rule alone
local MAX_WIDTH = 4096

--- Reads one %[width]token whose % is at byte `at`: token and the byte behind it, or nil, err.
local function read_token(api, load, text, at)
   local digits = text:match('^%d*', at + 1)
   local from = at + 1 + #digits
   if from > #text then
      return fail(NO_END .. (digits == '' and '%' or 'number'), at)
   end
   if #digits > 0 and tonumber(digits) > MAX_WIDTH then
      return fail('invalid formatting syntax: width ' .. digits .. ' is more than '
         .. MAX_WIDTH, at)
   end
   local tok, stop = token(api, load, text, from)
   if not tok then
      return fail('invalid formatting token ' .. text:sub(from), at)
   end
   local err = capi.new_error()
   if api.expr_printable(load, tok.expr, err) < 0 then
      return fail(capi.message(err), at)
   end
   tok.width, tok.index = tonumber(digits) or 0, at - 1
   return tok, stop
end

--- Strings and tokens in order, or nil, err.
local function pieces(api, load, text, from)
   local out = {}
   while from <= #text do
      local at = text:find('%', from, true)
      if not at or at > from then
         out[#out + 1] = text:sub(from, (at or #text + 1) - 1)
      end
      if not at then
         break
      end
      local tok, more = read_token(api, load, text, at)
      if not tok then
         return nil, more
      end
      out[#out + 1], from = tok, more
   end
   return out
end

function M.compile(api, load, text, opts)
   local from = opts and opts.star and text:sub(1, 1) == '*' and 2 or 1
   local parts, err = pieces(api, load, text, from)
   if not parts then
      return nil, err
   end
   local out, tokens = api.output(load), {}
   for _, part in ipairs(parts) do
      if type(part) == 'string' then
         api.output_text(load, out, part, #part)
      else
         api.output_expr(load, out, part.expr, part.field and part.name or nil, part.width)
         tokens[#tokens + 1] = { name = part.name, field = part.field, width = part.width,
            index = part.index, raw = part.raw }
      end
   end
   return out, tokens
end

function M.raw_fields(tokens, taken)
   local seen, out = {}, {}
   for key in pairs(taken) do
      seen[key] = true
   end
   for _, t in ipairs(tokens) do
      seen[t.name] = true
   end
   for _, t in ipairs(tokens) do
      if t.raw and not seen[t.raw.name] then
         seen[t.raw.name] = true
         out[#out + 1] = t.raw
      end
   end
   return out
end

return M
