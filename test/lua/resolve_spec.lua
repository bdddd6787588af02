package.path = './lua/?.lua;' .. package.path
local grammar = require 'engine.grammar'
local print = require 'engine.print'
local resolve = require 'engine.resolve'

local function list(name, items, index, visibility)
   return { name = name, items = items, index = index or 1, visibility = visibility or 1 }
end

describe('lists in text', function()
   local CASES = {
      { 'between delimiters', 'a in (l)', { list('l', { 'x', 'y' }) }, 'a in ( x, y )' },
      { 'the whole text', 'l', { list('l', { 'x', 'y' }) }, 'x, y ' },
      { 'at the end', 'a in l', { list('l', { 'x' }) }, 'a in x ' },
      { 'behind =', 'a=l and b', { list('l', { 'x' }) }, 'a= x and b' },
      { 'not inside words', 'a in (ll, l.x, xl, l-)', { list('l', { 'x' }) },
         'a in (ll, l.x, xl, l-)' },
      { 'not next to quotes', 'a = "l"', { list('l', { 'x' }) }, 'a = "l"' },
      { 'inside quoted text', 'a = "is l ok"', { list('l', { 'x' }) }, 'a = "is x ok"' },
      { 'every time', 'a in (l) or b in (l)', { list('l', { 'x' }) },
         'a in ( x ) or b in ( x )' },
      { 'blanks become one', 'a in (  l\n )', { list('l', { 'x' }) }, 'a in ( x )' },
      { 'quotes around items with blanks', 'a in (l)',
         { list('l', { 'x y', '"p q"', "'r s'" }) }, [[a in ( "x y", "p q", 'r s' )]] },
      { 'an empty one takes the comma to its left', 'a in (x, l, y)', { list('l', {}) },
         'a in (x  , y)' },
      { 'an empty one takes the comma to its right', 'a in (l, y)', { list('l', {}) },
         'a in (   y)' },
      { 'an empty one alone', 'a in (l)', { list('l', {}) }, 'a in (  )' },
      { 'an empty one that begins the text', 'l, x', { list('l', {}) }, '  x' },
      { 'an empty one behind a comma alone', ', l', { list('l', {}) }, ' ' },
      { 'side by side', 'a in (l l  l,l)', { list('l', { 'x' }) }, 'a in ( x x x , x )' },
      { 'empty ones side by side', 'a in (l l, l)', { list('l', {}) }, 'a in (  )' },
      { 'in order of definition', 'a in (p)', { list('p', { 'q' }), list('q', { 'z' }) },
         'a in ( z )' },
      { 'but not backwards', 'a in (q)', { list('p', { 'z' }), list('q', { 'p' }) },
         'a in ( p )' },
      { 'an item that is its own name stays', 'a in (l)', { list('l', { 'l', 'x' }) },
         'a in ( l, x )' },
   }
   for _, case in ipairs(CASES) do
      it(case[1], function()
         for _, l in ipairs(case[3]) do
            l.index = 1000      -- no list knows another here
         end
         resolve.values(case[3])
         assert.equal(case[4], (resolve.lists(case[2], case[3])))
      end)
   end
   it('that double the text over and over are refused', function()
      local lists = {}
      for i = 1, 40 do
         lists[i] = list('l' .. i, { 'l' .. i + 1, 'l' .. i + 1 }, 1000)
      end
      resolve.values(lists)
      assert.has_error(function() resolve.lists('a in (l1)', lists) end,
         "condition is too long when list 'l22' is put in")
   end)
   it('are marked as used and named', function()
      local lists = { list('l', { 'x' }), list('m', { 'y' }), list('n', {}) }
      local _, names = resolve.lists('a in (m) or a in (n)', lists)
      assert.same({ 'm', 'n' }, names)
      assert.same({ true, true }, { lists[2].used, lists[3].used })
      assert.is_nil(lists[1].used)
   end)
end)

describe('lists in lists', function()
   it('are replaced one level deep when they were defined before', function()
      local lists = { list('a', { 'x', 'y z' }, 1, 1), list('b', { 'a', 'w' }, 2, 2),
         list('c', { 'b' }, 3, 3), list('d', { 'e' }, 4, 4), list('e', { 'v' }, 5, 5) }
      resolve.values(lists)
      assert.same({ 'x', '"y z"', 'w' }, lists[2].values)
      assert.same({ 'a', 'w' }, lists[3].values)
      assert.same({ 'e' }, lists[4].values)
      assert.same({ 'b' }, lists[3].refers)
      assert.is_true(lists[2].used)
      assert.is_nil(lists[5].used)
   end)
end)

describe('macros', function()
   local function resolved(text, macros)
      local asts = {}
      for name, body in pairs(macros) do
         asts[name] = assert(grammar.parse(body))
      end
      return resolve.macros(assert(grammar.parse(text)), function(name) return asts[name] end)
   end

   it('are put in as trees, whatever binds tighter', function()
      local ast = resolved('not m and a.b = 1', { m = 'c.d = 1 or n', n = 'e.f exists' })
      assert.equal('(not (c.d = 1 or e.f exists) and a.b = 1)', print.text(ast))
   end)
   it('leave the tree with the name as it was', function()
      local tree = grammar.parse('m and a.b = 1')
      local out = resolve.macros(tree, function() return grammar.parse('c.d = 1') end)
      assert.equal('(m and a.b = 1)', print.text(tree))
      assert.equal('(c.d = 1 and a.b = 1)', print.text(out))
   end)
   it('that are unknown are named, with their place', function()
      local ast, err = resolved('a.b = 1 and\n(nope or nix)', {})
      assert.is_nil(ast)
      assert.same({ msg = "Undefined macro 'nope' used in filter.", index = 13, line = 2, col = 2 },
         err)
   end)
   it('may stand twice', function()
      assert.is_table(resolved('m or (m and n)', { m = 'a.b = 1', n = 'm' }))
   end)
   it('that use themselves are refused with the way round', function()
      local ast, err = resolved('m', { m = 'a.b = 1 or n', n = 'not o', o = 'n and a.c = 1' })
      assert.is_nil(ast)
      assert.equal("reference loop in macro 'n'", err.msg)
      assert.same({ 'n', 'o', 'n' }, err.path)
   end)
   it('that double the tree over and over are refused', function()
      local macros = { m0 = 'a.b = 1' }
      for i = 1, 40 do
         macros['m' .. i] = ('m%d and not m%d'):format(i - 1, i - 1)
      end
      local ast, err = resolved('m40', macros)
      assert.is_nil(ast)
      assert.equal('more than 100000 checks when macros are resolved', err.msg)
      assert.is_table(resolved('m16', macros))
   end)
   it('that nest without end are refused', function()
      local last = grammar.parse('a.b = 1')
      local err
      for _ = 1, 3000 do
         local before = last
         last, err = resolve.macros(grammar.parse('m or a.c = 1'), function() return before end)
         if not last then
            break
         end
      end
      assert.equal('more than 2000 levels when macros are resolved', err.msg)
   end)
   it('that lead on and on are refused', function()
      local ast, err = resolve.macros(grammar.parse('m0'), function(name)
         return grammar.parse(('m%d or a.b = 1'):format(name:sub(2) + 1))
      end)
      assert.is_nil(ast)
      assert.equal('more than 2000 levels when macros are resolved', err.msg)
   end)
end)
