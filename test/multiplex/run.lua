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
--   exit           expected status, 0 when not said
--   detect         true: some alert, false: none;  alerts: how many;  detect_level: only and all
--                  these severities;  counts: map rule -> alerts, all of them;  severities: likewise
--   stdout, stderr one text or a list: each must be contained;  stdout_is, stdout_not, stderr_not
--   file_is, file_has   map name -> text, after the run
-- @TMP@ in texts and arguments stands for the case's own folder.
local yaml = require 'yaml'

local saker, folder, pattern = arg[1], arg[2], arg[3]
local LEAF = { 'rules', 'rules_file', 'validate', 'validate_file', 'args', 'trace_file', 'trace' }

local function read(path)
   local f = io.open(path, 'rb')
   if not f then return nil end
   local s = f:read '*a'
   f:close()
   return s
end

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

local function as_list(v)
   if v == nil then return {} end
   return type(v) == 'table' and v or { v }
end

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
   for _, f in ipairs(as_list(spec.validate_file)) do out[#out + 1] = '-V ' .. quote(folder .. '/' .. f) end
   for _, v in ipairs(as_list(spec.disabled_rules)) do out[#out + 1] = '-D ' .. quote(v) end
   for _, v in ipairs(as_list(spec.disabled_tags)) do out[#out + 1] = '-T ' .. quote(v) end
   for _, v in ipairs(as_list(spec.run_tags)) do out[#out + 1] = '-t ' .. quote(v) end
   if spec.all_events then out[#out + 1] = '-A' end
end

local function command_line(spec, tmp, sub)
   local out = { 'env', 'TZ=UTC', 'FALCO_HOSTNAME=lab' }
   for k, v in pairs(spec.env or {}) do out[#out + 1] = quote(k .. '=' .. v) end
   out[#out + 1] = quote(saker)
   for name, text in pairs(spec.files or {}) do write(tmp .. '/' .. name, sub(text)) end
   write(tmp .. '/config.yaml', sub(spec.config or ''))
   if spec.config ~= false then out[#out + 1] = '-c ' .. quote(tmp .. '/config.yaml') end
   rules_arguments(spec, tmp, sub, out)
   if spec.trace then
      write(tmp .. '/trace.txt', sub(spec.trace))
      local said = capture(('scripts/mktrace %s/trace.txt %s/trace.scap 2>&1'):format(tmp, tmp))
      if said ~= '' then return nil, 'mktrace: ' .. said end
      out[#out + 1] = '-e ' .. quote(tmp .. '/trace.scap')
   elseif spec.trace_file then
      out[#out + 1] = '-e ' .. quote(spec.trace_file)
   end
   for _, a in ipairs(as_list(spec.args)) do out[#out + 1] = quote(sub(tostring(a))) end
   return table.concat(out, ' ')
end

local function section(report, title)
   local counts, inside = {}, false
   for line in report:gmatch '[^\n]+' do
      if line:sub(1, 3) ~= '   ' then
         inside = line == title
      elseif inside then
         local k, n = line:match '^   (.*): (%d+)$'
         if k then counts[k] = tonumber(n) end
      end
   end
   return counts
end

local function same_counts(want, got, what, problems)
   for k, n in pairs(want) do
      if (got[k] or 0) ~= n then
         problems[#problems + 1] = ('%s %s: %d, want %d'):format(what, k, got[k] or 0, n)
      end
   end
   for k, n in pairs(got) do
      if want[k] == nil then problems[#problems + 1] = ('%s %s: %d, want none'):format(what, k, n) end
   end
end

local function check_texts(spec, got, sub, problems)
   for _, stream in ipairs { 'stdout', 'stderr' } do
      for _, text in ipairs(as_list(spec[stream])) do
         if not got[stream]:find(sub(text), 1, true) then
            problems[#problems + 1] = stream .. ' lacks: ' .. sub(text)
         end
      end
      for _, text in ipairs(as_list(spec[stream .. '_not'])) do
         if got[stream]:find(sub(text), 1, true) then
            problems[#problems + 1] = stream .. ' has: ' .. sub(text)
         end
      end
   end
   if spec.stdout_is and got.stdout ~= sub(spec.stdout_is) then
      problems[#problems + 1] = 'stdout is not as wanted'
   end
end

local function check_alerts(spec, got, problems)
   local total = tonumber(got.stdout:match 'Events detected: (%d+)') or 0
   local by_level = section(got.stdout, 'Rule counts by severity:')
   if spec.detect ~= nil and (total > 0) ~= spec.detect then
      problems[#problems + 1] = ('%d alerts, detect: %s'):format(total, tostring(spec.detect))
   end
   if spec.alerts and spec.alerts ~= total then
      problems[#problems + 1] = ('%d alerts, want %d'):format(total, spec.alerts)
   end
   if spec.detect_level then
      local want = {}
      for _, l in ipairs(as_list(spec.detect_level)) do want[l:upper()] = by_level[l:upper()] or -1 end
      same_counts(want, by_level, 'severity', problems)
   end
   if spec.severities then same_counts(spec.severities, by_level, 'severity', problems) end
   if spec.counts then
      same_counts(spec.counts, section(got.stdout, 'Triggered rules by rule name:'), 'rule', problems)
   end
end

local function check_files(spec, tmp, sub, problems)
   for name, text in pairs(spec.file_is or {}) do
      local have = read(tmp .. '/' .. name)
      if have ~= sub(text) then
         problems[#problems + 1] = ('file %s is: %s'):format(name, have or 'not there')
      end
   end
   for name, texts in pairs(spec.file_has or {}) do
      local have = read(tmp .. '/' .. name) or ''
      for _, text in ipairs(as_list(texts)) do
         if not have:find(sub(text), 1, true) then
            problems[#problems + 1] = ('file %s lacks: %s'):format(name, sub(text))
         end
      end
   end
end

local function run_case(case)
   local spec, problems = case.spec, {}
   local tmp = capture 'mktemp -d':gsub('%s+$', '')
   local function sub(text) return (tostring(text):gsub('@TMP@', function() return tmp end)) end
   local command, why = command_line(spec, tmp, sub)
   if not command then
      problems[1] = why
   else
      local status = capture(('%s >%s/stdout 2>%s/stderr </dev/null; echo $?'):format(command, tmp, tmp))
      local got = { stdout = read(tmp .. '/stdout'), stderr = read(tmp .. '/stderr') }
      if tonumber(status) ~= (spec.exit or 0) then
         problems[#problems + 1] = ('exit %s, want %d'):format(status:gsub('%s', ''), spec.exit or 0)
      end
      check_texts(spec, got, sub, problems)
      check_alerts(spec, got, problems)
      check_files(spec, tmp, sub, problems)
      if got.stderr:find('traceback', 1, true) then problems[#problems + 1] = 'a Lua traceback' end
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
os.exit(failed == 0 and 0 or 1)
