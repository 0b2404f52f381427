import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pseudonymKey } from '../../../bots/state/key.ts';
import { openApiKeys } from '../../../bots/state/keys.ts';
import { openMongoApiKeys } from '../../../bots/state/mongo/api-keys.ts';
import { openMongoConversationState } from '../../../bots/state/mongo/conversation-state.ts';
import { mongoPseudonymKey, openMongoSealedStore } from '../../../bots/state/mongo/secrets.ts';
import { mongoBotsParts } from '../../../bots/state/moving/mongo.ts';
import type { BotsParts } from '../../../bots/state/moving/parts.ts';
import { sqliteBotsParts } from '../../../bots/state/moving/sqlite.ts';
import { openSealedStore } from '../../../bots/state/secrets.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { pairOf } from '../../../pipelines/stores/migration/migrate.ts';
import { collected } from '../../conformance/fixtures.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';
import { mongoHouse, type TemporaryMongo } from '../../pipelines/stores/temporary-mongo.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';

const key = {
  id: 'k1',
  name: 'intranet',
  hash: 'a'.repeat(64),
  scopes: ['ask'] as const,
  access: { sources: ['blog'] },
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
};

/** Moves everything and says what the comparison came to. */
async function move(from: BotsParts, to: BotsParts) {
  const pairs = [
    pairOf('keys', from.keys, to.keys),
    pairOf('sealed', from.sealed, to.sealed),
    pairOf('settings', from.settings, to.settings),
    pairOf('pseudonyms', from.pseudonymKey, to.pseudonymKey),
  ];
  const moved: number[] = [];
  const equal: boolean[] = [];
  for (const pair of pairs) {
    await pair.check();
    moved.push((await collected(pair.move())).at(-1)?.moved ?? 0);
    const verdict = await pair.verify();
    equal.push(verdict.type === 'verified' && verdict.equal);
  }
  return { moved, equal };
}

describe.skipIf(!hasMongo)('moving what the bots keep', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  let database: TemporaryMongo;
  const closing: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  function homeOf() {
    const home = temporaryHome();
    closing.push(() => home.close());
    return { home: home.home, database: home.open() };
  }

  test('keys, installations, settings and pseudonyms are the same there, and the same on the way back', async () => {
    const { home, database: file } = homeOf();
    const keys = openApiKeys(file);
    await keys.add(key);
    await keys.add({ ...key, id: 'k0', name: 'old', hash: 'b'.repeat(64) });
    await keys.revoke('old', '2026-02-01T00:00:00.000Z');
    await keys.used('k1', '2026-03-01');
    await openSealedStore(file).put('T1', Uint8Array.of(0, 1, 255));
    await openConversationState(file).putSettings('slack:T1:C1', { length: 'short' });
    const secret = Buffer.from(pseudonymKey(home));

    database = house.database();
    closing.push(() => database.close());
    const mongo = await database.open();
    // The deployment was tried out before anything was moved.
    await mongoPseudonymKey(mongo);
    const here = sqliteBotsParts(file, home);
    const there = await mongoBotsParts(mongo);
    expect(await move(here, there)).toEqual({
      moved: [2, 1, 1, 1],
      equal: [true, true, true, true],
    });
    expect((await move(here, there)).moved).toEqual([0, 0, 0, 0]);

    expect(await (await openMongoApiKeys(mongo)).list()).toEqual(await keys.list());
    expect(await (await openMongoApiKeys(mongo)).find(key.hash)).toEqual(await keys.find(key.hash));
    expect(await (await openMongoSealedStore(mongo)).get('T1')).toEqual(Uint8Array.of(0, 1, 255));
    const state = await openMongoConversationState(mongo);
    expect(await state.settings('slack:T1:C1')).toEqual({ length: 'short' });
    expect(Buffer.from(await mongoPseudonymKey(mongo))).toEqual(secret);

    const back = homeOf();
    expect((await move(there, sqliteBotsParts(back.database, back.home))).equal).not.toContain(
      false,
    );
    expect(await openApiKeys(back.database).list()).toEqual(await keys.list());
    expect(Buffer.from(pseudonymKey(back.home))).toEqual(secret);
  });
});
