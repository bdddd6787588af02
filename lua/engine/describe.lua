--- describe.lua - the -L and -l reports on what is loaded: text, or tables for JSON.
local ast = require 'engine.ast'
local definitions = require 'engine.definitions'
local evttypes = require 'engine.evttypes'
local exceptions = require 'engine.exceptions'
local grammar = require 'engine.grammar'
local json = require 'engine.json'
local print_ast = require 'engine.print'
local reader_rule = require 'engine.reader_rule'

local M = {}

-- -- details ---------------------------------------------------------------------------

local function sorted(set)
   local out = json.array()
   for k in pairs(set) do
      out[#out + 1] = k
   end
   table.sort(out)
   return out
end

local function array(list)
   local out = json.array()
   for i, v in ipairs(list) do
      out[i] = v
   end
   return out
end

--- Names of known lists that a tree as written uses as values.
local function lists_of(tree, known)
   local out = {}
   ast.each(tree, function(n)
      if n.kind == 'list' then
         for _, v in ipairs(n) do
            out[v] = known[v] and true
         end
      elseif n.kind == 'value' then
         out[n.value] = known[n.value] and true
      end
   end)
   return out
end

local function macros_of(tree, known)
   local out = {}
   for _, name in ipairs(ast.macros(tree)) do
      out[name] = known[name] and true
   end
   return out
end

local function event_names(set)
   local names, out = json.array(), {}
   for _, name in ipairs(set.names) do
      out[name] = true
   end
   out.asyncevent = true
   for name in pairs(out) do
      names[#names + 1] = name
   end
   table.sort(names)
   return names
end

--- What a macro's and a rule's details have in common.  text: as written.
local function condition_details(s, text, resolved)
   local c = s.collector
   local written = grammar.parse(text, { max_depth = 1000 })
   return {
      macros = sorted(written and macros_of(written, c.macros.by) or {}),
      lists = sorted(written and lists_of(written, c.lists.by) or {}),
      condition_operators = array(ast.operators(resolved)),
      condition_fields = array(ast.fields(resolved)),
      condition_compiled = print_ast.text(resolved),
      plugins = json.array(),
   }
end

local function output_fields(rule)
   local set = {}
   for _, t in ipairs(rule.tokens or {}) do
      if t.field then
         set[t.name] = true
      end
   end
   return sorted(set)
end

local function rule_json(s, rule)
   local text = definitions.text(rule.parts)
   local details = condition_details(s, text, rule.resolved)
   local names, fields, operators = exceptions.facts(rule.exceptions)
   details.exception_names, details.exception_fields = sorted(names), sorted(fields)
   details.exception_operators = sorted(operators)
   details.output_fields = output_fields(rule)
   details.output_compiled = rule.output_text
   if rule.source == 'syscall' then
      details.events = event_names(rule.events)
   end
   if #rule.extra > 0 then
      details.extra_output_formatted_fields = {}
      for _, f in ipairs(rule.extra_fields) do
         details.extra_output_formatted_fields[f.key] = f.format
      end
   end
   return { details = details, info = { name = rule.name, condition = text,
      priority = reader_rule.PRIORITY[rule.priority], output = definitions.text(rule.output),
      description = rule.desc, enabled = rule.enabled, source = rule.source,
      capture = rule.capture, capture_duration = rule.capture_duration, tags = array(rule.tags) } }
end

local function macro_json(s, m)
   local text = definitions.text(m.parts)
   local details = condition_details(s, text, m.resolved)
   details.used = m.used == true
   local set = evttypes.of(m.resolved, s.compiler.types)
   details.events = set and event_names(set) or json.array()
   return { info = { name = m.name, condition = text }, details = details }
end

local function list_json(s, l)
   local known = s.collector.lists.by
   local items, refers = json.array(), {}
   for _, item in ipairs(l.items) do
      if known[item] then
         refers[item] = true
      else
         items[#items + 1] = item
      end
   end
   return { info = { name = l.name, items = items },
      details = { used = l.used == true, lists = sorted(refers), items_compiled = array(l.values),
         plugins = json.array() } }
end

local function requirements(list)
   local out = json.array()
   for i, r in ipairs(list) do
      local alternatives = json.array()
      for k, a in ipairs(r.alternatives) do
         alternatives[k] = { name = a.name, version = a.version }
      end
      out[i] = { name = r.name, version = r.version, alternatives = alternatives }
   end
   return out
end

--- Everything, or (name) one rule: a table for json.encode().
function M.json(s, name)
   local c = s.collector
   local out = { rules = json.array() }
   for _, rule in ipairs(s.rules) do
      if not name or rule.name == name then
         out.rules[#out.rules + 1] = rule_json(s, rule)
      end
   end
   if name then
      return out
   end
   out.macros, out.lists = json.array(), json.array()
   for i, m in ipairs(c.macros.order) do
      out.macros[i] = macro_json(s, m)
   end
   for i, l in ipairs(c.lists.order) do
      out.lists[i] = list_json(s, l)
   end
   out.required_engine_version = c.engine_version and c.engine_version.text or '0.0.0'
   out.required_plugin_versions = requirements(c.plugins)
   return out
end

-- -- text ------------------------------------------------------------------------------

--- text as lines of at most width columns from indent on; the first has no indent.
function M.wrap(text, indent, total)
   local lines, line = {}, ''
   for word in text:gmatch '%S+' do
      if line ~= '' and indent + #line + 1 + #word >= total then
         lines[#lines + 1] = line
         line = word
      else
         line = line == '' and word or line .. ' ' .. word
      end
   end
   lines[#lines + 1] = line
   return table.concat(lines, '\n' .. (' '):rep(indent))
end

--- Two columns, rule and description.
function M.text(s, name)
   local out = { ('%-50s %s\n'):format('Rule', 'Description'),
      ('%-50s %s\n'):format('----', '-----------') }
   for _, rule in ipairs(s.rules) do
      if not name or rule.name == name then
         out[#out + 1] = ('%-50s %s\n\n'):format(rule.name, M.wrap(rule.desc, 51, 110))
      end
   end
   return table.concat(out)
end

return M
