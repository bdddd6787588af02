package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local ast = require 'engine.ast'
local conditions = require 'conditions'
local grammar = require 'engine.grammar'

local function refused(text, msg, index, line, col, opts)
   local tree, err = grammar.parse(text, opts)
   assert.is_nil(tree)
   assert.same({ msg = msg, index = index, line = line, col = col }, err)
end

describe('a condition', function()
   local CASES = {
      { '', 'filter input string is empty', 0, 1, 1 },
      { ' \n ', "expected a '(' token, a field check, or an identifier", 3, 2, 2 },
      { 'a and', "expected blank or '(' after 'and'", 5, 1, 6 },
      { 'a\nand b c', "unexpected token after 'b', expecting 'or', 'and'", 8, 2, 7 },
      { 'a.b = "x\\q"', 'unsupported string escape sequence: \\q', 11, 1, 12 },
      { 'a.b = 1\n and c.d[] = 1',
         'expected a valid field argument: a quoted string or a bare string', 17, 2, 10 },
      { '(a or (b)', "expected a ')' token", 9, 1, 10 },
      { 'a.b = val(x)', "expected a field within 'val' transformer", 10, 1, 11 },
   }
   for _, case in ipairs(CASES) do
      it(('%q is refused'):format(case[1]), function()
         refused(unpack(case))
      end)
   end
   it('is read to its end', function()
      local _, stop = grammar.parse('a \n')
      assert.same({ index = 3, line = 2, col = 1 }, stop)
   end)
end)

describe('depth', function()
   local function nested(open, n, inner, close)
      return open:rep(n) .. inner .. close:rep(n)
   end
   local CASES = {
      { 'parentheses around a check', '(', 'a.b=1', ')', 18 },
      { 'parentheses around a macro', '(', 'a', ')', 19 },
      { 'not(', 'not(', 'a', ')', 24 },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1] .. ' ends where Falco ends', function()
         local at = { max_depth = 100 }
         assert.is_table((grammar.parse(nested(case[2], case[5], case[3], case[4]), at)))
         local tree, err = grammar.parse(nested(case[2], case[5] + 1, case[3], case[4]), at)
         assert.is_nil(tree)
         assert.equal('exceeded max depth limit of 100', err.msg)
      end)
   end
   it('is 1000 unless told', function()
      local tree, err = grammar.parse(('('):rep(5000) .. 'a' .. (')'):rep(5000))
      assert.is_nil(tree)
      assert.equal('exceeded max depth limit of 1000', err.msg)
      assert.is_table((grammar.parse(nested('(', 190, 'a.b=1', ')'))))
   end)
   it('does not count for a row of not', function()
      local tree = assert(grammar.parse(('not '):rep(100001) .. 'a'))
      assert.equal('not', tree.kind)
      assert.equal('macro', tree[1].kind)
   end)
   it('does not count for long chains and lists', function()
      assert.equal(20000, #assert(grammar.parse(('a and '):rep(19999) .. 'a')))
      local tree = assert(grammar.parse('a.b in (' .. ('x, '):rep(99999) .. 'x)'))
      assert.equal(100000, #tree.right)
   end)
end)

describe('a left side alone', function()
   it('ends behind its bracket', function()
      local node, stop = grammar.parse_lhs('x %proc.aname[1].', 4)
      assert.equal('proc.aname', node.name)
      assert.equal('1', node.arg)
      assert.equal(17, stop)
   end)
   it('may be a transformer', function()
      local node, stop = grammar.parse_lhs('tolower(a.b)')
      assert.equal('call', node.kind)
      assert.equal(13, stop)
   end)
   it('is refused when it is a word', function()
      assert.is_nil((grammar.parse_lhs('word')))
   end)
end)

describe('damaged conditions', function()
   it('are read or refused with a place inside the text', function()
      math.randomseed(9)
      for _ = 1, 3000 do
         local text = conditions.damaged(conditions.one(3))
         local tree, more = grammar.parse(text, { max_depth = 100 })
         assert.is_true(more.index >= 0 and more.index <= #text)
         assert.is_true(tree ~= nil or #more.msg > 0)
      end
   end)
end)

describe('walks', function()
   local tree = grammar.parse('m and a.b = anyof (x) and '
      .. 'not (tolower(c.d[1]) in (y) or n) and a.b = 1')
   it('collect fields', function()
      assert.same({ 'a.b', 'c.d' }, ast.fields(tree))
   end)
   it('collect operators', function()
      assert.same({ '=', '= anyof', 'in' }, ast.operators(tree))
   end)
   it('collect macros', function()
      assert.same({ 'm', 'n' }, ast.macros(tree))
   end)
   it('visit checks in order', function()
      local ops = {}
      ast.checks(tree, function(c) ops[#ops + 1] = c.op end)
      assert.same({ '=', 'in', '=' }, ops)
   end)
end)
