-- Shared by all scripts. `p` is the prefix of a queue's keys, as 'understudy:collect:'.
-- The layout is BullMQ's own, so that its workers and bull-board read what is written here; ours are
-- turns (hash: group -> its next turn; for '' see take_turns), cancelled (sorted set, as completed and
-- failed), and for each job :after (what it waits for) and :then (what waits for it, with a mark in the job
-- that there is any).

-- Start-time fair queueing where each job costs one turn. The queue's present turn is the first in line;
-- with nobody in line, who was served how often no longer matters. A turn is kept as a job's priority,
-- which BullMQ limits to 2^21 - 1: further back than that, groups are served as they come.
local last_turn = 2097150

local function next_turn(p, group)
  local first = redis.call('ZRANGE', p .. 'prioritized', 0, 0, 'WITHSCORES')
  local present = 1
  if first[2] then
    present = math.floor(tonumber(first[2]) / 0x100000000)
  else
    redis.call('DEL', p .. 'turns')
  end
  local turn = math.max(present, tonumber(redis.call('HGET', p .. 'turns', group) or 0))
  turn = math.min(turn, last_turn)
  redis.call('HSET', p .. 'turns', group, turn + 1)
  return turn
end

-- What is nobody's has BullMQ's plain line, `wait`, which costs least: see take_turns.
local function line_up(p, id, group)
  if group == '' then
    redis.call('LPUSH', p .. 'wait', id)
  else
    local turn = next_turn(p, group)
    local place = redis.call('INCR', p .. 'pc') % 0x100000000
    redis.call('HSET', p .. id, 'priority', turn)
    redis.call('ZADD', p .. 'prioritized', turn * 0x100000000 + place, id)
  end
  redis.call('ZADD', p .. 'marker', 0, '0')
end

-- Puts a job where it waits for its time: in order of time, then of arrival, as BullMQ's score has it.
local function put_off(p, id, at)
  local lowest, highest = at * 0x1000, (at + 1) * 0x1000 - 1
  local last = redis.call('ZREVRANGEBYSCORE', p .. 'delayed', highest, lowest, 'WITHSCORES', 'LIMIT', 0, 1)
  local score = last[2] and math.min(tonumber(last[2]) + 1, highest) or lowest
  redis.call('ZADD', p .. 'delayed', score, id)
  local first = redis.call('ZRANGE', p .. 'delayed', 0, 0, 'WITHSCORES')
  redis.call('ZADD', p .. 'marker', tonumber(first[2]) / 0x1000, '1')
end

-- Lines up all whose time has come. BullMQ would do it by the turn a job had when it was put off.
local function admit(p, now)
  local latest = (now + 1) * 0x1000 - 1
  while true do
    local due = redis.call('ZRANGEBYSCORE', p .. 'delayed', 0, latest, 'LIMIT', 0, 1000)
    if #due == 0 then return end
    redis.call('ZREM', p .. 'delayed', unpack(due))
    for _, id in ipairs(due) do
      line_up(p, id, redis.call('HGET', p .. id, 'group') or '')
    end
  end
end

-- BullMQ starts what is in `wait` before anything else. Where groups are in line, too, nobody's jobs have
-- the first place of each turn: `turns` has for them, by '', the last one in which they had it. When it is
-- a group's turn, its job goes to where BullMQ looks first.
local function take_turns(p)
  local head = redis.call('LINDEX', p .. 'wait', -1)
  if not head or redis.call('HEXISTS', p .. 'meta', 'paused') == 1 then return end
  -- One that was put back, or was to start and did not.
  if (redis.call('HGET', p .. head, 'group') or '') ~= '' then return end
  local first = redis.call('ZRANGE', p .. 'prioritized', 0, 0, 'WITHSCORES')
  if not first[1] then return end
  local turn = math.floor(tonumber(first[2]) / 0x100000000)
  if tonumber(redis.call('HGET', p .. 'turns', '') or 0) < turn then
    redis.call('HSET', p .. 'turns', '', turn)
    return
  end
  redis.call('ZREM', p .. 'prioritized', first[1])
  redis.call('RPUSH', p .. 'wait', first[1])
  if turn == last_turn then redis.call('HSET', p .. 'turns', '', turn - 1) end
end

local function is_open(p, id)
  local found = redis.call('HMGET', p .. id, 'timestamp', 'finishedOn')
  return found[1] and not found[2]
end

local function free_key(p, id)
  local key = redis.call('HGET', p .. id, 'name')
  if key and redis.call('GET', p .. 'de:' .. key) == id then redis.call('DEL', p .. 'de:' .. key) end
end

local function due_at(p, id)
  local found = redis.call('HMGET', p .. id, 'timestamp', 'delay')
  return tonumber(found[1]) + tonumber(found[2] or 0)
end

local bury

-- Lets go, or buries, what waits for a job that has ended.
local function tell_followers(job, done, reason, now)
  local followers = redis.call('SMEMBERS', job .. ':then')
  if #followers == 0 then return end
  redis.call('DEL', job .. ':then')
  for _, follower in ipairs(followers) do
    local p, id = string.match(follower, '^(.*:)([^:]+)$')
    if redis.call('ZSCORE', p .. 'waiting-children', id) then
      if not done then
        bury(p, id, 'failed', reason, now)
      else
        redis.call('SREM', follower .. ':after', job)
        if redis.call('EXISTS', follower .. ':after') == 0 then
          redis.call('ZREM', p .. 'waiting-children', id)
          put_off(p, id, due_at(p, id))
        end
      end
    end
  end
end

-- Ends a job that is not running. `set` is 'failed' or 'cancelled'.
bury = function(p, id, set, reason, now)
  redis.call('ZREM', p .. 'waiting-children', id)
  redis.call('ZREM', p .. 'delayed', id)
  if redis.call('ZREM', p .. 'prioritized', id) == 0 then redis.call('LREM', p .. 'wait', 0, id) end
  redis.call('DEL', p .. id .. ':after')
  redis.call('HSET', p .. id, 'failedReason', reason, 'finishedOn', now)
  redis.call('ZADD', p .. set, now, id)
  free_key(p, id)
  tell_followers(p .. id, false, reason, now)
end
