--- override.lua - the `override` and `append` keys of an item: what is allowed, what is missing.
local diag = require 'engine.diag'
local values = require 'engine.values'

local M = {}

local set = values.set

--- By kind of object: what may be appended to, what may be replaced.
M.ALLOWED = {
   rule = {
      append = set('condition', 'output', 'desc', 'tags', 'exceptions'),
      replace = set('condition', 'output', 'desc', 'priority', 'capture', 'capture_duration',
         'tags', 'exceptions', 'enabled', 'warn_evttypes', 'skip-if-unknown-filter'),
   },
   macro = { append = set('condition'), replace = set('condition') },
   list = { append = set('items'), replace = set('items') },
}

M.BOTH = "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry "
   .. "(e.g. 'condition: append') under 'override' instead."
M.DEPRECATED = "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under "
   .. "'override' instead."

local function operation(allowed, key, op, ctx)
   if op == 'append' then
      values.throw_if(not allowed.append[key],
         "Key '" .. key .. "' cannot be appended to, use 'replace' instead", ctx)
   elseif op == 'replace' then
      values.throw_if(not allowed.replace[key], "Key '" .. key .. "' cannot be replaced", ctx)
   else
      local words = (allowed.append[key] and 'append ' or '')
         .. (allowed.replace[key] and 'replace ' or '')
      values.throw_if(true, "Invalid override operation for key '" .. key .. "': '" .. op
         .. "'. Allowed values are: " .. words, ctx)
   end
end

local function check_keys(item, allowed, ops, ctx)
   for _, key in ipairs(ops.order) do
      values.throw_if(not item.by[key], 'An ' .. ops.by[key] .. " override for '" .. key
         .. "' was specified but '" .. key .. "' is not defined", ctx)
   end
   for _, pair in ipairs(item.pairs) do
      local key = pair[1].value
      if key and (allowed.append[key] or allowed.replace[key]) then
         values.throw_if(not ops.by[key], "Unexpected key '" .. key
            .. "': no corresponding entry under 'override' is defined.", ctx)
      end
   end
end

--- What the item asks for: nil when it is a plain definition, else { flag = true } for
--- `append: true`, or { by = { key -> 'append' | 'replace' }, order = { key... } }.
function M.read(item, kind, ctx, warn)
   local allowed = M.ALLOWED[kind]
   local flag = values.boolean(item, 'append', ctx, true)
   if flag then
      warn('LOAD_DEPRECATED_ITEM', M.DEPRECATED, ctx)
   end
   local node = item.by.override
   if not node or node.kind == 'null' then
      return flag and { flag = true, by = {}, order = {} } or nil
   end
   local at = diag.at(node, 'overrides', '', ctx)
   values.throw_if(node.kind ~= 'map', "Value of 'override' must be a mapping", at)
   local ops = { by = {}, order = {} }
   for _, pair in ipairs(node.pairs) do
      local key, op = pair[1].value or '', pair[2].value or ''
      operation(allowed, key, op, at)
      ops.by[key] = op
      ops.order[#ops.order + 1] = key
   end
   if #ops.order == 0 then
      return flag and { flag = true, by = {}, order = {} } or nil
   end
   values.throw_if(flag, M.BOTH, ctx)
   check_keys(item, allowed, ops, ctx)
   return ops
end

return M
