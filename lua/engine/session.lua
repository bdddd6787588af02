--- session.lua - one load: files read in order, compiled, with a result for each.
local compile = require 'engine.compile'
local definitions = require 'engine.definitions'
local diag = require 'engine.diag'
local evttypes = require 'engine.evttypes'
local grammar = require 'engine.grammar'
local locate = require 'engine.locate'
local output_rules = require 'engine.output_rules'
local reader = require 'engine.reader'
local reader_rule = require 'engine.reader_rule'
local version = require 'engine.version'

local M = {}

--- Words of messages that are no part of a condition.
local COMMON = {}
for word in ([[a an and or not is in of to for the with field value error filter check called
   nonexistent expected unexpected token after operator number valid one type unknown event exists
   supported string numeric list list.]]):gmatch '%S+' do
   COMMON[word] = true
end

local Session = {}
Session.__index = Session

--- Whether text is a field or transformer that stands alone, of fields that exist.
local function field_check(C)
   local function known(node)
      if node.kind == 'field' then
         return C.field_prefix(node.name, #node.name) == #node.name
      elseif node.kind == 'call' or node.kind == 'tlist' then
         for i = 1, #node do
            if not known(node[i]) then
               return false
            end
         end
      end
      return true
   end
   return function(text)
      local node, behind = grammar.parse_lhs(text, 1)
      return node ~= nil and behind > #text and known(node)
   end
end

--- host: host.lua's.
function M.new(host)
   local self = setmetatable({ host = host, files = {}, results = {} }, Session)
   self.min_priority = reader_rule.priority(host:option('priority', 'debug')) or 7
   self.collector = definitions.new { sources = { syscall = true }, field_ok = field_check(host.C) }
   self.compiler = compile.new { host = host, collector = self.collector,
      output_rules = output_rules.new(host), types = evttypes.facts(host.C),
      min_priority = self.min_priority }
   return self
end

local function new_result(self, name)
   local r = { name = name, errors = {}, warnings = {}, schema = 'ok' }
   self.results[#self.results + 1] = r
   self.compiler.warn = function(code, message, ctx, field)
      local w = diag.new(code, message, ctx)
      w.field = field
      r.warnings[#r.warnings + 1] = w
   end
   return r
end

--- Runs f(...); the user's error goes to the result, any other on up.  True when all went well.
local function guarded(r, f, ...)
   local ok, e = pcall(f, ...)
   if not ok and not diag.is(e) then
      error(e, 0)
   elseif not ok then
      r.errors[1] = e
      r.schema = e.code == 'LOAD_ERR_YAML_PARSE' and 'none' or r.schema
   end
   return ok
end

--- Reads and compiles all sources.  each: every file is compiled down to C on its own, as
--- a validation wants, and one with an error does not end it; else only the last, the others
--- as far as later ones cannot mend.  Returns true, or false when a file had an error.
function Session:load(sources, each)
   local bad
   for _, s in ipairs(sources) do
      self.files[s.name] = s.text
   end
   for i, s in ipairs(sources) do
      local r = new_result(self, s.name)
      local good = guarded(r, reader.read, s.name, s.text, self.collector, self.compiler.warn)
         and guarded(r, function()
            self.rules = compile.run(self.compiler, each or i == #sources)
         end)
      if not good then
         bad = bad or r
         if not each then
            return false, r
         end
      end
      if each or i == #sources then
         local missing, req = version.unsatisfied(self.collector.plugins)
         if missing then
            r.errors[#r.errors + 1] = diag.new('LOAD_ERR_VALIDATE', missing, req.ctx)
            self.requirement = missing
            return false, r
         end
      end
   end
   return bad == nil, bad
end

--- The groups of parts an error in a definition may be about: its own, then its macros'.
local function groups_of(self, def)
   local groups = { def.parts or {} }
   for _, m in ipairs(self.collector.macros.order) do
      groups[#groups + 1] = m.parts
   end
   return groups
end

--- The first word of the message that stands in the condition or a macro of it.
local function find_word(self, e, def)
   local groups = groups_of(self, def)
   for word in e.message:gmatch '[%w_][%w_.%-/]*' do
      if #word > 1 and not COMMON[word] then
         local place = locate.of_word(word, groups, self.files)
         if place then
            return place
         end
      end
   end
   return nil
end

--- Where the error stands in a file: { file, offset }.
local function find(self, e)
   local ctx = e.ctx
   local place
   if ctx.def and ctx.shared then
      place = find_word(self, e, ctx.def)
   elseif ctx.def then
      place = locate.of_resolved(ctx.content, ctx.at, ctx.def.parts, self.files)
         or find_word(self, e, ctx.def)
   elseif ctx.output_of and ctx.index then
      local rule = ctx.output_of
      place = locate.of_resolved(rule.output_text, ctx.index, rule.output, self.files)
   end
   while ctx.content do
      ctx = ctx.parent
   end
   return place or { file = ctx.name, offset = ctx.offset }
end

--- The first error as "FILE:LINE:COL: reason" with the offending line.
function Session:message()
   for _, r in ipairs(self.results) do
      if r.errors[1] then
         local e = r.errors[1]
         local reason = e.message:gsub('^yaml%-cpp: error at line %d+, column %d+: ', '')
         if e.ctx.path then
            reason = reason .. ' (' .. table.concat(e.ctx.path, ' > ') .. ')'
         end
         return locate.message(find(self, e), self.files, reason)
      end
   end
   return nil
end

return M
