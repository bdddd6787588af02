--- reader_rule.lua - one rule item of a rules file into the collector.
local diag = require 'engine.diag'
local exceptions = require 'engine.exceptions'
local override = require 'engine.override'
local values = require 'engine.values'

local M = {}

local KEYS = values.set('rule', 'condition', 'output', 'desc', 'priority', 'source', 'enabled',
   'capture', 'capture_duration', 'warn_evttypes', 'skip-if-unknown-filter', 'tags', 'exceptions',
   'override', 'append')
local UINT32 = 4294967295

--- Priorities by number, as Falco writes them out.
M.PRIORITY = { [0] = 'Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice',
   'Informational', 'Debug' }
local BY_NAME = { info = 6 }
for i = 0, 7 do
   BY_NAME[M.PRIORITY[i]:lower()] = i
end

--- 0..7 of a priority's name in any case; nil.
function M.priority(text)
   return BY_NAME[text:lower()]
end

local ENABLED_ALONE = "The standalone 'enabled' key usage is deprecated. The correct approach "
   .. "requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace')."

local function trim(s)
   return s:match('^%s*(.-)%s*$')
end

local function part(item, key, ctx)
   local text, node = values.string(item, key, ctx)
   return { text = key == 'output' and trim(text) or text, node = node, file = ctx.name }
end

local function read_priority(item, ctx)
   local text, node = values.string(item, 'priority', ctx)
   local n = M.priority(text)
   values.throw_if(not n, 'Invalid priority', diag.at(node, 'rule priority', '', ctx))
   return n
end

local function read_tags(item, ctx, optional)
   local tags = values.strings(item, 'tags', ctx, optional) or {}
   local seen, out = {}, {}
   for _, tag in ipairs(tags) do
      if not seen[tag] then
         seen[tag] = true
         out[#out + 1] = tag
      end
   end
   table.sort(out)
   return out
end

--- How to read each key that override may replace: into which member, and by what.
local REPLACE = {
   condition = function(item, ctx, change)
      change.condition = part(item, 'condition', ctx)
      change.cond_ctx = diag.at(item.by.condition, 'rule condition', '', ctx)
   end,
   output = function(item, ctx, change)
      change.output = part(item, 'output', ctx)
      change.output_ctx = diag.at(item.by.output, 'rule output', '', ctx)
   end,
   desc = function(item, ctx, change) change.desc = values.string(item, 'desc', ctx) end,
   priority = function(item, ctx, change) change.priority = read_priority(item, ctx) end,
   tags = function(item, ctx, change) change.tags = read_tags(item, ctx) end,
   exceptions = function(item, ctx, change, warn)
      change.exceptions = exceptions.read(item, ctx, false, warn) or {}
   end,
   enabled = function(item, ctx, change) change.enabled = values.boolean(item, 'enabled', ctx) end,
   capture = function(item, ctx, change) change.capture = values.boolean(item, 'capture', ctx) end,
   capture_duration = function(item, ctx, change)
      change.capture_duration = values.unsigned(item, 'capture_duration', ctx, false, UINT32)
   end,
   warn_evttypes = function(item, ctx, change)
      change.warn_evttypes = values.boolean(item, 'warn_evttypes', ctx)
   end,
   ['skip-if-unknown-filter'] = function(item, ctx, change)
      change.skip_unknown = values.boolean(item, 'skip-if-unknown-filter', ctx)
   end,
}

local APPEND = {
   condition = function(item, ctx, change) change.condition = part(item, 'condition', ctx) end,
   output = function(item, ctx, change) change.output = part(item, 'output', ctx) end,
   desc = REPLACE.desc,
   tags = REPLACE.tags,
   exceptions = function(item, ctx, change, warn)
      change.exceptions = exceptions.read(item, ctx, true, warn) or {}
   end,
}

local function apply_overrides(item, name, ops, ctx, collector, warn)
   local append, replace = {}, {}
   for _, key in ipairs(ops.order) do
      if ops.by[key] == 'append' then
         APPEND[key](item, ctx, append, warn)
      end
   end
   if next(append) then
      collector:append_rule(name, append, ctx)
   end
   for _, key in ipairs(ops.order) do
      if ops.by[key] == 'replace' then
         REPLACE[key](item, ctx, replace, warn)
      end
   end
   if next(replace) then
      collector:replace_rule(name, replace, ctx)
   end
end

local function append_flag(item, name, ctx, collector, warn)
   local change = {}
   if item.by.condition then
      APPEND.condition(item, ctx, change)
   end
   if item.by.exceptions then
      APPEND.exceptions(item, ctx, change, warn)
   end
   collector:append_rule(name, change, ctx)
end

local function define(item, name, ctx, collector, warn)
   local rule = { name = name, ctx = ctx, parts = { part(item, 'condition', ctx) },
      output = { part(item, 'output', ctx) }, desc = values.string(item, 'desc', ctx),
      priority = read_priority(item, ctx) }
   rule.cond_ctx = diag.at(item.by.condition, 'rule condition', '', ctx)
   rule.output_ctx = diag.at(item.by.output, 'rule output', '', ctx)
   local source = values.string(item, 'source', ctx, true)
   rule.source = source or 'syscall'
   rule.enabled = values.boolean(item, 'enabled', ctx, true) ~= false
   rule.capture = values.boolean(item, 'capture', ctx, true) or false
   rule.capture_duration = values.unsigned(item, 'capture_duration', ctx, true, UINT32) or 0
   rule.warn_evttypes = values.boolean(item, 'warn_evttypes', ctx, true) ~= false
   rule.skip_unknown = values.boolean(item, 'skip-if-unknown-filter', ctx, true) or false
   rule.tags = read_tags(item, ctx, true)
   rule.exceptions = exceptions.read(item, ctx, false, warn) or {}
   collector:define_rule(rule, source, warn)
end

--- item: a YAML map with the key rule.  root: the context of the file.
function M.read(item, root, collector, warn)
   local name = values.string(item, 'rule', diag.at(item, 'rule', '', root))
   local ctx = diag.at(item, 'rule', name, root)
   values.unknown_keys(item, KEYS, ctx, warn)
   local ops = override.read(item, 'rule', ctx, warn)
   local by = item.by
   if ops and ops.flag then
      append_flag(item, name, ctx, collector, warn)
   elseif ops then
      apply_overrides(item, name, ops, ctx, collector, warn)
   elseif by.condition or by.output or by.desc or by.priority then
      define(item, name, ctx, collector, warn)
   else
      local enabled = values.boolean(item, 'enabled', ctx)
      warn('LOAD_DEPRECATED_ITEM', ENABLED_ALONE, ctx)
      collector:enable_rule(name, enabled, ctx)
   end
end

return M
