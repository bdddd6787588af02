package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local conditions = require 'conditions'
local conformance = require 'conformance'
local grammar = require 'engine.grammar'
local print = require 'engine.print'

--- The tree without its places.
local function bare(node)
   if type(node) ~= 'table' then
      return node
   end
   local out = {}
   for k, v in pairs(node) do
      if k ~= 'index' and k ~= 'line' and k ~= 'col' then
         out[k] = bare(v)
      end
   end
   return out
end

local function again(text)
   local tree = assert(grammar.parse(text))
   local printed = print.source(tree)
   local second, err = grammar.parse(printed)
   if not second then
      error(('%q is printed as %q: %s'):format(text, printed, err.msg))
   end
   assert.same(bare(tree), bare(second))
   assert.equal(printed, print.source(second))
end

describe('a printed condition', function()
   local CASES = {
      { 'proc.name=nginx and fd.name=/etc/passwd',
         '(proc.name = nginx and fd.name = /etc/passwd)' },
      { 'proc.name in (nginx,apache)', 'proc.name in (nginx, apache)' },
      { 'proc.name in ("some proc", apache)', 'proc.name in ("some proc", apache)' },
      { 'proc.aname[1] != nginx', 'proc.aname[1] != nginx' },
      { "proc.aname['some proc'] != nginx", 'proc.aname["some proc"] != nginx' },
      { 'test.str[""] != nginx', 'test.str[""] != nginx' },
      { 'getopt(proc.args,proc.args)[""] != nginx', 'getopt(proc.args, proc.args)[""] != nginx' },
      { "proc.name='some proc'", 'proc.name = "some proc"' },
      { [[proc.name="some 'proc'"]], [[proc.name = "some 'proc'"]] },
      { 'proc.aname[1] exists', 'proc.aname[1] exists' },
      { 'some_macro and proc.name = nginx', '(some_macro and proc.name = nginx)' },
      { 'spawned and proc.name in (c) and not proc.cmdline contains "--ends-with="',
         '(spawned and proc.name in (c) and not proc.cmdline contains "--ends-with=")' },
      { 'a or b and not(c)', '(a or (b and not c))' },
      { 'proc.name = anyof (a, b)', 'proc.name = anyof (a, b)' },
      { 'proc.name = val(proc.pname)', 'proc.name = val(proc.pname)' },
   }
   for _, case in ipairs(CASES) do
      it('of ' .. case[1], function()
         assert.equal(case[2], print.text(assert(grammar.parse(case[1]))))
         again(case[1])
      end)
   end
end)

describe('source, parsed again, is the same tree', function()
   it('for random conditions', function()
      math.randomseed(5)
      for _ = 1, 600 do
         again(conditions.one(4))
      end
   end)
   local rows = conformance.rows('conformance/filter_parser_cases.tsv')
   if not rows then
      pending('for the parser table, which is not here')
      return
   end
   it('for every row of the parser table', function()
      for _, row in ipairs(rows) do
         if row.result == 'ok' then
            again(row.condition)
         end
      end
   end)
end)
