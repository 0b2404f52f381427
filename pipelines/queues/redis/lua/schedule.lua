-- ARGV: prefix of the queue, now, key, interval, the job as JSON.
local at = redis.call('ZSCORE', ARGV[1] .. 'schedules', ARGV[3])
local next_at = tonumber(ARGV[2])
if at then next_at = math.min(tonumber(at), next_at + tonumber(ARGV[4])) end
redis.call('ZADD', ARGV[1] .. 'schedules', next_at, ARGV[3])
redis.call('HSET', ARGV[1] .. 'scheduled', ARGV[3], ARGV[5])
