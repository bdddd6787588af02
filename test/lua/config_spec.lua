package.path = './lua/?.lua;./test/lua/?.lua;' .. package.path
local config = require 'engine.config'
local helper = require 'helper'
local tree = require 'engine.tree'

--- text: of the main file, nil for none; overrides: the -o in order.
local function run(text, overrides, more)
   local spec = more or {}
   spec.mode = 'config'
   spec.files = text and { { 'main.yaml', text } } or {}
   spec.options = {}
   for i, o in ipairs(overrides or {}) do
      spec.options['override[' .. i - 1 .. ']'] = o
   end
   return helper.load(spec)
end

local function config_of(...)
   local r = run(...)
   assert.is_nil(r.err)
   return r.config
end

describe('the flat keys of a configuration', function()
   local CASES = {
      { 'a scalar', 'json_output: true', 'json_output', 'true' },
      { 'a boolean in other words', 'json_output: Yes', 'json_output', 'true' },
      { 'a default', '', 'rule_matching', 'first' },
      { 'a nested key', 'engine: {kind: nodriver}', 'engine.kind', 'nodriver' },
      { 'a default beside it', 'engine: {kind: nodriver}', 'engine.modern_ebpf.buf_size_preset',
         '4' },
      { 'a sequence', 'rules_files: [a, b]', 'rules_files[1]', 'b' },
      { 'a scalar where a sequence may be', 'rules_files: a', 'rules_files[0]', 'a' },
      { 'the old name of the rules files', 'rules_file: [a]', 'rules_files[0]', 'a' },
      { 'an empty sequence', 'rules_files: []', 'rules_files', '[]' },
      { 'a sequence of maps', 'append_output: [{match: {source: s}, extra_output: x}]',
         'append_output[0].match.source', 's' },
      { 'a key with dots', 'static_fields: {a.b: c}', 'static_fields.a\\.b', 'c' },
      { 'an empty key', 'load_plugins:', 'load_plugins', nil },
      { 'stdout without a file', nil, 'stdout_output.enabled', 'true' },
      { 'no stdout with one', 'priority: debug', 'stdout_output.enabled', 'false' },
   }
   for _, c in ipairs(CASES) do
      it('hold ' .. c[1], function()
         assert.are.equal(c[4], config_of(c[2])[c[3]])
      end)
   end
end)

describe('-o', function()
   local CASES = {
      { 'sets a key', 'json_output=true', 'json_output', 'true' },
      { 'sets a key '
         .. 'below', 'engine.replay.capture_file=/x=y', 'engine.replay.capture_file', '/x=y' },
      { 'appends an element', 'rules[].disable.rule=*', 'rules[0].disable.rule', '*' },
      { 'sets an element', 'rules_files[1]=z', 'rules_files[1]', 'z' },
      { 'takes a map', 'append_output[]={"match":{"source":"syscall"},"extra_output":"x"}',
         'append_output[0].extra_output', 'x' },
      { 'makes a map of a sequence', 'rules_files.a=1', 'rules_files.a', '1' },
      { 'takes escaped names', 'static_fields.a\\.b=c', 'static_fields.a\\.b', 'c' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         assert.are.equal(c[4], config_of('rules_files: [a, b]', { c[2] })[c[3]])
      end)
   end

   local WRONG = {
      { 'json_output', 'Error parsing config option "json_output". Must be of the form key=val or '
         .. 'key.subkey=val' },
      { 'a\\=1', 'Config error at key "a\\": Parsing error: trailing backslash at pos 1' },
      { 'a\\b=1', "Config error at key \"a\\b\": Parsing error: invalid escape sequence '\\b' at "
         .. 'pos 1' },
      { 'a[0]b=1', "Config error at key \"a[0]b\": Parsing error: expected '.' character at pos "
         .. "4" },
      { 'a[x]=1', "Config error at key \"a[x]\": Parsing error: expected a numeric index, found "
         .. "'x'" },
      { 'a..b=1', 'Config error at key "a..b": Parsing error: unexpected character at pos 2' },
      { 'a={b: [}', 'Config error at key "a": did not find expected node content' },
      { 'engine.kind=fast', "Error reading config file (main.yaml): engine.kind 'fast' is not a "
         .. "valid "
         .. 'kind.' },
   }
   for _, c in ipairs(WRONG) do
      it('refuses ' .. c[1], function()
         assert.are.equal(c[2], run('', { c[1] }).err:match '^[^\n]*')
      end)
   end
end)

describe('a value that is refused', function()
   local CASES = {
      { 'priority: loud',
         'main.yaml:1:11: Unknown priority "loud"--must be one of emergency, alert, critical, '
         .. 'error, warning, notice, informational, debug' },
      { 'rule_matching: some',
         'main.yaml:1:16: Unknown rule matching strategy "some"--must be one of first, all' },
      { 'log_level: loud', 'main.yaml:1:12: Unknown log level loud' },
      { 'engine: {kind: kmod, kmod: {buf_size_preset: 11}}',
         "main.yaml:1:46: The 'buf_size_preset' value must be between '1' and '10'" },
      { 'engine: {kind: replay}', "Error reading config file (main.yaml): engine.kind is "
         .. "'replay' but "
         .. 'no engine.replay.capture_file specified.' },
      { 'file_output: {enabled: true}', 'Error reading config file (main.yaml): file output '
         .. 'enabled '
         .. 'but no filename in configuration block' },
      { 'program_output: {enabled: true}', 'Error reading config file (main.yaml): program output '
         .. 'enabled but no program in configuration block' },
      { 'rules_file: a\nrules_files: b', 'Error reading config file (main.yaml): both '
         .. "'rules_files' and 'rules_file' keys set" },
      { 'syscall_event_drops: {threshold: 2}',
         'main.yaml:1:34: syscall event drops threshold must be a double in the range [0, 1]' },
      { 'syscall_event_drops: {actions: [ignore, log]}', 'Error reading config file (main.yaml): '
         .. 'syscall event drop action "log" does not make sense with the "ignore" action' },
      { '- a', 'main.yaml:1:1: a configuration is a map of keys' },
      { 'a: b: c', 'main.yaml:1:5: illegal map value' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         assert.are.equal(c[2], run(c[1]).err:match '^[^\n]*')
      end)
   end
end)

describe('a warning of the configuration', function()
   local CASES = {
      { 'jsn_output: true', "main.yaml:1:1: unknown key 'jsn_output', did you mean "
         .. "'json_output'?" },
      { 'engine:\n  knd: x', "main.yaml:2:3: unknown key 'engine.knd', did you mean "
         .. "'engine.kind'?" },
      { 'a_word_of_its_own: 1',
         "main.yaml:1:1: unknown key 'a_word_of_its_own'; it is ignored" },
      { 'append_output: [{extra_outputs: x}]', "main.yaml:1:18: unknown key "
         .. "'append_output.extra_outputs', did you mean 'append_output.extra_output'?" },
      { 'json_output: maybe', "main.yaml:1:14: json_output: 'maybe' is not a boolean, the default "
         .. "'false' is used" },
      { 'webserver: {threadiness: many}', "main.yaml:1:26: webserver.threadiness: 'many' is not a "
         .. "number, "
         .. "the default '0' is used" },
   }
   for _, c in ipairs(CASES) do
      it(c[2], function()
         local r = run(c[1])
         assert.is_true(r.ok)
         assert.are.equal('warning ' .. c[2], r.log[1]:match '^[^\n]*')
      end)
   end

   it('is made of a -o that names no key', function()
      assert.are.same({ 'warning -o engin.kind=x: unknown key' }, run('', { 'engin.kind=x' }).log)
      assert.are.same({}, run('', { 'rules[].disable.rule=*', 'static_fields.a=b' }).log)
   end)

   it('is not made of keys that are known', function()
      local r = run 'plugins: [{name: x, init_config: {a: 1}}]\nstatic_fields: {mine: x}\n'
      assert.are.same({}, r.log)
   end)
end)

describe('included files', function()
   local TREE = { ['/d'] = true, ['/d/1.yaml'] = 'rules_files: [one]\npriority: error\n',
      ['/d/2.yaml'] = 'rules_files: [two]\n', ['/x.yaml'] = 'priority: alert\nrules_files: [x]\n',
      ['/bad.yaml'] = 'config_files: [/y]\n' }
   local CASES = {
      { 'append sequences and replace the rest', 'config_files: [/d]\nrules_files: [main]\n',
         { 'main', 'one', 'two' }, 'error' },
      { 'may override', 'config_files: [{path: /x.yaml, strategy: override}]\nrules_files: [main]',
         { 'x' }, 'alert' },
      { 'may only add', 'config_files: [{path: /x.yaml, strategy: add-only}]\nrules_files: [main]',
         { 'main' }, 'alert' },
      { 'may be missing', 'config_files: [/nope]\nrules_files: [main]', { 'main' }, 'debug' },
   }
   for _, c in ipairs(CASES) do
      it(c[1], function()
         local keys = config_of(c[2], nil, { tree = TREE })
         local files = {}
         while keys['rules_files[' .. #files .. ']'] do
            files[#files + 1] = keys['rules_files[' .. #files .. ']']
         end
         assert.are.same(c[3], files)
         assert.are.equal(c[4], keys.priority)
      end)
   end

   it('may be named by -o, and -o comes last', function()
      local keys = config_of('', { 'priority=notice', 'config_files[]=/x.yaml' }, { tree = TREE })
      assert.are.same({ 'x', 'notice' }, { keys['rules_files[0]'], keys.priority })
   end)

   it('may not include in turn, nor be the main file', function()
      assert.are.equal("Config error: 'config_files' directive in included config file /bad.yaml.",
         run('config_files: [/bad.yaml]', nil, { tree = TREE }).err)
      assert.are.equal("Config error: 'config_files' directive tried to recursively include main "
         .. 'config file: main.yaml.', run('config_files: [main.yaml]', nil,
         { tree = { ['main.yaml'] = '' } }).err)
   end)
end)

describe('the environment in values', function()
   local ENV = { A = 'x', B = '${A}y', EMPTY = '' }
   local CASES = {
      { '${A}', 'x' }, { 'a${A}b${A}', 'axbx' }, { '${B}', 'xy' }, { '${NOPE}', '' },
      { '$${A}', '${A}' }, { '$${A}${A}', '${A}x' }, { '$A ${A}', '$A ${A}' }, { '${A', '${A' },
      { 'plain', 'plain' },
   }
   for _, c in ipairs(CASES) do
      it(c[1] .. ' is ' .. c[2], function()
         assert.are.equal(c[2], config.expand(c[1], function(n) return ENV[n] end))
      end)
   end

   it('that names itself comes to an end', function()
      assert.truthy(config.expand('${A}', function() return '${A}' end))
   end)

   it('is not looked at in -o', function()
      assert.are.equal('${A}', config_of('', { 'hello=${A}' }, { env = ENV }).hello)
   end)
end)

describe('paths and trees', function()
   it('a tree is what its flat keys say', function()
      local root = tree.map()
      for key, value in pairs { ['a.b[1].c'] = '1', ['a.b[0]'] = '2', ['d\\.e'] = '3' } do
         tree.put(root, assert(tree.path(key)), value)
      end
      local flat = {}
      for _, kv in ipairs(tree.flatten(root)) do
         flat[kv[1]] = kv[2]
      end
      assert.are.same({ ['a.b[1].c'] = '1', ['a.b[0]'] = '2', ['d\\.e'] = '3' }, flat)
   end)
end)
