-- mktrace_spec.lua - scripts/mktrace: values, lines, defaults, mistakes.
package.path = 'scripts/?.lua;' .. package.path
local values = require('trace_values')
local lines = require('trace_lines')
local tables = require('tables')
local T = tables.load('src/event/tables')

local function hex(s)
   return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end))
end

describe('a value', function()
   it('that is a number has the forms of C, and units of time', function()
      for text, want in pairs { ['12'] = 12, ['0x1F'] = 31, ['0755'] = 493, ['5ms'] = 5000000,
         ['1.5s'] = 1500000000, ['0'] = 0, ['-1'] = -1 } do
         assert.equal(want, tonumber(require('ffi').cast('int64_t', values.number(text))), text)
      end
      for _, text in ipairs { '', 'x', '1.5', '0x', '08x', '1 2' } do
         assert.is_nil(values.number(text), text)
      end
   end)

   it('is encoded by the type of its parameter', function()
      local rows = {
         { 'UINT32', '258', '02010000' }, { 'ERRNO', 'ENOENT', 'feffffffffffffff' },
         { 'FD', 'AT_FDCWD', '9cffffffffffffff' }, { 'SIGTYPE', 'SIGKILL', '09' },
         { 'CHARBUF', 'ab', '616200' }, { 'BYTEBUF', 'ab', '6162' },
         { 'BYTEBUF', { 'a', 'b' }, '61006200' }, { 'BYTEBUF', {}, '' },
         { 'SOCKADDR', '1.2.3.4:80', '02010203045000' }, { 'SOCKADDR', 'unix:/s', '012f7300' },
         { 'SOCKTUPLE', '1.2.3.4:1->5.6.7.8:2', '020102030401000506070802' .. '00' },
         { 'SOCKADDR', '[::1]:80', '0a' .. ('00'):rep(15) .. '015000' },
         { 'FDLIST', { '3:1' }, '01000300000000000000' .. '0100' },
      }
      for _, r in ipairs(rows) do
         assert.equal(r[3], hex(values.encode(T, { type = r[1] }, r[2])), r[1])
      end
      local flags = { type = 'FLAGS32', flags = 'file_flags' }
      assert.equal('05000000', hex(values.encode(T, flags, 'O_RDONLY|O_CREAT')))
   end)

   it('that means nothing is refused', function()
      for _, r in ipairs { { 'UINT32', 'abc' }, { 'ERRNO', 'EFOO' }, { 'SOCKADDR', '1.2.3.4' },
         { 'SOCKTUPLE', '1.2.3.4:1' }, { 'FDLIST', { 'x' } } } do
         assert.has_error(function() values.encode(T, { type = r[1] }, r[2]) end)
      end
   end)
end)

describe('a line', function()
   it('is split into words, strings and lists', function()
      local w = lines.split([[event open name="a \"b\"\x41" args=[x "y z"] addr=[::1]:80 # rest]])
      assert.same({ 'event', 'open' }, { w[1], w[2] })
      assert.equal('a "b"A', w.name)
      assert.same({ 'x', 'y z' }, w.args)
      assert.equal('[::1]:80', w.addr)
      assert.is_nil(w[3])
   end)

   it('with an open string or list is refused', function()
      for _, s in ipairs { 'a="x', 'a=[x', 'a="\\q"', 'a="x"y' } do
         assert.has_error(function() lines.split(s) end)
      end
   end)
end)

local function run(text)
   local path = os.tmpname()
   local f = assert(io.open(path, 'w'))
   f:write(text)
   f:close()
   local got = {}
   local ok, err = pcall(lines.run_file, path, function(w) got[#got + 1] = table.concat(w, ' ') end)
   os.remove(path)
   return ok and got or (tostring(err):gsub('^.-:(%d+: )', '%1'))
end

describe('a description', function()
   it('repeats, and fills templates in', function()
      assert.same({ 'e /x1 d', 'e /x2 d', 'e /y q', '$HOME' }, run([[
         define one path last=d
            e $path $last
         end
         repeat 2
            use one path=/x$i
         end
         let p=/y
         use one path=${p} last=q
         $HOME
      ]]))
   end)

   it('with a mistake says where', function()
      assert.equal('2: no template nope', run('# c\nuse nope'))
      assert.equal('4: template needs a=', run('define t a\nx $a\nend\nuse t'))
      assert.equal('1: no "end" for this', run('repeat 2\nx'))
   end)

   it('makes the trace that is checked in', function()
      for _, name in ipairs { 'cat-devnull', 'exec-chain', 'container-escape', 'credentials',
         'persistence', 'reverse-shell', 'rootkit', 'web-shell' } do
         local out = os.tmpname()
         assert.equal(0, os.execute(('scripts/mktrace traces/%s.txt %s'):format(name, out)))
         local made = io.open(out, 'rb'):read('*a')
         os.remove(out)
         assert.is_true(made == io.open('traces/' .. name .. '.scap', 'rb'):read('*a'), name)
      end
   end)
end)
