package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local diag = require 'engine.diag'
local helper = require 'helper'
local locate = require 'engine.locate'

local RULE = '- rule: a rule\n  desc: d\n  condition: %s\n  output: %s\n  priority: INFO\n'

describe('the verbose report', function()
   it('names every place from the file inwards and points into the condition', function()
      local run = helper.rules(RULE:format('evt.num = 1 and evt.nope = 2', 'o'), nil, 'validate')
      assert.are.equal([[
r.yaml: Invalid

1 Errors:
In rules content: (r.yaml:0:0)
    rule 'a rule': (r.yaml:0:2)
    rule condition: (r.yaml:2:13)
    condition expression: ("evt.num = 1 and e...":3:30)
------
evt.num = 1 and evt.nope = 2
                ^
------
LOAD_ERR_COMPILE_CONDITION (Error compiling condition): ]]
         .. 'filter_check called with nonexistent field evt.nope\n', run.text)
      assert.are.equal(run.text, run.err .. '\n')
   end)

   it('says ok, ok with warnings, and only that', function()
      assert.are.equal('r.yaml: Ok\n', helper.rules('', nil, 'validate').text)
      local run = helper.rules('- x: 1\n', nil, 'validate')
      assert.are.equal('r.yaml: Ok, with warnings\n', run.text)
      assert.truthy(run.log[1]:find('LOAD_UNKNOWN_ITEM (Unknown rules file item): Unknown top '
         .. 'level '
         .. 'item', 1, true))
   end)

   it('covers each file, those behind one with an error, too', function()
      local run = helper.load { mode = 'validate',
         files = { { 'a', '' }, { 'b', 'x' }, { 'c', '' } } }
      assert.truthy(run.text:find('^a: Ok\nb: Invalid\n\n1 Errors:\n'))
      assert.truthy(run.text:find('\nc: Ok\n', 1, true))
      assert.is_nil(run.ok)
   end)
end)

describe('the JSON report', function()
   it('is one line with code, message, places and snippet', function()
      local run = helper.rules('- rule: a rule\n  desc: d\n', { json_output = 'true' }, 'validate')
      assert.is_nil(run.ok)
      assert.are.equal('{"falco_load_results":[{"errors":[{"code":"LOAD_ERR_YAML_VALIDATE",'
         .. '"codedesc":"Error validating internal structure of YAML file","context":{"locations":['
         .. '{"item_name":"","item_type":"rules content","position":{"column":0,"line":0,'
         .. '"name":"r.yaml","offset":0}},{"item_name":"a rule","item_type":"rule","position":'
         .. '{"column":2,"line":0,"name":"r.yaml","offset":2}}],"snippet":"- rule: a rule\\n  '
            .. '^\\n"},'
         .. '"message":"Item has no mapping for key \'condition\'"}],"name":"r.yaml",'
         .. '"schema_valid":true,"schema_warnings":[],"successful":false,"warnings":[]}]}\n',
         run.text)
   end)
end)

describe('a snippet', function()
   it('is cut around a far place', function()
      local text = diag.snippet_of(('x'):rep(300), 150)
      assert.are.equal('...' .. ('x'):rep(155) .. '...\n' .. (' '):rep(80) .. '^\n', text)
   end)

   it('of a place behind the end is the last line', function()
      assert.are.equal('b\n ^\n', diag.snippet_of('a\nb\n', 99))
   end)

   it('of nothing says so', function()
      assert.are.equal('<No context available>\n', diag.snippet_of('', 0))
   end)

   it('shows a NUL as a blank: what follows must not be lost', function()
      assert.are.equal('a b\n ^\n', diag.snippet_of('a\0b', 1))
   end)
end)

describe('the message of a load', function()
   local CASES = {
      { 'a field in a plain condition', RULE:format('evt.num = 1 and evt.nope = 2', 'o'), '3:30' },
      { 'a field in a quoted condition', RULE:format('"evt.num = 1 and evt.nope = '
         .. '2"', 'o'), '3:31' },
      { 'a field in a folded condition', RULE:format('>\n    evt.num = 1\n    and evt.nope = '
         .. '2', 'o'),
         '5:9' },
      { 'a field in a literal condition', RULE:format('|\n    evt.num = 1\n\n    and evt.nope = 2',
         'o'), '6:9' },
      { 'a field in a macro', '- macro: m\n  condition: evt.nope = 2\n'
         .. RULE:format('evt.num = 1 and m', 'o'), '2:14' },
      { 'a field behind a list', '- list: l\n  items: [a, b, c]\n'
         .. RULE:format('proc.name in (l) and evt.nope = 2', 'o'), '5:35' },
      { 'an operator behind a list', '- list: l\n  items: [a, b, c]\n'
         .. RULE:format('proc.name in (l) and evt.num ~ 2', 'o'), '5:14' },
      { 'a token of the output', RULE:format('evt.num = 1', '"a %nope.x"'), '4:14' },
      { 'a macro nobody defined', RULE:format('evt.num = 1 and nope', 'o'), '3:30' },
      { 'the end of a condition', RULE:format('evt.num =', 'o'), '3:23' },
      { 'a priority', (RULE:format('evt.num = 1', 'o'):gsub('INFO', 'LOUD')), '5:13' },
   }
   for _, c in ipairs(CASES) do
      it('places ' .. c[1], function()
         local run = helper.rules(c[2])
         assert.are.equal('r.yaml:' .. c[3] .. ':', run.err:match '^r.yaml:%d+:%d+:')
      end)
   end

   it('finds what a second file appended', function()
      local run = helper.load { files = { { 'a.yaml', RULE:format('evt.num = 1', 'o') },
         { 'b.yaml', '- rule: a rule\n  condition: and evt.nope = 2\n'
            .. '  override: {condition: append}\n' } } }
      assert.are.equal('b.yaml:2:18: filter_check called with nonexistent field evt.nope\n'
         .. '    condition: and evt.nope = 2\n                   ^', run.err)
   end)

   it('names the path of a macro loop', function()
      local run = helper.rules('- macro: a\n  condition: evt.num = 1\n- macro: b\n'
         .. '  condition: a\n- macro: a\n  condition: or b\n  override: {condition: append}\n')
      assert.are.equal("r.yaml:6:17: reference loop in macro 'b' (b > a > "
         .. "b)", run.err:match '^[^\n]*')
   end)

   it('keeps tabs under tabs and cuts long lines', function()
      assert.are.equal('f:1:3: no\n  \tab\n  \t ^',
         locate.message({ file = 'f', offset = 2 }, { f = '\tab' }, 'no'))
      local long = locate.message({ file = 'f', offset = 500 }, { f = ('x'):rep(1000) }, 'no')
      assert.are.equal('f:1:501: no\n  ' .. ('x'):rep(200) .. '\n  ' .. (' '):rep(100) .. '^', long)
   end)
end)
