--- facts.lua - the event and system call tables of the reference, as evttypes.lua wants them.
local conformance = require 'conformance'
local evttypes = require 'engine.evttypes'

local M = {}

local function codes(text)
   local out = {}
   for code in text:gmatch('%d+') do
      out[#out + 1] = tonumber(code)
   end
   return out
end

--- Facts, or nil when the reference is not here.
function M.reference()
   local events = conformance.rows('reference/event_schema.tsv')
   local syscalls = conformance.rows('reference/syscalls.tsv')
   if not events or not syscalls then
      return nil
   end
   local facts = { events = {}, syscalls = {}, nevents = 0, nsyscalls = 0 }
   for _, row in ipairs(events) do
      facts.events[tonumber(row.code)] = { name = row.name,
         syscall = row.category:find('EC_SYSCALL', 1, true) ~= nil }
      facts.nevents = facts.nevents + 1
   end
   for _, row in ipairs(syscalls) do
      local sc = tonumber(row.ppm_sc)
      while facts.nsyscalls < sc do
         facts.syscalls[facts.nsyscalls] = { name = '', events = {} }
         facts.nsyscalls = facts.nsyscalls + 1
      end
      facts.syscalls[sc] = { name = row.name, events = codes(row.events) }
      facts.nsyscalls = sc + 1
   end
   return evttypes.index(facts)
end

--- A small world of its own: 0,1 generic; 2,3 open; 4,5 close; 6 asyncevent; 7 nobody's.
function M.small()
   local events = { [0] = { 'syscall', true }, { 'syscall', true }, { 'open', true },
      { 'open', true }, { 'close', true }, { 'close', true }, { 'asyncevent', false },
      { 'NA', false } }
   local facts = { events = {}, nevents = 8, nsyscalls = 4, syscalls = {
      [0] = { name = 'getpid', events = { 0, 1 } }, { name = 'open', events = { 2, 3 } },
      { name = 'close', events = { 4, 5 } }, { name = 'getppid', events = { 0, 1 } } } }
   for code, e in pairs(events) do
      facts.events[code] = { name = e[1], syscall = e[2] }
   end
   return evttypes.index(facts)
end

return M
