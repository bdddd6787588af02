package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local fake = require 'fake_load_api'
local output = require 'engine.output'

local FIELDS = { ['proc.name'] = true, ['proc.pname'] = true, ['evt.type'] = true,
   ['evt.type.is'] = 'arg', ['evt.arg'] = 'arg', ['evt.arg.res'] = true, ['fd.ip'] = 'filter',
   ['evt.args'] = true }

local function compiled(text, opts)
   local api, log = fake.new(FIELDS)
   local index, tokens = output.compile(api, 'load', text, opts)
   return index, tokens, log
end

--- A template as text: names in < >, width behind a colon.
local function shown(template)
   local out = {}
   for i, part in ipairs(template) do
      out[i] = type(part) == 'string' and part
         or ('<%s%s>'):format(part[2] or '?', part[3] > 0 and ':' .. part[3] or '')
   end
   return table.concat(out)
end

describe('a template', function()
   local CASES = {
      { 'no fields', 'no fields' },
      { '', '' },
      { '%proc.name', '<proc.name>' },
      { 'a %proc.name b', 'a <proc.name> b' },
      { '%proc.name%proc.pname', '<proc.name><proc.pname>' },
      { '(%proc.name)', '(<proc.name>)' },
      { '%proc.namefoo', '<proc.name>foo' },
      { '%proc.name.', '<proc.name>.' },
      { '%proc.name[1]', '<proc.name>[1]' },
      { '%proc.name[', '<proc.name>[' },
      { '%proc.name[]', '<proc.name>[]' },
      { '%evt.arg[0]', '<evt.arg[0]>' },
      { '%evt.arg[0]]', '<evt.arg[0]>]' },
      { '%evt.arg["a b"].', '<evt.arg["a b"]>.' },
      { '%evt.type.is.3', '<evt.type>.is.3' },
      { '%evt.type.is[3]', '<evt.type.is[3]>' },
      { '%evt.arg.res', '<evt.arg.res>' },
      { '%evt.argsx', '<evt.args>x' },
      { '%10proc.name|', '<proc.name:10>|' },
      { '%toupper(proc.name)!', '<?>!' },
      { '%toupper( proc.name ) x', '<?> x' },
      { '%concat(proc.name, "-%")%proc.name', '<?><proc.name>' },
      { '*%proc.name', '*<proc.name>' },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1], function()
         local index, tokens, log = compiled(case[1])
         assert.equal(0, index, type(tokens) == 'table' and tokens.msg)
         assert.equal(case[2], shown(log.outputs[1]))
      end)
   end
   it('can leave out a leading star', function()
      local _, _, log = compiled('**%proc.name', { star = true })
      assert.equal('*<proc.name>', shown(log.outputs[1]))
   end)
   it('names its tokens', function()
      local _, tokens = compiled('a %proc.name %5toupper(proc.name) %evt.arg[1]')
      assert.same({ { name = 'proc.name', field = true, width = 0, index = 2 },
         { name = 'toupper(proc.name)', field = false, width = 5, index = 13,
            raw = { name = 'proc.name', expr = 0 } },
         { name = 'evt.arg[1]', field = true, width = 0, index = 34 } }, tokens)
   end)
end)

describe('fields under transformers', function()
   local CASES = {
      { '%toupper(proc.name)', {}, { 'proc.name' } },
      { '%toupper( tolower( evt.arg[1]) )', {}, { 'evt.arg[1]' } },
      { '%proc.name %toupper(proc.name)', {}, {} },
      { '%toupper(proc.name) %tolower(proc.name)', {}, { 'proc.name' } },
      { '%toupper(proc.name)', { ['proc.name'] = true }, {} },
      { '%concat(proc.name, "x")', {}, {} },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1], function()
         local _, tokens = compiled(case[1])
         local names = {}
         for i, raw in ipairs(output.raw_fields(tokens, case[2])) do
            names[i] = raw.name
         end
         assert.same(case[3], names)
      end)
   end
end)

describe('a template is refused', function()
   local CASES = {
      { 'a %', 'invalid formatting syntax: formatting cannot end with a %', 2 },
      { 'a %12', 'invalid formatting syntax: formatting cannot end with a number', 2 },
      { 'a %nope.name b', 'invalid formatting token nope.name b', 2 },
      { 'a %% b', 'invalid formatting token % b', 2 },
      { '%proc', 'invalid formatting token proc', 0 },
      { '%toupper(proc.name', 'invalid formatting token toupper(proc.name', 0 },
      { '%toupper(proc.nope)', 'invalid formatting token toupper(proc.nope)', 0 },
      { '%fd.ip', 'fd.ip is filter only and cannot be used as a display field', 0 },
   }
   for _, case in ipairs(CASES) do
      it(case[1], function()
         local index, err = compiled(case[1])
         assert.is_nil(index)
         assert.same({ msg = case[2], index = case[3] }, err)
      end)
   end
   it('without a half template left behind', function()
      local _, _, log = compiled('%proc.name %nope.name')
      assert.same({}, log.outputs)
   end)
end)
