local p, id, created = plant(node_at())
if created == 1 then return {id, 1} end
return {id, 0, redis.call('HGETALL', p .. id), state_of(p, id)}
