--- fuzz_condition.lua - random and damaged conditions through the grammar, for a while.
--
-- luajit test/lua/fuzz_condition.lua [seconds [seed]], from the top folder.  Ends with the first
-- condition that raises, that reads back as another tree when printed, or whose error lies
-- outside of it.
package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local conditions = require 'conditions'
local grammar = require 'engine.grammar'
local print_tree = require 'engine.print'

local seconds, seed = tonumber(arg[1]) or 10, tonumber(arg[2]) or os.time()
math.randomseed(seed)

local function stop(text, why)
   io.stderr:write(('seed %d: %s\n%q\n'):format(seed, why, text))
   os.exit(1)
end

local function reads_back(text, tree)
   local printed = print_tree.source(tree)
   local again, err = grammar.parse(printed)
   if not again then
      stop(text, ('printed as %q, which is refused: %s'):format(printed, err.msg))
   elseif print_tree.source(again) ~= printed then
      stop(text, ('printed as %q, which reads as another tree'):format(printed))
   end
end

local function try(text, must_parse)
   local ok, tree, more = pcall(grammar.parse, text)
   if not ok then
      stop(text, tree)
   elseif tree then
      reads_back(text, tree)
   elseif must_parse then
      stop(text, more.msg)
   elseif more.index < 0 or more.index > #text then
      stop(text, 'error at ' .. more.index)
   end
   return tree ~= nil
end

local count, parsed, till = 0, 0, os.clock() + seconds
while os.clock() < till do
   for _ = 1, 100 do
      local text = conditions.one(math.random(0, 6))
      try(text, true)
      parsed = parsed + (try(conditions.damaged(text)) and 1 or 0)
      count = count + 1
   end
end
print(('%d conditions, as many damaged of which %d parse; seed %d'):format(count, parsed, seed))
