--- capi.lua - what C offers to lua/engine: src/script/load_api.h.
local api = require 'common.api'

local M = { new_error = api.new_error, message = api.message }

--- Takes the two pointers that run() was given; returns the function table C and the handle h
--- that is the first argument of most of its functions.
function M.bind(functions, handle)
   return api.bind('script.load_api_h', 'load', 'saker_load', functions, handle)
end

return M
