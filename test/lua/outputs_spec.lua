package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local support = require 'outputs_support'

describe('the outputs', function()
   it('say why they do not start', function()
      local rows = {
         { {}, 'No output configured, ' ..
            'please make sure at least one output is configured and enabled.' },
         { { ['file_output.enabled'] = 'true' },
            'file output enabled but no filename in configuration block' },
         { { ['program_output.enabled'] = 'true', ['program_output.program'] = '' },
            'program output enabled but no program in configuration block' },
         { { ['stdout_output.enabled'] = 'true', ['outputs.rate'] = '-1' },
            'outputs.rate and outputs.max_burst must be numbers that are not negative' },
      }
      for _, row in ipairs(rows) do
         local ok, message = support.drain(support.new(row[1]))
         assert.is_nil(ok)
         assert.equal(row[2], message)
      end
   end)

   it('read yes, on and 1 as true', function()
      for _, yes in ipairs { 'true', 'Yes', 'on', '1' } do
         local text = support.written(function(name)
            local o = support.new { ['file_output.enabled'] = yes, ['file_output.filename'] = name }
            support.alert(o, 'x')
            assert.is_true(support.drain(o))
         end)
         assert.equal('x\n', text)
      end
   end)

   it('keep the order over many batches', function()
      local lines = {}
      local text = support.written(function(name)
         local o = support.new { ['file_output.enabled'] = 'true', ['file_output.filename'] = name }
         for i = 1, 5000 do
            lines[i] = 'alert ' .. i
            assert.equal(1, support.alert(o, lines[i]))
         end
         assert.is_true(support.drain(o))
         assert.equal(5000, support.counter(o, 'sent.file'))
      end)
      assert.equal(table.concat(lines, '\n') .. '\n', text)
   end)

   it('limit by the time of the events and never their own messages', function()
      local text = support.written(function(name)
         local o = support.new({
            ['file_output.enabled'] = 'true', ['file_output.filename'] = name,
            ['outputs.rate'] = '1', ['outputs.max_burst'] = '1', ['outputs.limit_replay'] = 'true',
         }, true)
         for i, t in ipairs { 100, 100.5, 101, 101.25, 103 } do
            support.alert(o, tostring(i), t)
            support.C.saker_outputs_message(o, 6, 'internal', 'own')
         end
         assert.is_true(support.drain(o))
         assert.equal(2, support.counter(o, 'skipped.rate_limit'))
      end)
      assert.equal('1\nown\nown\n3\nown\nown\n5\nown\n', text)
   end)

   it('count what a sink could not take', function()
      local o = support.new { ['file_output.enabled'] = 'true',
         ['file_output.filename'] = '/no/such/directory/x' }
      support.alert(o, 'x')
      support.alert(o, 'y')
      assert.is_true(support.drain(o))
      assert.equal(2, support.counter(o, 'failed.file'))
      assert.equal(0, support.counter(o, 'sent.file'))
   end)
end)

describe('the table of C functions', function()
   local capi = require 'outputs.capi'
   local ffi = require 'ffi'

   it('is refused when its abi or size differs', function()
      local rows = {
         { 'abi', 99, 'struct saker_output_api: abi differs between C (99) and Lua (1)' },
         { 'size', 8, ('struct saker_output_api: size differs between C (8) and Lua (%d)'):format(
            ffi.sizeof('struct saker_output_api')) },
      }
      for _, row in ipairs(rows) do
         local fake = ffi.new('struct saker_output_api', { abi = 1,
            size = ffi.sizeof('struct saker_output_api') })
         fake[row[1]] = row[2]
         local ok, message = pcall(capi.bind, ffi.cast('void *', fake), nil)
         assert.is_false(ok)
         assert.equal(row[3], message)
      end
   end)
end)
