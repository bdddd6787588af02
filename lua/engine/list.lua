--- list.lua - the --list and --list-events reports: fields, events, system calls.
--
-- Options: list.what "fields" (default), "events", "syscalls"; list.format "text", "markdown",
-- "json"; list.names_only "true" for names alone; list.verbose "true" for types.
local describe = require 'engine.describe'
local json = require 'engine.json'

local M = {}

local TABLE_ONLY, DEPRECATED, ARG_INDEX, ARG_KEY = 16, 32, 128, 256
local ARG_REQUIRED = 2

local function has(flags, bit)
   return flags % (2 * bit) >= bit
end

--- The classes that are shown: { name, doc, short, fields }, in catalogue order.
local function classes(host)
   local out, by = {}, {}
   for _, f in ipairs(host:fields()) do
      if not f.hidden and not has(f.flags, TABLE_ONLY) and not has(f.flags, DEPRECATED) then
         local class = by[f.klass]
         if not class then
            class = { name = f.klass, doc = f.klass_doc, short = f.klass_short, fields = {} }
            by[f.klass] = class
            out[#out + 1] = class
         end
         class.fields[#class.fields + 1] = f
      end
   end
   return out
end

local function names(list)
   local out = {}
   for _, class in ipairs(list) do
      for _, f in ipairs(class.fields) do
         out[#out + 1] = f.name
      end
   end
   return out
end

local function type_name(f)
   return f.list and 'LIST(' .. f.type .. ')' or f.type
end

local function field_line(f, verbose)
   local doc = f.doc
   if has(f.flags, 1) then
      doc = '(FILTER ONLY) ' .. doc
   end
   if verbose then
      doc = '(Type: ' .. type_name(f) .. ') ' .. doc
   end
   local lead = #f.name > 29 and f.name .. '\n' .. (' '):rep(30) or ('%-30s'):format(f.name)
   return lead .. describe.wrap(doc, 30, 120) .. '\n'
end

local FIELDS = {
   text = function(list, verbose)
      local out = {}
      for _, c in ipairs(list) do
         out[#out + 1] = ('-'):rep(31) .. '\n'
         out[#out + 1] = ('%-30s'):format('Field Class:') .. c.name
            .. (c.short ~= '' and ' (' .. c.short .. ')' or '') .. '\n'
         if c.doc ~= '' then
            out[#out + 1] = ('%-30s'):format('Description:') .. describe.wrap(c.doc, 30, 120)
               .. '\n'
         end
         out[#out + 1] = ('%-30s'):format('Event Sources:') .. 'syscall \n\n'
         for _, f in ipairs(c.fields) do
            out[#out + 1] = field_line(f, verbose)
         end
         out[#out + 1] = '\n'
      end
      return table.concat(out)
   end,
   markdown = function(list)
      local out = {}
      for _, c in ipairs(list) do
         out[#out + 1] = '## Field Class: ' .. c.name .. '\n\n' .. c.doc
            .. '\n\nEvent Sources: syscall\n\nName | Type | Description\n'
            .. ':----|:-----|:-----------\n'
         for _, f in ipairs(c.fields) do
            out[#out + 1] = '`' .. f.name .. '` | ' .. type_name(f) .. ' | ' .. f.doc .. '\n'
         end
         out[#out + 1] = '\n'
      end
      return table.concat(out)
   end,
   json = function(list)
      local doc = { fieldclasses = json.array() }
      for i, c in ipairs(list) do
         local fields = json.array()
         for k, f in ipairs(c.fields) do
            local argument = json.null
            if f.arg ~= 0 then
               local kinds = json.array()
               kinds[#kinds + 1] = has(f.flags, ARG_INDEX) and 'INDEX' or nil
               kinds[#kinds + 1] = has(f.flags, ARG_KEY) and 'KEY' or nil
               argument = { required = f.arg == ARG_REQUIRED, type = kinds }
            end
            fields[k] = { name = f.name, type = f.type, desc = f.doc, is_list = f.list,
               argument = argument }
         end
         doc.fieldclasses[i] = { name = c.name, desc = c.doc ~= '' and c.doc or nil,
            event_sources = { 'syscall' }, fields = fields }
      end
      return json.pretty(doc) .. '\n'
   end,
}

local function list_fields(host, format)
   local list = classes(host)
   if host:option('list.names_only') == 'true' then
      local all = names(list)
      if format == 'json' then
         return json.pretty { fieldnames = json.array(all) } .. '\n'
      end
      return table.concat(all, '\n') .. '\n'
   end
   return FIELDS[format](list, host:option('list.verbose') == 'true')
end

-- -- events ----------------------------------------------------------------------------

local SYSCALL, TRACEPOINT, PLUGIN, META = 256, 512, 1024, 2048
local KINDS = { { SYSCALL, 'Syscall events' }, { TRACEPOINT, 'Tracepoint events' },
   { PLUGIN, 'Plugin events' }, { META, 'Metaevents' } }

local UNUSED, OLD, HIDDEN = 64, 512, 4096

--- The events of a kind that are in use: of system calls their exits.
local function events_of(host, kind)
   local out = {}
   for _, e in ipairs(host:events()) do
      if e.name ~= 'NA' and e.name ~= 'syscall' and has(e.category, kind)
         and not (has(e.flags, UNUSED) or has(e.flags, OLD) or has(e.flags, HIDDEN))
         and (kind ~= SYSCALL or e.code % 2 == 1) then
         e.dir = e.code % 2 == 1 and '<' or '>'
         out[#out + 1] = e
      end
   end
   return out
end

local function params_text(e, mark)
   local out = {}
   for i, p in ipairs(e.params) do
      out[i] = p[2] .. ' ' .. mark .. p[1] .. mark
   end
   return table.concat(out, ', ')
end

local EVENTS = {
   text = function(host)
      local out = {}
      for _, k in ipairs(KINDS) do
         out[#out + 1] = '## ' .. k[2] .. '\n\n'
         for _, e in ipairs(events_of(host, k[1])) do
            out[#out + 1] = e.dir .. ' ' .. e.name .. '(' .. params_text(e, '**') .. ')\n'
         end
         out[#out + 1] = '\n'
      end
      return table.concat(out)
   end,
   markdown = function(host)
      local out = {}
      for _, k in ipairs(KINDS) do
         out[#out + 1] = '## ' .. k[2]
            .. '\n\nDefault | Dir | Name | Params \n:-------|:----|:-----|:-----\n'
         for _, e in ipairs(events_of(host, k[1])) do
            out[#out + 1] = 'Yes | `' .. e.dir .. '` | `' .. e.name .. '` | '
               .. params_text(e, '**') .. '\n'
         end
         out[#out + 1] = '\n'
      end
      return table.concat(out)
   end,
   json = function(host)
      local doc = {}
      for _, k in ipairs(KINDS) do
         local rows = json.array()
         for i, e in ipairs(events_of(host, k[1])) do
            local params = json.array()
            for j, p in ipairs(e.params) do
               params[j] = { name = p[1], type = p[2] }
            end
            rows[i] = { name = e.name, dir = e.dir, available = true, params = params }
         end
         doc[k[2]] = rows
      end
      return json.encode(doc) .. '\n'
   end,
}

local function list_syscalls(host)
   local names_seen, out = {}, {}
   for _, name in ipairs(host:syscalls()) do
      if name ~= '' and not names_seen[name] then
         names_seen[name] = true
         out[#out + 1] = name
      end
   end
   table.sort(out)
   return table.concat(out, '\n') .. '\n'
end

--- Mode "list".
function M.run(host)
   local what = host:option('list.what', 'fields')
   local format = host:option('list.format', 'text'):lower()
   if not FIELDS[format] then
      return nil, "Invalid format '" .. format .. "'. Valid values are: text, markdown, json"
   end
   if what == 'fields' then
      host:print(list_fields(host, format))
   elseif what == 'events' then
      host:print(EVENTS[format](host))
   else
      host:print(list_syscalls(host))
   end
   return true
end

return M
