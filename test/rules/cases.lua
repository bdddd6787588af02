--- cases.lua - the cases of test/rules/*.yaml, and one capture that holds them all.
--
-- A file is a list of
--
--   - rule: NAME                  a rule of rules/saker_rules.yaml
--     world: TEXT                 lines for scripts/mktrace that stand before each of its cases
--     fires: { CASE: TEXT, ... }  traces in which the rule fires
--     quiet: { CASE: TEXT, ... }  traces in which it does not
--
-- Each case is a world of its own, with a shell (100, /bin/bash) and its child (101, /usr/bin/tool)
-- whose events follow; thread numbers from 100 to 999 belong to the case and are moved so that all
-- cases fit into one capture.  A case may describe 100 and 101 again; 101 stays 100's child.
-- $box: cgroups of a container.
local lyaml = require 'lyaml'

local M = {}

local START = [[
machine cpus=2 hostname=lab
interface eth0 10.0.0.2 mask=255.255.255.0
user 0 root home=/root shell=/bin/bash
user 1000 alice home=/home/alice shell=/bin/bash
group 1000 alice
let box=[cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef]
]]

local WORLD = [[
process bash tid=100 exe=/bin/bash
process tool tid=101 ptid=100
]]

local SPAN = 1000       -- thread numbers of one case
local HEAD = { process = true, thread = true, fd = true, user = true, group = true }
local NUMBERED = { as = 1, fork = 1, fd = 1, thread = 2 }

local function sorted_keys(map)
   local keys = {}
   for k in pairs(map) do
      keys[#keys + 1] = k
   end
   table.sort(keys)
   return keys
end

local function read(path)
   local f = assert(io.open(path))
   local text = f:read '*a'
   f:close()
   return text
end

--- Cases of the files, in order: { rule=, name=, fires=, text=, file=, id= }.
function M.load(paths)
   local out = {}
   for _, path in ipairs(paths) do
      for _, entry in ipairs(lyaml.load(read(path))) do
         for _, kind in ipairs { 'fires', 'quiet' } do
            local group = entry[kind] or {}
            for _, name in ipairs(sorted_keys(group)) do
               out[#out + 1] = { rule = entry.rule, name = name, fires = kind == 'fires',
                  text = (entry.world or '') .. '\n' .. group[name], file = path, id = #out + 1 }
            end
         end
      end
   end
   return out
end

--- A thread number of the case as one of the capture.
local function moved(number, id)
   local n = tonumber(number)
   return n >= 100 and n < SPAN and ('%d'):format(id * SPAN + n) or number
end

local function move_line(line, id)
   line = line:gsub('%f[%w_](p?t?id)=(%d+)', function(name, n)
      return name .. '=' .. moved(n, id)
   end)
   local word = line:match '^%s*(%a+)'
   if word == 'process' and line:match '%stid=%d+101%f[%D]' and not line:match '%sptid=' then
      line = line .. (' ptid=%d'):format(id * SPAN + 100)
   end
   for _ = 1, NUMBERED[word] or 0 do
      line = line:gsub('^(%s*%a+[%s%d]-)%f[%d](%d%d%d)%f[%D]', function(before, n)
         return before .. moved(n, id)
      end)
   end
   return line, word
end

--- Text for scripts/mktrace with all cases: lists first, then events.
function M.trace(cases)
   local head, events = { START }, {}
   for _, case in ipairs(cases) do
      local at = #events + 1
      events[at] = move_line('as 101', case.id)
      for line in (WORLD .. case.text):gmatch '[^\n]+' do
         local text, word = move_line(line, case.id)
         if word then
            table.insert(HEAD[word] and head or events, text)
         end
      end
   end
   return table.concat(head, '\n') .. '\n' .. table.concat(events, '\n') .. '\n'
end

--- Number of the case that a thread number of the capture belongs to.
function M.of_thread(tid)
   return math.floor(tid / SPAN)
end

return M
