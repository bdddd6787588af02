--- sinks.lua - which sinks there are, which are enabled, and a batch to all of them.
--
-- A sink is one file with M.name and M.open(sys), which returns an object with send(batch, n),
-- describe(), reopen() and close().  sys holds: C and h (outputs.capi), option(key),
-- flag(key, missing), number(key, missing), replay, log(level, text), count(name, n).
local ffi = require 'ffi'

local M = {}

local Set = {}
Set.__index = Set

local ERROR = 3

-- in Falco's order
local KINDS = {
   require 'outputs.file', require 'outputs.stdout', require 'outputs.syslog',
   require 'outputs.program',
}

assert(#KINDS == 4, 'Set:send() is written out for four sinks')

local NONE = 'No output configured, please make sure at least one output is configured and enabled.'

--- Opens every enabled sink.  Nil and a message when none is enabled or one cannot be.
function M.open(sys)
   local set = setmetatable({ sys = sys }, Set)
   for _, kind in ipairs(KINDS) do
      if sys.flag(kind.name .. '_output.enabled', false) then
         local sink, message = kind.open(sys)
         if not sink then
            return nil, message
         end
         set[#set + 1] = {
            sink = sink, failing = false,
            sent = 'sent.' .. kind.name, failed = 'failed.' .. kind.name,
         }
      end
   end
   if #set == 0 then
      return nil, NONE
   end
   return set
end

--- One line when a sink begins to fail, not one a batch.
local function failed(self, entry, n, code)
   local sys = self.sys
   sys.count(entry.failed, n)
   if not entry.failing then
      entry.failing = true
      sys.log(ERROR, ('%s (error: %s)'):format(entry.sink:describe(),
         ffi.string(sys.C.error_text(code))))
   end
end

local function deliver(self, entry, batch, n)
   local ok, code = entry.sink:send(batch, n)
   if ok then
      entry.failing = false
      self.sys.count(entry.sent, n)
   else
      failed(self, entry, n, code)
   end
end

--- Hands batch[0..n) to each sink; one that fails does not keep it from the others.
--- Written out: the compiler gives up on inner loops that run once or twice.
function Set:send(batch, n)
   deliver(self, self[1], batch, n)
   if self[2] then
      deliver(self, self[2], batch, n)
   end
   if self[3] then
      deliver(self, self[3], batch, n)
   end
   if self[4] then
      deliver(self, self[4], batch, n)
   end
end

function Set:reopen()
   for i = 1, #self do
      self[i].sink:reopen()
   end
end

function Set:close()
   for i = 1, #self do
      self[i].sink:close()
   end
end

return M
