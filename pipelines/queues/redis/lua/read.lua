local function state_of(p, id)
  if redis.call('ZSCORE', p .. 'completed', id) then return 'done' end
  if redis.call('ZSCORE', p .. 'failed', id) then return 'dead' end
  if redis.call('ZSCORE', p .. 'cancelled', id) then return 'cancelled' end
  if redis.call('LPOS', p .. 'active', id) then return 'running' end
  return 'waiting'
end
