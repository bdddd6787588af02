--- definitions.lua - what the rules files define: ordered lists, macros and rules.
--
-- A definition has name, ctx, index (its place, kept when it is defined again) and
-- visibility (when it was last touched): a macro or list sees those of a smaller index
-- than its visibility.  Conditions are kept as parts { text, node, file }, so that an
-- error in what several files wrote together finds its line.
local diag = require 'engine.diag'
local exceptions = require 'engine.exceptions'

local M = {}

local CODE = 'LOAD_ERR_VALIDATE'

local Collector = {}
Collector.__index = Collector

local function new_group()
   return { order = {}, by = {} }
end

--- env: { sources = set of known event sources, field_ok = function(text) }.
function M.new(env)
   return setmetatable({ env = env, now = 0, lists = new_group(), macros = new_group(),
      rules = new_group(), plugins = {}, engine_version = nil }, Collector)
end

--- The text of a condition or output made of parts.
function M.text(parts)
   if #parts == 1 then
      return parts[1].text
   end
   local out = {}
   for i, p in ipairs(parts) do
      out[i] = p.text
   end
   return table.concat(out, ' ')
end

function Collector:tick()
   self.now = self.now + 1
   return self.now
end

function Collector:define(kind, def)
   local group = self[kind]
   local old = group.by[def.name]
   def.visibility = self:tick()
   def.index = def.visibility
   if old then
      def.index, def.slot = old.index, old.slot
   else
      def.slot = #group.order + 1
   end
   group.order[def.slot] = def
   group.by[def.name] = def
end

local function need(self, kind, name, message, ctx)
   local old = self[kind].by[name]
   diag.throw_if(not old, CODE, message, ctx)
   return old
end

function Collector:append_list(name, items, nodes, ctx)
   local old = need(self, 'lists', name, "List uses 'append' or 'override.items: append' but no "
      .. 'list by that name already exists', ctx)
   for i, item in ipairs(items) do
      old.items[#old.items + 1] = item
      old.nodes[#old.nodes + 1] = nodes[i]
   end
   old.visibility = self:tick()
end

function Collector:append_macro(name, part, ctx)
   local old = need(self, 'macros', name, "Macro uses 'append' or 'override.condition: append' "
      .. 'but no macro by that name already exists', ctx)
   old.parts[#old.parts + 1] = part
   old.visibility = self:tick()
end

local function check_exceptions(self, list, source)
   for _, ex in ipairs(list or {}) do
      exceptions.check(ex, self.env.sources[source] and self.env.field_ok)
   end
end

--- explicit_source: nil when the item has none.  warn(code, message, ctx).
function Collector:define_rule(rule, explicit_source, warn)
   local old = self.rules.by[rule.name]
   diag.throw_if(old and explicit_source and old.source ~= explicit_source, CODE,
      'Rule has been re-defined with a different source', rule.ctx)
   if not self.env.sources[rule.source] then
      warn('LOAD_UNKNOWN_SOURCE', 'Unknown source ' .. rule.source .. ', skipping', rule.ctx)
      rule.unknown_source = true
   end
   check_exceptions(self, rule.exceptions, rule.source)
   self:define('rules', rule)
end

local function union(old, more)
   local seen = {}
   for _, tag in ipairs(old) do
      seen[tag] = true
   end
   for _, tag in ipairs(more) do
      if not seen[tag] then
         old[#old + 1], seen[tag] = tag, true
      end
   end
   table.sort(old)
end

--- change: any of condition, output (parts), desc, tags, exceptions.  key: for the message.
function Collector:append_rule(name, change, ctx)
   local old = need(self, 'rules', name, "Rule uses 'append' or 'override.<key>: append' but no "
      .. 'rule by that name already exists', ctx)
   diag.throw_if(next(change) == nil, CODE,
      'Appended rule must have exceptions or condition property', ctx)
   if change.condition then
      old.parts[#old.parts + 1] = change.condition
   end
   if change.output then
      old.output[#old.output + 1] = change.output
   end
   if change.desc then
      old.desc = old.desc .. ' ' .. change.desc
   end
   if change.tags then
      union(old.tags, change.tags)
   end
   if change.exceptions then
      local field_ok = self.env.sources[old.source] and self.env.field_ok
      exceptions.append(old.exceptions, change.exceptions, field_ok)
   end
   old.visibility = self:tick()
end

--- change: as append_rule(), and priority, enabled, capture, capture_duration,
--- warn_evttypes, skip_unknown; each takes the place of what was there.
function Collector:replace_rule(name, change, ctx)
   local old = need(self, 'rules', name, "An 'override.<key>: replace' to a rule was requested but "
      .. 'no rule by that name already exists', ctx)
   check_exceptions(self, change.exceptions, old.source)
   for key, value in pairs(change) do
      if key == 'condition' then
         old.parts, old.cond_ctx = { value }, change.cond_ctx
      elseif key == 'output' then
         old.output, old.output_ctx = { value }, change.output_ctx
      elseif key ~= 'cond_ctx' and key ~= 'output_ctx' then
         old[key] = value
      end
   end
   old.visibility = self:tick()
end

function Collector:enable_rule(name, enabled, ctx)
   local old = need(self, 'rules', name,
      "Rule has 'enabled' key but no rule by that name already exists", ctx)
   old.enabled = enabled
end

return M
