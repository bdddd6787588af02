-- Every row of the parser and escape tables: verdict, message, position and tree.
package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local grammar = require 'engine.grammar'
local quote = require 'engine.quote'
local conformance = require 'conformance'

local function json_string(s)
   return '"' .. s:gsub('[%z\1-\31"\\\127-\255]', function(c)
      if c == '"' or c == '\\' then
         return '\\' .. c
      end
      return ('\\u%04x'):format(c:byte())
   end) .. '"'
end

local encode

local function encode_all(nodes)
   local out = {}
   for i, n in ipairs(nodes) do
      out[i] = type(n) == 'string' and json_string(n) or encode(n)
   end
   return '[' .. table.concat(out, ',') .. ']'
end

local function op_of(n)
   return n.modifier and n.op .. ' ' .. n.modifier or n.op
end

local WRITE = {
   ['and'] = function(n) return '"and":' .. encode_all(n) end,
   ['or'] = function(n) return '"or":' .. encode_all(n) end,
   ['not'] = function(n) return '"not":' .. encode(n[1]) end,
   macro = function(n) return '"macro":' .. json_string(n.name) end,
   value = function(n) return '"value":' .. json_string(n.value) end,
   list = function(n) return '"list":' .. encode_all(n) end,
   tlist = function(n) return '"tlist":' .. encode_all(n) end,
   field = function(n)
      return ('"field":%s,"arg":%s'):format(json_string(n.name),
         n.arg and json_string(n.arg) or 'null')
   end,
   call = function(n)
      return ('"fn":%s,"args":%s,"arg":%s'):format(json_string(n.name), encode_all(n),
         n.arg and json_string(n.arg) or 'null')
   end,
   check = function(n)
      return ('"op":%s,"left":%s'):format(json_string(op_of(n)), encode(n.left))
         .. (n.right and ',"right":' .. encode(n.right) or '')
   end,
}

function encode(n)
   return ('{%s,"pos":[%d,%d,%d]}'):format(WRITE[n.kind](n), n.index, n.line, n.col)
end

local function place(p)
   return ('%d:%d:%d'):format(p.index, p.line, p.col)
end

describe('the parser table', function()
   local rows = conformance.rows('conformance/filter_parser_cases.tsv', { ast = true })
   if not rows then
      pending('is not here')
      return
   end
   it('has rows', function()
      assert.is_true(#rows > 1000)
   end)
   for i, row in ipairs(rows) do
      it(('row %d: %q'):format(i, row.condition), function()
         local ast, more = grammar.parse(row.condition, { max_depth = 100 })
         if row.result == 'error' then
            assert.is_nil(ast)
            assert.equal(row.error .. ' at ' .. row.pos, more.msg .. ' at ' .. place(more))
         else
            assert(ast, more.msg)
            assert.equal(row.ast, encode(ast))
            assert.equal(row.pos, place(more))
         end
      end)
   end
end)

describe('the escape table', function()
   local rows = conformance.rows('conformance/filter_escape_cases.tsv')
   if not rows then
      pending('is not here')
      return
   end
   for i, row in ipairs(rows) do
      it(('row %d: %s %q'):format(i, row['function'], row.input), function()
         if row['function'] == 'escape' then
            assert.equal(row.output_or_error, quote.escape(row.input))
         else
            local value, why = quote.unescape(row.input)
            assert.equal(row.result, value and 'ok' or 'error')
            assert.equal(row.output_or_error, value or why)
         end
      end)
   end
end)
