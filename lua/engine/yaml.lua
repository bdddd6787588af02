--- yaml.lua - YAML text to trees of nodes that know where they stand.  Load path.
--
-- A node is { kind = 'scalar' | 'null' | 'seq' | 'map', line, col, offset } with
-- 0-based marks in bytes.  Scalars have value, style ('PLAIN', 'FOLDED' ...); a
-- sequence has its nodes as items; a map has pairs, an array of { key, value }, and
-- by, the first value of each key.  Aliases are the node they name; merge keys (<<)
-- fill in what is missing.
local lyaml = require 'yaml'
local json = require 'engine.json'

local M = {}

local MAX_BYTES = 64 * 1024 * 1024
local MAX_DEPTH = 128
local MAX_NODES = 1000000

--- What libyaml says, in the words a Falco user knows.
local WORDING = {
   { 'mapping values are not allowed', 'illegal map value' },
   { "did not find expected ',' or ']'", 'end of sequence flow not found' },
   { "did not find expected ',' or '}'", 'end of map flow not found' },
   { 'found unexpected end of stream', 'illegal EOF in scalar' },
   { 'found character that cannot start any token', 'unknown token' },
   { 'found unknown escape character', 'unknown escape character' },
   { 'did not find expected key', 'end of map not found' },
   { "did not find expected '%-' indicator", 'end of sequence not found' },
}

local NULLS = { [''] = true, ['~'] = true, null = true, Null = true, NULL = true }

--- Marks count characters; offsets are bytes.  Marks come in rising order.
local function offset_map(text)
   if not text:find('[\128-\255]') then
      return function(index) return index end
   end
   local at, byte = 0, 1
   return function(index)
      if index < at then
         at, byte = 0, 1
      end
      while at < index and byte <= #text do
         local c = text:byte(byte)
         byte = byte + (c < 0x80 and 1 or c < 0xe0 and 2 or c < 0xf0 and 3 or 4)
         at = at + 1
      end
      return byte - 1
   end
end

local function place(b, node, mark)
   node.line, node.col = mark.line, mark.column
   node.offset = b.offset(mark.index)
   if node.offset ~= mark.index then
      local start = node.offset
      while start > 0 and b.text:byte(start) ~= 10 do
         start = start - 1
      end
      node.col = node.offset - start
   end
   return node
end

local function stop(msg, mark)
   error({ yaml = true, msg = msg, line = mark.line, col = mark.column, index = mark.index }, 0)
end

local build

--- A node can be referred to once it is whole, so that no tree contains itself.
local function named(b, event, node)
   if event.anchor then
      b.anchor[event.anchor] = node
   end
   return node
end

--- Counts what a walk over node will meet and how deep it goes, aliases walked each time.
local function grow(node, child, mark)
   node.size = node.size + (child.size or 1)
   node.height = math.max(node.height, 1 + (child.height or 0))
   if node.size > MAX_NODES or node.height > MAX_DEPTH then
      stop(node.size > MAX_NODES and 'too many values' or 'nested too deeply', mark)
   end
end

local function merge_from(node, source, mark)
   if source.kind == 'seq' then
      for _, item in ipairs(source.items) do
         merge_from(node, item, mark)
      end
   elseif source.kind == 'map' then
      for _, pair in ipairs(source.pairs) do
         local key = pair[1].value
         if key and not node.by[key] then
            node.pairs[#node.pairs + 1] = pair
            node.by[key] = pair[2]
         end
      end
   else
      stop('a merge key (<<) needs a map', mark)
   end
end

local function build_map(b, event, depth)
   local node = place(b, { kind = 'map', pairs = {}, by = {}, size = 1, height = 1 },
      event.start_mark)
   local merges = {}
   while true do
      local key_event = b.next()
      if key_event.type == 'MAPPING_END' then
         break
      end
      local key = build(b, key_event, depth)
      local value = build(b, b.next(), depth)
      grow(node, key, key_event.start_mark)
      grow(node, value, key_event.start_mark)
      local name = key.value or key.kind == 'null' and '' or nil
      if name == '<<' and key.style == 'PLAIN' then
         merges[#merges + 1] = { value, key_event.start_mark }
      else
         node.pairs[#node.pairs + 1] = { key, value }
         if name and not node.by[name] then
            node.by[name] = value
         end
      end
   end
   for _, m in ipairs(merges) do
      merge_from(node, m[1], m[2])
   end
   return named(b, event, node)
end

local function build_seq(b, event, depth)
   local node = place(b, { kind = 'seq', items = {}, size = 1, height = 1 }, event.start_mark)
   while true do
      local e = b.next()
      if e.type == 'SEQUENCE_END' then
         return named(b, event, node)
      end
      local item = build(b, e, depth)
      grow(node, item, e.start_mark)
      node.items[#node.items + 1] = item
   end
end

local function build_scalar(b, event)
   local null = event.style == 'PLAIN' and not event.tag and NULLS[event.value]
   local node = place(b, { kind = null and 'null' or 'scalar', style = event.style },
      event.start_mark)
   if not null then
      node.value = event.value
   else
      node.text = event.value
   end
   return named(b, event, node)
end

function build(b, event, depth)
   if depth > MAX_DEPTH then
      stop('nested too deeply', event.start_mark)
   end
   if event.type == 'SCALAR' then
      return build_scalar(b, event)
   elseif event.type == 'SEQUENCE_START' then
      return build_seq(b, event, depth + 1)
   elseif event.type == 'MAPPING_START' then
      return build_map(b, event, depth + 1)
   end
   local node = event.type == 'ALIAS' and b.anchor[event.anchor]
   if not node then
      stop('the referenced anchor is not defined', event.start_mark)
   end
   return node
end

local function documents(b)
   local docs = {}
   while true do
      local e = b.next()
      if e.type == 'STREAM_END' then
         return docs
      elseif e.type == 'DOCUMENT_START' then
         b.anchor = {}
         docs[#docs + 1] = build(b, b.next(), 0)
      end
   end
end

--- Line, column (0-based) and offset of the byte that libyaml gives no place for.
local function unplaced(text)
   local at = json.bad_utf8(text) or text:find('[%z\1-\8\11\12\14-\31\127]') or 1
   local before = text:sub(1, at - 1)
   local _, line = before:gsub('\n', '')
   return line, #before:match('[^\n]*$'), at - 1
end

local function from_libyaml(text, message)
   local problem = message:match('^(.-) at document: ') or message
   for _, w in ipairs(WORDING) do
      if problem:find(w[1]) then
         problem = w[2]
         break
      end
   end
   local line, col = message:match('^.- at document: %d+, line: (%d+), column: (%d+)')
   if not line then
      local l, c, offset = unplaced(text)
      return { msg = problem, line = l, col = c, offset = offset }
   end
   line, col = tonumber(line) - 1, tonumber(col) - 1
   local offset = 0
   for _ = 1, line do
      offset = text:find('\n', offset + 1, true) or #text
   end
   return { msg = problem, line = line, col = col, offset = math.min(offset + col, #text) }
end

local function failure(text, e)
   if type(e) == 'table' and e.yaml then
      e.offset = offset_map(text)(e.index)
   else
      e = from_libyaml(text, tostring(e))
   end
   e.what = string.format('yaml-cpp: error at line %d, column %d: %s', e.line + 1, e.col + 1, e.msg)
   return nil, e
end

--- The documents of text, in order; or nil and { what, msg, line, col, offset }.
function M.parse(text)
   if #text > MAX_BYTES then
      return failure(text,
         { yaml = true, msg = 'the text is too long', line = 0, col = 0, index = 0 })
   end
   local ok, res = pcall(function()
      local next_event = lyaml.parser(text)
      return documents({ next = next_event, text = text, offset = offset_map(text),
         anchor = {} })
   end)
   if ok then
      return res
   end
   return failure(text, res)
end

local TRUE = { ['true'] = 1, yes = 1, on = 1, y = 1 }
local FALSE = { ['false'] = 1, no = 1, off = 1, n = 1 }

--- A scalar text as YAML 1.1 boolean in the three case forms; nil: it is none.
function M.boolean(text)
   local lower = text:lower()
   if text ~= lower and text ~= text:upper() and text ~= lower:gsub('^%l', string.upper) then
      return nil
   end
   if TRUE[lower] then
      return true
   elseif FALSE[lower] then
      return false
   end
   return nil
end

return M
