--- capi.lua - what C offers to lua/outputs: src/script/output_api.h.
local api = require 'common.api'

local M = { new_error = api.new_error, message = api.message }

--- Takes the two pointers that run() was given; returns the function table C and the handle h
--- that is the first argument of most of its functions.
function M.bind(functions, handle)
   return api.bind('script.output_api_h', 'output', 'saker_outputs', functions, handle)
end

return M
