--- file.lua - alerts as lines at the end of a file.
--
-- With keep_alive the file stays open until a reopen (log rotation); without, it is
-- opened and closed for each batch.
local M = { name = 'file' }

local Sink = {}
Sink.__index = Sink

--- Nil and a message when the configuration will not do.  A file that does not open is
--- tried again with the next alert.
function M.open(sys)
   local path = sys.option('file_output.filename')
   if not path or path == '' then
      return nil, 'file output enabled but no filename in configuration block'
   end
   local sink = setmetatable({
      C = sys.C, path = path, keep = sys.flag('file_output.keep_alive', false), fd = -1,
   }, Sink)
   return sink
end

function Sink:send(batch, n)
   local C = self.C
   if self.fd < 0 then
      local fd = C.file_open(self.path)
      if fd < 0 then
         self.doing = 'failed to open output file '
         return nil, fd
      end
      self.fd = fd
   end
   local rc = C.write_alerts(self.fd, batch, n)
   if rc < 0 or not self.keep then
      self:close()
   end
   if rc < 0 then
      self.doing = 'cannot write to '
      return nil, rc
   end
   return true
end

function Sink:describe()
   return 'file: ' .. self.doing .. self.path
end

--- The next batch opens the file anew.
function Sink:reopen()
   self:close()
end

function Sink:close()
   if self.fd >= 0 then
      self.C.file_close(self.fd)
      self.fd = -1
   end
end

return M
