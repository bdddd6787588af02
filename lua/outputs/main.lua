--- main.lua - the output thread: batches of finished alerts, rate limit, sinks.
--
-- Runs until the queue is closed and empty.  The loop is on the alert path: no closures,
-- no pairs, no string building but for what is rare.
local ffi = require 'ffi'
local capi = require 'outputs.capi'
local ratelimit = require 'outputs.ratelimit'
local sinks = require 'outputs.sinks'

local M = {}

local MAX_BATCH = 1024
local POLL_MS = 60000
local DEBUG = 7
local TRUE = { ['true'] = true, yes = true, on = true, y = true, ['1'] = true }

--- What sinks need, with the handle bound; see sinks.lua.
local function system(C, h)
   local sys = { C = C, h = h, replay = C.is_replay(h) ~= 0 }
   function sys.option(key)
      local value = C.option(h, key)
      return value ~= nil and ffi.string(value) or nil
   end
   function sys.flag(key, missing)
      local value = sys.option(key)
      if value == nil then
         return missing
      end
      return TRUE[value:lower()] == true
   end
   function sys.number(key, missing)
      local value = sys.option(key)
      if value == nil or value == '' then
         return missing
      end
      return tonumber(value)
   end
   function sys.log(level, text)
      C.log(h, level, text)
   end
   function sys.count(name, n)
      C.count(h, name, n)
   end
   return sys
end

--- The bucket, or false when alerts are not limited; nil and a message for bad numbers.
local function limiter(sys)
   local rate, burst = sys.number('outputs.rate', 0), sys.number('outputs.max_burst', 1000)
   if not rate or rate < 0 or not burst or burst < 0 then
      return nil, 'outputs.rate and outputs.max_burst must be numbers that are not negative'
   end
   if rate == 0 or burst == 0 or (sys.replay and not sys.flag('outputs.limit_replay', false)) then
      return false
   end
   return ratelimit.new(rate, math.max(burst, 1))
end

local function skip(sys, alert)
   sys.count('skipped.rate_limit', 1)
   sys.log(DEBUG, 'Skipping rate-limited notification for rule ' .. ffi.string(alert.rule))
end

--- Moves the alerts that may go out to the front; how many.
local function limit(sys, bucket, batch, n)
   local size = ffi.sizeof('struct saker_alert')
   local kept = 0
   for i = 0, n - 1 do
      local alert = batch[i]
      if alert.internal ~= 0 or bucket:claim(tonumber(alert.ts_ns) * 1e-9) then
         if kept ~= i then
            ffi.copy(batch + kept, batch + i, size)
         end
         kept = kept + 1
      else
         skip(sys, alert)
      end
   end
   return kept
end

--- Opens what the configuration asks for; functions, handle: struct saker_output_api and
--- struct saker_outputs.  Returns what loop() needs, or nil and a message.
function M.start(functions, handle)
   local C, h = capi.bind(functions, handle)
   local sys = system(C, h)
   local bucket, set, message
   bucket, message = limiter(sys)
   if bucket == nil then
      return nil, message
   end
   set, message = sinks.open(sys)
   if not set then
      return nil, message
   end
   return { C = C, h = h, sys = sys, set = set, bucket = bucket }
end

--- The alert path: until the queue is closed and empty.
function M.loop(state)
   local C, h, sys, set, bucket = state.C, state.h, state.sys, state.set, state.bucket
   local batch = ffi.new('struct saker_alert[?]', MAX_BATCH)
   local n = C.poll(h, batch, MAX_BATCH, POLL_MS)
   while n >= 0 do
      if C.take_reopen(h) ~= 0 then
         set:reopen()
      end
      if n > 0 and bucket then
         n = limit(sys, bucket, batch, n)
      end
      if n > 0 then
         set:send(batch, n)
      end
      n = C.poll(h, batch, MAX_BATCH, POLL_MS)
   end
end

--- The whole thread.  Nil and a message, before the first poll, when it cannot start.
function M.run(functions, handle)
   local state, message = M.start(functions, handle)
   if not state then
      return nil, message
   end
   M.loop(state)
   state.set:close()
   return true
end

return M
