package.path = './lua/?.lua;' .. package.path
local quote = require 'engine.quote'

describe('unescape', function()
   local CASES = {
      { [["a\nb"]], 'a\nb' }, { [["a\\b"]], [[a\b]] }, { [["a\ b"]], [[a\b]] },
      { [["\/"]], '/' }, { [["\""]], '"' }, { [['\'']], "'" }, { [["\x41\x7a"]], 'Az' },
      { [['say "x"']], 'say "x"' }, { [[""]], '' }, { [["a\"]], 'a' },
      { [["\d"]], nil, [[unsupported string escape sequence: \d]] },
      { [['\"']], nil, [[invalid \" escape in '-quoted string]] },
      { [["\'"]], nil, [[invalid \' escape in "-quoted string]] },
      { [["\x4"]], nil, 'truncated hex char escape sequence' },
      { [["\x4g"]], nil, 'invalid hex char escape sequence: 4g' },
   }
   for _, case in ipairs(CASES) do
      it(case[1], function()
         local value, why = quote.unescape(case[1])
         assert.equal(case[2], value)
         assert.equal(case[3], why)
      end)
   end
end)

describe('quoted', function()
   it('is undone by unescape for any bytes but NUL and letters without an escape', function()
      math.randomseed(3)
      for _ = 1, 2000 do
         local out = {}
         for i = 1, math.random(0, 12) do
            out[i] = string.char(math.random(0, 255))
         end
         local value = table.concat(out)
         assert.equal(value, quote.unescape(quote.quoted(value)))
      end
   end)
end)

describe('escape', function()
   it('leaves words alone', function()
      assert.equal('/bin/sh', quote.escape('/bin/sh'))
   end)
   it('quotes blanks, quotes and what would end a word', function()
      assert.equal('"a b"', quote.escape('a b'))
      assert.equal([["a\"b"]], quote.escape('a"b'))
      assert.equal('"--x="', quote.escape('--x='))
   end)
end)
