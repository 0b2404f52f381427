import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openMongoConversationState } from '../../../bots/state/mongo/conversation-state.ts';
import type { NewTurn } from '../../../bots/state/port.ts';
import { describeConversationState } from '../../conformance/conversation-state.ts';
import { mongoHouse, type TemporaryMongo } from '../../pipelines/stores/temporary-mongo.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeConversationState('MongoDB', async () => {
    const place = house.database();
    return {
      state: await openMongoConversationState(await place.open()),
      other: await openMongoConversationState(await place.open()),
      where: place.url,
      close: place.close,
    };
  });

  describe('bots on several machines', () => {
    const leaseMs = 15_000;
    const aMinuteMs = 60_000;
    let place: TemporaryMongo;
    beforeEach(() => {
      place = house.database();
    });
    afterEach(() => place.close());
    const turn = (owner: string, nowMs: number): NewTurn => ({
      id: randomUUID(),
      event: randomUUID(),
      platform: 'slack',
      thread: 't',
      place: 'p',
      asker: 'someone',
      bot: false,
      askedAtMs: nowMs,
      message: null,
      asked: 'Why?',
      owner,
      leaseUntilMs: nowMs + leaseMs,
      where: null,
    });

    test.each([aMinuteMs, -aMinuteMs])(
      'agree on what is abandoned when one’s clock is %i ms ahead',
      async (aheadMs) => {
        const clock = () => Date.now() + aheadMs;
        const here = await openMongoConversationState(await place.open());
        const there = await openMongoConversationState(await place.open(), clock);
        const [mine, theirs] = [turn('here', Date.now()), turn('there', clock())];
        await here.claim(mine);
        await there.claim(theirs);
        await here.enter('mine', 'here', Date.now(), Date.now() + leaseMs);
        expect(await there.takeAbandoned('slack', 'there', clock(), clock() + leaseMs)).toEqual([]);
        expect(await here.takeAbandoned('slack', 'here', Date.now(), Date.now() + leaseMs)).toEqual(
          [],
        );
        expect(await there.enter('mine', 'there', clock(), clock() + leaseMs)).toBe(false);

        // Once the leases have ended, both see that they have.
        const later = clock() + 2 * leaseMs;
        const taken = await there.takeAbandoned('slack', 'there', later, later + leaseMs);
        expect(taken.map(({ id }) => id)).toEqual(expect.arrayContaining([mine.id, theirs.id]));
      },
    );

    test('notice at the next renewal that their clock was set', async () => {
      let aheadMs = 0;
      const clock = () => Date.now() + aheadMs;
      const here = await openMongoConversationState(await place.open());
      const there = await openMongoConversationState(await place.open(), clock);
      await here.claim(turn('here', Date.now()));
      aheadMs = aMinuteMs;
      await there.renew('there', clock() + leaseMs);
      expect(await there.takeAbandoned('slack', 'there', clock(), clock() + leaseMs)).toEqual([]);
    });

    test.skipIf(process.env['MONGODB_URL'])(
      'keep a question of which the claim succeeded and the answer to it was lost',
      async () => {
        const state = await openMongoConversationState(await place.open());
        const claimed = turn('here', Date.now());
        house.gate!.loseAnswerTo('insert');
        expect(await state.claim(claimed)).toBe(true);
        expect(await state.claim({ ...claimed, id: randomUUID() })).toBe(false);
        expect((await state.turnOf('slack', claimed.event))?.id).toBe(claimed.id);
      },
    );
  });
});
