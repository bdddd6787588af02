package.path = './lua/?.lua;' .. package.path
local ratelimit = require 'outputs.ratelimit'

-- times asked, and which of them pass
local ROWS = {
   { 'holds a full burst at the start', 1, 3, { 0, 0, 0, 0 }, 'YYYN' },
   { 'refills with time', 1, 1, { 10, 10.5, 11, 11.9, 12 }, 'YNYNY' },
   { 'refills parts of a token', 2, 1, { 0, 0.25, 0.5, 0.75, 1 }, 'YNYNY' },
   { 'never holds more than the burst', 10, 2, { 0, 0, 100, 100, 100 }, 'YYYYN' },
   { 'gives nothing for time that steps back', 1, 1, { 100, 50, 99, 100.5, 101 }, 'YNNNY' },
   { 'counts from the first alert, whenever that is', 1, 1, { 1e9, 1e9 + 0.5, 1e9 + 1 }, 'YNY' },
   { 'works with rates below one', 0.5, 1, { 0, 1, 2, 3, 4 }, 'YNYNY' },
}

describe('the token bucket', function()
   for _, row in ipairs(ROWS) do
      local name, rate, burst, times, expect = unpack(row)
      it(name, function()
         local bucket = ratelimit.new(rate, burst)
         local got = {}
         for i, t in ipairs(times) do
            got[i] = bucket:claim(t) and 'Y' or 'N'
         end
         assert.equal(expect, table.concat(got))
      end)
   end

   it('refuses rates and bursts that make no sense', function()
      assert.has_error(function() ratelimit.new(0, 1) end)
      assert.has_error(function() ratelimit.new(1, 0.5) end)
   end)
end)
