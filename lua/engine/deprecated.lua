--- deprecated.lua - fields and formats that rules should no longer use, and the warnings on them.
local ast = require 'engine.ast'

local M = {}

--- Field -> what to say of it in a condition.
local WHY = {
   ['evt.dir'] = "due to the drop of enter events, 'evt.dir' has always the value '<' for system "
      .. 'calls; a check of it can be left out',
   ['evt.latency'] = 'without enter events there is no latency; the field is always 0',
   ['evt.wait_latency'] = 'without enter events there is no latency; the field is always 0',
}
for _, suffix in ipairs { '.s', '.ns', '.human' } do
   WHY['evt.latency' .. suffix] = WHY['evt.latency']
end

local ORDER = {}
for name in pairs(WHY) do
   ORDER[#ORDER + 1] = name
end
table.sort(ORDER)

local CONTAINER_INFO = '%container.info is deprecated and no more useful, and will be dropped by '
   .. 'Falco 1.0.0. The container plugin will automatically add required fields to the output '
   .. 'message.'

--- warn(code, message, ctx, field) for each such field in a rule's resolved tree.
function M.condition(rule, warn)
   local seen = {}
   for _, name in ipairs(ast.fields(rule.resolved)) do
      seen[name] = true
   end
   for _, name in ipairs(ORDER) do
      if seen[name] then
         warn('LOAD_DEPRECATED_ITEM', WHY[name], rule.cond_ctx, name)
      end
   end
end

--- The same for its output's text, as Falco looks for it: anywhere in the text.
--- has_info: it had a %container.info that nothing replaced.
function M.output(rule, text, has_info, warn)
   if has_info then
      warn('LOAD_DEPRECATED_ITEM', CONTAINER_INFO, rule.output_ctx)
   end
   for _, name in ipairs(ORDER) do
      if text:find(name, 1, true) then
         warn('LOAD_DEPRECATED_ITEM', "usage of deprecated field '" .. name
            .. "' has been detected in the rule output", rule.output_ctx, name)
      end
   end
end

return M
