import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addJobCommands } from '../../../bots/terminal/job-commands.ts';
import { type JobHandler, type Queues, queueNames } from '../../../pipelines/queues/port.ts';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { type RedisPlace, redisForTests } from '../../pipelines/queues/redis-place.ts';
import { testTiming as timing } from '../../pipelines/queues/timing.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';
import { freePort } from '../../servers/child.ts';
import { hasRedis } from '../../servers/redis/server.ts';
import { command, type Ended } from './command.ts';
import { typed } from './typed.ts';

/** Queues as another process has them, and how the command gets to the same ones. */
type Place = {
  readonly queues: Queues;
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
};
type Kind = {
  readonly name: string;
  readonly can: boolean;
  start(): Promise<void>;
  open(home: ReturnType<typeof temporaryHome>): Promise<Place>;
  stop(): Promise<void>;
};

const sqlite: Kind = {
  name: 'the SQLite file',
  can: true,
  start: async () => {},
  async open(home) {
    const queues = openSqliteQueues(home.open(), timing);
    return { queues, variables: {}, close: () => queues.close() };
  },
  stop: async () => {},
};

function onRedis(): Kind {
  let redis: RedisPlace | undefined;
  return {
    name: 'Redis',
    can: hasRedis,
    async start() {
      redis = await redisForTests();
    },
    async open() {
      const { url = '', space } = redis ?? {};
      const { prefix, clean } = space?.() ?? { prefix: '', clean: async () => {} };
      const queues = await openRedisQueues({ url, prefix, timing });
      const close = async () => {
        await queues.close();
        await clean();
      };
      return { queues, variables: { REDIS_URL: url, REDIS_PREFIX: prefix }, close };
    },
    async stop() {
      await redis?.stop();
    },
  };
}

for (const kind of [sqlite, onRedis()]) {
  describe.skipIf(!kind.can)(`understudy jobs, with the queues in ${kind.name}`, () => {
    let home: ReturnType<typeof temporaryHome>;
    let place: Place;
    let stop: AbortController;
    const working: Promise<void>[] = [];

    beforeAll(() => kind.start());
    afterAll(() => kind.stop());
    beforeEach(async () => {
      home = temporaryHome();
      place = await kind.open(home);
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await Promise.all(working.splice(0));
      await place.close();
      home.close();
    });

    const jobs = (...args: readonly string[]): Promise<Ended> =>
      typed(addJobCommands, ['jobs', ...args], { UNDERSTUDY_HOME: home.home, ...place.variables });
    const work = (queue: 'collect' | 'features', handler: JobHandler) => {
      working.push(place.queues.work(queue, handler, { signal: stop.signal }));
    };
    const enqueue = async (queue: 'collect' | 'features', key: string) =>
      (await place.queues.enqueue(queue, key, { link: key })).job.id;
    const stateOf = async (id: string) => (await place.queues.job(id))?.state;
    const becomes = (id: string, state: string) =>
      vi.waitFor(async () => expect(await stateOf(id)).toBe(state), 15_000);
    /** Fails for good, one after the other. */
    const dead = async (...keys: readonly string[]) => {
      work('collect', async ({ link }) => {
        throw new PermanentError(`${String(link)} is gone (410).`, { code: 'gone' });
      });
      const ids: string[] = [];
      for (const key of keys) {
        const id = await enqueue('collect', key);
        await becomes(id, 'dead');
        ids.push(id);
      }
      return ids;
    };

    it('lists counts first, then the newest problem, and done jobs only when asked for', async () => {
      await dead('https://ada.example/first', 'https://ada.example/second');
      work('features', async () => {});
      await becomes(await enqueue('features', 'finished'), 'done');
      await place.queues.pause('features');
      await enqueue('features', 'in line');

      const { code, stdout, stderr } = await command(home.home, ['jobs', 'list'], place.variables);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const lines = stdout.split('\n');
      expect(lines[0]).toMatch(/^Queue +waiting +running +done +dead +cancelled$/);
      expect(lines.find((line) => line.startsWith('collect'))).toMatch(/^collect +0 +0 +0 +2 +0$/);
      expect(lines.find((line) => line.startsWith('features'))).toMatch(/1 +0 +1 +0 +0 +paused/);
      const order = ['/second', '/first', 'in line'].map((key) => stdout.indexOf(key));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order[0]).toBeGreaterThan(stdout.indexOf('export'));
      expect(stdout).toContain('https://ada.example/second is gone (410).');
      expect(stdout).toMatch(/dead (now|\d+ s ago) after 1 of 5 tries/);
      expect(stdout).not.toContain('finished');

      const done = await jobs('list', '--state', 'done', '--queue', 'features', '--json');
      expect(done.events()).toMatchObject([
        { queues: [{ name: 'features', paused: true }], jobs: [{ key: 'finished' }], more: 0 },
      ]);
      const some = await jobs('list', '--limit', '1');
      expect(some.stdout).toContain('… and 2 more');
    });

    it('shows a job by the beginning of its id, and says which it could be', async () => {
      const [first = '', second = ''] = await dead(
        'https://ada.example/a',
        'https://ada.example/b',
      );
      const shown = await jobs('show', first.slice(0, -6));
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain(first);
      expect(shown.stdout).toMatch(/Reason +https:\/\/ada.example\/a is gone \(410\)\./);
      expect(shown.stdout).toMatch(/Payload +\{"link":"https:\/\/ada.example\/a"\}/);
      expect((await jobs('show', first, '--json')).events()).toMatchObject([
        { id: first, state: 'dead', attempts: 1, payload: { link: 'https://ada.example/a' } },
      ]);

      const alike = await enqueueAlike(first);
      const unclear = await jobs('show', alike.beginning);
      expect(unclear.code).toBe(2);
      for (const id of alike.ids) expect(unclear.stderr).toContain(id);
      const unknown = await jobs('show', 'zzzz');
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain('There is no job zzzz.');
      expect(await stateOf(second)).toBe('dead');
    });

    /** Jobs until one begins as this one does. */
    async function enqueueAlike(id: string) {
      const beginning = id.slice(0, id.indexOf('.') + 2);
      for (;;) {
        const other = await enqueue('collect', `https://ada.example/${Math.random()}`);
        if (other.startsWith(beginning)) return { beginning, ids: [id, other] };
      }
    }

    it('puts one dead job back in line, or all of a queue, and refuses what is open', async () => {
      const [one = '', two = ''] = await dead('https://ada.example/a', 'https://ada.example/b');
      await place.queues.pause('collect');
      const retried = await jobs('retry', one, '--json');
      expect(retried.code).toBe(0);
      expect(retried.events()).toMatchObject([{ retried: true, job: { state: 'waiting' } }]);
      expect(await stateOf(one)).toBe('waiting');
      expect(await stateOf(two)).toBe('dead');

      const again = await jobs('retry', one);
      expect(again.code).toBe(1);
      expect(again.stderr).toContain('only what is dead or cancelled');

      expect((await jobs('retry', '--all', '--queue', 'features')).stdout).toContain('No dead job');
      expect(await stateOf(two)).toBe('dead');
      const all = await jobs('retry', '--all', '--json');
      expect(all.events()).toMatchObject([{ retried: { collect: 1, features: 0 } }]);
      expect(await stateOf(two)).toBe('waiting');
    });

    it('says that another job does the work of one that is not retried', async () => {
      const [one = ''] = await dead('https://ada.example/a');
      await place.queues.pause('collect');
      await enqueue('collect', 'https://ada.example/a');
      const refused = await jobs('retry', one);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('Another job');
      expect(await stateOf(one)).toBe('dead');
    });

    it('cancels a job that runs in another process, and one in line', async () => {
      let reason: unknown;
      work('features', async (_, { signal }) => {
        await once(signal, 'abort');
        reason = signal.reason;
      });
      const runs = await enqueue('features', 'long');
      await becomes(runs, 'running');
      const waits = await enqueue('features', 'next');
      const cancelled = await command(home.home, ['jobs', 'cancel', runs], place.variables);
      expect(cancelled.code).toBe(0);
      await becomes(runs, 'cancelled');
      expect(String(reason)).toContain('cancelled');

      const late = await jobs('cancel', runs);
      expect(late.code).toBe(1);
      expect(late.stderr).toContain('cancelled already');
      await becomes(waits, 'running');
      await place.queues.pause('collect');
      const line = await enqueue('collect', 'https://ada.example/never');
      expect((await jobs('cancel', line, '--json')).events()).toMatchObject([
        { cancelled: true, job: { state: 'cancelled' } },
      ]);
    });

    it('pauses a queue for everybody, and resumes it', async () => {
      const paused = await jobs('pause', 'collect', '--json');
      expect(paused.events()).toEqual([{ queue: 'collect', paused: true, waiting: 0 }]);
      work('collect', async () => {});
      work('features', async () => {});
      const held = await enqueue('collect', 'held');
      await becomes(await enqueue('features', 'free'), 'done');
      expect(await stateOf(held)).toBe('waiting');
      const resumed = await jobs('resume', 'collect');
      expect(resumed.stdout).toContain('starts its jobs again');
      await becomes(held, 'done');
    });

    it('lists what recurs', async () => {
      expect((await jobs('schedules')).stdout).toContain('No job recurs');
      const schedule = { queue: 'collect', key: 'round', payload: {}, everyMs: 900_000 } as const;
      await place.queues.schedule(schedule);
      const { stdout } = await jobs('schedules');
      expect(stdout).toContain('collect  round');
      expect(stdout).toMatch(/every 15 min, next in 14 min/);
      expect((await jobs('schedules', '--json')).events()).toMatchObject([
        { schedules: [schedule] },
      ]);
    });
  });
}

describe('understudy jobs', () => {
  it('exits 2 on wrong use, before it opens anything', async () => {
    const wrong = [
      ['list', '--queue', 'nowhere'],
      ['list', '--state', 'asleep'],
      ['list', '--limit', 'none'],
      ['pause', 'nowhere'],
      ['retry'],
      ['retry', 'some', '--all'],
      ['retry', 'some', '--queue', 'collect'],
    ];
    const nowhere = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const ended: Ended[] = [];
    for (const args of wrong) ended.push(await typed(addJobCommands, ['jobs', ...args], nowhere));
    expect(ended.map(({ code }) => code)).toEqual(wrong.map(() => 2));
    expect(ended[0]?.stderr).toContain(queueNames.join(', '));
  });

  it('exits 3 and says what to look at when Redis is away', async () => {
    const home = temporaryHome();
    const nowhere = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const { code, stdout, stderr } = await command(home.home, ['jobs', 'list', '--json'], nowhere);
    home.close();
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'queues.unreachable' } });
    expect(stderr).toContain('REDIS_URL');
  });
});
