--- values.lua - reads keys of YAML maps as strings, booleans, numbers and lists.
--
-- Whatever is wrong is raised as LOAD_ERR_YAML_VALIDATE with Falco's words, at the value.
local diag = require 'engine.diag'
local yaml = require 'engine.yaml'

local M = {}

local CODE = 'LOAD_ERR_YAML_VALIDATE'

function M.throw_if(cond, message, ctx)
   diag.throw_if(cond, CODE, message, ctx)
end

--- The scalar text of item[key].  nil only when optional and absent.
function M.string(item, key, ctx, optional)
   local node = item.by[key]
   if not node and optional then
      return nil
   end
   M.throw_if(not node, "Item has no mapping for key '" .. key .. "'", ctx)
   M.throw_if(node.kind == 'null', "Mapping for key '" .. key .. "' is empty", ctx)
   local at = diag.at(node, 'value for', key, ctx)
   M.throw_if(node.kind ~= 'scalar', 'Value is not a scalar value', at)
   M.throw_if(node.value == '', 'Value must be non-empty', at)
   return node.value, node
end

local function decoded(item, key, ctx, optional, decode)
   local text, node = M.string(item, key, ctx, optional)
   if not text then
      return nil
   end
   local v = decode(text)
   M.throw_if(v == nil, "Can't decode YAML scalar value", diag.at(node, 'value for', key, ctx))
   return v
end

function M.boolean(item, key, ctx, optional)
   return decoded(item, key, ctx, optional, yaml.boolean)
end

--- An integer from 0 to max.
function M.unsigned(item, key, ctx, optional, max)
   return decoded(item, key, ctx, optional, function(text)
      local n = text:match('^%d+$') and tonumber(text)
      return n and n <= max and n or nil
   end)
end

--- A sequence of scalars as texts, and their nodes.  nil only when optional and absent.
function M.strings(item, key, ctx, optional)
   local node = item.by[key]
   if not node and optional then
      return nil
   end
   M.throw_if(not node, "Item has no mapping for key '" .. key .. "'", ctx)
   M.throw_if(node.kind == 'null', "Mapping for key '" .. key .. "' is empty", ctx)
   local at = diag.at(node, 'value for', key, ctx)
   M.throw_if(node.kind ~= 'seq', 'Value is not a sequence', at)
   local out = {}
   for i, v in ipairs(node.items) do
      local value_at = diag.at(v, 'value for', key, ctx)
      M.throw_if(v.kind ~= 'scalar' and v.kind ~= 'null', 'sequence value is not scalar', value_at)
      out[i] = v.value or v.text
   end
   return out, node.items
end

--- Warns about each key of item that is not in known, a set.
function M.unknown_keys(item, known, ctx, warn)
   for _, pair in ipairs(item.pairs) do
      local key = pair[1].value
      if key and not known[key] then
         warn('LOAD_UNKNOWN_KEY', "Unknown key '" .. key .. "'. The key will be ignored.", ctx)
      end
   end
end

function M.set(...)
   local out = {}
   for _, v in ipairs { ... } do
      out[v] = true
   end
   return out
end

return M
