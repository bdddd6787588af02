--- trace_blocks.lua - blocks and list entries of a capture, from the words of a trace
-- description (scripts/mktrace).
local values = require('trace_values')
local le = values.le
local M = {}

--- A number in any of the forms of trace_values, or an error.
function M.num(text)
   return values.number(text) or error('no number: ' .. tostring(text), 0)
end
local num = M.num

local function str(s)
   return le(#s, 2) .. s
end

local function list(v)
   v = type(v) == 'table' and v or { v }
   return str(#v > 0 and table.concat(v, '\0') .. '\0' or '')
end

--- A whole block; kind is the format's number.
function M.block(kind, body)
   local total = 12 + math.ceil(#body / 4) * 4
   return le(kind, 4) .. le(total, 4) .. body .. ('\0'):rep(total - 12 - #body) .. le(total, 4)
end

--- The section header.
function M.section()
   return M.block(0x0A0D0D0A, le(0x1A2B3C4D, 4) .. le(1, 2) .. le(2, 2) .. le(-1, 8))
end

--- Machine information; m: words by name.
function M.machine(m)
   local host = (m.hostname or 'lab'):sub(1, 127)
   return M.block(0x201, le(num(m.cpus or '2'), 4) .. le(num(m.memory or '0'), 8)
      .. le(num(m.max_pid or '32768'), 8) .. host .. ('\0'):rep(128 - #host)
      .. le(num(m.boot or '0') * 1000000000ULL, 8) .. le(0, 8):rep(3))
end

--- interface NAME ADDRESS [mask=] [bcast=]
function M.interface(w)
   local ip = values.address(w[3])
   local v4 = #ip == 4
   local mask = w.mask and values.address(w.mask)
      or v4 and '\255\255\255\0' or ('\255'):rep(8) .. ('\0'):rep(8)
   local bcast = w.bcast and values.address(w.bcast)
      or v4 and ip:sub(1, 3) .. '\255' or ('\0'):rep(16)
   local body = le(v4 and 1 or 2, 2) .. le(#w[2], 2) .. ip .. mask .. bcast .. le(0, 8) .. w[2]
   return le(#body, 4) .. body
end

--- user UID NAME [gid=] [home=] [shell=]
function M.user(w)
   local body = '\0' .. le(num(w[2]), 4) .. le(num(w.gid or w[2]), 4) .. str(w[3])
      .. str(w.home or '/home/' .. w[3]) .. str(w.shell or '/bin/sh')
   return le(#body + 4, 4) .. body
end

--- group GID NAME
function M.group(w)
   local body = '\1' .. le(num(w[2]), 4) .. str(w[3])
   return le(#body + 4, 4) .. body
end

--- An entry of the process list, from a process of the model.
function M.process(p)
   local parts = {}
   local function put(...)
      for _, name in ipairs { ... } do
         local field, size = name:match('^([%w_]+):(%d)$')
         parts[#parts + 1] = field and le(num(p[field]), tonumber(size))
            or type(p[name]) == 'table' and list(p[name]) or str(p[name])
      end
   end
   put('tid:8', 'pid:8', 'ptid:8', 'sid:8', 'vpgid:8', 'comm', 'exe', 'exepath')
   parts[#parts + 1] = list(p.args)
   put('cwd', 'fdlimit:8', 'flags:4', 'uid:4', 'gid:4', 'vm_size:4', 'vm_rss:4', 'vm_swap:4')
   put('pgft_maj:8', 'pgft_min:8')
   parts[#parts + 1] = list(p.env)
   put('vtid:8', 'vpid:8')
   parts[#parts + 1] = list(p.cgroups)
   put('root', 'pidns_init_start_ts:8', 'tty:4', 'loginuid:4', 'exe_writable:1')
   put('cap_inheritable:8', 'cap_permitted:8', 'cap_effective:8', 'exe_upper_layer:1')
   put('exe_ino:8', 'exe_ino_ctime:8', 'exe_ino_mtime:8')
   put('exe_from_memfd:1', 'exe_lower_layer:1', 'pgid:8')
   local body = table.concat(parts)
   return le(#body + 4, 4) .. body
end

local FD_TYPE = { file = 16, dir = 2, fifo = 7, event = 9, unsupported = 10, signalfd = 11,
   eventpoll = 12, inotify = 13, timerfd = 14, netlink = 15, bpf = 17, userfaultfd = 18,
   iouring = 19, memfd = 20, pidfd = 21 }
local PROTO = { unknown = 0, na = 1, tcp = 2, udp = 3, icmp = 4, raw = 5 }
local O_FLAGS = { type = 'FLAGS32', flags = 'file_flags' }

--- fd TID FD TYPE ...; T: the event tables.
function M.fd(T, w)
   local kind, what = w[4], w[5] or ''
   local body
   local head = le(num(w[3]), 8) .. le(num(w.ino or '0'), 8)
   local proto = le(PROTO[w.proto or 'tcp'], 1)
   if kind == 'unix' then
      body = le(8, 1) .. le(num(w.src or '0'), 8) .. le(num(w.dst or '0'), 8) .. str(what)
   elseif kind == 'server' then
      local ip, port = values.endpoint(what)
      body = le(#ip == 4 and 5 or 6, 1) .. ip .. le(port, 2) .. proto
   elseif kind == 'socket' then
      local sip, sport = values.endpoint(what:match('^(.-)%->'))
      local dip, dport = values.endpoint(what:match('%->(.*)$'))
      body = le(#sip == 4 and 3 or 4, 1) .. sip .. dip .. le(sport, 2) .. le(dport, 2) .. proto
   else
      local number = FD_TYPE[kind] or error('no fd type "' .. tostring(kind) .. '"', 0)
      body = le(number, 1) .. str(what)
      if number == FD_TYPE.file then
         body = le(number, 1) .. values.encode(T, O_FLAGS, w.flags or 'O_RDONLY') .. str(what)
            .. le(num(w.dev or '0'), 4)
      end
   end
   return le(#head + #body + 4, 4) .. head .. body
end

--- "2024-01-01T12:00:00.25" as ns.
function M.timestamp(text)
   local y, mo, d, h, mi, s = text:match('^(%d+)%-(%d+)%-(%d+)T(%d+):(%d+):([%d.]+)$')
   assert(y, 'at +DURATION or at YYYY-MM-DDTHH:MM:SS')
   y, mo, d = tonumber(y), tonumber(mo), tonumber(d)
   if mo <= 2 then
      y, mo = y - 1, mo + 12
   end
   local days = 365 * y + math.floor(y / 4) - math.floor(y / 100) + math.floor(y / 400)
      + math.floor((153 * (mo - 3) + 2) / 5) + d - 719469
   return (days * 86400 + h * 3600 + mi * 60) * 1000000000ULL + num(s .. 's')
end

return M
