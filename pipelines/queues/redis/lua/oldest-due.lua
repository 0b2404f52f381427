-- ARGV: prefix of the queue, now. Returns when the job that waits longest was due, or nothing.
-- The first of each group are among the first of the line, as fair turns differ by no more than one; the
-- first of nobody's are behind those that were put back.
local p, now = ARGV[1], tonumber(ARGV[2])
admit(p, now)
local first = redis.call('ZRANGE', p .. 'prioritized', 0, math.min(1000, 2 * redis.call('HLEN', p .. 'turns')))
for _, id in ipairs(redis.call('LRANGE', p .. 'wait', -100, -1)) do table.insert(first, id) end
local oldest = nil
for _, id in ipairs(first) do
  local found = redis.call('HMGET', p .. id, 'timestamp', 'delay')
  if found[1] then
    local at = tonumber(found[1]) + tonumber(found[2] or 0)
    if not oldest or at < oldest then oldest = at end
  end
end
return oldest
