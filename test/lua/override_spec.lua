package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local helper = require 'helper'

local BASE = [[
- list: l
  items: [a, b]
- macro: m
  condition: evt.num = 1
- rule: r
  desc: d
  condition: m and proc.name in (l)
  output: o
  priority: INFO
  tags: [x]
]]

local function describe_rule(text)
   local run = helper.rules(BASE .. text, { json_output = 'true' }, 'describe')
   assert.is_nil(run.err)
   return run.text
end

local function value(text, key)
   local rules = text:match '"rules":.*'
   return rules:match('"' .. key .. '":"([^"]*)"') or rules:match('"' .. key .. '":(%w+)')
end

describe('an item that adds to or replaces another', function()
   local CASES = {
      { 'appends to a condition with one blank', 'rule: r\n  condition: or evt.num = 2\n'
         .. '  override: {condition: append}', 'condition', 'm and proc.name in (l) or evt.num = '
            .. '2' },
      { 'binds as the joined text does', 'rule: r\n  condition: or evt.num = 2\n'
         .. '  override: {condition: append}', 'condition_compiled',
         '((evt.num = 1 and proc.name in (a, b)) or evt.num = 2)' },
      { 'appends by the old key', 'rule: r\n  append: true\n  condition: and evt.num = 3',
         'condition', 'm and proc.name in (l) and evt.num = 3' },
      { 'replaces a condition', 'rule: r\n  condition: evt.num = 9\n'
         .. '  override: {condition: replace}', 'condition', 'evt.num = 9' },
      { 'appends to output', 'rule: r\n  output: more\n  override: {output: append}', 'output',
         'o more' },
      { 'appends to desc', 'rule: r\n  desc: more\n  override: {desc: append}', 'description',
         'd more' },
      { 'replaces a priority', 'rule: r\n  priority: error\n  override: {priority: replace}',
         'priority', 'Error' },
      { 'replaces enabled', 'rule: r\n  enabled: false\n  override: {enabled: replace}', 'enabled',
         'false' },
      { 'mixes both', 'rule: r\n  output: more\n  desc: new\n  override: {output: append, '
         .. 'desc: replace}', 'description', 'new' },
      { 'appends to a list', 'list: l\n  items: [c]\n  override: {items: append}',
         'condition_compiled', '(evt.num = 1 and proc.name in (a, b, c))' },
      { 'replaces a list', 'list: l\n  items: [c]\n  override: {items: replace}',
         'condition_compiled', '(evt.num = 1 and proc.name in (c))' },
      { 'defines a list again', 'list: l\n  items: [d]', 'condition_compiled',
         '(evt.num = 1 and proc.name in (d))' },
      { 'appends to a macro', 'macro: m\n  condition: or evt.num = 2\n'
         .. '  override: {condition: append}', 'condition_compiled',
         '((evt.num = 1 or evt.num = 2) and proc.name in (a, b))' },
      { 'defines a macro again', 'macro: m\n  condition: evt.num = 7', 'condition_compiled',
         '(evt.num = 7 and proc.name in (a, b))' },
      { 'defines by replace what was not there', 'macro: n\n  condition: evt.num = 7\n'
         .. '  override: {condition: replace}', 'condition', 'm and proc.name in (l)' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         assert.are.equal(c[4], value(describe_rule('- ' .. c[2] .. '\n'), c[3]))
      end)
   end

   it('appends tags as a set', function()
      local text = describe_rule('- rule: r\n  tags: [y, x, a]\n  override: {tags: append}\n')
      assert.truthy(text:find('"tags":["a","x","y"]', 1, true))
   end)
end)

describe('an override that cannot be', function()
   local CASES = {
      { 'rule: r\n  priority: INFO\n  override: {priority: append}',
         "Key 'priority' cannot be appended to, use 'replace' instead" },
      { 'rule: r\n  source: x\n  override: {source: replace}', "Key 'source' cannot be replaced" },
      { 'rule: r\n  desc: x\n  override: {desc: prepend}', "Invalid override operation for key "
         .. "'desc': 'prepend'. Allowed values are: append replace " },
      { 'rule: r\n  priority: x\n  override: {priority: add}', "Invalid override operation for key "
         .. "'priority': 'add'. Allowed values are: replace " },
      { 'rule: r\n  output: x\n  override: {desc: append}',
         "An append override for 'desc' was specified but 'desc' is not defined" },
      { 'rule: r\n  desc: y\n  output: x\n  override: {desc: replace}',
         "Unexpected key 'output': no corresponding entry under 'override' is defined." },
      { 'rule: r\n  append: true\n  desc: x\n  override: {desc: append}',
         "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. "
         .. "'condition: append') under 'override' instead." },
      { 'rule: q\n  desc: x\n  override: {desc: append}',
         "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists" },
      { 'rule: q\n  desc: x\n  override: {desc: replace}', "An 'override.<key>: replace' to a rule "
         .. 'was requested but no rule by that name already exists' },
      { 'rule: r\n  append: true\n  output: x',
         'Appended rule must have exceptions or condition property' },
      { 'macro: n\n  condition: and m\n  override: {condition: append}',
         "Macro uses 'append' or 'override.condition: append' but no macro by that name already "
         .. 'exists' },
      { 'list: k\n  items: [a]\n  append: true', "List uses 'append' or 'override.items: append' "
         .. 'but no list by that name already exists' },
   }
   for _, c in ipairs(CASES) do
      it(c[2], function()
         local run = helper.rules(BASE .. '- ' .. c[1] .. '\n')
         assert.is_nil(run.ok)
         assert.truthy(run.err:find '^r.yaml:1[123]:')
         assert.are.equal(c[2], run.err:match '^[^\n]-: ([^\n]*)')
      end)
   end
end)
