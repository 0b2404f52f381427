-- ARGV: prefix of all queues, now, and a job with all that is to be done before it: for each its queue, id,
-- key, group, delay, data, options and how many follow it that are to be done before it. As words of their
-- own, because JSON within JSON takes longer to read than the rest of a small job.
local word = 2

local function node_at()
  local w = word
  local node = {queue = ARGV[w + 1], id = ARGV[w + 2], key = ARGV[w + 3], group = ARGV[w + 4],
    delayMs = tonumber(ARGV[w + 5]), data = ARGV[w + 6], opts = ARGV[w + 7], after = {}}
  word = w + 8
  for each = 1, tonumber(ARGV[w + 8]) do node.after[each] = node_at() end
  return node
end
