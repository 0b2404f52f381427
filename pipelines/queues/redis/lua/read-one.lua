-- ARGV: prefix of the queue, id. Returns what is kept of the job, its state, and how many it waits for.
return {redis.call('HGETALL', ARGV[1] .. ARGV[2]), state_of(ARGV[1], ARGV[2]),
  redis.call('SCARD', ARGV[1] .. ARGV[2] .. ':after')}
