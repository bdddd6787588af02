--- output_rules.lua - what the command line and append_output add to the output of rules.
--
-- The text of a rule's output becomes: %container.info replaced, -p appended, extra_output
-- and suggested fields of each append_output entry that matches, in order.
local tree = require 'engine.tree'
local yaml = require 'engine.yaml'

local M = {}

local FORMAT_SUGGESTED = 64

--- What -p makes of %container.info (2017), by its short and long names.
local CONTAINER = 'container=%container.name (id=%container.id)'
local KUBERNETES = 'k8s.pod=%k8s.pod.name container=%container.id'
local INFO = { c = CONTAINER, container = CONTAINER, k = KUBERNETES, kubernetes = KUBERNETES }
local INFO_WITH_TEXT = '%container.name (id=%container.id)'

local Rules = {}
Rules.__index = Rules

local function suggested(host)
   local out = {}
   for _, f in ipairs(host:fields()) do
      if f.flags % (2 * FORMAT_SUGGESTED) >= FORMAT_SUGGESTED then
         out[#out + 1] = ' ' .. f.name:gsub('%.', '_') .. '=%' .. f.name
      end
   end
   return table.concat(out)
end

local function texts(node)
   local out = {}
   if type(node) == 'table' and node.kind == 'seq' then
      for _, item in ipairs(node.items) do
         out[#out + 1] = type(item) == 'string' and item or nil
      end
   elseif type(node) == 'string' then
      out[1] = node
   end
   return out
end

local function extra_fields(node)
   local out = {}
   for _, item in ipairs(type(node) == 'table' and node.items or {}) do
      if type(item) == 'string' then
         out[#out + 1] = { key = item }
      elseif item.kind == 'map' then
         for _, key in ipairs(item.order) do
            local format = item.by[key]
            out[#out + 1] = type(format) == 'string' and { key = key, format = format } or nil
         end
      end
   end
   return out
end

local function entry(node)
   local text = tree.get(node, 'extra_output')
   return { source = tree.get(node, 'match', 'source'), rule = tree.get(node, 'match', 'rule'),
      tags = texts(tree.get(node, 'match', 'tags')), text = type(text) == 'string' and text or nil,
      fields = extra_fields(tree.get(node, 'extra_fields')),
      suggested = yaml.boolean(tostring(tree.get(node, 'suggested_output') or 'false')) }
end

--- Reads the options print and append_output.
function M.new(host)
   local self = setmetatable({ print = host:option('print'), entries = {} }, Rules)
   local node = tree.unflatten(host:options(), 'append_output')
   for _, item in ipairs(type(node) == 'table' and node.kind == 'seq' and node.items or {}) do
      local e = entry(item)
      if e.suggested then
         self.suggested = self.suggested or suggested(host)
      end
      if e.rule and #e.tags > 0 then
         host:log('warning', 'append_output: an entry that names both a rule and tags matches only '
            .. 'when the rule has all of the tags')
      end
      self.entries[#self.entries + 1] = e
   end
   return self
end

local function matches(e, rule)
   if e.source and e.source ~= rule.source or e.rule and e.rule ~= rule.name then
      return false
   end
   local has = {}
   for _, tag in ipairs(rule.tags) do
      has[tag] = true
   end
   for _, tag in ipairs(e.tags) do
      if not has[tag] then
         return false
      end
   end
   return true
end

local function replace(text, what, by)
   return (text:gsub(what:gsub('%p', '%%%0'), (by:gsub('%%', '%%%%'))))
end

--- The whole output of a rule, and the extra fields { key, format | nil } of its JSON.
--- Third: whether the text had %container.info without -p saying what that is.
function Rules:apply(rule, text)
   local short = self.print and INFO[self.print]
   local has_info = text:find('%container.info', 1, true) ~= nil
   if has_info then
      text = replace(text, '%container.info', short or self.print and INFO_WITH_TEXT or '')
   end
   if self.print and not short then
      text = text .. ' ' .. self.print
   end
   local fields = {}
   for _, e in ipairs(self.entries) do
      if matches(e, rule) then
         text = text .. (e.text and ' ' .. e.text or '') .. (e.suggested and self.suggested or '')
         for _, f in ipairs(e.fields) do
            fields[#fields + 1] = f
         end
      end
   end
   return text, fields, has_info and not self.print
end

return M
