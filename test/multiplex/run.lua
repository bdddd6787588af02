--- run.lua - the program as a whole: rules x trace x options -> what it says.
--
--    luajit test/multiplex/run.lua SAKER FOLDER [PATTERN]
--
-- Each FOLDER/*.yaml is a tree; a map with one of the keys of LEAF is a case, named by its path.
-- Merge keys (<<) let leaves inherit. Prints TAP.
--
--   rules          text of a rules file, or a list of texts: several files in that order
--   rules_file     a file or folder below FOLDER, or a list
--   validate       as rules, for -V;  validate_file as rules_file
--   trace_file     a capture, from the top of the checkout;  trace: text for scripts/mktrace
--   config         text of the configuration (default: none)
--   args           more arguments;  env: map of variables;  files: map name -> text, made first
--   disabled_rules, disabled_tags, run_tags   for -D, -T, -t;  all_events: -A
--   setup          shell commands, run in the case's folder before all else
--   exit           expected status, 0 when not said;  error: all of stderr behind "Error: ", and
--                  then the status is 1 and nothing is on stdout
--   detect         true: some alert, false: none;  alerts: how many;  detect_level: only and all
--                  these severities;  counts: map rule -> alerts, all of them; severities: likewise
--   stdout, stderr one text or a list: each must be contained;  stdout_is, stdout_not, stderr_not
--   file_is, file_has   map name -> text, after the run
-- @TMP@ in texts and arguments is the case's own folder.  A case without an expectation, or
-- with a key that is not one of these, fails.
package.path = arg[0]:match '^(.-)[^/]*$' .. '?.lua;' .. package.path
local yaml = require 'lyaml'
local expect = require 'expect'

local saker, folder, pattern = arg[1], arg[2], arg[3]
local LEAF = { 'rules', 'rules_file', 'validate', 'validate_file', 'args', 'trace_file', 'trace' }

local read, as_list = expect.read, expect.as_list

local function write(path, text)
   local f = assert(io.open(path, 'wb'))
   f:write(text)
   f:close()
end

local function quote(s)
   return "'" .. tostring(s):gsub("'", "'\\''") .. "'"
end

local function capture(command)
   local p = io.popen(command)
   local s = p:read '*a'
   p:close()
   return s
end

local top, shelf, traces = capture 'pwd':match '%C+', capture 'mktemp -d':match '%C+', {}

local function is_leaf(node)
   for _, key in ipairs(LEAF) do
      if node[key] ~= nil then return true end
   end
   return false
end

local function collect(node, path, out)
   if type(node) ~= 'table' then return end
   if is_leaf(node) then
      out[#out + 1] = { name = path, spec = node }
      return
   end
   local keys = {}
   for k in pairs(node) do keys[#keys + 1] = k end
   table.sort(keys)
   for _, k in ipairs(keys) do
      if not k:match '^base' then collect(node[k], path .. '.' .. k, out) end
   end
end

local function rules_arguments(spec, tmp, sub, out)
   local function texts(key, option, stem)
      for i, text in ipairs(as_list(spec[key])) do
         local path = ('%s/%s%d.yaml'):format(tmp, stem, i)
         write(path, sub(text))
         out[#out + 1] = option .. ' ' .. quote(path)
      end
   end
   texts('rules', '-r', 'rules')
   texts('validate', '-V', 'check')
   for _, f in ipairs(as_list(spec.rules_file)) do
      out[#out + 1] = '-r ' .. quote(f:sub(1, 1) == '/' and f or folder .. '/' .. f)
   end
   for _, f in ipairs(as_list(spec.validate_file)) do
      out[#out + 1] = '-V ' .. quote(folder .. '/' .. f)
   end
   for _, v in ipairs(as_list(spec.disabled_rules)) do out[#out + 1] = '-D ' .. quote(v) end
   for _, v in ipairs(as_list(spec.disabled_tags)) do out[#out + 1] = '-T ' .. quote(v) end
   for _, v in ipairs(as_list(spec.run_tags)) do out[#out + 1] = '-t ' .. quote(v) end
   if spec.all_events then out[#out + 1] = '-A' end
end

--- The capture of a text; each text is made once.
local function made_trace(text)
   if not traces[text] then
      local n = #traces + 1
      traces[n] = ('%s/%d.scap'):format(shelf, n)
      write(shelf .. '/trace.txt', text)
      local said = capture(('scripts/mktrace %s/trace.txt %s 2>&1'):format(shelf, traces[n]))
      if said ~= '' then return nil, said end
      traces[text] = traces[n]
   end
   return traces[text]
end

local function command_line(spec, tmp, sub)
   local out = { 'timeout', '20', 'env', 'TZ=UTC', 'FALCO_HOSTNAME=lab' }
   for k, v in pairs(spec.env or {}) do out[#out + 1] = quote(k .. '=' .. v) end
   out[#out + 1] = quote(saker)
   for name, text in pairs(spec.files or {}) do
      local folder_of = name:match '^(.*)/'
      if folder_of then os.execute('mkdir -p ' .. quote(tmp .. '/' .. folder_of)) end
      write(tmp .. '/' .. name, sub(text))
   end
   write(tmp .. '/config.yaml', sub(spec.config or ''))
   if spec.config ~= false then out[#out + 1] = '-c ' .. quote(tmp .. '/config.yaml') end
   rules_arguments(spec, tmp, sub, out)
   if spec.setup then
      local said = capture(('(cd %s && TOP=%s && (%s)) 2>&1'):format(tmp, top, sub(spec.setup)))
      if said ~= '' then return nil, 'setup: ' .. said end
   end
   if spec.trace then
      local path, why = made_trace(spec.trace)
      if not path then return nil, 'mktrace: ' .. why end
      out[#out + 1] = '-e ' .. quote(path)
   elseif spec.trace_file then
      out[#out + 1] = '-e ' .. quote(sub(spec.trace_file))
   end
   for _, a in ipairs(as_list(spec.args)) do out[#out + 1] = quote(sub(tostring(a))) end
   return table.concat(out, ' ')
end

local function run_case(case)
   local spec, problems = case.spec, {}
   expect.keys(spec, problems)
   local tmp = capture 'mktemp -d':gsub('%s+$', '')
   local function sub(text) return (tostring(text):gsub('@TMP@', function() return tmp end)) end
   local command, why = command_line(spec, tmp, sub)
   if not command then
      problems[#problems + 1] = why
   else
      local status = capture(('%s >%s/stdout 2>%s/stderr </dev/null; echo $?')
         :format(command, tmp, tmp))
      local got = { status = tonumber(status), tmp = tmp, stdout = read(tmp .. '/stdout'),
         stderr = read(tmp .. '/stderr') }
      expect.check(spec, got, sub, problems)
      if #problems > 0 then
         problems[#problems + 1] = 'command: ' .. command
         problems[#problems + 1] = 'stdout: ' .. got.stdout:sub(1, 1500)
         problems[#problems + 1] = 'stderr: ' .. got.stderr:sub(1, 1500)
      end
   end
   os.execute('rm -rf ' .. quote(tmp))
   return problems
end

local cases = {}
for path in capture('ls ' .. quote(folder) .. '/*.yaml'):gmatch '[^\n]+' do
   collect(yaml.load(read(path)), path:match '([^/]+)%.yaml$', cases)
end
local failed = 0
for i, case in ipairs(cases) do
   if not pattern or case.name:find(pattern) then
      local problems = run_case(case)
      print(('%sok %d - %s'):format(#problems > 0 and 'not ' or '', i, case.name))
      for _, p in ipairs(problems) do print('# ' .. p:gsub('\n', '\n#   ')) end
      if #problems > 0 then failed = failed + 1 end
   end
end
print('1..' .. #cases)
os.execute('rm -rf ' .. quote(shelf))
os.exit(failed == 0 and 0 or 1)
