--- grammar.lua - condition text -> tree (ast.lua), with exact positions and messages.
--
-- parse(text, opts) -> ast, stop | nil, { msg=, index=, line=, col= }
--     opts.max_depth: levels of the grammar that may nest, 1000 unless told
--     stop: { index=, line=, col= } where reading ended
-- parse_lhs(text, from) -> node, next | nil, err
--     one field or transformer that begins at the 1-based position `from` (outputs,
--     exceptions); next: the position behind it
--
-- The descent over scan.lua's words and terms.lua's terms: and, or, not, checks.  A level of
-- it is a level of depth, and it reports where it stopped, as Falco does.
local Parser = require 'engine.terms'

local M = {}

local W = Parser.WORDS
local OPERATORS = "'exists', '<=', '<', '>=', '>', '==', '=', '!=', 'glob', 'iglob', 'contains', "
   .. "'icontains', 'bcontains', 'startswith', 'bstartswith', 'endswith', 'regex', "
   .. "'intersects', 'in', 'pmatch'"
local LOGIC = { ['and'] = true, ['or'] = true, ['not'] = true }

-- and, or, not ------------------------------------------------------------------

--- The rest of "(" expr ")" when its opening is read.
function Parser:parenthesised()
   self:enter()
   self:blank()
   local node = self:any_of()
   self:blank()
   if not self:literal(')') then
      self:fail("expected a ')' token")
   end
   self:leave()
   return node
end

function Parser:chain(kind, at, next_term)
   local first = next_term(self)
   local node
   self:blank()
   while self:literal(kind) do
      local term
      if self:blank() then
         term = next_term(self)
      elseif self:literal('(') then
         term = self:parenthesised()
      else
         self:fail("expected blank or '(' after '" .. kind .. "'")
      end
      node = node or self:place({ kind = kind, first }, at)
      node[#node + 1] = term
      self:blank()
   end
   return node or first
end

function Parser:any_of()
   self:enter()
   local at = self.at
   self:blank()
   local node = self:chain('or', at, self.all_of)
   self:leave()
   return node
end

function Parser:all_of()
   self:enter()
   local at = self.at
   self:blank()
   local node = self:chain('and', at, self.negated)
   self:leave()
   return node
end

function Parser:negated()
   self:enter()
   self:blank()
   local at, flip = self.at, false
   while self:take(W.NOT) do
      flip = not flip
   end
   local node
   if self:literal('not(') then
      flip = not flip
      node = self:parenthesised()
   else
      node = self:check()
   end
   self:leave()
   return flip and self:place({ kind = 'not', node }, at) or node
end

-- checks --------------------------------------------------------------------------

--- A comparison or a macro's name.
function Parser:plain_check()
   local at = self.at
   local left = self:call(at) or self:field(at)
   if left then
      return self:condition(left, at)
   end
   local name = self:take(W.IDENT)
   if not name then
      self:fail("expected a '(' token, a field check, or an identifier")
   end
   return self:place({ kind = 'macro', name = name }, at)
end

function Parser:check()
   self:enter()
   self:blank()
   local node = self:literal('(') and self:parenthesised() or self:plain_check()
   self:leave()
   return node
end

--- oneof, anyof, allof: only when a list or a name that is no keyword follows.
function Parser:modifier()
   local stop = self:behind(W.MODIFIER, self.at)
   local behind = stop and self:behind(W.BLANK, stop)
   if not behind then
      return nil
   end
   if self.text:sub(behind, behind) ~= '(' then
      local ident = self:behind(W.IDENT, behind)
      if not ident or LOGIC[self.text:sub(behind, ident - 1)] then
         return nil
      end
   end
   local name = self.text:sub(self.at, stop - 1)
   self.at, self.last = behind, name
   return name
end

function Parser:condition(left, at)
   self:enter()
   self:blank()
   local node = self:place({ kind = 'check', left = left }, at)
   if self:literal('exists') then
      node.op = 'exists'
      self:leave()
      return node
   end
   local side
   node.op = self:take(W.ORDER_OP)
   if node.op then
      side = self.number_side
   else
      node.op = self:take(W.STRING_OP)
      side = self.string_side
   end
   if not node.op then
      node.op = self:take(W.LIST_OP)
      side = self.list_side
   end
   if not node.op then
      self:fail('expected a valid check operator: one of ' .. OPERATORS)
   end
   self:enter()
   if self:blank() and side == self.string_side then
      node.modifier = self:modifier()
   end
   if node.modifier then
      node.right = self:list(self.at) or self:identifier(self.at)
         or self:fail('expected a list or an identifier')
   else
      node.right = side(self)
   end
   self:leave()
   self:leave()
   return node
end

-- entry points ----------------------------------------------------------------------

local function run(p, rule)
   local ok, node = pcall(rule, p)
   if ok then
      return node
   elseif type(node) ~= 'table' then
      error(node, 0)          -- ours, not the user's
   end
   return nil, node
end

local function whole(p)
   if p.text == '' then
      p:fail('filter input string is empty')
   end
   local node = p:any_of()
   if p.at <= #p.text then
      p:fail("unexpected token after '" .. p.last .. "', expecting 'or', 'and'")
   end
   return node
end

function M.parse(text, opts)
   local p = Parser.new(text, 1, opts and opts.max_depth or 1000)
   local node, err = run(p, whole)
   if not node then
      return nil, err
   end
   return node, p:place({}, p.at)
end

local function left_side(p)
   local at = p.at
   return p:call(at) or p:field(at) or p:fail('expected a field or a transformer')
end

function M.parse_lhs(text, from)
   local p = Parser.new(text, from or 1, 1000)
   local node, err = run(p, left_side)
   if not node then
      return nil, err
   end
   return node, p.at
end

return M
