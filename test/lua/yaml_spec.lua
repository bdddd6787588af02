package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local yaml = require 'engine.yaml'

local function first(text)
   return assert(yaml.parse(text))[1]
end

describe('marks of nodes', function()
   local CASES = {
      { 'a plain scalar', 'a: b', { 0, 3, 3, 'PLAIN' } },
      { 'a quoted scalar stands at its quote', "a: 'b'", { 0, 3, 3, 'SINGLE_QUOTED' } },
      { 'a literal block stands at its bar', 'a: |\n  b\n  c\n', { 0, 3, 3, 'LITERAL' } },
      { 'a folded block stands at its sign', 'x: 1\na: >-\n  b\n', { 1, 3, 8, 'FOLDED' } },
      { 'bytes count, not characters', 'é: 1\na: é b\n', { 1, 3, 9, 'PLAIN' } },
      { 'behind two-byte characters on a line', '{é: 1, a: x}', { 0, 11, 11, 'PLAIN' } },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         local n = first(c[2]).by.a
         assert.are.same(c[3], { n.line, n.col, n.offset, n.style })
      end)
   end

   it('a map in a sequence stands at its first key', function()
      local item = first('- rule: x\n- rule: y\n').items[2]
      assert.are.same({ 1, 2, 12 }, { item.line, item.col, item.offset })
   end)
end)

describe('values', function()
   it('folds and keeps lines as YAML says', function()
      local d = first('a: >\n  b\n  c\nd: |-\n  e\n  f\n')
      assert.are.equal('b c\n', d.by.a.value)
      assert.are.equal('e\nf', d.by.d.value)
   end)

   it('knows the plain words for nothing, and not the quoted ones', function()
      local d = first("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n")
      local kinds = {}
      for i, pair in ipairs(d.pairs) do
         kinds[i] = pair[2].kind
      end
      assert.are.same({ 'null', 'null', 'null', 'scalar', 'scalar' }, kinds)
   end)

   it('keeps the first of two equal keys and both pairs', function()
      local d = first('a: 1\na: 2\n')
      assert.are.equal('1', d.by.a.value)
      assert.are.equal(2, #d.pairs)
   end)

   it('gives an alias the node it names', function()
      local d = first('a: &x [1, 2]\nb: *x\n')
      assert.are.equal(d.by.a, d.by.b)
   end)

   it('fills in from a merge key what is not there', function()
      local d = first('a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n')
      assert.are.equal('3', d.by.b.by.k.value)
      assert.are.equal('2', d.by.b.by.l.value)
   end)

   it('reads many documents of one stream, lines counted through', function()
      local docs = yaml.parse('a\n---\n- b\n---\n')
      assert.are.equal(3, #docs)
      assert.are.equal(2, docs[2].items[1].line)
   end)

   it('an empty text has no documents', function()
      assert.are.same({}, yaml.parse(''))
      assert.are.same({}, yaml.parse('# nothing\n'))
   end)
end)

describe('errors', function()
   local CASES = {
      { 'a map in a scalar', '- rule: a: b\n', 'line 1, column 10: illegal map value', 9 },
      { 'an open sequence', 'a: [1\nb: 2', 'line 2, column 2: end of sequence flow not found', 7 },
      { 'an open quote', 'a: "b\n', 'line 2, column 1: illegal EOF in scalar', 6 },
      { 'an at sign', 'a: @b', 'line 1, column 4: unknown token', 3 },
      { 'an anchor nobody set', 'a: *b', 'line 1, column 4: the referenced anchor is not '
         .. 'defined', 3 },
      { 'a control character', 'a: 1\nb: \1x', 'line 2, column 4: control characters', 8 },
      { 'a byte that is no UTF-8', 'a: \255', 'line 1, column 4: invalid', 3 },
   }
   for _, c in ipairs(CASES) do
      it(c[1] .. ' is an error with its place', function()
         local docs, err = yaml.parse(c[2])
         assert.is_nil(docs)
         assert.are.equal('yaml-cpp: error at ' .. c[3], err.what:sub(1, 19 + #c[3]))
         assert.are.equal(c[4], err.offset)
      end)
   end

   it('a value may not contain itself', function()
      local _, err = yaml.parse 'a: &x [1, *x]'
      assert.are.equal('the referenced anchor is not defined', err.msg)
   end)

   it('aliases of aliases may not stand for more than a million values', function()
      local text = { 'a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]' }
      for i = 1, 9 do
         text[i + 1] = ('a%d: &a%d [%s]'):format(i, i, (('*a%d, '):format(i - 1)):rep(9))
      end
      local docs, err = yaml.parse(table.concat(text, '\n'))
      assert.is_nil(docs)
      assert.are.equal('too many values', err.msg)
   end)

   it('aliases of aliases may not nest without end', function()
      local text = { 'a0: &a0 [1]' }
      for i = 1, 200 do
         text[i + 1] = ('a%d: &a%d [*a%d]'):format(i, i, i - 1)
      end
      local docs, err = yaml.parse(table.concat(text, '\n'))
      assert.is_nil(docs)
      assert.are.equal('nested too deeply', err.msg)
   end)

   it('nesting has an end', function()
      local docs, err = yaml.parse(('['):rep(1000) .. (']'):rep(1000))
      assert.is_nil(docs)
      assert.are.equal('nested too deeply', err.msg)
   end)
end)

describe('booleans', function()
   local CASES = { yes = true, True = true, ON = true, y = true, N = false, no = false, Off = false,
      FALSE = false }
   for text, value in pairs(CASES) do
      it(text .. ' is ' .. tostring(value), function()
         assert.are.equal(value, yaml.boolean(text))
      end)
   end
   for _, text in ipairs { 'tRue', '1', '', 'maybe', 'yES' } do
      it("'" .. text .. "' is none", function()
         assert.is_nil(yaml.boolean(text))
      end)
   end
end)
