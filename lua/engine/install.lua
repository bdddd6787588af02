--- install.lua - one compiled rule into C: its rows, output, facts and extra fields.
local ffi = require 'ffi'
local definitions = require 'engine.definitions'
local diag = require 'engine.diag'
local grammar = require 'engine.grammar'
local lower = require 'engine.lower'
local output = require 'engine.output'

local M = {}

local START = { index = 0, line = 1, col = 1 }

--- Fields, operators and constants of a rule's tree, checked and turned into rows.
function M.condition(env, rule)
   local rows, err = lower.rule(env.host.C, env.host.h, rule.resolved)
   if not rows then
      local ctx = diag.expression(err.index and err or START, rule.text, rule.cond_ctx)
      ctx.def, ctx.shared = rule, rule.resolved ~= rule.ast
      diag.raise('LOAD_ERR_COMPILE_CONDITION', err.msg, ctx)
   end
   for _, w in ipairs(rows.warnings) do
      env.warn('LOAD_COMPILE_CONDITION', w.msg,
         diag.expression(w.index and w or START, rule.text, rule.cond_ctx))
   end
   rule.rows = rows
end

local function bad_output(rule, err)
   local ctx = {}
   for k, v in pairs(rule.output_ctx) do
      ctx[k] = v
   end
   ctx.output_of, ctx.index = rule, err.index
   diag.raise('LOAD_ERR_COMPILE_OUTPUT', err.msg, ctx)
end

local function raw_field(env, rule, name)
   local node, stop = grammar.parse_lhs(name, 1)
   local expr, err
   if node and stop > #name then
      expr, err = lower.expr(env.host.C, env.host.h, node)
   end
   if not expr then
      bad_output(rule, err or { msg = "invalid extra field '" .. name .. "'" })
   end
   return expr
end

--- The template of a rule's output and the extra fields of its JSON.
function M.output(env, rule)
   local C, h = env.host.C, env.host.h
   local index, tokens = output.compile(C, h, rule.output_text, { star = true })
   if not index then
      bad_output(rule, tokens)
   end
   rule.template, rule.tokens, rule.extra = index, tokens, {}
   for _, f in ipairs(rule.extra_fields) do
      if f.format then
         local extra, err = output.compile(C, h, f.format)
         if not extra then
            bad_output(rule, { msg = err.msg })
         end
         rule.extra[#rule.extra + 1] = { key = f.key, expr = -1, template = extra }
      else
         rule.extra[#rule.extra + 1] = { key = f.key, expr = raw_field(env, rule, f.key),
            template = -1 }
      end
   end
end

local function int32s(list)
   return ffi.new('int32_t[?]', math.max(#list, 1), list)
end

--- The rule itself.  It is on when it says so and its priority is wanted.
function M.rule(env, rule)
   local C, h = env.host.C, env.host.h
   local tags = ffi.new('const char *[?]', #rule.tags + 1)
   for i, tag in ipairs(rule.tags) do
      tags[i - 1] = tag
   end
   local facts = ffi.new('struct saker_rule_facts')
   local condition = definitions.text(rule.parts)
   facts.name, facts.source, facts.desc = rule.name, rule.source, rule.desc
   facts.output, facts.condition = rule.output_text, condition
   facts.priority = rule.priority
   facts.enabled = rule.enabled and 1 or 0
   facts.below_minimum = rule.priority > env.min_priority and 1 or 0
   facts.ntags, facts.tag = #rule.tags, tags
   local index = C.rule(h, facts, rule.template)
   C.rule_rows(h, index, int32s(rule.rows.rows), rule.rows.n)
   local codes = rule.events
   C.rule_events(h, index, ffi.new('uint16_t[?]', math.max(#codes, 1), codes), #codes)
   local taken = {}
   for _, e in ipairs(rule.extra) do
      taken[e.key] = true
      C.rule_extra(h, index, e.key, e.expr, e.template)
   end
   for _, raw in ipairs(output.raw_fields(rule.tokens, taken)) do
      C.rule_extra(h, index, raw.name, raw.expr, -1)
   end
end

return M
