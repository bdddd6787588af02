--- stdout.lua - alerts as lines on standard output, one write a batch.
local M = { name = 'stdout' }

local Sink = {}
Sink.__index = Sink

local STDOUT = 1

--- sys: see sinks.lua.
function M.open(sys)
   return setmetatable({ C = sys.C }, Sink)
end

--- Writes alerts batch[0..n).  True, or nil and a message.
function Sink:send(batch, n)
   local rc = self.C.write_alerts(STDOUT, batch, n)
   if rc < 0 then
      return nil, rc
   end
   return true
end

--- What a negative result of send() was about.
function Sink.describe()
   return 'stdout: cannot write'
end

function Sink.reopen() end

function Sink.close() end

return M
