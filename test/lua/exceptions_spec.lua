package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local helper = require 'helper'

local BASE = '- rule: r\n  desc: d\n  condition: evt.num = 1\n  output: o\n  priority: INFO\n'

--- BASE with exceptions, one line of flow YAML each.
local function with(...)
   return BASE .. '  exceptions:\n  - ' .. table.concat({ ... }, '\n  - ') .. '\n'
end

local function compiled(text)
   local run = helper.rules(text, { json_output = 'true' }, 'describe')
   assert.is_nil(run.err)
   return run.text:match '"condition_compiled":"(.-)",'
end

describe('exceptions in a condition', function()
   local CASES = {
      { 'without values are no clause', '{name: a, fields: proc.name}', 'evt.num = 1' },
      { 'of one field are a list', '{name: a, fields: proc.name, values: [x, y z]}',
         '(evt.num = 1 and not proc.name in (x, "y z"))' },
      { 'of one field take an operator', '{name: a, fields: fd.name, comps: pmatch, values: [/a]}',
         '(evt.num = 1 and not fd.name pmatch (/a))' },
      { 'of one field take a modifier',
         '{name: a, fields: fd.name, comps: startswith oneof, values: [/a, /b]}',
         '(evt.num = 1 and not fd.name startswith oneof (/a, /b))' },
      { 'of several fields compare by =', '{name: a, fields: [proc.name, fd.name], values: [[x, '
         .. 'y]]}',
         '(evt.num = 1 and not (proc.name = x and fd.name = y))' },
      { 'of several tuples are joined by or',
         '{name: a, fields: [proc.name, fd.name], comps: [=, in], values: [[x, [a, b]], [y, c]]}',
         '(evt.num = 1 and not ((proc.name = x and fd.name in (a, b)) or (proc.name = y and '
         .. 'fd.name in (c))))' },
      { 'may use transformers', '{name: a, fields: [tolower(proc.name)], values: [[x]]}',
         '(evt.num = 1 and not tolower(proc.name) = x)' },
      { 'keep a list in parentheses', '{name: a, fields: [proc.name], comps: [in], values: '
         .. '[[(x)]]}',
         '(evt.num = 1 and not proc.name in (x))' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         assert.are.equal(c[3], (compiled(with(c[2])):gsub('\\"', '"')))
      end)
   end

   it('put parentheses around the condition', function()
      local text = with '{name: a, fields: proc.name, values: [x]}'
      assert.are.equal('((evt.num = 1 or evt.num = 2) and not proc.name in (x))',
         compiled((text:gsub('evt.num = 1', 'evt.num = 1 or evt.num = 2'))))
   end)

   it('use lists by name', function()
      assert.are.equal('(evt.num = 1 and not proc.name in (p, q))', compiled(
         '- list: l\n  items: [p, q]\n' .. with '{name: a, fields: proc.name, values: [l]}'))
   end)

   it('are appended value by value, and whole when new', function()
      assert.are.equal('(evt.num = 1 and not proc.name in (x, y) and not fd.name in (z))',
         compiled(with '{name: a, fields: proc.name, values: [x]}'
            .. '- rule: r\n  exceptions:\n  - {name: a, values: [y]}\n'
            .. '  - {name: b, fields: fd.name, values: [z]}\n  override: {exceptions: append}\n'))
   end)

   it('are replaced as a whole', function()
      assert.are.equal('(evt.num = 1 and not fd.name in (z))',
         compiled(with '{name: a, fields: proc.name, values: [x]}' .. '- rule: r\n  exceptions:\n'
            .. '  - {name: b, fields: fd.name, values: [z]}\n  override: {exceptions: replace}\n'))
   end)
end)

describe('an exception that cannot be', function()
   local NEW = '- rule: r\n  override: {exceptions: append}\n  exceptions:\n  - '
   local OLD = with '{name: a, fields: proc.name, values: [x]}'
   local CASES = {
      { BASE .. '  exceptions: x\n', 'Rule exceptions must be a sequence' },
      { with 'x', 'Rule exception must be a mapping' },
      { with '{fields: proc.name}', "Item has no mapping for key 'name'" },
      { with '{name: a}', "Item has no mapping for key 'fields'" },
      { with '{name: a, fields: proc.name, values: x}',
         'Rule exception values must be a sequence' },
      { with '{name: a, fields: [proc.name], comps: [=, =]}',
         'Fields and comps lists must have equal length' },
      { with '{name: a, fields: [proc.name], comps: [like]}',
         "'like' is not a supported comparison operator" },
      { with '{name: a, fields: [proc.nope]}', "'proc.nope' is not a supported filter field" },
      { with '{name: a, fields: "proc.name or"}', "'proc.name or' is not a supported filter "
         .. "field" },
      { with '{name: a, fields: proc.name, comps: [in]}', 'Fields and comps must both be strings' },
      { with '{name: a, fields: proc.name, comps: startswith}', 'When fields is a single value, '
         .. 'comps must be one of (in, pmatch, intersects) or a modifier operator (e.g. startswith '
         .. 'oneof)' },
      { with '{name: a, fields: proc.name, values: [[x]]}',
         'Expected values array to contain a list of strings' },
      { with '{name: a, fields: [proc.name], values: [[x, y]]}',
         'Fields and values lists must have equal length' },
      { with '{name: a, fields: [proc.name], values: [x]}',
         'Fields and values lists must have equal length' },
      { OLD .. NEW .. '{name: a, fields: proc.name, values: [y]}',
         'Can not append exception fields to existing exception, only values' },
      { OLD .. NEW .. '{name: a, comps: in, values: [y]}',
         'Can not append exception comps to existing exception, only values' },
      { OLD .. NEW .. '{name: b, values: [y]}',
         'Rule exception must have fields property with a list of fields' },
      { OLD .. NEW .. '{name: b, fields: proc.name}',
         'Rule exception must have values property with a list of values' },
   }
   for _, c in ipairs(CASES) do
      it(c[2], function()
         local run = helper.rules(c[1])
         assert.is_nil(run.ok)
         assert.are.equal(c[2], run.err:match '^r.yaml:%d+:%d+: ([^\n]*)')
      end)
   end
end)

describe('a warning about exceptions', function()
   local CASES = {
      { with('{name: a, fields: proc.name}', '{name: a, fields: fd.name}'),
         "Multiple definitions of exception 'a' in the same rule" },
      { with '{name: a, fields: proc.name, values: [x]}' .. '- rule: r\n  exceptions:\n'
         .. '  - {name: a}\n  override: {exceptions: append}\n',
         'Overriding/appending exception with no values' },
   }
   for _, c in ipairs(CASES) do
      it(c[2], function()
         local run = helper.rules(c[1])
         assert.is_true(run.ok)
         assert.truthy(run.text:find(c[2], 1, true))
      end)
   end
end)
