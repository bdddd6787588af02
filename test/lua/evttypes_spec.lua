package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local conformance = require 'conformance'
local evttypes = require 'engine.evttypes'
local facts_of = require 'facts'
local grammar = require 'engine.grammar'

local function parsed(text)
   return assert(grammar.parse(text))
end

describe('the table of event codes', function()
   local rows = conformance.rows('conformance/filter_evtcodes_cases.tsv')
   local facts = rows and facts_of.reference()
   if not facts then
      pending('is not here')
      return
   end

   local function expected(text, n, of_name)
      if text == 'ALL' then
         return nil
      end
      local want, minus, count = {}, text:match('^ALL%-minus:(.*)'), 0
      for item in (minus or (text == 'NONE' and '' or text)):gmatch('[^,]+') do
         want[of_name(item)] = true
      end
      local out = {}
      for x = 0, n - 1 do
         if (want[x] or false) ~= (minus ~= nil) then
            out[x] = true
            count = count + 1
         end
      end
      return out, count
   end

   for i, row in ipairs(rows) do
      it(('row %d: %s'):format(i, row.condition), function()
         local set, err = evttypes.of(parsed(row.condition), facts)
         if row.event_codes:sub(1, 1) == '!' then
            assert.is_nil(set)
            assert.equal(row.event_codes:sub(2), err.msg)
            return
         end
         assert.equal(tonumber(row.n_event_codes), #set)
         local codes = expected(row.event_codes, facts.nevents, tonumber)
         if codes then
            assert.same(codes, set.codes)
         else
            assert.is_true(set.all)
         end
         local scs, count = expected(row.syscalls, facts.nsyscalls, function(name)
            return facts.sc_by_name[name]
         end)
         if scs and row.syscalls:sub(1, 3) ~= 'ALL' then
            assert.equal(tonumber(row.n_sc), count)
            assert.same(scs, set.syscalls)
         end
      end)
   end
end)

describe('event types', function()
   local facts = facts_of.small()

   local function codes(text)
      return table.concat(evttypes.of(parsed(text), facts), ' ')
   end

   it('of a generic system call are the generic codes', function()
      assert.equal('0 1', codes 'evt.type = getpid')
      assert.equal('2 3 4 5 6 7', codes 'evt.type != getpid')
   end)

   it('are named with what they stand for', function()
      local set, names = evttypes.of(parsed 'evt.type in (open, getpid)', facts)
      assert.same({ 'getpid', 'open' }, names)
      assert.equal(names, set.names)
   end)

   it('say where a check stands that cannot be indexed', function()
      local set, err = evttypes.of(parsed 'a.b = 1 and evt.type = val(c.d)', facts)
      assert.is_nil(set)
      assert.equal(12, err.index)
      assert.equal(13, err.col)
   end)

   it('are all types when no check speaks of them', function()
      assert.is_true(evttypes.of(parsed 'proc.name = x', facts).all)
      assert.is_true(evttypes.of(parsed 'evt.type contains open', facts).all)
      assert.is_true(evttypes.of(parsed 'evt.type = anyof (open)', facts).all)
   end)

   it('that are sound keep the codes that stand for several names', function()
      local set = evttypes.sound(parsed 'evt.type != getpid', facts)
      assert.same({ 0, 1, 2, 3, 4, 5, 6, 7 }, { unpack(set) })
      set = evttypes.sound(parsed 'evt.type = open', facts)
      assert.same({ 0, 1, 2, 3, 6 }, { unpack(set) })
   end)

   it('that are known are event and system call names', function()
      assert.is_true(evttypes.known('open', facts))
      assert.is_true(evttypes.known('getppid', facts))
      assert.is_false(evttypes.known('nosuch', facts))
      assert.is_false(evttypes.known('NA', facts))
   end)
end)

describe('the algebra on random trees', function()
   local facts = facts_of.small()
   -- what an event of each code can be called; syscall.type has no value on the async one
   local EVENTS = { { 0, 'getpid' }, { 0, 'getppid' }, { 1, 'getpid' }, { 1, 'getppid' },
      { 2, 'open' }, { 3, 'open' }, { 4, 'close' }, { 5, 'close' }, { 6, 'open' }, { 6, 'any' } }
   local CHECKS = { 'evt.type = open', 'evt.type != open', 'evt.type in (open, getpid)',
      'evt.type = getpid', 'evt.type != getppid', 'syscall.type = close', 'syscall.type != open',
      'a.b = 1', 'a.c = 1', 'evt.type in ()' }

   local function random_tree(depth)
      local pick = math.random(depth > 0 and 4 or 1)
      if pick == 1 then
         return parsed(CHECKS[math.random(#CHECKS)])
      elseif pick == 2 then
         return { kind = 'not', random_tree(depth - 1) }
      end
      local out = { kind = pick == 3 and 'and' or 'or' }
      for i = 1, math.random(2, 3) do
         out[i] = random_tree(depth - 1)
      end
      return out
   end

   local function check_holds(check, code, name, free)
      local field = check.left.name
      if field:sub(1, 2) == 'a.' then
         return free[field]
      elseif field == 'syscall.type' and code == 6 then
         return false
      end
      local values = check.right.kind == 'list' and check.right or { check.right.value }
      local found = false
      for _, v in ipairs(values) do
         found = found or v == name
      end
      return found ~= (check.op == '!=')
   end

   local function holds(node, code, name, free)
      if node.kind == 'check' then
         return check_holds(node, code, name, free)
      elseif node.kind == 'not' then
         return not holds(node[1], code, name, free)
      end
      for i = 1, #node do
         if holds(node[i], code, name, free) ~= (node.kind == 'and') then
            return node.kind == 'or'
         end
      end
      return node.kind == 'and'
   end

   it('never misses an event that matches', function()
      math.randomseed(7)
      local exact, possible = 0, 0
      for _ = 1, 3000 do
         local tree = random_tree(4)
         local sound = evttypes.sound(tree, facts).codes
         local reached = {}
         for bits = 0, 3 do
            local free = { ['a.b'] = bits % 2 == 1, ['a.c'] = bits >= 2 }
            for _, e in ipairs(EVENTS) do
               if holds(tree, e[1], e[2], free) then
                  reached[e[1]] = true
                  if not sound[e[1]] then
                     error('misses code ' .. e[1])
                  end
               end
            end
         end
         for code = 2, 5 do
            possible = possible + 1
            exact = exact + ((reached[code] or false) == (sound[code] or false) and 1 or 0)
         end
      end
      assert.is_true(exact / possible > 0.9)
   end)
end)
