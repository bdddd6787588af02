--- tables.lua - reads and checks the event tables, for gen-schema, gen-docs-events and mktrace.
local M = {}

--- Rows of a table as maps by column name, in order.
local function read(path)
   local f = assert(io.open(path))
   local head, list, n = nil, {}, 0
   for line in f:lines() do
      n = n + 1
      if line:sub(1, 1) ~= '#' and line ~= '' then
         local cells = {}
         for cell in (line .. '\t'):gmatch('([^\t]*)\t') do
            cells[#cells + 1] = cell
         end
         if not head then
            head = cells
         else
            assert(#cells == #head, ('%s:%d: %d cells, not %d'):format(path, n, #cells, #head))
            local row = {}
            for i, name in ipairs(head) do
               row[name] = cells[i]
            end
            list[#list + 1] = row
         end
      end
   end
   f:close()
   return list
end

--- Rows grouped by their column "table"; also the names in order.
local function group(list)
   local groups, order = {}, {}
   for _, row in ipairs(list) do
      if not groups[row.table] then
         groups[row.table] = {}
         order[#order + 1] = row.table
      end
      table.insert(groups[row.table], row)
   end
   return groups, order
end

local STRINGS = { CHARBUF = true, FSPATH = true, FSRELPATH = true }

local function has(flags, name)
   return ('|' .. flags .. '|'):find('|' .. name .. '|', 1, true) ~= nil
end

--- How the converter begins (reference: the four rules of schema evolution).
local function convert_class(e)
   local old = has(e.flags, 'OLD_VERSION')
   local exit = e.code % 2 == 1
   if has(e.flags, 'UNUSED') then
      return 'DROP'
   elseif not has(e.flags, 'CONVERTER_MANAGED') then
      return not old and 'CURRENT' or exit and 'BROKEN' or 'DROP'
   end
   return (old or not exit) and 'LOOKUP' or 'COUNT'
end

local function parse_param(T, e, word)
   local name, type, format, ref = word:match('^([%w_]+):([%w_]+):([%w_]+):?(.*)$')
   assert(name, ('event %s: bad parameter %q'):format(e.symbol, word))
   local p = { name = name, type = type, format = format }
   if ref ~= '' then
      local kind, to = ref:match('^(%w+)=(.+)$')
      assert(kind == 'flags' and T.flags[to] or kind == 'dyn' and T.dyn[to]
         or kind == 'dirfd' and tonumber(to), ('event %s: bad reference %q'):format(e.symbol, ref))
      p[kind] = kind == 'dirfd' and tonumber(to) or to
      T.flags_used[p.flags or ''] = true
   end
   return p
end

local function load_events(T, list)
   T.events, T.by_symbol = list, {}
   for i, e in ipairs(list) do
      e.code = tonumber(e.code)
      assert(e.code == i - 1, 'event codes are not dense at ' .. e.symbol)
      assert(not T.by_symbol[e.symbol], 'twice: ' .. e.symbol)
      T.by_symbol[e.symbol] = e
      e.fd_param = tonumber(e.fd_param) or -1
      e.convert_class = convert_class(e)
      local words = e.params
      e.params, e.string_mask = {}, 0
      for word in (words == '-' and '' or words):gmatch('%S+') do
         local p = parse_param(T, e, word)
         e.string_mask = e.string_mask + (STRINGS[p.type] and 2 ^ #e.params or 0)
         table.insert(e.params, p)
      end
      assert(#e.params <= 32 and e.fd_param < #e.params, e.symbol)
   end
end

local SETS = {
   { 'state', 'SC_IN_STATE' }, { 'io', 'SC_IN_IO' }, { 'io_other', 'SC_IN_IO_OTHER' },
   { 'net', 'SC_IN_NET' }, { 'file', 'SC_IN_FILE' }, { 'proc', 'SC_IN_PROC' },
   { 'sys', 'SC_IN_SYS' }, { 'simple', 'SC_IN_SIMPLE' },
}

local function load_syscalls(T, list)
   T.syscalls, T.native, T.native_max = list, {}, 0
   for _, s in ipairs(list) do
      s.sc = tonumber(s.sc)
      s.nr = {}
      for _, arch in ipairs { 'x86_64', 'aarch64', 'ia32' } do
         s.nr[arch] = tonumber(s[arch]:match('^%d+')) or -1
      end
      for nr in s.x86_64:gmatch('%d+') do
         T.native[tonumber(nr)] = s.sc
         T.native_max = math.max(T.native_max, tonumber(nr))
      end
      -- a tracepoint has no exit: the newest of its events stands for it
      s.exit_code = s.kind == 'specific' and tonumber(s.exit)
         or s.kind == 'tracepoint' and tonumber(s.events:match('%d+$')) or 1
      s.sets = {}
      for _, set in ipairs(SETS) do
         if s[set[1]] == '1' then
            table.insert(s.sets, set[2])
         end
      end
      for kind, bit in pairs { generic = 'SC_GENERIC', tracepoint = 'SC_TRACEPOINT' } do
         if s.kind == kind then
            table.insert(s.sets, 1, bit)
         end
      end
      for letter, bit in pairs { N = 'SC_NEVER_DROP', A = 'SC_ALWAYS_DROP' } do
         if s.drop:find(letter, 1, true) then
            table.insert(s.sets, bit)
         end
      end
   end
end

local FROM = { old = 'OLD', enter = 'ENTER', ['enter/empty'] = 'ENTER_OR_EMPTY',
   default = 'DEFAULT', empty = 'EMPTY', ['callback/empty'] = 'CALLBACK' }
local ACTION = { store = 'STORE', pass = 'PASS', store_and_pass = 'STORE_AND_PASS',
   add_params = 'ADD', change_type = 'CHANGE' }

local function load_conversions(T, list)
   T.conversions = list
   for i, c in ipairs(list) do
      c.symbol, c.code, c.line = c.code, assert(T.by_symbol[c.code], c.code).code, i
      c.new_code = c.new_code == '-' and c.code or assert(T.by_symbol[c.new_code], c.new_code).code
      c.nparams, c.action = tonumber(c.nparams), assert(ACTION[c.action], c.action)
      c.steps = {}
      for word in (c.params == '-' and '' or c.params):gmatch('[^,]+') do
         local n = tonumber(word:match(':(%d+)')) or 0
         local from = assert(FROM[word:gsub(':%d+', '')], word)
         table.insert(c.steps, { from = from, n = n })
      end
   end
   table.sort(list, function(a, b)
      return a.code < b.code or a.code == b.code and a.line < b.line
   end)
end

--- All tables of a folder, checked; raises with the place of the first mistake.
function M.load(dir)
   local T = {}
   T.flags, T.flag_order = group(read(dir .. '/flags.tsv'))
   T.flags_used = {}
   T.dyn, T.dyn_order = group(read(dir .. '/dyn.tsv'))
   load_events(T, read(dir .. '/events.tsv'))
   load_syscalls(T, read(dir .. '/syscalls.tsv'))
   load_conversions(T, read(dir .. '/conversions.tsv'))
   T.names = group(read(dir .. '/names.tsv'))
   for _, list in pairs(T.names) do
      for _, n in ipairs(list) do
         n.value = tonumber(n.value)
      end
   end
   return T
end

return M
