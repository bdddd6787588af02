--- config.lua - saker.yaml (Falco's keys) into flat keys: files merged, ${ENV}, -o, checked.
--
-- Order: the main file; -o config_files; the files it names in config_files, each merged by
-- its strategy a top-level key at a time; all -o; checks and defaults.
local check = require 'engine.config_check'
local locate = require 'engine.locate'
local tree = require 'engine.tree'
local yaml = require 'engine.yaml'

local M = {}

local MAX_EXPANSIONS = 100

--- ${NAME} replaced by env(NAME), again in what came in; $${NAME} is a literal ${NAME}.
function M.expand(text, env)
   local from, left = 1, MAX_EXPANSIONS
   while left > 0 do
      local at = text:find('$', from, true)
      local close = at and text:find('}', at, true)
      if not at or not close then
         return text
      elseif text:sub(at + 1, at + 2) == '${' then
         text = text:sub(1, at - 1) .. text:sub(at + 1)
         from = close
      elseif text:sub(at + 1, at + 1) == '{' then
         local value = env(text:sub(at + 2, close - 1)) or ''
         text = text:sub(1, at - 1) .. value .. text:sub(close + 1)
         from = at
      else
         return text
      end
      left = left - 1
   end
   return text
end

--- A YAML node as a tree; nil for null.
local function to_tree(node, env)
   if node.kind == 'scalar' then
      return env and M.expand(node.value, env) or node.value
   elseif node.kind == 'map' then
      local out = tree.map()
      for _, pair in ipairs(node.pairs) do
         local key = pair[1].value
         local value = to_tree(pair[2], env)
         if key and value ~= nil and out.by[key] == nil then
            tree.set(out, key, value)
         end
      end
      return out
   elseif node.kind == 'seq' then
      local out = tree.seq()
      for _, item in ipairs(node.items) do
         local value = to_tree(item, env)
         if value ~= nil then
            out.items[#out.items + 1] = value
         end
      end
      return out
   end
   return nil
end

local function fail(msg)
   error({ config = msg }, 0)
end

local function at_node(name, text, node, msg)
   return locate.message({ file = name, offset = node.offset }, { [name] = text }, msg)
end

--- Remembers where each key of a map stands, for messages on its value.
local function remember(self, name, text, node, path)
   if node.kind == 'map' then
      for _, pair in ipairs(node.pairs) do
         if pair[1].value then
            remember(self, name, text, pair[2],
               (path == '' and '' or path .. '.') .. pair[1].value)
         end
      end
   end
   self.where[path] = { name = name, text = text, node = node }
end

--- msg on the value of a key: with its place when a file has it.
local function on_value(self, path, msg, prefix)
   local w = self.where[path]
   return w and at_node(w.name, w.text, w.node, msg) or prefix .. msg
end

--- One file as a tree.
local function parse(self, name, text)
   local docs, err = yaml.parse(text)
   if not docs then
      fail(at_node(name, text, err, err.msg))
   end
   local doc = docs[1]
   if not doc or doc.kind == 'null' then
      return tree.map()
   elseif doc.kind ~= 'map' then
      fail(at_node(name, text, doc, 'a configuration is a map of keys'))
   end
   check.unknown(doc, function(node, msg)
      self.host:log('warning', at_node(name, text, node, msg))
   end)
   remember(self, name, text, doc, '')
   return to_tree(doc, function(key) return self.host:env(key) end)
end

--- One -o: key=value into root.
local function override(root, option)
   local key, value = option:match('^([^=]*)=(.*)$')
   if not key then
      fail('Error parsing config option "' .. option
         .. '". Must be of the form key=val or key.subkey=val')
   end
   local steps, why = tree.path(key)
   if not steps then
      fail(why)
   end
   if value:find('^{.*}$') then
      local docs, err = yaml.parse(value)
      if not docs then
         fail('Config error at key "' .. key .. '": ' .. err.msg)
      end
      value = to_tree(docs[1]) or tree.map()
   end
   tree.put(root, steps, value)
   return steps
end

local MERGE = {
   append = function(root, key, value)
      local old = root.by[key]
      if type(old) == 'table' and type(value) == 'table' and old.kind == 'seq'
         and value.kind == 'seq' then
         for _, item in ipairs(value.items) do
            old.items[#old.items + 1] = item
         end
      else
         tree.set(root, key, value)
      end
   end,
   override = tree.set,
   ['add-only'] = function(root, key, value)
      if root.by[key] == nil then
         tree.set(root, key, value)
      end
   end,
}

local function include(self, root, main, path, strategy)
   if path == main then
      fail("Config error: 'config_files' directive tried to recursively include main config file: "
         .. path .. '.')
   end
   local text, why = self.host:read_file(path)
   if not text then
      fail('Cannot read config file (' .. path .. '): ' .. why)
   end
   local part = parse(self, path, text)
   if part.by.config_files then
      fail("Config error: 'config_files' directive in included config file " .. path .. '.')
   end
   local merge = MERGE[strategy] or MERGE.append
   for _, key in ipairs(part.order) do
      merge(root, key, part.by[key])
   end
end

local function include_all(self, root, main)
   local list = root.by.config_files
   for _, item in ipairs(type(list) == 'table' and list.items or {}) do
      local path = type(item) == 'string' and item or tree.get(item, 'path')
      local strategy = type(item) == 'table' and tree.get(item, 'strategy') or 'append'
      local kind = type(path) == 'string' and self.host:path_kind(path)
      if kind == 'folder' then
         for _, file in ipairs(self.host:list_dir(path)) do
            include(self, root, main, file, strategy)
         end
      elseif kind == 'file' then
         include(self, root, main, path, strategy)
      end
   end
end

local function overrides(self, only)
   local out = {}
   local i = 0
   while true do
      local option = self.host:option('override[' .. i .. ']')
      if not option then
         return out
      elseif not only or option:find('^' .. only .. '[=.%[]') then
         out[#out + 1] = option
      end
      i = i + 1
   end
end

local function need(root, main, enabled, key, what)
   if tree.get(root, enabled, 'enabled') == 'true' and tree.get(root, enabled, key) == '' then
      fail('Error reading config file (' .. main .. '): ' .. what .. ' in configuration block')
   end
end

local ACTIONS = { ignore = true, log = true, alert = true, exit = true }

local function drop_actions(root)
   local list = tree.get(root, 'syscall_event_drops', 'actions')
   local seen = {}
   for _, action in ipairs(type(list) == 'table' and list.items or {}) do
      if not ACTIONS[action] then
         return 'available actions for syscall event drops are "ignore", "log", "alert", and "exit"'
      end
      seen[action] = true
   end
   for _, action in ipairs { 'log', 'alert' } do
      if seen.ignore and seen[action] then
         return 'syscall event drop action "' .. action
            .. '" does not make sense with the "ignore" action'
      end
   end
   return nil
end

--- What no single key can say.
local function together(root, main)
   local prefix = 'Error reading config file (' .. main .. '): '
   if root.by.rules_file then
      if root.by.rules_files then
         fail(prefix .. "both 'rules_files' and 'rules_file' keys set")
      end
      tree.set(root, 'rules_files', root.by.rules_file)
      tree.set(root, 'rules_file', nil)
   end
   if tree.get(root, 'engine', 'kind') == 'replay'
      and tree.get(root, 'engine', 'replay', 'capture_file') == '' then
      fail(prefix .. "engine.kind is 'replay' but no engine.replay.capture_file specified.")
   end
   need(root, main, 'file_output', 'filename', 'file output enabled but no filename')
   need(root, main, 'program_output', 'program', 'program output enabled but no program')
   need(root, main, 'http_output', 'url', 'http output enabled but no url')
   local wrong = drop_actions(root)
   if wrong then
      fail(prefix .. wrong)
   end
end

--- Without a configuration, no file or an empty one, alerts go to stdout, the log to stderr.
local function bare()
   local root = tree.map()
   tree.put(root, { 'stdout_output', 'enabled' }, 'true')
   tree.put(root, { 'log_stderr' }, 'true')
   tree.put(root, { 'log_syslog' }, 'false')
   return root
end

local function build(self)
   local source = self.host:sources()[1]
   local main = source and source.name or 'command line'
   local root = source and parse(self, source.name, source.text)
   if not root or #root.order == 0 then
      root = bare()
   end
   for _, option in ipairs(overrides(self, 'config_files')) do
      override(root, option)
   end
   if type(root.by.config_files) == 'string' then
      tree.set(root, 'config_files', { kind = 'seq', items = { root.by.config_files } })
   end
   include_all(self, root, main)
   for _, option in ipairs(overrides(self)) do
      local steps = override(root, option)
      self.where[option:match '^[^=]*'] = nil
      if not check.known(steps) then
         self.host:log('warning', "-o " .. option .. ": unknown key")
      end
   end
   local wrong, path = check.values(root, function(msg, path)
      self.host:log('warning', on_value(self, path, msg, main .. ': '))
   end)
   if wrong then
      fail(on_value(self, path, wrong, wrong:find('must be one of', 1, true) and ''
         or 'Error reading config file (' .. main .. '): '))
   end
   together(root, main)
   return root
end

--- Mode "config": source 0 is the main file, options "override[N]" are the -o.
function M.run(host)
   local ok, res = pcall(build, { host = host, where = {} })
   if not ok then
      if type(res) == 'table' and res.config then
         return nil, res.config
      end
      error(res, 0)
   end
   for _, kv in ipairs(tree.flatten(res)) do
      host:config_set(kv[1], kv[2])
   end
   return true
end

return M
