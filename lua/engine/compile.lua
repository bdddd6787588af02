--- compile.lua - what the collector holds, into trees, rows and templates: the passes in order.
--
-- lists -> macros (text to tree, macros in macros) -> rules (exceptions, lists, tree, macros,
-- fields and operators checked and lowered, output, event types) -> installed through C.
-- Raises the first error of the user's (diag.lua).
local definitions = require 'engine.definitions'
local deprecated = require 'engine.deprecated'
local diag = require 'engine.diag'
local evttypes = require 'engine.evttypes'
local exceptions = require 'engine.exceptions'
local grammar = require 'engine.grammar'
local install = require 'engine.install'
local resolve = require 'engine.resolve'

local M = {}

local MAX_DEPTH = 1000
local TOO_MANY_TYPES = 100

local NOT_KNOWN = { 'nonexistent field', 'invalid formatting token', 'unknown event type',
   'unknown filter:' }

local START = { index = 0, line = 1, col = 1 }

local function place(err)
   return err.index and err or START
end

--- A tree of def.parts, list names replaced; def.text is what was parsed.  cache: by text.
local function parse(self, def, text)
   local names
   def.text, names = resolve.lists(text, self.collector.lists.order)
   def.list_names = names
   local ast = self.cache[def.text]
   if not ast then
      local err
      ast, err = grammar.parse(def.text, { max_depth = MAX_DEPTH })
      if not ast then
         local ctx = diag.expression(place(err), def.text, def.cond_ctx)
         ctx.def = def
         diag.raise('LOAD_ERR_COMPILE_CONDITION', err.msg, ctx)
      end
      self.cache[def.text] = ast
   end
   return ast
end

local function with_macros(def, lookup)
   local ast, err = resolve.macros(def.ast, lookup)
   if not ast then
      local ctx = diag.expression(place(err), def.text, def.ctx)
      ctx.def, ctx.path = def, err.path
      diag.raise('LOAD_ERR_VALIDATE', err.msg, ctx)
   end
   return ast
end

local function macros(self)
   local group = self.collector.macros
   for _, m in ipairs(group.order) do
      m.used, m.resolved = false, nil
      m.ast = parse(self, m, definitions.text(m.parts))
   end
   for _, m in ipairs(group.order) do
      m.resolved = with_macros(m, function(name)
         local other = group.by[name]
         if not other or other.index >= m.visibility then
            return nil
         end
         other.used = true
         return other.resolved or other.ast
      end)
   end
end

--- True when the error may be passed over: the rule said skip-if-unknown-filter.
local function skips(self, rule, e)
   if rule.skip_unknown and diag.is(e) then
      for _, words in ipairs(NOT_KNOWN) do
         if e.message:find(words, 1, true) then
            self.warn('LOAD_UNKNOWN_FILTER', e.message, e.ctx)
            return true
         end
      end
   end
   return false
end

local function condition(self, rule)
   local group = self.collector.macros
   local text = definitions.text(rule.parts)
   rule.ast = parse(self, rule, exceptions.apply(text, rule.exceptions))
   rule.resolved = with_macros(rule, function(name)
      local m = group.by[name]
      if m then
         m.used = true
      end
      return m and m.resolved
   end)
end

local function event_types(self, rule)
   local set, err = evttypes.of(rule.resolved, self.types)
   if not set then
      local ctx = diag.expression(place(err), rule.text, rule.cond_ctx)
      ctx.def = rule
      diag.raise('LOAD_ERR_COMPILE_CONDITION', err.msg, ctx)
   end
   rule.events = set
   if rule.warn_evttypes and rule.source == 'syscall' and #set > TOO_MANY_TYPES then
      self.warn('LOAD_NO_EVTTYPE', 'Rule matches too many evt.type values. This has a significant '
         .. 'performance penalty.', rule.ctx)
   end
end

local function output_text(self, rule)
   local text, fields, bare_info = self.output_rules:apply(rule, definitions.text(rule.output))
   deprecated.output(rule, text, bare_info, self.warn)
   rule.output_text, rule.extra_fields = text, fields
end

--- deep: also what needs C (fields, operators, outputs, installing).
local function compile_rule(self, rule, deep)
   condition(self, rule)
   if deep then
      output_text(self, rule)
      install.condition(self, rule)
      deprecated.condition(rule, self.warn)
      install.output(self, rule)
      event_types(self, rule)
   end
end

local function rules(self, deep)
   local compiled = {}
   for _, rule in ipairs(self.collector.rules.order) do
      rule.resolved = nil
      if not rule.unknown_source then
         local ok, e = pcall(compile_rule, self, rule, deep)
         if ok then
            compiled[#compiled + 1] = rule
         elseif not skips(self, rule, e) then
            error(e, 0)
         end
      end
   end
   if deep and self.install ~= false then
      for _, rule in ipairs(compiled) do
         install.rule(self, rule)
      end
   end
   return compiled
end

local function unused(self)
   for _, m in ipairs(self.collector.macros.order) do
      if not m.used then
         self.warn('LOAD_UNUSED_MACRO', 'Macro not referred to by any other rule/macro', m.ctx)
      end
   end
   for _, l in ipairs(self.collector.lists.order) do
      if not l.used then
         self.warn('LOAD_UNUSED_LIST', 'List not referred to by any other rule/macro', l.ctx)
      end
   end
end

--- env: { host, collector, output_rules, types = what evttypes knows, warn, install = false
--- when C shall get no rules }.
function M.new(env)
   env.cache = {}
   env.installed = {}
   return env
end

--- Compiles everything known so far.  deep: into the ruleset of C, which wants to happen once;
--- else only what later files could not mend.  Returns the rules compiled, in order.
function M.run(self, deep)
   for _, l in ipairs(self.collector.lists.order) do
      l.used = false
   end
   resolve.values(self.collector.lists.order)
   macros(self)
   local compiled = rules(self, deep)
   if deep then
      unused(self)
   end
   return compiled
end

return M
