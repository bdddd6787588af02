--- syslog.lua - alerts to syslog, the priority as severity.
local M = { name = 'syslog' }

local Sink = {}
Sink.__index = Sink

function M.open(sys)
   return setmetatable({ C = sys.C }, Sink)
end

function Sink:send(batch, n)
   local C = self.C
   for i = 0, n - 1 do
      local a = batch[i]
      C.syslog(a.priority, a.text, a.text_len)
   end
   return true
end

function Sink.describe()
   return 'syslog'
end

function Sink.reopen() end

function Sink.close() end

return M
