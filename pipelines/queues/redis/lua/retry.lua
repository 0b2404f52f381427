-- ARGV: prefix of the queue, id, now. Returns 1 when the job is in line again.
local p, id, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local job = p .. id
local found = redis.call('HMGET', job, 'name', 'timestamp', 'group')
if not found[2] then return 0 end
local open = redis.call('GET', p .. 'de:' .. found[1])
if open and is_open(p, open) then return 0 end
if redis.call('ZREM', p .. 'failed', id) + redis.call('ZREM', p .. 'cancelled', id) == 0 then return 0 end
redis.call('SET', p .. 'de:' .. found[1], id)
redis.call('HDEL', job, 'finishedOn', 'processedOn', 'atm', 'ats', 'stc', 'defa', 'cancelled', 'progress')
redis.call('HSET', job, 'delay', now - tonumber(found[2]))
admit(p, now)
line_up(p, id, found[3] or '')
return 1
