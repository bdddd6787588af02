package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local fake = require 'fake_load_api'
local grammar = require 'engine.grammar'
local lower = require 'engine.lower'

local FIELDS = { ['a.b'] = true, ['a.c'] = true, ['a.d'] = true, ['a.arg'] = 'arg',
   ['evt.type'] = true }

local function lowered(text)
   local api, log = fake.new(FIELDS)
   local rule, err = lower.rule(api, 'load', assert(grammar.parse(text)))
   return rule, err or log, log
end

local A, R = -1, -2

describe('rows', function()
   local CASES = {
      { 'a check is one row', 'a.b = 1', { 0, A, R } },
      { 'not swaps the goals', 'not a.b = 1', { 0, R, A } },
      { 'and goes on while true', 'a.b = 1 and a.b = 2 and a.b = 3',
         { 0, 1, R, 1, 2, R, 2, A, R } },
      { 'or goes on while false', 'a.b = 1 or a.b = 2 or a.b = 3',
         { 0, A, 1, 1, A, 2, 2, A, R } },
      { 'a negated and leaves for acceptance', 'not (a.b = 1 and a.b = 2)',
         { 0, 1, A, 1, R, A } },
      { 'an or inside an and goes on behind it', '(a.b = 1 or a.b = 2) and a.b = 3',
         { 0, 2, 1, 1, 2, R, 2, A, R } },
      { 'an and inside an or goes on behind it', '(a.b = 1 and a.b = 2) or a.b = 3',
         { 0, 1, 2, 1, A, 2, 2, A, R } },
      { 'a negated or inside an and', 'not (a.b = 1 or a.b = 2) and a.b = 3',
         { 0, R, 1, 1, R, 2, 2, A, R } },
      { 'equal checks are one atom', 'a.b = 1 or (a.c = 1 and a.b = 1)',
         { 0, A, 1, 1, 2, R, 0, A, R } },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[2] .. ': ' .. case[1], function()
         local rule = assert(lowered(case[2]))
         assert.same(case[3], rule.rows)
         assert.equal(#case[3] / 3, rule.n)
      end)
   end
end)

describe('rows of random conditions', function()
   local function random_text(depth)
      local pick = math.random(depth > 0 and 4 or 1)
      if pick == 1 then
         return ('a.%s = %d'):format(({ 'b', 'c', 'd' })[math.random(3)], math.random(2))
      elseif pick == 2 then
         return 'not (' .. random_text(depth - 1) .. ')'
      end
      local out = {}
      for i = 1, math.random(2, 3) do
         out[i] = '(' .. random_text(depth - 1) .. ')'
      end
      return table.concat(out, pick == 3 and ' and ' or ' or ')
   end

   local function run_tree(node, values)
      if node.kind == 'check' then
         return values[node.left.name] == node.right.value
      elseif node.kind == 'not' then
         return not run_tree(node[1], values)
      end
      for i = 1, #node do
         if run_tree(node[i], values) ~= (node.kind == 'and') then
            return node.kind == 'or'
         end
      end
      return node.kind == 'and'
   end

   local function run_rows(rule, log, values)
      local at = 0
      while at >= 0 do
         local lhs, value = log.atoms[rule.rows[3 * at + 1] + 1]:match('^(%d+) = %[(%d)%]$')
         local name = log.exprs[lhs + 1]:sub(7)
         local goal = rule.rows[3 * at + (values[name] == value and 2 or 3)]
         assert(goal < 0 or goal > at and goal < rule.n, 'a jump that is not forward')
         at = goal
      end
      return at == A
   end

   it('say what the tree says, and only jump forward', function()
      math.randomseed(11)
      for _ = 1, 1000 do
         local text = random_text(4)
         local rule, _, log = lowered(text)
         local tree = grammar.parse(text)
         for _ = 1, 8 do
            local values = { ['a.b'] = tostring(math.random(2)),
               ['a.c'] = tostring(math.random(2)), ['a.d'] = tostring(math.random(2)) }
            if run_tree(tree, values) ~= run_rows(rule, log, values) then
               error(text)
            end
         end
      end
   end)
end)

describe('atoms', function()
   local CASES = {
      { 'a.b exists', { 'field a.b' }, '0 exists []' },
      { 'a.b in (x, "y z", "")', { 'field a.b' }, '0 in [x|y z|]' },
      { 'a.b in ()', { 'field a.b' }, '0 in []' },
      { 'a.b in name', { 'field a.b' }, '0 in [name]' },
      { 'a.b startswith anyof (/a, /b)', { 'field a.b' }, '0 startswith anyof [/a|/b]' },
      { 'a.arg[x] = 1', { 'field a.arg[x]' }, '0 = [1]' },
      { 'a.b = val(a.c)', { 'field a.b', 'field a.c', 'call val(1)' }, '0 = expr 2' },
      { 'join("-", (a.b, 12, "s")) = x',
         { 'string -', 'field a.b', 'number 12', 'string s', 'list 1 2 3', 'call join(0 4)' },
         '5 = [x]' },
      { 'getopt(a.b, "x")[y] exists',
         { 'field a.b', 'string x', 'call getopt(0 1)y' }, '2 exists []' },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1], function()
         local rule, log = lowered(case[1])
         assert.is_table(rule)
         assert.same(case[2], log.exprs)
         assert.equal(case[3], log.atoms[1])
      end)
   end
   it('may hold bytes of value 0', function()
      local _, log = lowered('a.b = "\\x00"')
      assert.equal('0 = [\0]', log.atoms[1])
   end)
end)

describe('what is refused carries its place', function()
   local CASES = {
      { 'a.b = 1 and\n a.nope = 2', 'filter_check called with nonexistent field a.nope', 13, 2, 2 },
      { 'a.b = 1 and tolower(a.nope) = 2', 'filter_check called with nonexistent field a.nope',
         12, 1, 13 },
      { 'not a.b regex "("', 'invalid regex pattern: missing ): (', 4, 1, 5 },
      { 'evt.type = foo', 'unknown event type foo', 0, 1, 1 },
      { 'evt.type in (open, foo)', 'unknown event type foo', 0, 1, 1 },
      { 'evt.type contains foo', 'unknown event type foo', 0, 1, 1 },
      { 'a.b = 1 or some_macro', "Undefined macro 'some_macro' used in filter.", 11, 1, 12 },
   }
   for _, case in ipairs(CASES) do
      it(case[1], function()
         local rule, err = lowered(case[1])
         assert.is_nil(rule)
         assert.same({ msg = case[2], index = case[3], line = case[4], col = case[5] }, err)
      end)
   end
   it('and a known event is not refused', function()
      assert.is_table((lowered 'evt.type in (open)'))
   end)
end)

describe('warnings', function()
   local SIMPLER = "regex check with '%s' may be optimized with simpler operators such as '=', "
      .. "'contains', 'startswith', 'endswith'"
   local CASES = {
      { 'a.b regex ^word$', { SIMPLER:format('^word$') } },
      { 'a.b regex .*word.+', { SIMPLER:format('.*word.+') } },
      { 'a.b regex oneof (my.*, b.*)', { SIMPLER:format('my.*'), SIMPLER:format('b.*') } },
      { 'a.b regex s.*l', {} },
      { 'a.b regex word.{1}', {} },
      { 'a.b regex "/p./q."', {} },
      { 'a.b regex "^[A-Z]+$"', {} },
      { 'a.b = a.c', { "'a.c' may be a valid field misused as a const string value" } },
      { 'a.b = a.nope', {} },
      { 'a.b = /a.c', {} },
      { 'a.b = "tolower(a.c)"',
         { "'tolower(a.c)' may be a valid field transformer misused as a const string value" } },
      { 'a.b = val(a.c)', {} },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1], function()
         local rule = lowered(case[1])
         local got = {}
         for i, w in ipairs(rule.warnings) do
            got[i] = w.msg
         end
         assert.same(case[2], got)
      end)
   end
end)
