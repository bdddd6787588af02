package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local ffi = require 'ffi'
local support = require 'outputs_support'
local main = require 'outputs.main'

ffi.cdef 'int dup(int); int dup2(int, int); int open(const char *, int); int close(int);'

--- Runs f with standard output going nowhere.
local function silenced(f)
   local keep, null = ffi.C.dup(1), ffi.C.open('/dev/null', 1)
   ffi.C.dup2(null, 1)
   local ok, message = pcall(f)
   ffi.C.dup2(keep, 1)
   ffi.C.close(keep)
   ffi.C.close(null)
   assert(ok, message)
end

--- What the compiler did while f ran: traces made, and aborts as texts; those in the modules
--- of the test runner itself, which the loop does not call, do not count.
local function traced(f)
   local vmdef, util = require 'jit.vmdef', require 'jit.util'
   local made, aborts = 0, {}
   local function listen(what, _, func, pc, code, reason)
      if what == 'stop' then
         made = made + 1
      elseif what == 'abort' then
         local info = util.funcinfo(func, pc)
         if (info.source or ''):find('busted', 1, true) then
            return
         end
         local text = type(code) == 'number' and vmdef.traceerr[code] or code
         if type(text) == 'string' and text:find('%%') then
            text = text:format(reason)
         end
         aborts[#aborts + 1] = info.loc .. ': ' .. tostring(text)
      end
   end
   jit.flush()
   jit.opt.start('hotloop=10')
   jit.attach(listen, 'trace')
   f()
   jit.attach(listen)
   jit.opt.start(3)
   return made, aborts
end

local SINKS = {
   { 'stdout', { ['stdout_output.enabled'] = 'true' } },
   { 'stdout and file', { ['stdout_output.enabled'] = 'true', ['file_output.enabled'] = 'true',
      ['file_output.filename'] = '/dev/null', ['file_output.keep_alive'] = 'true' } },
   { 'a limited stdout', { ['stdout_output.enabled'] = 'true', ['outputs.rate'] = '100000',
      ['outputs.max_burst'] = '1000' } },
}

describe('the loop from queue to sinks', function()
   for _, row in ipairs(SINKS) do
      it('is compiled, without a single abort, for ' .. row[1], function()
         local o = support.new(row[2])
         for i = 1, 60000 do
            support.alert(o, 'an alert', i * 1e-5)
         end
         local made, aborts = 0, nil
         silenced(function()
            local state = assert(main.start(support.arguments(o)))
            made, aborts = traced(function() main.loop(state) end)
         end)
         assert.equal(0, support.counter(o, 'skipped.rate_limit'))
         assert.same({}, aborts)
         assert.is_true(made > 0)
      end)
   end
end)
