-- ARGV: prefix of all queues, now, a job as JSON with all that is to be done before it.
-- Returns the job's id and 1, or the id of the one that is open already, 0, and what is kept of it.

local base, now = ARGV[1], tonumber(ARGV[2])

local function plant(node)
  local p = base .. node.queue .. ':'
  local open = redis.call('GET', p .. 'de:' .. node.key)
  if open and is_open(p, open) then return p, open, 0 end

  local job = p .. node.id
  for _, part in ipairs(node.after) do
    local before_p, before = plant(part)
    redis.call('SADD', job .. ':after', before_p .. before)
    redis.call('SADD', before_p .. before .. ':then', job)
    redis.call('HSET', before_p .. before, 'followed', 1)
  end
  redis.call('SET', p .. 'de:' .. node.key, node.id)
  redis.call('HSET', job, 'name', node.key, 'data', node.data, 'opts', node.opts, 'timestamp', now,
    'delay', node.delayMs, 'priority', 0, 'group', node.group,
    'number', redis.call('INCR', p .. 'id'))
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
