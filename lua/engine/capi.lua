--- capi.lua - what C offers to lua/engine: src/script/load_api.h.
local api = require 'common.api'

local M = { message = api.message }

local one

--- The struct saker_error of this load: a message is read before the next call.
function M.new_error()
   one = one or api.new_error()
   return one
end

--- Takes the two pointers that run() was given; returns the function table C and the handle h
--- that is the first argument of most of its functions.
function M.bind(functions, handle)
   return api.bind('script.load_api_h', 'load', 'saker_load', functions, handle)
end

return M
