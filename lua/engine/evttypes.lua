--- evttypes.lua - which event codes a condition can be true for.
--
-- By the two-set algebra of sets.lua; a test that says nothing about the event gives (all, all).
--
-- facts(api) -> facts          from the C table; made once for an api
-- of(ast, facts) -> set, names | nil, err     Falco's set, for reports and LOAD_NO_EVTTYPE:
--     { code... (ascending), codes={[code]=true}, all=bool, syscalls={[ppm_sc]=true},
--       nsyscalls=, names={...} }; names: of events and system calls, sorted
--     err { msg=, index=, line=, col= }: evt.type compared in a way Falco's index refuses
-- sound(ast, facts) -> set     { code..., codes=, all= }: never misses an event that could
--     match; wider than Falco's where one code stands for many names (generic system calls,
--     asynchronous events)
-- known(name, facts) -> bool   a name that evt.type may be compared with
--
-- Macros must be resolved before.  facts: { events={[code]={ name=, syscall=bool }}, nevents=,
-- syscalls={[sc]={ name=, events={code...} }}, nsyscalls= }, both counted from 0.
local ffi = require 'ffi'
local sets = require 'engine.sets'

local str = ffi.string

local M = {}

local NONE, ALL = sets.NONE, sets.ALL
local union, complement, merged = sets.union, sets.complement, sets.merged

-- facts -------------------------------------------------------------------------------

local EC_SYSCALL = 256
local GENERIC, UNUSED = 'syscall', 'NA'

--- Adds the indexes that the rest of this file looks things up by.
local function index(facts)
   local by_name, sc_by_name, sc_of_code = {}, {}, {}
   for code = 0, facts.nevents - 1 do
      local name = facts.events[code].name
      if name ~= UNUSED then
         by_name[name] = by_name[name] or {}
         by_name[name][code] = true
      end
   end
   for sc = 0, facts.nsyscalls - 1 do
      local s = facts.syscalls[sc]
      if s.name ~= '' then
         sc_by_name[s.name] = sc
      end
      for _, code in ipairs(s.events) do
         sc_of_code[code] = sc_of_code[code] or {}
         sc_of_code[code][sc] = true
      end
   end
   facts.by_name, facts.sc_by_name, facts.sc_of_code = by_name, sc_by_name, sc_of_code
   facts.generic = by_name[GENERIC] or {}
   facts.many = merged(facts.generic, by_name.asyncevent or {})
   return facts
end

--- For facts that were made by hand.
M.index = index

local function read_syscall(s, nevents)
   local events, i = {}, 0
   while s.events ~= nil and s.events[i] < nevents do
      events[#events + 1] = s.events[i]
      i = i + 1
   end
   return { name = s.name ~= nil and str(s.name) or '', events = events }
end

local function read(api)
   local facts = { events = {}, syscalls = {}, nevents = api.event_count(),
      nsyscalls = api.syscall_count() }
   local e, s = ffi.new('struct saker_event_facts'), ffi.new('struct saker_syscall_facts')
   for code = 0, facts.nevents - 1 do
      api.event_facts(code, e)
      facts.events[code] = { name = str(e.name), syscall = bit.band(e.category, EC_SYSCALL) ~= 0 }
   end
   for sc = 0, facts.nsyscalls - 1 do
      api.syscall_facts(sc, s)
      facts.syscalls[sc] = read_syscall(s, facts.nevents)
   end
   return index(facts)
end

local made = setmetatable({}, { __mode = 'k' })

function M.facts(api)
   if not made[api] then
      made[api] = read(api)
   end
   return made[api]
end

function M.known(name, facts)
   return facts.by_name[name] ~= nil or facts.sc_by_name[name] ~= nil
end

--- Codes of the events called `name`; of a generic system call the generic codes.
local function codes_of(name, facts)
   if facts.by_name[name] then
      return facts.by_name[name]
   end
   local sc = facts.sc_by_name[name]
   return sc and facts.generic or {}
end

--- System calls whose events are called `name`, or the generic one of that name.
local function syscalls_of(name, facts)
   local out = {}
   for code in pairs(facts.by_name[name] or {}) do
      if not facts.generic[code] then
         for sc in pairs(facts.sc_of_code[code] or {}) do
            out[sc] = true
         end
      end
   end
   local sc = facts.sc_by_name[name]
   if sc and not facts.by_name[name] then
      out[sc] = true
   end
   return out
end

-- checks --------------------------------------------------------------------------------

local SELECTING = { ['='] = true, ['=='] = true, ['!='] = true, ['in'] = true }

local function last_field(node)
   if node.kind == 'field' then
      return node.name
   end
   for i = #node, 1, -1 do
      local name = type(node[i]) == 'table' and last_field(node[i])
      if name then
         return name
      end
   end
end

--- The field's name when the check is one that can narrow the set.
local function selecting(check)
   if SELECTING[check.op] and not check.modifier then
      local name = last_field(check.left)
      if name == 'evt.type' or name == 'syscall.type' then
         return name
      end
   end
end

local function operands(check)
   return check.right.kind == 'list' and check.right or { check.right.value }
end

local function of_names(check, lookup, facts)
   local items = {}
   for _, name in ipairs(operands(check)) do
      items = merged(items, lookup(name, facts))
   end
   local set = { neg = false, items = items }
   if check.op == '!=' then
      return complement(set), set
   end
   return set, complement(set)
end

--- evt.num counts from 1: (is it ever true, is it ever false), or nil when the text is no number.
local NUM = {
   ['='] = function(v) return v ~= 0, true end,
   ['!='] = function(v) return true, v ~= 0 end,
   ['<'] = function(v) return v > 1, true end,
   ['<='] = function(v) return v > 0, true end,
   ['>'] = function(v) return true, v > 0 end,
   ['>='] = function(v) return true, v > 1 end,
}
NUM['=='], NUM['in'] = NUM['='], NUM['=']

local function of_number(check)
   local rule = NUM[check.op]
   if not rule or check.modifier or check.left.kind ~= 'field' or check.left.name ~= 'evt.num'
      or check.right.kind == 'call' then
      return ALL, ALL
   end
   local t, f = NONE, ALL
   for _, text in ipairs(operands(check)) do
      if not text:find('^%d+$') then
         return ALL, ALL
      end
      local some, other = rule(tonumber(text))
      t, f = some and ALL or t, other and f or NONE
   end
   return t, f
end

local function refuse(check, msg)
   error({ msg = msg, index = check.index, line = check.line, col = check.col }, 0)
end

local function falco_leaf(lookup, facts)
   return function(check)
      local field = selecting(check)
      if not field then
         return of_number(check)
      elseif check.left.kind == 'call' then
         refuse(check, 'event code search does not support `evt.type` checks with transformers')
      elseif check.right.kind == 'call' then
         refuse(check, 'right-hand field comparisons on `evt.type`/`syscall.type` checks are '
            .. 'not supported by event code search')
      end
      return of_names(check, lookup, facts)
   end
end

local function sound_leaf(facts)
   return function(check)
      local field = selecting(check)
      if not field or check.left.kind == 'call' or check.right.kind == 'call' then
         return ALL, ALL
      end
      local t, f = of_names(check, codes_of, facts)
      local many = { neg = false, items = facts.many }
      t, f = union(t, many), union(f, many)
      if field == 'syscall.type' then        -- no value on what is no system call
         local other = {}
         for code = 0, facts.nevents - 1 do
            other[code] = not facts.events[code].syscall or nil
         end
         f = union(f, { neg = false, items = other })
      end
      return t, f
   end
end

-- results ---------------------------------------------------------------------------------

local function names_of(codes, scs, facts)
   local seen, out = {}, {}
   local function add(name)
      if name ~= '' and name ~= UNUSED and name ~= GENERIC and not seen[name] then
         seen[name] = true
         out[#out + 1] = name
      end
   end
   for code in pairs(codes) do
      add(facts.events[code].name)
   end
   for sc in pairs(scs) do
      local events = facts.syscalls[sc].events
      if #events == 0 or facts.generic[events[1]] then
         add(facts.syscalls[sc].name)
      else
         for _, code in ipairs(events) do
            add(facts.events[code].name)
         end
      end
   end
   table.sort(out)
   return out
end

local function as_list(set, facts)
   local codes, list = sets.listed(set, facts.nevents)
   list.codes, list.all = codes, #list == facts.nevents
   return list
end

function M.of(ast, facts)
   local ok, codes = pcall(sets.evaluate, ast, falco_leaf(codes_of, facts))
   if not ok then
      if type(codes) ~= 'table' then
         error(codes, 0)
      end
      return nil, codes
   end
   local out = as_list(codes, facts)
   local scs = sets.evaluate(ast, falco_leaf(syscalls_of, facts))
   local items, list = sets.listed(scs, facts.nsyscalls)
   out.syscalls, out.nsyscalls = items, #list
   out.names = names_of(out.codes, out.syscalls, facts)
   return out, out.names
end

function M.sound(ast, facts)
   return as_list(sets.evaluate(ast, sound_leaf(facts)), facts)
end

return M
