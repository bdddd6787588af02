--- version.lua - the engine version that rules may ask for, and the plugins that are built in.
local M = {}

--- { major, minor, patch, text }; nil when text is no x.y.z.
function M.parse(text)
   local a, b, c = text:match('^(%d+)%.(%d+)%.(%d+)$')
   if not a then
      a, b, c = text:match('^(%d+)%.(%d+)%.(%d+)[-+][%w.+-]+$')
   end
   return a and { tonumber(a), tonumber(b), tonumber(c), text = text } or nil
end

function M.less(a, b)
   for i = 1, 3 do
      if a[i] ~= b[i] then
         return a[i] < b[i]
      end
   end
   return false
end

--- Whether something of version `have` does for what asks for version `want`.
function M.compatible(have, want)
   return have[1] == want[1] and not M.less(have, want)
end

M.ENGINE = M.parse('0.63.0')

--- Plugins of Falco whose part saker plays itself, in any version that rules ask for.
M.BUILT_IN = { container = true }

--- nil, or what is not satisfied by the requirements a collector gathered.
function M.unsatisfied(requirements)
   for _, r in ipairs(requirements) do
      local ok = M.BUILT_IN[r.name]
      local names = { r.name .. ' (>= ' .. r.version .. ')' }
      for _, alt in ipairs(r.alternatives) do
         ok = ok or M.BUILT_IN[alt.name]
         names[#names + 1] = alt.name .. ' (>= ' .. alt.version .. ')'
      end
      if not ok then
         return 'Plugin requirement not satisfied, must load one of: '
            .. table.concat(names, ', '), r
      end
   end
   return nil
end

return M
