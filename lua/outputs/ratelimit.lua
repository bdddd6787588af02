--- ratelimit.lua - a token bucket.  Runs per alert, never per event.
--
-- Time is passed in, so that a replay is limited by the time of its events.
local M = {}

local Bucket = {}
Bucket.__index = Bucket

--- rate: tokens a second, > 0.  burst: most held at once, >= 1.  A new bucket is full.
function M.new(rate, burst)
   assert(rate > 0 and burst >= 1, 'rate must be > 0 and burst >= 1')
   return setmetatable({ rate = rate, burst = burst, left = burst, at = false }, Bucket)
end

--- True when one more alert may go out at now (seconds).  Time that steps back refills nothing.
function Bucket:claim(now)
   local at = self.at
   if not at then
      self.at = now
   elseif now > at then
      local left = self.left + (now - at) * self.rate
      if left > self.burst then
         left = self.burst
      end
      self.left = left
      self.at = now
   end
   if self.left < 1 then
      return false
   end
   self.left = self.left - 1
   return true
end

return M
