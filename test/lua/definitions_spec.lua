package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local helper = require 'helper'
local json = require 'engine.json'

local RULE = '- rule: r\n  desc: d\n  condition: evt.num = 1\n  output: o\n  priority: INFO\n'

--- The first error as "CODE message @ innermost item type", or nil.
local function first_error(text, options)
   local run = helper.rules(text, options, 'validate')
   if run.ok then
      return nil
   end
   local code, message = run.text:match('\n1 Errors:.-\n(LOAD_ERR_[A-Z_]+) %([^\n]-%): ([^\n]*)')
   local places = run.text:match('\n1 Errors:\n(.-)%-%-%-%-%-%-\n')
   local last = places:match('([^\n]*)\n$'):gsub('^In ', ''):gsub('^ +', ''):gsub(": %(.*", '')
      :gsub(" '.*", '')
   return code:sub(10) .. ' ' .. message .. ' @ ' .. last
end

describe('an error in the shape of a file', function()
   local CASES = {
      { 'text', 'YAML_VALIDATE Rules content is not yaml @ rules content' },
      { 'a: b', 'YAML_VALIDATE Rules content is not yaml array of objects @ rules content' },
      { '- text', 'YAML_VALIDATE Unexpected element type. Each element should be a yaml '
         .. 'associative '
         .. 'array. @ rules content item' },
      { '- a: b: c', 'YAML_PARSE yaml-cpp: error at line 1, column 7: illegal map value @ value '
         .. 'for' },
      { '- rule: r\n  condition: evt.num = 1\n  desc: d\n  priority: INFO',
         "YAML_VALIDATE Item has no mapping for key 'output' @ rule" },
      { '- rule:\n  desc: d', "YAML_VALIDATE Mapping for key 'rule' is empty @ rule" },
      { "- rule: ''\n  desc: d", 'YAML_VALIDATE Value must be non-empty @ value for' },
      { '- rule: [a]', 'YAML_VALIDATE Value is not a scalar value @ value for' },
      { '- rule: r', "YAML_VALIDATE Item has no mapping for key 'enabled' @ rule" },
      { '- rule: r\n  enabled: false',
         "VALIDATE Rule has 'enabled' key but no rule by that name already exists @ rule" },
      { RULE:gsub('INFO', 'LOUD'), 'YAML_VALIDATE Invalid priority @ rule priority' },
      { RULE .. '  enabled: maybe\n', "YAML_VALIDATE Can't decode YAML scalar value @ value for" },
      { RULE .. '  tags: a\n', 'YAML_VALIDATE Value is not a sequence @ value for' },
      { RULE .. '  tags: [[a]]\n', 'YAML_VALIDATE sequence value is not scalar @ value for' },
      { RULE .. '  capture_duration: -1\n',
         "YAML_VALIDATE Can't decode YAML scalar value @ value for" },
      { '- list: l', "YAML_VALIDATE Item has no mapping for key 'items' @ list" },
      { '- list: l\n  items: x', 'YAML_VALIDATE Value is not a sequence @ value for' },
      { '- macro: m', "YAML_VALIDATE Item has no mapping for key 'condition' @ macro" },
      { '- macro: m\n  condition: evt.num =',
         "COMPILE_CONDITION expected a string value or a field with a valid transformer: 'val', "
         .. "'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt' "
         .. '@ condition expression' },
      { '- macro: m\n  condition: n', "VALIDATE Undefined macro 'n' used in filter. "
         .. '@ condition expression' },
      { '- macro: m\n  condition: n\n- macro: n\n  condition: evt.num = 1\n',
         "VALIDATE Undefined macro 'n' used in filter. @ condition expression" },
      { '- macro: m\n  condition: evt.num = 1\n- macro: m\n  condition: or m\n'
         .. '  override: {condition: append}\n',
         "VALIDATE reference loop in macro 'm' @ condition expression" },
      { '- required_engine_version: 64', 'VALIDATE Rules require engine version 0.64.0, but engine '
         .. 'version is 0.63.0 @ required_engine_version' },
      { '- required_engine_version: 1.0.0', 'VALIDATE Rules require engine version 1.0.0, but '
         .. 'engine '
         .. 'version is 0.63.0 @ required_engine_version' },
      { '- required_engine_version: new', 'YAML_VALIDATE Unable to parse engine version '
         .. "'new' as a semver string. Expected \"x.y.z\" semver format. "
         .. '@ required_engine_version' },
      { '- required_plugin_versions: x', 'YAML_VALIDATE Value of required_plugin_versions must '
         .. 'be a '
         .. 'sequence @ required plugin versions' },
      { '- required_plugin_versions:\n  - name: a\n    version: b',
         "VALIDATE Invalid required version 'b' for plugin 'a' @ required plugin versions entry" },
      { '- required_plugin_versions:\n  - name: json\n    version: 0.1.0\n    alternatives:\n'
         .. '    - name: other\n      version: 0.2.0', 'VALIDATE Plugin requirement not satisfied, '
         .. 'must load one of: json (>= 0.1.0), other (>= 0.2.0) @ required plugin versions '
            .. 'entry' },
      { RULE:gsub('evt.num = 1', 'evt.nmu = 1'), 'COMPILE_CONDITION filter_check called with '
         .. 'nonexistent field evt.nmu @ condition expression' },
      { RULE:gsub('output: o', 'output: "%%nope.x"'),
         'COMPILE_OUTPUT invalid formatting token nope.x @ rule output' },
      { RULE .. RULE .. '  source: other\n',
         'VALIDATE Rule has been re-defined with a different source @ rule' },
   }
   for _, c in ipairs(CASES) do
      it(c[2], function()
         assert.are.equal(c[2], first_error(c[1]))
      end)
   end
end)

describe('a file that is fine', function()
   local CASES = { { 'nothing at all', '' }, { 'a null document', '---\n---\n' },
      { 'a null item', '-\n' }, { 'an engine version of old', '- required_engine_version: 26\n' },
      { 'the newest engine version', '- required_engine_version: 0.63.0\n' },
      { 'the container plugin', '- required_plugin_versions:\n  - name: container\n'
         .. '    version: 0.4.0\n' },
      { 'a lower case priority', (RULE:gsub('INFO', 'informational')) },
      { 'a list used before it is defined',
         (RULE:gsub('evt.num = 1', 'proc.name in (l)')) .. '- list: l\n  items: [a]\n' },
      { 'a macro used before it is defined',
         (RULE:gsub('evt.num = 1', 'm')) .. '- macro: m\n  condition: evt.num = 1\n' },
      { 'a field that is not known in a macro that is not used',
         '- macro: m\n  condition: no.such = 1\n' } }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         local run = helper.rules(c[2])
         assert.are.same({ true }, { run.ok, run.err })
      end)
   end
end)

describe('a warning', function()
   local CASES = {
      { '- thing: x\n', 'LOAD_UNKNOWN_ITEM', 'Unknown top level item' },
      { RULE .. '  extra: 1\n', 'LOAD_UNKNOWN_KEY', "Unknown key 'extra'. The key will be "
         .. "ignored." },
      { RULE .. '  source: pets\n', 'LOAD_UNKNOWN_SOURCE', 'Unknown source pets, skipping' },
      { '- list: l\n  items: [a]\n', 'LOAD_UNUSED_LIST',
         'List not referred to by any other rule/macro' },
      { '- macro: m\n  condition: evt.num = 1\n', 'LOAD_UNUSED_MACRO',
         'Macro not referred to by any other rule/macro' },
      { '- macro: 1m\n  condition: evt.num = 1\n', 'LOAD_INVALID_MACRO_NAME', 'Macro has an '
         .. 'invalid '
         .. 'name. Macro names should match a regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)' },
      { '- list: a b\n  items: []\n', 'LOAD_INVALID_LIST_NAME', 'List has an invalid name. List '
         .. [[names should match a regular expression: ([^()\"'[:space:]=,]+)]] },
      { RULE .. '- rule: r\n  enabled: false\n', 'LOAD_DEPRECATED_ITEM',
         "The standalone 'enabled' key usage is deprecated. The correct approach requires also a "
         .. "'replace' entry under the 'override' key (i.e. 'enabled: replace')." },
      { RULE .. '- rule: r\n  append: true\n  condition: and evt.num = 2\n', 'LOAD_DEPRECATED_ITEM',
         "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under "
         .. "'override' instead." },
      { RULE:gsub('evt.num = 1', 'no.such = 1') .. '  skip-if-unknown-filter: true\n',
         'LOAD_UNKNOWN_FILTER', 'filter_check called with nonexistent field no.such' },
   }
   for _, c in ipairs(CASES) do
      it(c[2] .. ': ' .. c[3], function()
         local run = helper.rules(c[1], nil, 'validate')
         assert.is_true(run.ok)
         assert.truthy(table.concat(run.log):find('\n' .. c[2] .. ' (', 1, true))
         assert.truthy(table.concat(run.log):find('): ' .. c[3], 1, true))
      end)
   end
end)

describe('rules in C', function()
   it('keep the place of their first definition', function()
      local run = helper.rules(RULE .. RULE:gsub('r\n', 's\n', 1)
         .. RULE:gsub('desc: d', 'desc: e'))
      assert.are.equal(2, #run.rules)
      assert.are.equal('r', run.rules[1].name)
   end)

   it('say that they are below the minimum priority, and whether they are enabled', function()
      local run = helper.rules(RULE .. RULE:gsub('r\n', 's\n', 1):gsub('INFO', 'ERROR')
         .. RULE:gsub('r\n', 't\n', 1):gsub('INFO', 'ERROR') .. '  enabled: no\n',
         { priority = 'warning' })
      local on, below = {}, {}
      for i, r in ipairs(run.rules) do
         on[i], below[i] = r.enabled, r.below
      end
      assert.are.same({ 1, 1, 0 }, on)
      assert.are.same({ 1, 0, 0 }, below)
   end)

   it('have sorted tags without doubles', function()
      local run = helper.rules(RULE .. '  tags: [c, a, c, b]\n')
      assert.are.same({ 'a', 'b', 'c' }, run.rules[1].tags)
   end)

   it('see what later files define', function()
      local run = helper.load { files = { { 'a.yaml', RULE },
         { 'b.yaml', '- macro: m\n  condition: evt.num = 2\n' .. RULE:gsub('evt.num = 1', 'm') } } }
      assert.is_true(run.ok)
      assert.are.equal('m', run.rules[1].condition)
   end)

   it('may not use what only a later file defines', function()
      local run = helper.load { files = { { 'a.yaml', (RULE:gsub('evt.num = 1', 'm')) },
         { 'b.yaml', '- macro: m\n  condition: evt.num = 2\n' } } }
      assert.is_nil(run.ok)
      assert.are.equal("a.yaml:3:14: Undefined macro 'm' used in filter.",
         run.err:match '^[^\n]*')
   end)

   it('carry no code of a rule with an unknown source', function()
      assert.are.same({}, helper.rules(RULE .. '  source: pets\n').rules)
   end)
end)

describe('what is appended to outputs', function()
   local OUT = RULE:gsub('output: o', 'output: "a %%container.info b"') .. '  tags: [t, u]\n'
   local CASES = {
      { 'nothing in the place of %container.info', {}, 'a  b' },
      { '-pc', { print = 'c' }, 'a container=%container.name (id=%container.id) b' },
      { '-pk', { print = 'k' }, 'a k8s.pod=%k8s.pod.name container=%container.id b' },
      { '-p text', { print = 'x=%evt.num' },
         'a %container.name (id=%container.id) b x=%evt.num' },
      { 'extra_output', { ['append_output[0].extra_output'] = 'y' }, 'a  b y' },
      { 'extra_output of tags that the rule has',
         { ['append_output[0].match.tags[0]'] = 'u', ['append_output[0].extra_output'] = 'y' },
         'a  b y' },
      { 'no extra_output of a tag that it has not',
         { ['append_output[0].match.tags[0]'] = 'v', ['append_output[0].extra_output'] = 'y' },
         'a  b' },
      { 'no extra_output of another rule',
         { ['append_output[0].match.rule'] = 'q', ['append_output[0].extra_output'] = 'y' },
         'a  b' },
      { 'suggested fields', { ['append_output[0].suggested_output'] = 'true' },
         'a  b container_id=%container.id container_name=%container.name' },
      { 'nothing of a list that was made a map', { ['append_output.suggested_output'] = 'true' },
         'a  b' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         local run = helper.rules(OUT, c[2])
         assert.is_nil(run.err)
         assert.are.equal(c[3], run.rules[1].output)
      end)
   end

   it('extra fields are an expression or a template of their own', function()
      local run = helper.rules(OUT, { ['append_output[0].extra_fields[0]'] = 'proc.name',
         ['append_output[0].extra_fields[1].mine'] = '%proc.pname!' })
      local extra = run.rules[1].extra
      assert.are.equal('proc.name', extra[1][1])
      assert.are.equal(-1, extra[1][3])
      assert.are.equal('mine', extra[2][1])
      assert.is_true(extra[2][3] >= 0)
   end)

   it('an extra field that does not exist is an error', function()
      local run = helper.rules(OUT, { ['append_output[0].extra_fields[0]'] = 'no.such' })
      assert.is_nil(run.ok)
   end)
end)

describe('the writer of JSON', function()
   it('sorts keys, escapes, and replaces what is no UTF-8', function()
      assert.are.equal('{"a":"x\\n\\"\\\\\\u0001","b":[1,true,null],"c":[],"d":"\239\191\189z"}',
         json.encode { a = 'x\n"\\\1', b = { 1, true, json.null }, c = json.array(), d = '\255z' })
   end)
end)
