--- helper.lua - a whole load in plain Lua: what C would be, remembered, for specs of lua/engine.
--
-- load{ mode=, files={ { name, text }... }, options={ key=value }, fields=, tree=, env= } -> run
--     run: ok, err (what run() returned), text (printed), log ("LEVEL text" lines), rules,
--     config (flat keys in order), session
local ffi = require 'ffi'
local fake = require 'fake_load_api'

local M = {}

local function declare()
   if pcall(ffi.typeof, 'struct saker_rule_facts') then
      return
   end
   local f = assert(io.open('src/script/load_api.h'))
   ffi.cdef((f:read '*a'))
   f:close()
end

--- Fields of the fake: enough for the rules of the specs.
M.FIELDS = { ['evt.type'] = true, ['evt.num'] = true, ['evt.arg'] = 'arg', ['proc.name'] = true,
   ['proc.pname'] = true, ['proc.cmdline'] = true, ['proc.aname'] = true, ['fd.name'] = true,
   ['fd.num'] = true, ['user.name'] = true, ['container.id'] = true, ['container.name'] = true,
   ['k8s.pod.name'] = true, ['fd.typechar'] = true }

local LEVELS = { [3] = 'error', [4] = 'warning', [5] = 'notice', [6] = 'info', [7] = 'debug' }

local function request(api, spec, run, keep)
   local keys = {}
   for k in pairs(spec.options or {}) do
      keys[#keys + 1] = k
   end
   table.sort(keys)
   api.mode = function() return spec.mode or 'load' end
   api.source_count = function() return #(spec.files or {}) end
   api.source = function(_, i, text, len)
      local file = spec.files[i + 1]
      text[0], len[0] = keep(file[2]), #file[2]
      return file[1]
   end
   api.option = function(_, key) return (spec.options or {})[key] end
   api.option_count = function() return #keys end
   api.option_at = function(_, i, value)
      value[0] = keep(spec.options[keys[i + 1]])
      return keys[i + 1]
   end
   api.print = function(_, s) run.text = run.text .. s end
   api.log = function(_, level, s) run.log[#run.log + 1] = LEVELS[level] .. ' ' .. s end
end

local function facts(api, fields)
   local names = {}
   for name in pairs(fields) do
      names[#names + 1] = name
   end
   table.sort(names)
   api.field_count = function() return #names end
   api.field_facts = function(i, f)
      local name = names[i + 1]
      f.klass, f.klass_doc, f.klass_short = name:match '^[^.]+', 'All about it.', ''
      f.name, f.doc, f.type = name, 'what ' .. name .. ' is', 'CHARBUF'
      f.arg = fields[name] == 'arg' and 2 or 0
      f.flags = name:find('^container') and 64 or fields[name] == 'arg' and 256 or 0
      f.list, f.hidden = 0, 0
      return 0
   end
end

local function rules(api, run, keep)
   api.rule = function(_, f, output)
      local r = { name = ffi.string(f.name), output = ffi.string(f.output), enabled = f.enabled,
         below = f.below_minimum, priority = f.priority, template = output, tags = {}, extra = {},
         condition = ffi.string(f.condition) }
      for i = 0, f.ntags - 1 do
         r.tags[i + 1] = ffi.string(f.tag[i])
      end
      run.rules[#run.rules + 1] = keep(r)
      return #run.rules - 1
   end
   api.rule_rows = function(_, rule, _, n) run.rules[rule + 1].rows = n end
   api.rule_events = function(_, rule, codes, n)
      local out = {}
      for i = 0, n - 1 do
         out[#out + 1] = codes[i]
      end
      run.rules[rule + 1].events = table.concat(out, ' ')
   end
   api.rule_extra = function(_, rule, key, expr, output)
      table.insert(run.rules[rule + 1].extra, { key, expr, output })
   end
   api.atom_warnings = function() return 0 end
   api.expr_is_list = function() return 0 end
end

--- tree: path -> content, or true for a folder.
local function files(api, spec, run, keep)
   local tree = spec.tree or {}
   api.path_kind = function(_, path) return tree[path] == true and 2 or tree[path] and 1 or 0 end
   api.read_file = function(_, path, len, err)
      if type(tree[path]) ~= 'string' then
         ffi.copy(err.msg, 'no such file')
         return nil
      end
      len[0] = #tree[path]
      return keep(tree[path])
   end
   api.list_dir = function(_, path, len)
      local out = {}
      for name in pairs(tree) do
         out[#out + 1] = name:match('^' .. path .. '/[^/]+$')
      end
      local text = table.concat(out, '\n')
      len[0] = #text
      return ffi.cast('const char *', keep(text))
   end
   api.env = function(_, name) return (spec.env or {})[name] end
   api.config_set = function(_, key, value)
      run.config[#run.config + 1] = key .. '=' .. value
      run.config[key] = value
   end
end

function M.load(spec)
   declare()
   local kept, run = {}, { text = '', log = {}, rules = {}, config = {} }
   local function keep(v)
      kept[#kept + 1] = v
      return v
   end
   local fields = spec.fields or M.FIELDS
   local api = fake.new(fields)
   request(api, spec, run, keep)
   facts(api, fields)
   rules(api, run, keep)
   files(api, spec, run, keep)
   run.ok, run.err = require 'engine.main'.run(api, kept)
   return run
end

--- load() of one file of rules by its text.
function M.rules(text, options, mode)
   return M.load { mode = mode, files = { { 'r.yaml', text } }, options = options }
end

return M
