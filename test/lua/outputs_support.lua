--- outputs_support.lua - lua/outputs over the real queue and system functions, in this process.
local ffi = require 'ffi'

package.preload['script.output_api_h'] = function()
   local f = assert(io.open('src/script/output_api.h'))
   local text = f:read('*a')
   f:close()
   return text
end

ffi.cdef [[
struct saker_outputs;
struct support_options { size_t size; int replay; void *log; void *log_ctx; };
struct support_match {
   uint32_t rule_id, priority;
   const char *rule, *source, *text;
   size_t text_len;
   uint64_t ts_ns, evt_num;
};
struct saker_outputs *saker_outputs_new(const struct support_options *);
void saker_outputs_free(struct saker_outputs *);
int saker_outputs_set(struct saker_outputs *, const char *, const char *, void *);
int saker_outputs_alert(struct saker_outputs *, const struct support_match *);
int saker_outputs_message(struct saker_outputs *, unsigned, const char *, const char *);
uint64_t saker_outputs_counter(struct saker_outputs *, const char *);
const void *support_api(void);
int support_open(struct saker_outputs *);
void support_close(struct saker_outputs *);
]]

local M = {}

M.C = ffi.load((os.getenv('SAKER_BUILD') or 'build') .. '/outputs_support.so')

--- A struct saker_outputs with these options and an open queue; not a replay unless said.
function M.new(options, replay)
   local given = ffi.new('struct support_options', { replay = replay and 1 or 0 })
   given.size = ffi.sizeof(given)
   local o = ffi.gc(M.C.saker_outputs_new(given), M.C.saker_outputs_free)
   for key, value in pairs(options) do
      assert(M.C.saker_outputs_set(o, key, value, nil) == 0)
   end
   assert(M.C.support_open(o) == 0)
   return o
end

--- Queues an alert; seconds may be broken.
function M.alert(o, text, seconds)
   local m = ffi.new('struct support_match', { priority = 4, rule = 'a rule', source = 'syscall',
      text = text, text_len = #text, ts_ns = (seconds or 0) * 1e9 })
   return M.C.saker_outputs_alert(o, m)
end

--- The two arguments of the output thread's code, the queue being closed.
function M.arguments(o)
   M.C.support_close(o)
   return ffi.cast('void *', M.C.support_api()), ffi.cast('void *', o)
end

--- Runs the output thread's code here until everything queued is out.
function M.drain(o)
   return require('outputs.main').run(M.arguments(o))
end

function M.counter(o, name)
   return tonumber(M.C.saker_outputs_counter(o, name))
end

--- Calls f with a file name; returns what is in the file afterwards.
function M.written(f)
   local name = os.tmpname()
   f(name)
   local file = assert(io.open(name))
   local text = file:read('*a')
   file:close()
   os.remove(name)
   return text
end

return M
