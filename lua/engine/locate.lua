--- locate.lua - the exact place of an error in the user's file, for messages of a load.
--
-- A condition's text differs from its file: quotes, folding, lists put in, several files
-- appended.  What both have in the same order is everything but white space, and that
-- is counted.  Where lists were put in, the word the message names is looked for.
local M = {}

local function count_black(s)
   local _, n = s:gsub('%S', '')
   return n
end

--- 0-based offset in text of the n-th (0-based) byte that is no white space, from `from`.
local function skip_black(text, from, n, quoted)
   local at = from + 1
   while at <= #text do
      local c = text:byte(at)
      if c == 92 and quoted then
         at = at + 1
         c = text:byte(at) or 32
      end
      if c ~= 32 and (c < 9 or c > 13) then
         if n == 0 then
            return at - 1
         end
         n = n - 1
      end
      at = at + 1
   end
   return #text
end

--- Where in the file byte `index` (0-based) of a scalar node's value stands.
local function in_file(text, node, index, value)
   local from = node.offset
   if node.style == 'LITERAL' or node.style == 'FOLDED' then
      from = text:find('\n', from + 1, true) or #text
   elseif node.style ~= 'PLAIN' then
      from = from + 1
   end
   local quoted = node.style == 'DOUBLE_QUOTED'
   local n = count_black(value:sub(1, index))
   if n > 0 and not value:find('%S', index + 1) then
      return skip_black(text, from, n - 1, quoted) + 1
   end
   return skip_black(text, from, n, quoted)
end

--- The part that byte `index` of parts joined by one blank is in, and its place there.
local function part_at(parts, index)
   for i, p in ipairs(parts) do
      if index < #p.text or i == #parts then
         return p, math.min(index, #p.text)
      end
      index = index - #p.text - 1
   end
end

--- { file, offset } of byte `index` of the text of parts; nil when a part has no node.
function M.of_text(parts, index, files)
   local p, at = part_at(parts, index)
   local text = p and p.node and files[p.file]
   if not text then
      return nil
   end
   return { file = p.file, offset = in_file(text, p.node, at, p.text) }
end

local function black(s)
   return (s:gsub('%s', ''))
end

--- { file, offset } of byte `index` of text, which is what the parts say with lists and
--- exceptions put in; nil when something was put in before that byte.
function M.of_resolved(text, index, parts, files)
   local own = {}
   for i, p in ipairs(parts) do
      own[i] = p.text
   end
   own = table.concat(own, ' ')
   local before = black(text:sub(1, index))
   if black(own):sub(1, #before) ~= before and before:sub(1, 1) == '(' then
      before = before:sub(2)            -- the one that exceptions put around a condition
   end
   if black(own):sub(1, #before) ~= before then
      return nil
   end
   return M.of_text(parts, skip_black(own, 0, #before), files)
end

--- { file, offset } of the first whole word `word` in one of several lists of parts.
function M.of_word(word, groups, files)
   for _, parts in ipairs(groups) do
      local index = 0
      for _, p in ipairs(parts) do
         local from = 1
         while true do
            local at, last = p.text:find(word, from, true)
            if not at then
               break
            end
            local before, after = p.text:sub(at - 1, at - 1), p.text:sub(last + 1, last + 1)
            if not (at > 1 and before:find('[%w_.]')) and not after:find('[%w_]') then
               return M.of_text(parts, index + at - 1, files)
            end
            from = at + 1
         end
         index = index + #p.text + 1
      end
   end
   return nil
end

--- "FILE:LINE:COL: reason", the offending line and a caret; columns count characters from 1.
--- place: { file, offset }.
function M.message(place, files, reason)
   local text = files[place.file] or ''
   local offset = math.min(place.offset, #text)
   local before = text:sub(1, offset)
   local _, line = before:gsub('\n', '')
   local start = #before - #before:match('[^\n]*$')
   local content = text:match('[^\r\n]*', start + 1):gsub('%z', ' ')      -- C ends texts there
   local column = offset - start
   local lead, more = content:sub(1, column):gsub('[\128-\191]', '')   -- a column a character
   if #content > 200 then
      local from = math.max(0, column - 100)
      lead = content:sub(from + 1, column):gsub('[\128-\191]', '')
      content = content:sub(from + 1, from + 200)
   end
   return string.format('%s:%d:%d: %s\n  %s\n  %s^', place.file, line + 1, column - more + 1,
      reason, content, (lead:gsub('[^\t]', ' ')))
end

return M
