--- main.lua - the one entry of lua/engine: what a run of it is asked for, by its mode.
--
-- Modules are taken when a mode wants them: a configuration needs no grammar.
local capi = require 'engine.capi'
local host = require 'engine.host'
local json = require 'engine.json'
local report = require 'engine.report'
local yaml = require 'engine.yaml'

local M = {}

local function new_session(h)
   return require 'engine.session'.new(h)
end

local function describe()
   return require 'engine.describe'
end

local function wants_json(h)
   return yaml.boolean(h:option('json_output', 'false')) == true
end

local function results_json(s)
   local out = json.array()
   for i, r in ipairs(s.results) do
      out[i] = report.json(r, s.files)
   end
   return out
end

local function print_reports(h, s)
   if wants_json(h) then
      h:print(json.encode { falco_load_results = results_json(s) } .. '\n')
      return
   end
   for _, r in ipairs(s.results) do
      if #r.errors + #r.warnings > 0 then
         h:print(report.text(r, s.files))
      end
   end
end

--- Into the ruleset.  Prints the report of what was wrong or doubtful.
local function load(h)
   local s = new_session(h)
   local ok = s:load(h:sources(), false)
   print_reports(h, s)
   if not ok then
      return nil, s:message()
   end
   for _, r in ipairs(s.results) do
      if #r.warnings > 0 then
         h:log('warning', report.text(r, s.files))
      end
   end
   return true
end

local function validate_text(h, s)
   local out = {}
   for _, r in ipairs(s.results) do
      if #r.errors == 0 and #r.warnings > 0 then
         h:log('warning', report.text(r, s.files))
         out[#out + 1] = r.name .. ': Ok, with warnings'
      elseif #r.errors == 0 then
         out[#out + 1] = r.name .. ': Ok'
      else
         out[#out + 1] = (report.text(r, s.files):gsub('\n$', ''))
      end
   end
   return table.concat(out, '\n') .. '\n'
end

--- The -V report; with -L or -l (option describe.rule or validate.describe) a description, too.
local function validate(h)
   local s = new_session(h)
   s.compiler.install = false
   local ok = s:load(h:sources(), true)
   local text = validate_text(h, s)
   local described = ok and (h:option('validate.describe') or h:option('describe.rule')) ~= nil
   if wants_json(h) then
      local doc = { falco_load_results = results_json(s) }
      if described then
         doc.falco_describe_results = describe().json(s, h:option('describe.rule'))
      end
      h:print(json.encode(doc) .. '\n')
   else
      h:print(text)
      if described then
         h:print(describe().text(s, h:option('describe.rule')))
      end
   end
   if not ok then
      return nil, s.requirement or (text:gsub('\n$', ''))
   end
   return true
end

--- The -L and -l report on what is loaded.
local function describe_rules(h)
   local s = new_session(h)
   if not s:load(h:sources(), false) then
      return nil, s:message()
   end
   local name = h:option('describe.rule')
   if name and not s.collector.rules.by[name] then
      return nil, 'Rule "' .. name .. '" is not loaded'
   end
   if wants_json(h) then
      h:print(json.encode(describe().json(s, name)) .. '\n')
   else
      h:print(describe().text(s, name))
   end
   return true
end

--- The event types of each rule, for -v: one line a rule.
local function rule_events(h)
   local s = new_session(h)
   if not s:load(h:sources(), false) then
      return nil, s:message()
   end
   for _, rule in ipairs(s.rules) do
      h:print("Event types of rule '" .. rule.name .. "': " .. (rule.events.all and 'all'
         or table.concat(rule.events.names, ', ')) .. '\n')
   end
   return true
end

local function lists(h)
   if h:option('list.what') == 'rule-events' then
      return rule_events(h)
   end
   return require 'engine.list'.run(h)
end

local MODES = {
   load = load,
   validate = validate,
   describe = describe_rules,
   list = lists,
   config = function(h) return require 'engine.config'.run(h) end,
}

--- functions, handle: of load_api.h.  True; or nil and the message for the user.
function M.run(functions, handle)
   local C, h = functions, handle
   if type(functions) ~= 'table' then
      jit.off()                         -- a load is over before compiling its loops pays
      C, h = capi.bind(functions, handle)
   end
   local req = host.new(C, h)
   local mode = MODES[req:mode()]
   assert(mode, 'no such mode')
   return mode(req)
end

return M
