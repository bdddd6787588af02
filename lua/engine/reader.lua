--- reader.lua - the text of a rules file into the collector: item by item, with shape checks.
local diag = require 'engine.diag'
local override = require 'engine.override'
local reader_rule = require 'engine.reader_rule'
local values = require 'engine.values'
local version = require 'engine.version'
local yaml = require 'engine.yaml'

local M = {}

local VALIDATE = 'LOAD_ERR_VALIDATE'

local LIST_NAME = "List has an invalid name. List names should match a regular expression: "
   .. [[([^()\"'[:space:]=,]+)]]
local MACRO_NAME = 'Macro has an invalid name. Macro names should match a regular expression: '
   .. '([a-zA-Z]+[a-zA-Z0-9_]*)'

local function read_engine_version(item, root, collector, warn)
   local ctx = diag.at(item, 'required_engine_version', '', root)
   values.unknown_keys(item, values.set('required_engine_version'), ctx, warn)
   local text = values.string(item, 'required_engine_version', ctx)
   local required = version.parse(text:match('^%d+$') and '0.' .. text .. '.0' or text)
   values.throw_if(not required, "Unable to parse engine version '" .. text
      .. "' as a semver string. Expected \"x.y.z\" semver format.", ctx)
   diag.throw_if(not version.compatible(version.ENGINE, required), VALIDATE,
      'Rules require engine version ' .. required.text .. ', but engine version is '
      .. version.ENGINE.text, ctx)
   if not collector.engine_version or version.less(collector.engine_version, required) then
      collector.engine_version = required
   end
end

local function read_requirement(map, ctx)
   local r = { name = values.string(map, 'name', ctx) }
   r.version = values.string(map, 'version', ctx)
   diag.throw_if(not version.parse(r.version), VALIDATE,
      "Invalid required version '" .. r.version .. "' for plugin '" .. r.name .. "'", ctx)
   return r
end

local function read_plugin_entry(node, parent)
   local ctx = diag.at(node, 'required plugin versions entry', '', parent)
   values.throw_if(node.kind ~= 'map', 'Plugin version must be a mapping', ctx)
   local entry = read_requirement(node, ctx)
   entry.alternatives, entry.ctx = {}, ctx
   local seen = { [entry.name] = true }
   local list = node.by.alternatives
   if not list then
      return entry
   end
   values.throw_if(list.kind ~= 'seq',
      'Value of plugin version alternatives must be a sequence', ctx)
   for i, n in ipairs(list.items) do
      local at = diag.at(n, 'required plugin versions alternative', '', ctx)
      values.throw_if(n.kind ~= 'map', 'Plugin version alternative must be a mapping', at)
      local alt = read_requirement(n, at)
      diag.throw_if(seen[alt.name], VALIDATE, 'Defined multiple alternative version requirements '
         .. "for plugin '" .. alt.name .. "'", at)
      seen[alt.name] = true
      entry.alternatives[i] = alt
   end
   return entry
end

local function read_plugin_versions(item, root, collector, warn)
   local ctx = diag.at(item, 'required plugin versions', '', root)
   values.unknown_keys(item, values.set('required_plugin_versions'), ctx, warn)
   local node = item.by.required_plugin_versions
   values.throw_if(node.kind ~= 'seq', 'Value of required_plugin_versions must be a sequence', ctx)
   for _, n in ipairs(node.items) do
      collector.plugins[#collector.plugins + 1] = read_plugin_entry(n, ctx)
   end
end

local function read_list(item, root, collector, warn)
   local name = values.string(item, 'list', diag.at(item, 'list', '', root))
   local ctx = diag.at(item, 'list', name, root)
   values.unknown_keys(item, values.set('list', 'items', 'append', 'override'), ctx, warn)
   if not name:find('^[^()"\'%s=,]+$') then
      warn('LOAD_INVALID_LIST_NAME', LIST_NAME, ctx)
   end
   local ops = override.read(item, 'list', ctx, warn)
   local items, nodes = values.strings(item, 'items', ctx)
   if ops and (ops.flag or ops.by.items == 'append') then
      collector:append_list(name, items, nodes, ctx)
   else
      local copy = {}
      for i, n in ipairs(nodes) do
         copy[i] = n
      end
      collector:define('lists', { name = name, ctx = ctx, items = items, nodes = copy })
   end
end

local function read_macro(item, root, collector, warn)
   local name = values.string(item, 'macro', diag.at(item, 'macro', '', root))
   local ctx = diag.at(item, 'macro', name, root)
   values.unknown_keys(item, values.set('macro', 'condition', 'append', 'override'), ctx, warn)
   if not name:find('^%a+[%w_]*$') then
      warn('LOAD_INVALID_MACRO_NAME', MACRO_NAME, ctx)
   end
   local ops = override.read(item, 'macro', ctx, warn)
   local text, node = values.string(item, 'condition', ctx)
   local part = { text = text, node = node, file = root.name }
   if ops and (ops.flag or ops.by.condition == 'append') then
      collector:append_macro(name, part, ctx)
   else
      collector:define('macros', { name = name, ctx = ctx, parts = { part },
         cond_ctx = diag.at(node, 'macro condition', '', ctx) })
   end
end

--- Which key makes an item what it is, in the order they are looked for.
local ITEMS = {
   { 'required_engine_version', read_engine_version },
   { 'required_plugin_versions', read_plugin_versions },
   { 'list', read_list },
   { 'macro', read_macro },
   { 'rule', reader_rule.read },
}

local function read_item(item, root, collector, warn)
   local ctx = diag.at(item, 'rules content item', '', root)
   values.throw_if(item.kind ~= 'map',
      'Unexpected element type. Each element should be a yaml associative array.', ctx)
   for _, kind in ipairs(ITEMS) do
      if item.by[kind[1]] then
         return kind[2](item, root, collector, warn)
      end
   end
   warn('LOAD_UNKNOWN_ITEM', 'Unknown top level item', ctx)
end

--- Reads one file.  Raises the first error (diag.lua); warn(code, message, ctx) hears the rest.
function M.read(name, text, collector, warn)
   local root = diag.root(name)
   local docs, err = yaml.parse(text)
   if not docs then
      diag.raise('LOAD_ERR_YAML_PARSE', err.what, diag.at(err, 'value for', '', root))
   end
   for _, doc in ipairs(docs) do
      if doc.kind ~= 'null' then
         values.throw_if(doc.kind == 'scalar', 'Rules content is not yaml', root)
         values.throw_if(doc.kind == 'map', 'Rules content is not yaml array of objects', root)
         for _, item in ipairs(doc.items) do
            if item.kind ~= 'null' then
               read_item(item, root, collector, warn)
            end
         end
      end
   end
end

return M
