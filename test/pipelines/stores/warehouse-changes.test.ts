import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { type Mongo, openMongo } from '../../../pipelines/stores/mongo/connection.ts';
import type { News } from '../../../pipelines/stores/warehouse/changes.ts';
import { openMongoWarehouse } from '../../../pipelines/stores/warehouse/mongo/adapter.ts';
import { followMongoChanges } from '../../../pipelines/stores/warehouse/mongo/changes.ts';
import { pollChanges } from '../../../pipelines/stores/warehouse/poll-changes.ts';
import type { Warehouse } from '../../../pipelines/stores/warehouse/port.ts';
import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';
import { draft } from '../../conformance/fixtures.ts';
import { describeWarehouseChanges } from '../../conformance/warehouse-changes.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { MongoFault, notPrimary } from '../../servers/mongo/fault.ts';
import { type ReplicaSet, startReplicaSet } from '../../servers/mongo/server.ts';
import { temporaryHome } from './temporary.ts';
import { mongoHouse } from './temporary-mongo.ts';

const quickly = { name: 'test', pollEveryMs: 5, gatherMs: 1, awaitMs: 20 };
const noAlarm = (what: string) => {
  throw new Error(what);
};

describeWarehouseChanges('polling SQLite', async () => {
  const place = temporaryHome();
  const warehouse = openSqliteWarehouse(place.open());
  const changes = pollChanges(warehouse, { everyMs: 5 });
  return { warehouse, changes, close: async () => place.close() };
});

describeWarehouseChanges('change stream', async () => {
  const server = await startReplicaSet();
  const mongo = await openMongo(server.url);
  const warehouse = await openMongoWarehouse(mongo);
  const changes = followMongoChanges(mongo, { ...quickly, alarm: noAlarm });
  expect(changes.by).toBe('change-stream');
  const close = async () => {
    await mongo.close();
    await server.stop();
    expect(server.violations).toEqual([]);
  };
  return { warehouse, changes, close };
});

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeWarehouseChanges('whatever the server can', async () => {
    const place = house.database();
    const mongo = await place.open();
    const warehouse = await openMongoWarehouse(mongo);
    const changes = followMongoChanges(mongo, { ...quickly, alarm: noAlarm });
    expect(changes.by).toBe(mongo.can.changeStreams ? 'change-stream' : 'polling');
    return { warehouse, changes, close: place.close };
  });
});

test('polling goes on when the store was away for a while', async () => {
  const stop = new AbortController();
  let asked = 0;
  const version = async () => {
    asked += 1;
    if (asked < 3) throw new TransientError('Away.', { code: 'test.away' });
    return 1;
  };
  await pollChanges({ version }, { everyMs: 1 }).follow(async () => stop.abort(), stop.signal);
  expect(asked).toBe(3);
});

describe('a change stream', () => {
  let server: ReplicaSet;
  let mongo: Mongo;
  let warehouse: Warehouse;
  let news: News[];
  let alarms: string[];
  let stop: AbortController;
  let followings: Promise<void>[];
  beforeEach(async () => {
    server = await startReplicaSet();
    mongo = await openMongo(server.url, { serverSelectionTimeoutMs: 20_000 });
    warehouse = await openMongoWarehouse(mongo);
    news = [];
    alarms = [];
    stop = new AbortController();
    followings = [];
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(followings);
    await mongo.close();
    await server.stop();
    expect(server.violations).toEqual([]);
  });

  const start = (changed: () => Promise<void> = async () => {}) => {
    const alarm = (what: string) => void alarms.push(what);
    const changes = followMongoChanges(mongo, { ...quickly, alarm });
    followings.push(
      changes.follow(async (each) => {
        news.push(each);
        await changed();
      }, stop.signal),
    );
    return changes;
  };
  const halt = async () => {
    stop.abort();
    await Promise.all(followings);
    stop = new AbortController();
  };
  const told = (times: number) =>
    vi.waitFor(() => expect(news).toHaveLength(times), { timeout: 10_000 });
  const saved = () => server.collection('change_followers').documents.get('test')?.['token'];
  const settled = () =>
    vi.waitFor(() => expect(saved()).toEqual(server.changes.now), { timeout: 10_000 });
  const opened = () =>
    server.commands.filter((command) => 'aggregate' in command).map(({ pipeline }) => pipeline[0]);

  test('goes on where it stood, with the whole of the token', async () => {
    start();
    await told(1);
    await warehouse.upsert(draft('one'));
    await told(2);
    await settled();
    await halt();
    const stood = saved();
    await warehouse.upsert(draft('two'));
    start();
    await told(3);
    expect(opened()[1]).toEqual({ $changeStream: { startAfter: stood } });
    expect(alarms).toEqual([]);
  });

  test('has nothing to tell after a stop during which nothing happened', async () => {
    start();
    await told(1);
    await settled();
    await halt();
    start();
    await vi.waitFor(() => expect(opened()).toHaveLength(2), { timeout: 10_000 });
    await warehouse.upsert(draft('one'));
    await told(2);
  });

  test('tells again what it was busy with when it was stopped', async () => {
    start();
    await told(1);
    await settled();
    await halt();
    const stood = saved();
    start(async () => {
      stop.abort();
    });
    await warehouse.upsert(draft('one'));
    await told(2);
    await halt();
    expect(saved()).toEqual(stood);
    start();
    await told(3);
  });

  test('keeps its position while nothing happens here, so that it does not fall out of the log', async () => {
    start();
    await told(1);
    server.changes.pass();
    await settled();
    expect(news).toHaveLength(1);
  });

  test('goes on after the collection was dropped', async () => {
    start();
    await told(1);
    server.changes.add('drop');
    server.changes.add('invalidate');
    await vi.waitFor(() => expect(opened()).toHaveLength(2), { timeout: 10_000 });
    await settled();
    const before = news.length;
    await warehouse.upsert(draft('one'));
    await told(before + 1);
    expect(alarms).toEqual([]);
  });

  test('goes on after the invalidation even when it was stopped right there', async () => {
    start();
    await told(1);
    await settled();
    await halt();
    server.changes.add('invalidate');
    start();
    await told(2);
    await settled();
    await halt();
    await warehouse.upsert(draft('one'));
    start();
    await told(3);
    expect(alarms).toEqual([]);
  });

  test('says so when the log has rolled over in front of it, and goes on from now', async () => {
    start();
    await told(1);
    await settled();
    server.changes.loseHistory();
    await told(2);
    expect(news[1]).toEqual({ lost: true });
    expect(alarms).toEqual([expect.stringContaining('oplog')]);
    await settled();
    await warehouse.upsert(draft('one'));
    await told(3);
    expect(news[2]).toEqual({ lost: false });
  });

  test('says so when the log has rolled over while it was away', async () => {
    start();
    await told(1);
    await settled();
    await halt();
    await warehouse.upsert(draft('one'));
    server.changes.loseHistory();
    start();
    await told(2);
    expect(news[1]).toEqual({ lost: true });
    expect(alarms).toHaveLength(1);
  });

  test('says so again when it was stopped before the loss was made good', async () => {
    start();
    await told(1);
    await settled();
    await halt();
    server.changes.loseHistory();
    start(async () => stop.abort());
    await told(2);
    await halt();
    start();
    await told(3);
    expect(news.slice(1)).toEqual([{ lost: true }, { lost: true }]);
    await settled();
  });

  test.each([
    ['of another server', { _data: 'ffff' }],
    ['cut short', { _data: '0000000000000001' }],
  ])('treats a token %s as lost', async (_, token) => {
    await mongo.db
      .collection<{ _id: string }>('change_followers')
      .updateOne({ _id: 'test' }, { $set: { token } }, { upsert: true });
    start();
    await told(1);
    expect(news).toEqual([{ lost: true }]);
    expect(alarms).toHaveLength(1);
    await settled();
  });

  test.each([
    ['a cut connection', 'cut-before'],
    ['a reply that was lost', 'cut-after'],
    ['an election', notPrimary()],
    ['a cursor that the server ended', new MongoFault(43, 'CursorNotFound', 'cursor not found')],
  ] as const)('loses nothing by %s', async (_, mishap) => {
    start();
    await told(1);
    await settled();
    server.befall('getMore', mishap);
    await warehouse.upsert(draft('one'));
    await told(2);
    await settled();
    await warehouse.upsert(draft('two'));
    await told(3);
    expect(alarms).toEqual([]);
  });

  test('takes what is delivered twice as one more reason to look', async () => {
    start();
    await told(1);
    await warehouse.upsert(draft('one'));
    await told(2);
    await settled();
    server.changes.repeat(1);
    await told(3);
    await settled();
    expect(news[2]).toEqual({ lost: false });
  });

  test('comes back when the server does', async () => {
    start();
    await told(1);
    await settled();
    await server.goAway();
    await server.comeBack();
    await warehouse.upsert(draft('one'));
    await told(2);
    expect(alarms).toEqual([]);
  });

  test('keeps its position later when the server does not take it now', async () => {
    start();
    await told(1);
    await settled();
    server.befall('update', 'cut-before', 2);
    server.changes.add('update');
    await told(2);
    await settled();
    expect(alarms).toEqual([]);
  });

  test('ends at once though the server has an answer outstanding', async () => {
    server.befall('getMore', 'hold');
    start();
    await told(1);
    const asked = () => server.commands.filter((command) => 'getMore' in command);
    await vi.waitFor(() => expect(asked()).toHaveLength(1), { timeout: 10_000 });
    await halt();
    expect(asked()).toHaveLength(1);
  });

  test('is given up for polling where the server refuses one, and says so', async () => {
    server.befall('aggregate', new MongoFault(13, 'Unauthorized', 'not authorized'));
    const changes = start();
    expect(changes.by).toBe('change-stream');
    await told(1);
    expect(changes.by).toBe('polling');
    expect(alarms).toEqual([expect.stringContaining('not authorized')]);
    await warehouse.upsert(draft('one'));
    await told(2);
  });

  test('is not asked of a server that stands alone', async () => {
    const alone = await startReplicaSet({ standalone: true });
    const other = await openMongo(alone.url);
    const store = await openMongoWarehouse(other);
    const changes = followMongoChanges(other, { ...quickly, alarm: noAlarm });
    expect(changes.by).toBe('polling');
    const end = new AbortController();
    const following = changes.follow(async () => end.abort(), end.signal);
    await store.upsert(draft('one'));
    await following;
    expect(alone.commands.filter((command) => 'aggregate' in command)).toEqual([]);
    await other.close();
    await alone.stop();
  });
});
