--- program.lua - alerts as lines on the standard input of a program.
--
-- With keep_alive one program gets all; without, one is started for each alert.  The
-- text of an alert never becomes part of a command.
local ffi = require 'ffi'

local M = { name = 'program' }

local Sink = {}
Sink.__index = Sink

local EPIPE = 32
local REPLAY_WAIT = 60000

--- Nil and a message when the configuration will not do.
function M.open(sys)
   local command = sys.option('program_output.program')
   if not command or command == '' then
      return nil, 'program output enabled but no program in configuration block'
   end
   return setmetatable({
      C = sys.C, command = command, keep = sys.flag('program_output.keep_alive', false),
      wait = sys.replay and REPLAY_WAIT or sys.number('output_timeout', 2000),
      fd = -1, pid = ffi.new('int32_t[1]'),
      left = {},                -- programs that did not end in time
   }, Sink)
end

local function start(self)
   local fd = self.C.program_start(self.command, self.pid)
   if fd < 0 then
      self.doing = 'Failed to open program output: '
      return nil, fd
   end
   self.fd = fd
   return true
end

--- Ends what runs; one that goes on is asked again at the next end.
local function stop(self)
   local C, left = self.C, self.left
   for i = #left, 1, -1 do
      if C.program_end(-1, left[i], 0) >= 0 then
         table.remove(left, i)
      end
   end
   if self.fd >= 0 then
      local fd, pid = self.fd, self.pid[0]
      self.fd = -1
      if C.program_end(fd, pid, self.wait) < 0 then
         left[#left + 1] = pid
      end
   end
end

local function write(self, alerts, n)
   if self.fd < 0 then
      local ok, rc = start(self)
      if not ok then
         return nil, rc
      end
   end
   local rc = self.C.write_alerts(self.fd, alerts, n)
   if rc < 0 then
      self.doing = 'program output: cannot write to '
      return nil, rc
   end
   return true
end

--- A program that ended meanwhile is started again, once.
local function send_kept(self, batch, n)
   local ok, rc = write(self, batch, n)
   if not ok and rc == -EPIPE then
      stop(self)
      ok, rc = write(self, batch, n)
   end
   if not ok then
      stop(self)
   end
   return ok, rc
end

function Sink:send(batch, n)
   if self.keep then
      return send_kept(self, batch, n)
   end
   local all, code = true, nil
   for i = 0, n - 1 do
      local ok, rc = write(self, batch + i, 1)
      stop(self)
      if not ok and rc ~= -EPIPE then   -- a program may end without reading
         all, code = nil, rc
      end
   end
   return all, code
end

function Sink:describe()
   return self.doing .. self.command
end

function Sink:reopen()
   stop(self)
end

function Sink:close()
   stop(self)
end

return M
