import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { cancelled } from '../ending.ts';

const read = (name: string) => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');
const line = read('line');
const state = read('read');
const enqueue = read('enqueue');

/** Each is one atomic step; its one key names the queue, for a cluster's sake. */
const own = {
  queueEnqueue: line + state + enqueue + read('nodes') + read('enqueue-one'),
  queueRead: state + read('read-one'),
  queueRetry: line + read('retry'),
  queueCancel: line + read('cancel'),
  queueOldestDue: line + read('oldest-due'),
  queueSchedule: read('schedule'),
  queueTick: line + enqueue + read('tick'),
} as const;

type Command = keyof typeof own;

/**
 * The functions of line.lua for the few starts and ends that need them. Making them costs as much as some
 * commands, so they are made where they are called.
 */
const withLine = (calls: string) => `${line} ${calls}`;
const beforeNext = (prefix: string, now: string) => `
  if redis.call('EXISTS', ${prefix} .. 'delayed', ${prefix} .. 'prioritized') > 0 then
    if redis.call('ZRANGEBYSCORE', ${prefix} .. 'delayed', 0, (${now} + 1) * 0x1000 - 1, 'LIMIT', 0, 1)[1]
    then ${withLine(`admit(${prefix}, tonumber(${now}))`)} end
    if redis.call('EXISTS', ${prefix} .. 'wait', ${prefix} .. 'prioritized') == 2
    then ${withLine(`take_turns(${prefix})`)} end
  end`;

/**
 * What is done around BullMQ's own scripts, in the same atomic step and without a round trip of its own.
 * `result` is the script's answer: a negative number says that it changed nothing.
 */
const around: Readonly<Record<string, { readonly before: string; readonly after: string }>> = {
  moveToActive: { before: beforeNext('ARGV[1]', 'ARGV[2]'), after: '' },
  // A job that was to be cancelled ends so, whatever its handler did.
  moveToFinished: {
    before: `
      local kept = redis.call('HMGET', KEYS[12], 'name', 'cancelled', 'followed')
      if ARGV[6] == '1' then ${beforeNext('ARGV[7]', 'ARGV[2]')} end
      if kept[2] then
        KEYS[11] = ARGV[7] .. 'cancelled'
        ARGV[3], ARGV[4], ARGV[5] = 'failedReason', '${cancelled}', 'failed'
      end`,
    after: `
      redis.call('DEL', ARGV[7] .. 'de:' .. kept[1])
      if kept[3] then ${withLine(
        `tell_followers(KEYS[12], ARGV[5] == 'completed', ARGV[4], tonumber(ARGV[2]))`,
      )} end`,
  },
  // Keeps when a job is due beyond its start, and does not count a start that was postponed.
  moveToDelayed: {
    before: `
      if ARGV[8] == '1' then ${beforeNext('ARGV[1]', 'ARGV[2]')} end
      ARGV[5] = tostring(math.max(1, tonumber(ARGV[5])))`,
    after: `
      if ARGV[6] ~= '0' then redis.call('HINCRBY', KEYS[5], 'ats', -1) end
      local created = tonumber(redis.call('HGET', KEYS[5], 'timestamp'))
      redis.call('HSET', KEYS[5], 'delay', tonumber(ARGV[2]) + tonumber(ARGV[5]) - created)
      if redis.call('HEXISTS', KEYS[5], 'cancelled') == 1 then ${withLine(
        `bury(ARGV[1], ARGV[3], 'cancelled', '${cancelled}', tonumber(ARGV[2]))`,
      )} end`,
  },
  // Only a shutdown puts a job back like this; BullMQ would wake nobody for it.
  moveJobFromActiveToWait: {
    before: '',
    after: `
      local p = string.sub(ARGV[3], 1, -1 - #ARGV[1])
      redis.call('HINCRBY', ARGV[3], 'ats', -1)
      if redis.call('HEXISTS', ARGV[3], 'cancelled') == 1 then
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        ${withLine(`bury(p, ARGV[1], 'cancelled', '${cancelled}', now)`)}
      else
        redis.call('ZADD', p .. 'marker', 0, '0')
      end`,
  },
};

export type Scripted = Redis & {
  readonly [name in Command]: (queueKey: string, ...args: (string | number)[]) => Promise<unknown>;
};

/**
 * Teaches a connection our scripts, and wraps BullMQ's when BullMQ defines them on it: it defines those
 * that a connection does not have yet, under their name and its version.
 */
export function teach(client: Redis): Scripted {
  const define = client.defineCommand.bind(client);
  for (const [name, lua] of Object.entries(own)) define(name, { numberOfKeys: 1, lua });
  client.defineCommand = (name, definition) => {
    const wrap = around[name.split(':')[0] ?? ''];
    if (!wrap) return define(name, definition);
    const lua = `
      local function bull()
      ${definition.lua}
      end
      ${wrap.before}
      local result = bull()
      if type(result) == 'number' and result < 0 then return result end
      ${wrap.after}
      return result`;
    return define(name, { ...definition, lua });
  };
  return client as Scripted;
}
