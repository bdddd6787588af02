--- exceptions.lua - the exceptions of a rule: read, checked, appended, put into its condition.
--
-- An exception is { name, ctx, fields, comps, values }; fields, comps and each value
-- are entries: { item = 'text' } or { list = { entry... } }.
local diag = require 'engine.diag'
local values = require 'engine.values'

local M = {}

local CODE = 'LOAD_ERR_VALIDATE'
local STRING_OPS = values.set('=', '==', '!=', 'contains', 'icontains', 'bcontains', 'startswith',
   'bstartswith', 'endswith', 'glob', 'iglob', 'regex')
local OTHER_OPS = values.set('exists', '<', '<=', '>', '>=', 'in', 'intersects', 'pmatch')
local LIST_OPS = values.set('in', 'intersects', 'pmatch')
local MODIFIERS = values.set('oneof', 'anyof', 'allof')

-- -- reading -------------------------------------------------------------------------

local function trim(s)
   return s:match('^%s*(.-)%s*$')
end

local function entry(node, ctx, clean)
   if node.kind == 'seq' then
      local list = {}
      for i, n in ipairs(node.items) do
         list[i] = entry(n, ctx, clean)
      end
      return { list = list }
   end
   values.throw_if(node.kind == 'map', "Can't decode YAML scalar value", ctx)
   local text = node.value or node.text
   return { item = clean and trim(text) or text }
end

local function read_entry(map, key, ctx, optional)
   local node = map.by[key]
   if not node and optional then
      return nil
   end
   values.throw_if(not node, "Item has no mapping for key '" .. key .. "'", ctx)
   values.throw_if(node.kind == 'null', "Mapping for key '" .. key .. "' is empty", ctx)
   return entry(node, diag.at(node, 'value for', key, ctx), true)
end

local function read_values(map, ctx, appending, warn)
   local node = map.by.values
   if not node then
      if appending then
         warn('LOAD_APPEND_NO_VALUES', 'Overriding/appending exception with no values', ctx)
      end
      return {}
   end
   local at = diag.at(node, 'exception values', '', ctx)
   values.throw_if(node.kind ~= 'seq', 'Rule exception values must be a sequence', at)
   local out = {}
   for i, n in ipairs(node.items) do
      out[i] = entry(n, diag.at(n, 'exception value', '', at))
   end
   return out
end

--- The exceptions of a rule item; nil without the key.  appending: fields may be missing.
function M.read(item, ctx, appending, warn)
   local node = item.by.exceptions
   if not node or node.kind == 'null' then
      return nil
   end
   local all = diag.at(node, 'exceptions', '', ctx)
   values.throw_if(node.kind ~= 'seq', 'Rule exceptions must be a sequence', all)
   local out, seen = {}, {}
   for i, map in ipairs(node.items) do
      local at = diag.at(map, 'exception', '', all)
      values.throw_if(map.kind ~= 'map', 'Rule exception must be a mapping', at)
      local name = values.string(map, 'name', at)
      at = diag.at(map, 'exception', name, ctx)
      out[i] = { name = name, ctx = at, fields = read_entry(map, 'fields', at, appending),
         comps = read_entry(map, 'comps', at, true),
         values = read_values(map, at, appending, warn) }
      if seen[name] then
         warn('LOAD_EXCEPTION_NAME_NOT_UNIQUE',
            "Multiple definitions of exception '" .. name .. "' in the same rule", ctx)
      end
      seen[name] = true
   end
   return out
end

-- -- checking ------------------------------------------------------------------------

--- Operator and modifier of "startswith oneof"; nil when it is neither.
local function with_modifier(comp)
   local op, modifier = comp:match('^(%S+)%s+(%S+)$')
   if op and STRING_OPS[op] and MODIFIERS[modifier] then
      return op, modifier
   end
   return nil
end

local function takes_list(comp)
   return LIST_OPS[comp] or with_modifier(comp) ~= nil
end

local function check_field(ex, field, field_ok)
   diag.throw_if(field_ok and not field_ok(field or ''), CODE,
      "'" .. (field or '') .. "' is not a supported filter field", ex.ctx)
end

local function check_lists(ex, field_ok)
   if not ex.comps then
      ex.comps = { list = {} }
      for i = 1, #ex.fields.list do
         ex.comps.list[i] = { item = '=' }
      end
   end
   diag.throw_if(not ex.comps.list or #ex.comps.list ~= #ex.fields.list, CODE,
      'Fields and comps lists must have equal length', ex.ctx)
   for _, c in ipairs(ex.comps.list) do
      local comp = c.item or ''
      diag.throw_if(not (STRING_OPS[comp] or OTHER_OPS[comp] or with_modifier(comp)), CODE,
         "'" .. comp .. "' is not a supported comparison operator", ex.ctx)
   end
   for _, f in ipairs(ex.fields.list) do
      check_field(ex, f.item, field_ok)
   end
end

local function check_scalar(ex, field_ok)
   ex.comps = ex.comps or { item = 'in' }
   diag.throw_if(ex.comps.list, CODE, 'Fields and comps must both be strings', ex.ctx)
   diag.throw_if(not takes_list(ex.comps.item), CODE,
      'When fields is a single value, comps must '
      .. 'be one of (in, pmatch, intersects) or a modifier operator (e.g. startswith oneof)',
      ex.ctx)
   check_field(ex, ex.fields.item, field_ok)
end

--- Fills in the default comps and checks them and the fields.  field_ok: nil for rules of
--- a source that is not known.
function M.check(ex, field_ok)
   if ex.fields.list then
      check_lists(ex, field_ok)
   else
      check_scalar(ex, field_ok)
   end
end

--- Appends more to list, both as read() gives them.
function M.append(list, more, field_ok)
   local by = {}
   for _, ex in ipairs(list) do
      by[ex.name] = by[ex.name] or ex
   end
   for _, ex in ipairs(more) do
      local old = by[ex.name]
      if old then
         diag.throw_if(ex.fields, CODE,
            'Can not append exception fields to existing exception, only values', ex.ctx)
         diag.throw_if(ex.comps, CODE,
            'Can not append exception comps to existing exception, only values', ex.ctx)
         for _, v in ipairs(ex.values) do
            old.values[#old.values + 1] = v
         end
      else
         diag.throw_if(not ex.fields, CODE,
            'Rule exception must have fields property with a list of fields', ex.ctx)
         diag.throw_if(#ex.values == 0, CODE,
            'Rule exception must have values property with a list of values', ex.ctx)
         M.check(ex, field_ok)
         list[#list + 1], by[ex.name] = ex, ex
      end
   end
end

-- -- compiling -----------------------------------------------------------------------

local function quoted(text)
   if text:find(' ', 1, true) and not text:find('^["\']') then
      return '"' .. text .. '"'
   end
   return text
end

local function scalar_clause(ex)
   local items = {}
   for i, v in ipairs(ex.values) do
      diag.throw_if(v.list, CODE, 'Expected values array to contain a list of strings', ex.ctx)
      items[i] = quoted(v.item)
   end
   if #items == 0 then
      return ''
   end
   return '(' .. ex.fields.item .. ' ' .. ex.comps.item .. ' (' .. table.concat(items, ', ') .. '))'
end

local function value_text(value, comp)
   if value.list then
      local items = {}
      for i, v in ipairs(value.list) do
         items[i] = quoted(v.item or '')
      end
      return '(' .. table.concat(items, ', ') .. ')'
   elseif takes_list(comp) then
      return value.item:find('^%(') and value.item or '(' .. value.item .. ')'
   end
   return quoted(value.item)
end

local function list_clause(ex)
   local tuples = {}
   for i, value in ipairs(ex.values) do
      diag.throw_if(#(value.list or {}) ~= #ex.fields.list, CODE,
         'Fields and values lists must have equal length', ex.ctx)
      local tests = {}
      for k, field in ipairs(ex.fields.list) do
         local comp = ex.comps.list[k].item
         tests[k] = ' ' .. field.item .. ' ' .. comp .. ' ' .. value_text(value.list[k], comp)
      end
      tuples[i] = '(' .. table.concat(tests, ' and ') .. ')'
   end
   if #tuples == 0 then
      return ''
   end
   return '(' .. table.concat(tuples, ' or ') .. ')'
end

--- The condition text with the exceptions in it.
function M.apply(condition, list)
   if #list == 0 then
      return condition
   end
   local out = { '(' .. condition .. ')' }
   for _, ex in ipairs(list) do
      local clause = ex.fields.list and list_clause(ex) or scalar_clause(ex)
      if clause ~= '' then
         out[#out + 1] = ' and not ' .. clause
      end
   end
   return table.concat(out)
end

local function texts(e, out)
   if e.list then
      for _, inner in ipairs(e.list) do
         texts(inner, out)
      end
   else
      out[e.item] = true
   end
   return out
end

--- Sets of the names, fields and operators of the exceptions, for descriptions.
function M.facts(list)
   local names, fields, operators = {}, {}, {}
   for _, ex in ipairs(list) do
      names[ex.name] = true
      texts(ex.comps, operators)
      if #ex.values > 0 then
         texts(ex.fields, fields)
      end
   end
   return names, fields, operators
end

return M
