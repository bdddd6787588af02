--- diag.lua - where something stands and what is wrong with it: contexts, errors, warnings.
--
-- A context is one location { type, item, name, line, col, offset, parent } with 0-based
-- marks; the chain of parents ends at the "rules content" of a file.  The expression of
-- a condition is its own little file: name is its text, shortened, and content all of it.
--
-- Errors of the user are raised as { code, message, ctx } by diag.raise() and caught in one
-- place (compile.lua, config.lua); nothing else may catch them.
local M = {}

local Diag = {}

M.ERRORS = {
   LOAD_ERR_FILE_READ = 'File read error',
   LOAD_ERR_YAML_PARSE = 'YAML parse error',
   LOAD_ERR_YAML_VALIDATE = 'Error validating internal structure of YAML file',
   LOAD_ERR_COMPILE_CONDITION = 'Error compiling condition',
   LOAD_ERR_COMPILE_OUTPUT = 'Error compiling output',
   LOAD_ERR_VALIDATE = 'Error validating rule/macro/list/exception objects',
   LOAD_ERR_EXTENSION = 'Error in extension item',
}

M.WARNINGS = {
   LOAD_UNKNOWN_SOURCE = 'Unknown event source',
   LOAD_UNSAFE_NA_CHECK = 'Unsafe <NA> comparison in condition',
   LOAD_NO_EVTTYPE = 'Condition has no event-type restriction',
   LOAD_UNKNOWN_FILTER = 'Unknown field or event-type in condition or output',
   LOAD_UNUSED_MACRO = 'Unused macro',
   LOAD_UNUSED_LIST = 'Unused list',
   LOAD_UNKNOWN_ITEM = 'Unknown rules file item',
   LOAD_DEPRECATED_ITEM = 'Used deprecated item',
   LOAD_WARNING_EXTENSION = 'Warning in extension item',
   LOAD_APPEND_NO_VALUES = 'Overriding/appending with no values',
   LOAD_EXCEPTION_NAME_NOT_UNIQUE = 'Multiple exceptions defined with the same name',
   LOAD_INVALID_MACRO_NAME = 'Invalid macro name',
   LOAD_INVALID_LIST_NAME = 'Invalid list name',
   LOAD_COMPILE_CONDITION = 'Warning in rule condition',
   LOAD_UNKNOWN_KEY = 'Unknown key in item definition',
}

--- The context of a whole file.
function M.root(file)
   return { type = 'rules content', item = '', name = file, line = 0, col = 0, offset = 0 }
end

--- node: a YAML node, or anything with line, col, offset.  item: a name, '' without.
function M.at(node, kind, item, parent)
   return { type = kind, item = item, name = parent.name, parent = parent,
      line = node.line, col = node.col, offset = node.offset }
end

--- pos: { index, line, col } in text, as grammar.lua gives it; parent: of the condition.
function M.expression(pos, text, parent)
   local short = #text <= 20 and text or text:sub(1, 17) .. '...'
   return { type = 'condition expression', item = '', parent = parent, content = text,
      name = '"' .. short:gsub('\n', ' ') .. '"', at = pos.index,
      line = pos.line + parent.line, col = pos.col + parent.col,
      offset = pos.index + parent.offset }
end

function M.new(code, message, ctx)
   return setmetatable({ code = code, message = message, ctx = ctx }, Diag)
end

function M.is(e)
   return getmetatable(e) == Diag
end

--- Ends the reading or compiling of a file with an error of the user's.
function M.raise(code, message, ctx)
   error(M.new(code, message, ctx), 0)
end

--- raise() when cond holds.
function M.throw_if(cond, code, message, ctx)
   if cond then
      M.raise(code, message, ctx)
   end
end

--- The locations from the file inwards.
function M.locations(ctx)
   local out = {}
   while ctx do
      table.insert(out, 1, ctx)
      ctx = ctx.parent
   end
   return out
end

local HALF = 80

--- The line around a 0-based offset of content and a caret under it; both end in a newline.
function M.snippet_of(content, offset)
   if content == '' then
      return '<No context available>\n'
   end
   local at = math.min(offset, #content - 1)
   local from, to, before, after = at, at, 0, 0
   while from > 0 and content:byte(from) ~= 10 and before < HALF do
      from, before = from - 1, before + 1
   end
   while to < #content - 1 and content:byte(to + 1) ~= 10 and after < HALF do
      to, after = to + 1, after + 1
   end
   if to > from and content:byte(to + 1) == 10 then
      to = to - 1
   end
   local line = content:sub(from + 1, to + 1):gsub('\n', ''):gsub('%z', ' ')  -- C ends texts there
   if before == HALF then
      line = '...' .. line:sub(4)
   end
   if after == HALF then
      line = line:sub(1, -4) .. '...'
   end
   return line .. '\n' .. (' '):rep(at - from) .. '^\n'
end

--- files: name -> content.
function M.snippet(ctx, files)
   if ctx.content then
      return M.snippet_of(ctx.content, ctx.at)
   elseif not files[ctx.name] then
      return '<No context for file + ' .. ctx.name .. '>\n'
   end
   return M.snippet_of(files[ctx.name], ctx.offset)
end

return M
