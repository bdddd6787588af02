--- trace_values.lua - values of a trace description as bytes of the capture format.  For mktrace.
local ffi = require('ffi')
local bit = require('bit')
local M = {}

local u64 = ffi.new('uint64_t[1]')

--- Little endian; n is a Lua number or a 64 bit cdata.
function M.le(n, size)
   u64[0] = type(n) == 'number' and n < 0 and ffi.cast('uint64_t', ffi.cast('int64_t', n)) or n
   return ffi.string(u64, size)
end
local le = M.le

local UNIT = { ns = 1ULL, us = 1000ULL, ms = 1000000ULL, s = 1000000000ULL }

--- "12", "-3", "0x1f", "0644", "5ms", "1.5s" as a uint64_t cdata (two's complement), or nil.
function M.number(text)
   local sign, body = text:match('^(%-?)(%w[%w%.]*)$')
   if not body then
      return nil
   end
   local num, unit = body:match('^([%d%.]+)([nmu]?s)$')
   local base, digits = 10, num or body
   if not unit and digits:match('^0[xX]%x+$') then
      base, digits = 16, digits:sub(3)
   elseif not unit and digits:match('^0[0-7]+$') then
      base = 8
   end
   local whole, frac = digits:match('^(%x+)%.?(%d*)$')
   if not whole or base ~= 16 and whole:find('%D') or frac ~= '' and not unit then
      return nil
   end
   local v, scale = 0ULL, unit and UNIT[unit] or 1ULL
   for c in whole:gmatch('.') do
      v = v * base + tonumber(c, 16)
   end
   v = v * scale
   for c in frac:gmatch('.') do
      scale = scale / 10
      v = v + tonumber(c) * scale
   end
   return sign == '-' and -v or v
end

--- Numbers joined by '|', each a name of the table or a number; nil and the unknown name.
local function flags(text, names)
   local sum = 0ULL
   for word in text:gmatch('[^|]+') do
      local v = M.number(word)
      for _, f in ipairs(v and {} or names or {}) do
         if f.name == word then
            v = M.number(f.value)
            break
         end
      end
      if not v then
         return nil, word
      end
      sum = bit.bor(sum, v)
   end
   return sum
end

local function ipv4(text)
   local a, b, c, d = text:match('^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
   if not a then
      return nil
   end
   return string.char(tonumber(a), tonumber(b), tonumber(c), tonumber(d))
end

local function ipv6(text)
   local head, tail = text:match('^(.-)::(.*)$')
   local function groups(s)
      local out = ''
      for g in (s or ''):gmatch('[^:]+') do
         if ipv4(g) then
            out = out .. ipv4(g)
         else
            local v = assert(tonumber(g, 16), 'bad address ' .. text)
            out = out .. string.char(math.floor(v / 256), v % 256)
         end
      end
      return out
   end
   local a, b = groups(head or text), groups(tail)
   assert(head and #a + #b <= 14 or #a == 16, 'bad address ' .. text)
   return a .. ('\0'):rep(16 - #a - #b) .. b
end

--- Network bytes of an address, 4 or 16.
function M.address(text)
   return ipv4(text) or ipv6(text)
end

--- "1.2.3.4:80", "[::1]:80": address bytes and port.
function M.endpoint(text)
   local host, port = text:match('^%[(.+)%]:(%d+)$')
   if not host then
      host, port = text:match('^([%d%.]+):(%d+)$')
   end
   assert(host, ('"%s" is not address:port'):format(text))
   return M.address(host), tonumber(port)
end

local function sockaddr(text)
   local path = text:match('^unix:(.*)$')
   if path then
      return '\1' .. path .. '\0'
   end
   local ip, port = M.endpoint(text)
   return (#ip == 4 and '\2' or '\10') .. ip .. le(port, 2)
end

local function socktuple(text)
   local src, dst, path = text:match('^unix:(%w+)%->(%w+):(.*)$')
   path = path or text:match('^unix:(.*)$')
   if path then
      return '\1' .. le(M.number(src or '0'), 8) .. le(M.number(dst or '0'), 8) .. path .. '\0'
   end
   local from, to = text:match('^(.-)%->(.+)$')
   assert(from, ('"%s" is not address:port->address:port'):format(text))
   local sip, sport = M.endpoint(from)
   local dip, dport = M.endpoint(to)
   assert(#sip == #dip, 'addresses of two families')
   return (#sip == 4 and '\2' or '\10') .. sip .. le(sport, 2) .. dip .. le(dport, 2)
end

local function fdlist(words)
   local out = { le(#words, 2) }
   for i, w in ipairs(words) do
      local fd, fl = w:match('^(%-?%d+):(%w+)$')
      assert(fd, 'an fd list is [FD:FLAGS ...]')
      out[i + 1] = le(M.number(fd), 8) .. le(M.number(fl), 2)
   end
   return table.concat(out)
end

M.SIZE = { INT8 = 1, UINT8 = 1, FLAGS8 = 1, ENUMFLAGS8 = 1, SIGTYPE = 1, L4PROTO = 1,
   SOCKFAMILY = 1, INT16 = 2, UINT16 = 2, FLAGS16 = 2, ENUMFLAGS16 = 2, PORT = 2, SYSCALLID = 2,
   INT32 = 4, UINT32 = 4, FLAGS32 = 4, ENUMFLAGS32 = 4, UID = 4, GID = 4, MODE = 4, SIGSET = 4,
   BOOL = 4, FD32 = 4, PID32 = 4, INT64 = 8, UINT64 = 8, ERRNO = 8, FD = 8, PID = 8, RELTIME = 8,
   ABSTIME = 8, DOUBLE = 8 }

local STRING = { CHARBUF = true, FSPATH = true, FSRELPATH = true }
local RESULT = { ERRNO = true, FD = true, FD32 = true, PID = true, PID32 = true, INT64 = true,
   INT32 = true }

local function by_name(list, name)
   for _, row in ipairs(list) do
      if row.name == name then
         return row.value or row.sc
      end
   end
end

--- A name instead of a number: an errno (negative), AT_FDCWD, a signal, a system call.
local function named(T, p, text)
   if RESULT[p.type] then
      local e = by_name(T.names.errno, (text:gsub('^%-', '')))
      return text == 'AT_FDCWD' and -100 or e and -e
   elseif p.type == 'SIGTYPE' then
      return by_name(T.names.signal, text)
   elseif p.type == 'SYSCALLID' then
      return by_name(T.syscalls, text)
   elseif p.type == 'BOOL' then
      return text == 'true' and 1 or text == 'false' and 0 or nil
   end
end

--- Bytes of a value for a parameter of the schema.  v is a string, or a list of strings.
function M.encode(T, p, v)
   if type(v) == 'table' then
      if p.type == 'FDLIST' then
         return fdlist(v)
      end
      return #v > 0 and table.concat(v, '\0') .. '\0' or ''
   elseif STRING[p.type] then
      return v .. '\0'
   elseif p.type == 'SOCKADDR' then
      return sockaddr(v)
   elseif p.type == 'SOCKTUPLE' then
      return socktuple(v)
   elseif p.type == 'IPV4ADDR' or p.type == 'IPV6ADDR' then
      return M.address(v)
   elseif p.type == 'DYN' then
      local index, rest = v:match('^(%d+):(.*)$')
      assert(index, 'a value of type DYN is INDEX:VALUE')
      local d = assert(T.dyn[p.dyn][tonumber(index) + 1], 'no such index in table ' .. p.dyn)
      return le(tonumber(index), 1) .. M.encode(T, { type = d.type }, rest)
   elseif not M.SIZE[p.type] then
      return v
   end
   local n, unknown = named(T, p, v), v
   if not n then
      n, unknown = flags(v, T.flags[p.flags or ''])
   end
   if not n then
      local where = p.flags and ' (table ' .. p.flags .. ')' or ''
      error(('"%s" is no %s%s'):format(unknown, p.type, where), 0)
   end
   return le(n, M.SIZE[p.type])
end

return M
