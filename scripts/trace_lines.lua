--- trace_lines.lua - the lines of a trace description: words, templates, repetition.  For mktrace.
local M = {}

local ESCAPE = { n = '\n', t = '\t', ['0'] = '\0', ['"'] = '"', ['\\'] = '\\' }

--- A quoted string that begins at i (the quote); its value and the place after it.
local function quoted(s, i)
   local out = {}
   i = i + 1
   while true do
      local c = s:sub(i, i)
      if c == '' then
         error('a string has no end', 0)
      elseif c == '"' then
         return table.concat(out), i + 1
      elseif c == '\\' then
         local hex = s:match('^x(%x%x)', i + 1)
         local e = ESCAPE[s:sub(i + 1, i + 1)]
         if not hex and not e then
            error('unknown escape \\' .. s:sub(i + 1, i + 1), 0)
         end
         out[#out + 1] = hex and string.char(tonumber(hex, 16)) or e
         i = i + (hex and 4 or 2)
      else
         out[#out + 1] = c
         i = i + 1
      end
   end
end

--- One value at i: a quoted string, a [list], or the text up to a blank.
local function value(s, i, stop)
   local c = s:sub(i, i)
   if c == '"' then
      return quoted(s, i)
   elseif c == '[' and not stop and not s:match('^%[[%x:.]*:[%x:.]*%]:%d', i) then
      local list = {}
      i = s:match('^%s*()', i + 1)
      while s:sub(i, i) ~= ']' do
         if i > #s then
            error('a list has no end', 0)
         end
         list[#list + 1], i = value(s, i, ']')
         i = s:match('^%s*()', i)
      end
      return list, i + 1
   end
   local word, at = s:match(stop and '^([^%s%]]*)()' or '^(%S*)()', i)
   return word, at
end

--- Words of a line: positional ones by number, name=value ones by name; names holds the
--- names in order, raw their text as written.  A word that begins with # ends the line.
function M.split(s)
   local out, names, raw = {}, {}, {}
   local i = s:match('^%s*()')
   while i <= #s and s:sub(i, i) ~= '#' do
      local key, at = s:match('^([%a_][%w_]*)=()', i)
      local from = at or i
      local v
      v, i = value(s, from)
      if key then
         out[key] = v
         raw[key] = s:sub(from, i - 1)
         names[#names + 1] = key
      else
         out[#out + 1] = v
      end
      if not s:match('^%s', i) and i <= #s then
         error('a blank is missing before "' .. s:sub(i, i + 10) .. '"', 0)
      end
      i = s:match('^%s*()', i)
   end
   out.names, out.raw = names, raw
   return out
end

--- $name and ${name} by the variables in scope; everything else stays.
local function substitute(s, vars)
   s = s:gsub('%${([%a_][%w_]*)}', vars)
   return (s:gsub('%$([%a_][%w_]*)', vars))
end

local OPENS = { define = true, ['repeat'] = true }

--- Index of the "end" that closes the block opened at line i.
local function find_end(lines, i)
   local depth = 0
   for j = i, #lines do
      local word = lines[j].text:match('^%s*(%S+)')
      depth = depth + (OPENS[word] and 1 or word == 'end' and -1 or 0)
      if depth == 0 then
         return j
      end
   end
   error(('%s: no "end" for this'):format(lines[i].place), 0)
end

local function slice(lines, from, to)
   local out = {}
   for i = from, to do
      out[#out + 1] = lines[i]
   end
   return out
end

local run

local function call(env, t, w)
   local vars = setmetatable({}, { __index = env.vars })
   for _, p in ipairs(t.params) do
      vars[p.name] = w.raw[p.name] or p.default
      if vars[p.name] == nil then
         error(('template needs %s='):format(p.name), 0)
      end
   end
   run({ vars = vars, templates = env.templates, act = env.act }, t.lines)
end

local function define(env, text, body)
   local w = M.split((text:gsub('^%s*define', '', 1)))
   local t = { lines = body, params = {} }
   for i = 2, #w do
      table.insert(t.params, { name = w[i] })
   end
   for _, name in ipairs(w.names) do
      table.insert(t.params, { name = name, default = w.raw[name] })
   end
   env.templates[w[1]] = t
end

local function repeated(env, w, body)
   for n = 1, assert(tonumber(w[2]), 'repeat COUNT [NAME]') do
      local vars = setmetatable({ [w[3] or 'i'] = tostring(n) }, { __index = env.vars })
      run({ vars = vars, templates = env.templates, act = env.act }, body)
   end
end

--- Runs lines in order; act(words, place) gets those that are no control lines.
run = function(env, lines)
   local i = 1
   while i <= #lines do
      local line = lines[i]
      local ok, err = pcall(function()
         local text = substitute(line.text, env.vars)
         local word = text:match('^%s*(%S+)')
         if OPENS[word] then
            local last = find_end(lines, i)
            local body = slice(lines, i + 1, last - 1)
            i = last
            if word == 'define' then
               return define(env, text, body)
            end
            return repeated(env, M.split(text), body)
         end
         local w = M.split(text)
         if w[1] == 'let' then
            for _, name in ipairs(w.names) do
               rawset(env.vars, name, w.raw[name])
            end
         elseif w[1] == 'use' then
            call(env, env.templates[w[2]] or error('no template ' .. tostring(w[2]), 0), w)
         elseif w[1] then
            env.act(w)
         end
      end)
      if not ok then
         error(tostring(err):match('^%S+:%d+: ') and err or line.place .. ': ' .. tostring(err), 0)
      end
      i = i + 1
   end
end

--- Reads a file and runs it.
function M.run_file(path, act)
   local lines, n = {}, 0
   for text in assert(io.open(path)):lines() do
      n = n + 1
      lines[n] = { text = text, place = path .. ':' .. n }
   end
   run({ vars = {}, templates = {}, act = act }, lines)
end

return M
