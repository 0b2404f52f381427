-- What a working process looks after now and then. ARGV: prefix of all queues, now, an id for this life
-- of the storage should it have none, its queues as JSON, its running jobs as JSON (prefix and id each).
-- Returns that id, which of the running jobs are to be cancelled, and which are no longer there.
local fresh = redis.call('SET', base .. 'life', ARGV[3], 'NX')
local life = redis.call('GET', base .. 'life')

for _, queue in ipairs(cjson.decode(ARGV[4])) do
  local due = redis.call('ZRANGEBYSCORE', base .. queue .. ':schedules', 0, now, 'LIMIT', 0, 100)
  for _, key in ipairs(due) do
    local schedule = cjson.decode(redis.call('HGET', base .. queue .. ':scheduled', key))
    schedule.id = queue .. '.' .. life .. '-' .. redis.call('INCR', base .. queue .. ':scheduled-jobs')
    plant(schedule)
    local at = tonumber(redis.call('ZSCORE', base .. queue .. ':schedules', key))
    local missed = math.floor((now - at) / schedule.everyMs)
    redis.call('ZADD', base .. queue .. ':schedules', at + (missed + 1) * schedule.everyMs, key)
  end
end

local cancelled, lost = {}, {}
for _, running in ipairs(cjson.decode(ARGV[5])) do
  local found = redis.call('HMGET', running[1] .. running[2], 'timestamp', 'cancelled')
  if not found[1] then table.insert(lost, running[2])
  elseif found[2] then table.insert(cancelled, running[2]) end
end
return {life, cancelled, lost}
