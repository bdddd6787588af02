--- terms.lua - fields, transformers, values and lists: both sides of an operator.
--
-- Adds to the cursor of scan.lua: field, call (left sides); number_side, string_side,
-- list_side, list, identifier (right sides).  Each returns a node, or nil when nothing of its
-- kind stands here; what begins rightly and goes on wrongly fails.
local Parser = require 'engine.scan'

local W = Parser.WORDS

local OR_FIELD = " a field with a valid transformer: 'val', 'tolower', 'toupper', 'b64', "
   .. "'basename', 'len', 'join', 'concat', 'getopt'"

function Parser:bracket()
   if not self:literal('[') then
      return nil
   end
   local arg = self:quoted() or self:take(W.BARE_ARG)
   if not arg then
      self:fail('expected a valid field argument: a quoted string or a bare string')
   elseif not self:literal(']') then
      self:fail("expected a ']' token")
   end
   return arg
end

function Parser:field(at)
   local name = self:take(W.FIELD)
   if name then
      self:enter()
      local node = self:place({ kind = 'field', name = name, arg = self:bracket() }, at)
      self:leave()
      return node
   end
end

--- Argument of a transformer, or of the list inside one (`in_list`).
function Parser:argument(at, in_list)
   self:blank()
   local text = self:take(W.NUMBER)
   if text then
      return self:place({ kind = 'value', value = text, number = true }, at)
   end
   text = self:quoted()
   if text then
      return self:place({ kind = 'value', value = text }, at)
   end
   if not in_list and self:literal('(') then
      return self:argument_list(at)
   end
   return self:call(at) or self:field(at)
end

function Parser:argument_list(at)
   local list = self:place({ kind = 'tlist' }, at)
   list[1] = self:argument(at, true)
   self:blank()
   while list[1] and self:literal(',') do
      local item = self:argument(at, true)
      if not item then
         self:fail('expected transformer list argument: field, transformer, quoted string, '
            .. 'or number')
      end
      list[#list + 1] = item
      self:blank()
   end
   if not self:literal(')') then
      self:fail("expected a ')' token closing the transformer")
   end
   return list
end

function Parser:close_call()
   self:blank()
   if not self:literal(')') then
      self:fail("expected a ')' token closing the transformer")
   end
end

function Parser:call(at)
   local name = self:take(W.CALL)
   if not name then
      return nil
   end
   self:enter()
   self:literal('(')
   self:blank()
   local node = self:place({ kind = 'call', name = name }, at)
   repeat
      self:enter()
      local item = self:argument(self.at, false)
      if not item then
         self:fail('expected field transformer argument: field, transformer, quoted string, '
            .. 'number, or transformer list')
      end
      self:leave()
      node[#node + 1] = item
      self:blank()
   until not self:literal(',')
   self:close_call()
   node.arg = self:bracket()
   self:leave()
   return node
end

-- right sides ---------------------------------------------------------------------

function Parser:right_field(at)
   if not self:take(W.VAL) then
      return self:call(at)
   end
   self:enter()
   self:literal('(')
   self:blank()
   local field = self:field(self.at)
   if not field then
      self:fail("expected a field within 'val' transformer")
   end
   self:close_call()
   local node = self:place({ kind = 'call', name = 'val', field }, at)
   node.arg = self:bracket()
   self:leave()
   return node
end

function Parser:list(at)
   if not self:literal('(') then
      return nil
   end
   self:enter()
   local list = self:place({ kind = 'list' }, at)
   self:blank()
   list[1] = self:quoted() or self:take(W.BARE)
   self:blank()
   while list[1] and self:literal(',') do
      self:blank()
      local item = self:quoted() or self:take(W.BARE)
      if not item then
         self:fail('expected a string value')
      end
      list[#list + 1] = item
      self:blank()
   end
   if not self:literal(')') then
      self:fail("expected a ')' token")
   end
   self:leave()
   return list
end

function Parser:identifier(at)
   local name = self:take(W.IDENT)
   return name and self:place({ kind = 'value', value = name, word = true }, at)
end

function Parser:number_side()
   local at = self.at
   local text = self:take(W.NUMBER)
   return text and self:place({ kind = 'value', value = text, number = true }, at)
      or self:right_field(at) or self:fail('expected a number value or' .. OR_FIELD)
end

function Parser:string_side()
   local at = self.at
   local right = self:right_field(at)
   if right then
      return right
   end
   local text = self:quoted() or self:take(W.BARE)
   return text and self:place({ kind = 'value', value = text }, at)
      or self:fail('expected a string value or' .. OR_FIELD)
end

function Parser:list_side()
   local at = self.at
   return self:list(at) or self:right_field(at) or self:identifier(at)
      or self:fail('expected a list, an identifier, or' .. OR_FIELD)
end

return Parser
