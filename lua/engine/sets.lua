--- sets.lua - sets of small numbers that may be "all but these", and the two-set algebra.
--
-- A set is { neg=bool, items={[x]=true} }: the items, or with neg all but the items.  Sets are
-- never changed once made.
--
-- evaluate(ast, leaf) -> t, f      the sets an expression may be true and may be false for, when
--                                  leaf(check) gives those of a check: `not` swaps, `and` is
--                                  (T1 n T2, F1 u F2), `or` is (T1 u T2, F1 n F2)
-- listed(set, n) -> items, list    its members within 0..n-1, as keys and in ascending order
local M = {}

M.NONE, M.ALL = { neg = false, items = {} }, { neg = true, items = {} }

function M.complement(a)
   return { neg = not a.neg, items = a.items }
end

function M.merged(a, b)
   local out = {}
   for x in pairs(a) do out[x] = true end
   for x in pairs(b) do out[x] = true end
   return out
end

--- Items of a that are (keep) or are not in b.
local function filtered(a, b, keep)
   local out = {}
   for x in pairs(a) do
      if (b[x] or false) == keep then
         out[x] = true
      end
   end
   return out
end

function M.union(a, b)
   if a.neg and b.neg then
      return { neg = true, items = filtered(a.items, b.items, true) }
   elseif a.neg then
      return { neg = true, items = filtered(a.items, b.items, false) }
   elseif b.neg then
      return { neg = true, items = filtered(b.items, a.items, false) }
   end
   return { neg = false, items = M.merged(a.items, b.items) }
end

function M.intersection(a, b)
   return M.complement(M.union(M.complement(a), M.complement(b)))
end

--- (true for, false for) of a tree; leaf(check) gives those of a check.
function M.evaluate(node, leaf)
   if node.kind == 'check' then
      return leaf(node)
   elseif node.kind == 'not' then
      local t, f = M.evaluate(node[1], leaf)
      return f, t
   elseif node.kind == 'macro' then
      return M.ALL, M.ALL
   end
   local on_true, on_false = M.intersection, M.union
   if node.kind == 'or' then
      on_true, on_false = M.union, M.intersection
   end
   local t, f = M.evaluate(node[1], leaf)
   for i = 2, #node do
      local t2, f2 = M.evaluate(node[i], leaf)
      t, f = on_true(t, t2), on_false(f, f2)
   end
   return t, f
end

--- A set as { items, ascending list } within 0..n-1.
function M.listed(set, n)
   local items, list = {}, {}
   if not set.neg then
      for x in pairs(set.items) do
         items[x] = true
         list[#list + 1] = x
      end
      table.sort(list)
      return items, list
   end
   for x = 0, n - 1 do
      if not set.items[x] then
         items[x] = true
         list[#list + 1] = x
      end
   end
   return items, list
end

return M
