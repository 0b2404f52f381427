-- ARGV: prefix of the queue, id, now, reason, how many cancelled jobs to keep.
-- Returns 1 when the job is cancelled, or will be when its handler has ended.
local p, id, now, reason = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if not is_open(p, id) then return 0 end
if redis.call('LPOS', p .. 'active', id) then
  -- Should its worker die of it, BullMQ ends the job by 'defa' instead of starting it once more.
  redis.call('HSET', p .. id, 'cancelled', 1, 'defa', reason)
  return 1
end
bury(p, id, 'cancelled', reason, now)
local old = redis.call('ZRANGE', p .. 'cancelled', 0, -tonumber(ARGV[5]) - 1)
for _, forgotten in ipairs(old) do
  redis.call('DEL', p .. forgotten)
  redis.call('ZREM', p .. 'cancelled', forgotten)
end
return 1
