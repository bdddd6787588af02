package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local helper = require 'helper'

local RULES = [=[
- required_engine_version: 0.50.0
- required_plugin_versions:
  - name: container
    version: 0.4.0
    alternatives: [{name: other, version: 1.0.0}]
- list: inner
  items: [a]
- list: outer
  items: [inner, b]
- macro: m
  condition: evt.type = open
- rule: one
  desc: a description that is long enough to be broken into two lines when it is printed in a column
  condition: m and proc.name in (outer) and fd.name startswith oneof (x, y)
  output: p=%proc.name n=%fd.name
  priority: WARNING
  tags: [t]
  exceptions:
  - {name: e, fields: [proc.pname], comps: [startswith], values: [[z]]}
  - {name: f, fields: user.name}
- rule: two
  desc: d
  condition: evt.num > 0
  output: o
  priority: DEBUG
  enabled: false
]=]

local function described(options)
   options.json_output = 'true'
   local run = helper.rules(RULES, options, 'describe')
   assert.is_nil(run.err)
   return run.text
end

describe('the JSON description', function()
   local all = described {}
   local CASES = {
      { 'the text of a condition', '"condition":"m and proc.name in (outer) and fd.name startswith '
         .. 'oneof (x, y)"' },
      { 'the condition compiled', '"condition_compiled":"((evt.type = open and proc.name in (a, b) '
         .. 'and fd.name startswith oneof (x, y)) and not proc.pname startswith z)"' },
      { 'macros and lists as written', '"lists":["outer"],"macros":["m"]' },
      { 'fields of the compiled condition',
         '"condition_fields":["evt.type","fd.name","proc.name","proc.pname"]' },
      { 'names, fields and operators of exceptions', '"exception_fields":["proc.pname"],'
         .. '"exception_names":["e","f"],"exception_operators":["in","startswith"]' },
      { 'events by name', '"events":["asyncevent","open"]' },
      { 'fields of the output', '"output_fields":["fd.name","proc.name"]' },
      { 'a rule below the priority or switched off', '"enabled":false,"name":"two"' },
      { 'a list without the lists in it', '"info":{"items":["b"],"name":"outer"}' },
      { 'a list compiled', '"items_compiled":["a","b"],"lists":["inner"]' },
      { 'a macro and its use', '"plugins":[],"used":true},"info":{"condition":"evt.type = open",'
         .. '"name":"m"}' },
      { 'what versions are required', '"required_engine_version":"0.50.0",'
         .. '"required_plugin_versions":[{"alternatives":[{"name":"other","version":"1.0.0"}],'
         .. '"name":"container","version":"0.4.0"}]' },
   }
   for _, c in ipairs(CASES) do
      it('has ' .. c[1], function()
         assert.truthy(all:find(c[2], 1, true), all)
      end)
   end

   it('of one rule is that rule alone', function()
      local text = described { ['describe.rule'] = 'two' }
      assert.truthy(text:find('^{"rules":%[{'))
      assert.is_nil(text:find('"name":"one"', 1, true))
   end)
end)

describe('the text description', function()
   it('has two columns, the second broken at its width', function()
      local run = helper.rules(RULES, { ['describe.rule'] = 'one' }, 'describe')
      assert.are.equal(('Rule%46s Description\n----%46s -----------\n'):format('', '')
         .. ('%-50s %s\n'):format('one', 'a description that is long enough to be broken into two')
         .. (' '):rep(51) .. 'lines when it is printed in a column\n\n', run.text)
   end)

   it('of a rule that is not there is an error', function()
      local run = helper.rules(RULES, { ['describe.rule'] = 'three' }, 'describe')
      assert.are.same({ nil, 'Rule "three" is not loaded' }, { run.ok, run.err })
   end)
end)

describe('the list of fields', function()
   local function list(options)
      return helper.load { mode = 'list', options = options,
         fields = { ['a.one'] = true, ['a.two'] = 'arg' } }
   end

   it('is a text by class', function()
      local text = list({}).text
      assert.are.equal(('-'):rep(31) .. '\n' .. ('%-30s'):format 'Field Class:' .. 'a\n'
         .. ('%-30s'):format 'Description:' .. 'All about it.\n'
         .. ('%-30s'):format 'Event Sources:' .. 'syscall \n\n'
         .. ('%-30s'):format 'a.one' .. 'what a.one is\n'
         .. ('%-30s'):format 'a.two' .. 'what a.two is\n\n', text)
   end)

   it('is names alone', function()
      assert.are.equal('a.one\na.two\n', list({ ['list.names_only'] = 'true' }).text)
   end)

   it('is markdown', function()
      assert.truthy(list({ ['list.format'] = 'markdown' }).text
         :find('`a.one` | CHARBUF | what a.one is\n', 1, true))
   end)

   it('is JSON', function()
      local text = list({ ['list.format'] = 'json' }).text
      assert.truthy(text:find('"argument": null,\n          "desc": "what a.one is"', 1, true))
      assert.truthy(text:find('"required": true', 1, true))
   end)

   it('in another format is an error', function()
      local run = list { ['list.format'] = 'xml' }
      assert.are.equal("Invalid format 'xml'. Valid values are: text, markdown, json", run.err)
   end)
end)
