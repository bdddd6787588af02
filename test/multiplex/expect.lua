--- expect.lua - what a case of run.lua wants against what the program did.
local M = {}

local GIVEN, WANTED = {}, {}
for k in ([[rules rules_file validate validate_file trace_file trace config args env files setup
   disabled_rules disabled_tags run_tags all_events]]):gmatch '%S+' do GIVEN[k] = true end
for k in ([[exit error detect alerts detect_level counts severities stdout stderr stdout_is
   stdout_not stderr_not file_is file_has]]):gmatch '%S+' do WANTED[k] = true end

function M.read(path)
   local f = io.open(path, 'rb')
   if not f then return nil end
   local s = f:read '*a'
   f:close()
   return s
end

function M.as_list(v)
   if v == nil then return {} end
   return type(v) == 'table' and v or { v }
end

local read, as_list = M.read, M.as_list

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
      if want[k] == nil then
         problems[#problems + 1] = ('%s %s: %d, want none'):format(what, k, n)
      end
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
      problems[#problems + 1] = 'stdout is not: ' .. sub(spec.stdout_is)
   end
   if spec.error and got.stderr ~= 'Error: ' .. sub(spec.error):match '^(.-)\n*$' .. '\n' then
      problems[#problems + 1] = 'stderr is not: Error: ' .. sub(spec.error)
   end
end

local function check_alerts(spec, got, problems)
   local total = tonumber(got.stdout:match 'Events detected: (%d+)')
   if not total and (spec.detect ~= nil or spec.alerts or spec.counts or spec.severities) then
      problems[#problems + 1] = 'no closing report'
   end
   total = total or 0
   local by_level = section(got.stdout, 'Rule counts by severity:')
   if spec.detect ~= nil and (total > 0) ~= spec.detect then
      problems[#problems + 1] = ('%d alerts, detect: %s'):format(total, tostring(spec.detect))
   end
   if spec.alerts and spec.alerts ~= total then
      problems[#problems + 1] = ('%d alerts, want %d'):format(total, spec.alerts)
   end
   if spec.detect_level then
      local want = {}
      for _, l in ipairs(as_list(spec.detect_level)) do
         want[l:upper()] = by_level[l:upper()] or -1
      end
      same_counts(want, by_level, 'severity', problems)
   end
   if spec.severities then same_counts(spec.severities, by_level, 'severity', problems) end
   if spec.counts then
      local by_rule = section(got.stdout, 'Triggered rules by rule name:')
      same_counts(spec.counts, by_rule, 'rule', problems)
   end
end

--- Refuses keys nobody knows and cases that want nothing; error means two more wishes.
function M.keys(spec, problems)
   local wants = 0
   for k in pairs(spec) do
      if WANTED[k] then wants = wants + 1 end
      if not (WANTED[k] or GIVEN[k]) then
         problems[#problems + 1] = 'what is the key ' .. k .. '?'
      end
   end
   if wants == 0 then problems[#problems + 1] = 'the case wants nothing' end
   if spec.error then spec.exit, spec.stdout_is = 1, '' end
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

--- got: { status, stdout, stderr, tmp }.  sub() fills texts in.  Adds to problems.
function M.check(spec, got, sub, problems)
   if got.status ~= (spec.exit or 0) then
      problems[#problems + 1] = ('exit %s, want %d'):format(got.status, spec.exit or 0)
   end
   check_texts(spec, got, sub, problems)
   check_alerts(spec, got, problems)
   check_files(spec, got.tmp, sub, problems)
   if got.stderr:find('traceback', 1, true) then problems[#problems + 1] = 'a Lua traceback' end
end

return M
