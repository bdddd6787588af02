--- conformance.lua - reads the conformance tables, which stand beside the project or not at all.
local M = {}

local ESCAPE = { n = '\n', t = '\t', r = '\r', ['\\'] = '\\' }

--- C-escaped column -> bytes.
function M.unescape(s)
   local out, at = {}, 1
   while at <= #s do
      local c = s:sub(at, at)
      if c ~= '\\' then
         local stop = (s:find('\\', at, true) or #s + 1) - 1
         out[#out + 1] = s:sub(at, stop)
         at = stop + 1
      elseif s:sub(at + 1, at + 1) == 'x' then
         out[#out + 1] = string.char(tonumber(s:sub(at + 2, at + 3), 16))
         at = at + 4
      else
         out[#out + 1] = ESCAPE[s:sub(at + 1, at + 1)]
         at = at + 2
      end
   end
   return table.concat(out)
end

local function split(line)
   local out = {}
   for column in (line .. '\t'):gmatch('([^\t]*)\t') do
      out[#out + 1] = column
   end
   return out
end

--- The rows of a table as name -> text columns (unescaped unless in `raw`), or nil when absent.
function M.rows(file, raw)
   local shared = os.getenv('SHARED') or '../shared'
   local f = io.open(shared .. '/' .. file)
   if not f then
      return nil
   end
   local rows, names = {}, nil
   for line in f:lines() do
      if line:sub(1, 1) ~= '#' or names then
         local columns = split(line)
         if not names then
            names = columns
         else
            local row = { line = line }
            for i, name in ipairs(names) do
               local text = columns[i] or ''
               row[name] = raw and raw[name] and text or M.unescape(text)
            end
            rows[#rows + 1] = row
         end
      end
   end
   f:close()
   return rows
end

return M
