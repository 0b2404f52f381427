local base, now = ARGV[1], tonumber(ARGV[2])

-- One that waits for its first start; what waits after a failure, or because a host asked for it, has its reasons.
local function bring_forward(p, id, at)
  local score = redis.call('ZSCORE', p .. 'delayed', id)
  if not score or tonumber(score) / 0x1000 <= at then return end
  local found = redis.call('HMGET', p .. id, 'timestamp', 'processedOn', 'group')
  if found[2] then return end
  redis.call('ZREM', p .. 'delayed', id)
  redis.call('HSET', p .. id, 'delay', at - tonumber(found[1]))
  if at > now then return put_off(p, id, at) end
  admit(p, now)
  line_up(p, id, found[3] or '')
end

-- Puts a job in line with all that is to be done before it. Returns the prefix of its queue, its id and 1,
-- or the id of the one that is open already and 0.
local function plant(node)
  local p = base .. node.queue .. ':'
  local key = p .. 'de:' .. node.key
  if not redis.call('SET', key, node.id, 'NX') then
    local open = redis.call('GET', key)
    if is_open(p, open) then
      bring_forward(p, open, now + node.delayMs)
      return p, open, 0
    end
    redis.call('SET', key, node.id)
  end

  local job = p .. node.id
  for _, part in ipairs(node.after) do
    local before_p, before = plant(part)
    redis.call('SADD', job .. ':after', before_p .. before)
    redis.call('SADD', before_p .. before .. ':then', job)
    redis.call('HSET', before_p .. before, 'followed', 1)
  end
  local fields = {'name', node.key, 'data', node.data, 'opts', node.opts, 'timestamp', now,
    'delay', node.delayMs, 'priority', 0, 'number', redis.call('INCR', p .. 'id')}
  if node.group ~= '' then
    table.insert(fields, 'group')
    table.insert(fields, node.group)
  end
  redis.call('HSET', job, unpack(fields))
  if #node.after > 0 then
    redis.call('ZADD', p .. 'waiting-children', now, node.id)
  elseif node.delayMs > 0 then
    put_off(p, node.id, now + node.delayMs)
  else
    admit(p, now)
    line_up(p, node.id, node.group)
  end
  return p, node.id, 1
end
