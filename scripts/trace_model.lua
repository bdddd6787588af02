--- trace_model.lua - the processes of a trace description, so that events can be
-- written with what is interesting about them only.  For mktrace.
local M = {}
M.__index = M

local ENV = { 'HOME=/root', 'PATH=/usr/local/bin:/usr/bin:/bin' }
local CGROUPS = { 'cpuset=/', 'cpu=/', 'cpuacct=/', 'io=/', 'memory=/' }

local NUMBERS = { 'vm_size', 'vm_rss', 'vm_swap', 'pgft_maj', 'pgft_min', 'exe_ino',
   'exe_ino_ctime', 'exe_ino_mtime', 'cap_inheritable', 'cap_permitted', 'cap_effective',
   'pidns_init_start_ts', 'exe_writable', 'exe_upper_layer', 'exe_lower_layer', 'exe_from_memfd' }

function M.new()
   return setmetatable({ procs = {}, order = {} }, M)
end

local function base(path)
   return (path:match('([^/]*)$'):sub(1, 15))
end

local function exepath(exe)
   return exe:sub(1, 1) == '/' and exe or '/usr/bin/' .. exe
end

--- A process of the list.  given: fields by name; the others get sensible values.
function M:add(tid, given)
   local parent = self.procs[given.ptid or '1'] or {}
   local exe = given.exe or '/usr/bin/' .. (given.comm or 'prog')
   local p = {
      tid = tid, pid = given.pid or tid, ptid = given.ptid or (tid == '1' and '0' or '1'),
      sid = given.sid or parent.sid or tid, vpgid = given.vpgid or given.pid or tid,
      comm = given.comm or base(exe), exe = exe, exepath = given.exepath or exepath(exe),
      args = given.args or {}, env = given.env or ENV, cgroups = given.cgroups or CGROUPS,
      cwd = given.cwd or '/', root = given.root or '/', fdlimit = given.fdlimit or '1024',
      uid = given.uid or '0', gid = given.gid or given.uid or '0',
      loginuid = given.loginuid or '-1', tty = given.tty or '0',
      flags = given.flags or '0', fds = {},
   }
   p.pgid, p.vtid, p.vpid = given.pgid or p.vpgid, given.vtid or tid, given.vpid or p.pid
   for _, name in ipairs(NUMBERS) do
      p[name] = given[name] or '0'
   end
   for fd = 0, 2 do
      p.fds[fd] = true
   end
   if not self.procs[tid] then
      table.insert(self.order, tid)
   end
   self.procs[tid] = p
   return p
end

--- A thread: as its process, with a tid of its own.
function M:add_thread(tid, pid, given)
   local main = self.procs[pid] or error('no process ' .. pid, 0)
   local p = setmetatable({ tid = tid, vtid = given.vtid or tid, comm = given.comm or main.comm,
      flags = given.flags or '0' }, { __index = main })
   table.insert(self.order, tid)
   self.procs[tid] = p
   return p
end

--- The child of a fork, known from now on.
function M:fork(parent, child, is_thread)
   local from = self.procs[parent]
   if not from then
      from = self:add(parent, {})
   end
   if is_thread then
      return self:add_thread(child, from.pid, {})
   end
   local p = {}
   for k, v in pairs(getmetatable(from) and getmetatable(from).__index or from) do
      p[k] = v
   end
   p.tid, p.pid, p.vtid, p.vpid, p.ptid, p.fds = child, child, child, child, from.pid, {}
   for fd in pairs(from.fds) do
      p.fds[fd] = true
   end
   self.procs[child] = p
   return p
end

local function lowest_free(p)
   local fd = 0
   while p.fds[fd] do
      fd = fd + 1
   end
   return fd
end

--- Parameters of exec and fork events that are what the process is.
local OF_PROCESS = {}
for name in ([[tid pid ptid fdlimit pgft_maj pgft_min vm_size vm_rss vm_swap uid gid vtid vpid env
   tty vpgid pgid loginuid comm cgroups exe args cap_inheritable cap_permitted cap_effective exe_ino
   exe_ino_ctime exe_ino_mtime pidns_init_start_ts]]):gmatch('%S+') do
   OF_PROCESS[name] = true
end

--- What an exec's own parameters say about the others.
local function exec_default(given, name)
   local exe = type(given.exe) == 'string' and given.exe
   if name == 'comm' and exe then
      return base(exe)
   elseif name == 'trusted_exepath' or name == 'filename' then
      return exe and exepath(exe)
   elseif name == 'args' then
      return {}
   end
end

local LENGTH = { size = true, length = true }
local DIRFD = { dirfd = true, olddirfd = true, newdirfd = true, linkdirfd = true }

--- The fd a parameter means: a new one, or the last one opened.
local function fd_default(e, p, given, name)
   if name == 'fd2' then
      return (tonumber(given.fd1) or lowest_free(p)) + 1
   elseif e.flags:find('CREATES_FD', 1, true) then
      local result = name == e.params[1].name and (name ~= 'res' or e.name:match('^dup'))
      return (result or name == 'fd1') and lowest_free(p) or nil
   elseif e.fd_param >= 0 and name == e.params[e.fd_param + 1].name then
      return p.last_fd
   end
end

local function connect_tuple(addr)
   local from = addr:match('^%[') and '[::1]' or '10.0.0.2'
   return addr:match('^unix:') and addr or from .. ':40000->' .. addr
end

--- The value of a parameter that the description left out, or nil for the type's zero.
-- e: the event of the schema, p: the process (may be nil), given: parameters by name.
function M.default(_, e, p, given, name)
   local exec = e.name:match('^execve') and exec_default(given, name)
   local data = given.data
   if exec then
      return exec
   elseif OF_PROCESS[name] and (e.name:match('^execve') or e.name:match('^clone')
      or e.name:match('fork$')) then
      return p and p[name]
   elseif DIRFD[name] then
      return 'AT_FDCWD'
   elseif name == 'res' and data then
      return tostring(#data)
   elseif LENGTH[name] and (data or given.res) then
      return data and tostring(#data) or given.res
   elseif e.name == 'connect' and name == 'tuple' and given.addr then
      return connect_tuple(given.addr)
   elseif name == 'flags' and e.name:match('^open') then
      return 'O_RDONLY'
   end
   local fd = p and fd_default(e, p, given, name)
   return fd and tostring(fd)
end

--- What an event changes for those after it.  v: all its parameters by name.
function M:apply(e, p, v)
   local res = tonumber(v.res or v.fd or '0')
   if not p or not res or res < 0 then
      return
   end
   if e.name:match('^execve') then
      for _, name in ipairs { 'exe', 'comm', 'args', 'env', 'uid', 'gid' } do
         p[name] = v[name] or p[name]
      end
   elseif e.name == 'setuid' then
      p.uid = v.uid
   elseif e.name == 'setgid' then
      p.gid = v.gid
   elseif e.name == 'procexit' then
      self.procs[p.tid] = nil
   elseif e.name == 'close' then
      p.fds[tonumber(v.fd) or -1] = nil
   elseif e.name:match('^pipe') then
      p.fds[tonumber(v.fd1) or 0], p.fds[tonumber(v.fd2) or 0] = true, true
   elseif e.flags:find('CREATES_FD', 1, true) then
      p.fds[res], p.last_fd = true, res
   end
end

return M
