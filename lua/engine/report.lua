--- report.lua - the result of loading a file, as Falco reports it: text, summary, JSON.
--
-- A result is { name, errors, warnings, schema } with diag.lua's objects; a warning
-- may have field, the deprecated field it is about.  schema: 'ok', 'none', or failures.
local diag = require 'engine.diag'
local json = require 'engine.json'

local M = {}

local RULER = '------\n'

--- The long sentence of each warning code in JSON.
local LONG = {
   LOAD_UNKNOWN_SOURCE = 'A rule has a unknown event source. This can occur when reading rules '
      .. 'content without having a corresponding plugin loaded, etc. The rule will be silently '
      .. 'ignored.',
   LOAD_UNSAFE_NA_CHECK = 'Comparing a field value with <NA> is unsafe and can lead to '
      .. 'unpredictable behavior of the rule condition. If you need to check for the existence of '
      .. "a field, consider using the 'exists' operator instead.",
   LOAD_NO_EVTTYPE = 'A rule condition matches too many evt.type values. This has a significant '
      .. 'performance penalty. Make the condition more specific by adding an evt.type field or '
      .. 'further restricting the number of evt.type values in the condition.',
   LOAD_UNKNOWN_FILTER = 'A rule condition or output refers to a field or evt.type that does not '
      .. 'exist. This is normally an error, but if a rule has a skip-if-unknown-filter property, '
      .. 'the error is downgraded to a warning.',
   LOAD_UNUSED_MACRO = 'A macro is defined in the rules content but is not used by any other '
      .. 'macro or rule.',
   LOAD_UNUSED_LIST = 'A list is defined in the rules content but is not used by any other list, '
      .. 'macro, or rule.',
   LOAD_UNKNOWN_ITEM = 'An unknown top-level object is in the rules content. It will be '
      .. 'ignored.',
   LOAD_DEPRECATED_ITEM = 'A deprecated item is employed by lists, macros, or rules.',
   LOAD_WARNING_EXTENSION = 'An extension item has a warning',
   LOAD_APPEND_NO_VALUES = 'A rule exception is overriding/appending with no values',
   LOAD_EXCEPTION_NAME_NOT_UNIQUE = 'A rule is defining multiple exceptions with the same name',
   LOAD_INVALID_MACRO_NAME = 'A macro is defined with an invalid name',
   LOAD_INVALID_LIST_NAME = 'A list is defined with an invalid name',
   LOAD_COMPILE_CONDITION = 'A rule condition or output have been parsed with a warning',
   LOAD_UNKNOWN_KEY = 'An unknown key is used while defining an item',
}

local function short(e)
   local text = diag.ERRORS[e.code] or diag.WARNINGS[e.code]
   if e.field then
      text = text .. ": field '" .. e.field .. "'"
   end
   return text
end

local function location(at)
   local item = at.item ~= '' and " '" .. at.item .. "'" or ''
   return string.format('%s%s: (%s:%d:%d)\n', at.type, item, at.name, at.line, at.col)
end

local function add_entries(out, list, title, files)
   if #list == 0 then
      return
   end
   out[#out + 1] = '\n' .. #list .. ' ' .. title .. ':\n'
   for _, e in ipairs(list) do
      for i, at in ipairs(diag.locations(e.ctx)) do
         out[#out + 1] = (i == 1 and 'In ' or '    ') .. location(at)
      end
      out[#out + 1] = RULER .. diag.snippet(e.ctx, files) .. RULER
      out[#out + 1] = e.code .. ' (' .. short(e) .. '): ' .. e.message .. '\n'
   end
end

local function headline(r)
   if #r.errors > 0 then
      return r.name .. ': Invalid'
   end
   return r.name .. ': Ok' .. (#r.warnings > 0 and ', with warnings' or '')
end

local function bad_schema(r)
   return r.schema ~= 'ok' and r.schema ~= 'none' and r.schema or nil
end

--- The verbose text; it ends in a newline.
function M.text(r, files)
   local out = { headline(r), '\n' }
   if bad_schema(r) then
      out[#out + 1] = '\n1 Schema warnings:\n' .. RULER .. r.schema .. '\n' .. RULER
   end
   add_entries(out, r.errors, 'Errors', files)
   add_entries(out, r.warnings, 'Warnings', files)
   return table.concat(out)
end

local function codes(list)
   local out = {}
   for i, e in ipairs(list) do
      out[i] = e.code .. ' (' .. short(e) .. ')'
   end
   return ' ' .. #list .. ' %s: [' .. table.concat(out, ' ') .. ']'
end

--- One line a kind, without places.
function M.summary(r)
   local out = { headline(r) }
   if #r.errors > 0 then
      out[#out + 1] = codes(r.errors):format 'errors'
   end
   if #r.warnings > 0 then
      out[#out + 1] = codes(r.warnings):format 'warnings'
   end
   return table.concat(out, '\n')
end

local function entry_json(e, files)
   local places = json.array()
   for i, at in ipairs(diag.locations(e.ctx)) do
      places[i] = { item_type = at.type, item_name = at.item,
         position = { name = at.name, line = at.line, column = at.col, offset = at.offset } }
   end
   return { code = e.code, codedesc = diag.ERRORS[e.code] or LONG[e.code], message = e.message,
      deprecated_field = e.field,
      context = { snippet = diag.snippet(e.ctx, files), locations = places } }
end

--- The result as a table for json.encode().
function M.json(r, files)
   local errors, warnings, schema = json.array(), json.array(), json.array()
   for i, e in ipairs(r.errors) do
      errors[i] = entry_json(e, files)
   end
   for i, e in ipairs(r.warnings) do
      warnings[i] = entry_json(e, files)
   end
   if bad_schema(r) then
      schema[1] = r.schema
   end
   return { name = r.name, successful = #r.errors == 0, schema_valid = #schema == 0,
      schema_warnings = schema, errors = errors, warnings = warnings }
end

return M
