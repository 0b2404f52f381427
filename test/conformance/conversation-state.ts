import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationState, NewTurn } from '../../bots/state/port.ts';
import { startChild } from '../servers/child.ts';

export type OpenState = {
  readonly state: ConversationState;
  /** A second connection to the same storage, as another process would have. */
  readonly other: ConversationState;
  /** How another process opens it: the home, or MongoDB's URL. */
  readonly where: string;
  close(): Promise<void>;
};

let serial = 0;

const turn = (change: Partial<NewTurn> = {}): NewTurn => {
  serial += 1;
  return {
    id: randomUUID(),
    event: `event-${serial}`,
    platform: 'slack',
    thread: 'slack:T1:C1:1',
    place: 'slack:T1:C1',
    asker: 'someone',
    bot: false,
    askedAtMs: 1_000 + serial,
    message: `message-${serial}`,
    asked: { text: 'Why?', nested: [1, null, true] },
    owner: 'one',
    leaseUntilMs: 10_000,
    where: null,
    ...change,
  };
};

const ended = { state: 'ended', outcome: 'answered', trace: 'trace-1', asked: null } as const;

/** Held by every adapter of the bots' state. */
export function describeConversationState(name: string, open: () => Promise<OpenState>): void {
  describe(`the bots’ state, ${name}`, () => {
    let opened: OpenState;
    let state: ConversationState;
    let other: ConversationState;
    beforeEach(async () => {
      opened = await open();
      ({ state, other } = opened);
    });
    afterEach(() => opened.close());

    describe('claims', () => {
      test('one event goes to one of all who claim it', async () => {
        const event = 'the-event';
        const claims = await Promise.all(
          [state, other, state, other].map((each) => each.claim(turn({ event }))),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
      });

      test('a claimed event leads to its turn, on its own platform only', async () => {
        const claimed = turn({ event: 'the-event' });
        await state.claim(claimed);
        await other.claim(turn({ event: 'the-event' }));
        expect((await other.turnOf('slack', 'the-event'))?.id).toBe(claimed.id);
        expect(await state.turnOf('discord', 'the-event')).toBeUndefined();
        expect(await state.turnOf('slack', 'another')).toBeUndefined();
      });

      test('the same id on two platforms is two events', async () => {
        expect(await state.claim(turn({ event: 'e' }))).toBe(true);
        expect(await other.claim(turn({ event: 'e', platform: 'discord' }))).toBe(true);
      });

      test('a claim survives the end of its turn', async () => {
        const claimed = turn({ event: 'e' });
        await state.claim(claimed);
        await state.end(claimed.id, ended);
        expect(await other.claim(turn({ event: 'e' }))).toBe(false);
      });
    });

    describe('turns', () => {
      test('are kept as they were taken in', async () => {
        const claimed = turn({ bot: true });
        await state.claim(claimed);
        expect(await other.turn(claimed.id)).toEqual({
          id: claimed.id,
          thread: claimed.thread,
          place: claimed.place,
          asker: claimed.asker,
          bot: true,
          askedAtMs: claimed.askedAtMs,
          asked: claimed.asked,
          state: 'running',
          outcome: null,
          where: null,
          trace: null,
          withdrawn: false,
        });
        expect(await state.turn('unknown')).toBeUndefined();
      });

      test('that replace an answer know where it stands from the first', async () => {
        const claimed = turn({ where: { ts: '1.2' } });
        await state.claim(claimed);
        expect((await other.turn(claimed.id))?.where).toEqual({ ts: '1.2' });
      });

      test('note a changed question, where the answer stands, and how it ended', async () => {
        const claimed = turn();
        await state.claim(claimed);
        await state.ask(claimed.id, 'changed');
        expect((await other.turn(claimed.id))?.asked).toBe('changed');
        await state.stand(claimed.id, { ts: '1.2' }, ['1.2', '1.3']);
        expect((await other.turn(claimed.id))?.where).toEqual({ ts: '1.2' });
        await state.end(claimed.id, ended);
        expect(await other.turn(claimed.id)).toMatchObject({
          state: 'ended',
          outcome: 'answered',
          trace: 'trace-1',
          asked: null,
          where: { ts: '1.2' },
        });
      });

      test('are found by the message that asks and by those that answer, within a place', async () => {
        const first = turn({ message: 'm' });
        const second = turn({ message: 'm' });
        const elsewhere = turn({ message: 'm', place: 'slack:T1:C2' });
        for (const each of [first, second, elsewhere]) await state.claim(each);
        expect((await other.turnAt('slack:T1:C1', 'm'))?.id).toBe(second.id);
        await state.stand(first.id, null, ['a', 'b']);
        expect((await other.turnAt('slack:T1:C1', 'b'))?.id).toBe(first.id);
        await state.stand(second.id, null, ['b']);
        expect((await other.turnAt('slack:T1:C1', 'b'))?.id).toBe(second.id);
        expect(await other.turnAt('slack:T1:C2', 'b')).toBeUndefined();
      });

      test('a refused message asks nothing', async () => {
        const refused = turn({ message: 'm' });
        await state.claim(refused);
        await state.end(refused.id, { ...ended, state: 'refused', outcome: null, trace: null });
        expect(await state.turnAt('slack:T1:C1', 'm')).toBeUndefined();
        expect(await state.turns(refused.thread, 5)).toEqual([]);
      });

      test('of a thread come newest first, without those withdrawn, merged or refused', async () => {
        const all = [turn(), turn(), turn(), turn(), turn()];
        for (const each of all) await state.claim(each);
        const [a, b, c, d, e] = all.map(({ id }) => id) as [string, string, string, string, string];
        await state.end(b, { ...ended, state: 'merged' });
        await state.end(c, { ...ended, state: 'refused' });
        await state.end(d, ended);
        await state.withdraw(d);
        expect((await other.turns('slack:T1:C1:1', 5)).map(({ id }) => id)).toEqual([e, a]);
        expect((await other.turns('slack:T1:C1:1', 1)).map(({ id }) => id)).toEqual([e]);
        expect((await other.turn(d))?.withdrawn).toBe(true);
        expect(await other.turns('slack:T1:C1:2', 5)).toEqual([]);
      });

      test('of a platform come by thread, the latest of each', async () => {
        const first = turn({ askedAtMs: 10 });
        const second = turn({ askedAtMs: 20 });
        const elsewhere = turn({ askedAtMs: 15, thread: 'slack:T1:C2:1' });
        const refused = turn({ askedAtMs: 30, thread: 'slack:T1:C3:1' });
        const discord = turn({ askedAtMs: 40, platform: 'discord', thread: 'discord:1' });
        const old = turn({ askedAtMs: 1, thread: 'slack:T1:C4:1' });
        for (const each of [old, first, elsewhere, second, refused, discord]) {
          await state.claim(each);
        }
        await state.end(refused.id, { ...ended, state: 'refused' });
        const ids = async (limit: number) =>
          (await other.latest('slack', 5, limit)).map(({ id }) => id);
        expect(await ids(9)).toEqual([second.id, elsewhere.id]);
        expect(await ids(1)).toEqual([second.id]);
      });

      test('are counted by asker and by place since a moment, without what was refused', async () => {
        const times = [10, 30, 20];
        for (const askedAtMs of times) await state.claim(turn({ askedAtMs }));
        const refused = turn({ askedAtMs: 40 });
        await state.claim(refused);
        await state.end(refused.id, { ...ended, state: 'refused' });
        await state.claim(turn({ askedAtMs: 50, asker: 'another' }));
        expect(await other.askedSince({ asker: 'someone' }, 10)).toEqual([20, 30]);
        expect(await other.askedSince({ place: 'slack:T1:C1' }, 0)).toEqual([10, 20, 30, 50]);
      });

      test('are purged with their messages once they ended long ago', async () => {
        const old = turn({ askedAtMs: 1 });
        const running = turn({ askedAtMs: 2 });
        const fresh = turn({ askedAtMs: 100 });
        for (const each of [old, running, fresh]) await state.claim(each);
        await state.stand(old.id, null, ['a']);
        await state.end(old.id, ended);
        await state.end(fresh.id, ended);
        expect(await other.purge(50)).toBe(1);
        expect(await state.turn(old.id)).toBeUndefined();
        expect(await state.turnAt(old.place, 'a')).toBeUndefined();
        expect(await state.turn(running.id)).toBeDefined();
        expect(await state.turn(fresh.id)).toBeDefined();
      });
    });

    describe('threads', () => {
      test('have one owner at a time, until it leaves or its lease ends', async () => {
        expect(await state.enter('t', 'one', 100, 200)).toBe(true);
        expect(await other.enter('t', 'two', 150, 300)).toBe(false);
        expect(await state.enter('t', 'one', 150, 250)).toBe(true);
        expect(await other.enter('t', 'two', 240, 300)).toBe(false);
        expect(await other.enter('t', 'two', 251, 300)).toBe(true);
        await state.leave('t', 'one');
        expect(await state.enter('t', 'one', 260, 300)).toBe(false);
        await other.leave('t', 'two');
        expect(await state.enter('t', 'one', 260, 300)).toBe(true);
      });

      test('of two who enter at once one gets in', async () => {
        const entered = await Promise.all([
          state.enter('t', 'one', 0, 100),
          other.enter('t', 'two', 0, 100),
        ]);
        expect(entered.filter(Boolean)).toHaveLength(1);
      });

      test('are resolved and reopened', async () => {
        expect(await state.isResolved('t')).toBe(false);
        await state.resolve('t', true);
        await state.resolve('t', true);
        expect(await other.isResolved('t')).toBe(true);
        await other.resolve('t', false);
        expect(await state.isResolved('t')).toBe(false);
      });
    });

    describe('leases', () => {
      test('what a dead owner was answering goes to one of those who take it, oldest first', async () => {
        const first = turn({ leaseUntilMs: 100 });
        const second = turn({ leaseUntilMs: 90 });
        const alive = turn({ leaseUntilMs: 500 });
        const discord = turn({ leaseUntilMs: 90, platform: 'discord' });
        const done = turn({ leaseUntilMs: 90 });
        for (const each of [first, second, alive, discord, done]) await state.claim(each);
        await state.end(done.id, ended);
        const taken = await Promise.all([
          state.takeAbandoned('slack', 'two', 200, 400),
          other.takeAbandoned('slack', 'three', 200, 400),
        ]);
        // Each to one of the two, whichever that is.
        expect(taken.flat().map(({ id }) => id)).toHaveLength(2);
        expect(new Set(taken.flat().map(({ id }) => id))).toEqual(new Set([first.id, second.id]));
        expect(await state.takeAbandoned('slack', 'four', 300, 900)).toEqual([]);
        const again = await state.takeAbandoned('slack', 'four', 401, 900);
        expect(again.map(({ id }) => id)).toEqual([first.id, second.id]);
      });

      test('name everybody who is answering on a platform', async () => {
        const done = turn({ owner: 'gone' });
        for (const each of [turn(), turn(), turn({ owner: 'two' }), done]) await state.claim(each);
        await state.claim(turn({ owner: 'three', platform: 'discord' }));
        await state.end(done.id, ended);
        expect(await other.owners('slack')).toEqual(['one', 'two']);
      });

      test('are renewed for all that an owner holds, and let go of at once', async () => {
        const mine = turn({ owner: 'one', leaseUntilMs: 100 });
        await state.claim(mine);
        await state.enter('t', 'one', 0, 100);
        await state.renew('one', 1_000);
        expect(await other.takeAbandoned('slack', 'two', 500, 900)).toEqual([]);
        expect(await other.enter('t', 'two', 500, 900)).toBe(false);
        await state.release('one');
        expect(await other.takeAbandoned('slack', 'two', 500, 900)).toHaveLength(1);
        expect(await other.enter('t', 'two', 500, 900)).toBe(true);
      });
    });

    test('of many events each goes to one of several processes, and a killed one’s to one heir', {
      timeout: 120_000,
    }, async () => {
      const events = Array.from({ length: 30 }, (_, n) => `event ${n}`);
      const parameters = (owner: string, leaseUntilMs: number, pauseMs: number) => [
        join(import.meta.dirname, 'claim-process.ts'),
        opened.where,
        ...[owner, leaseUntilMs, pauseMs].map(String),
      ];
      const slow = await startChild(
        process.execPath,
        [...parameters('dead', 1_000, 25), ...events],
        (output) => (output.includes('claimed') ? true : undefined),
      );
      // From the other end, so that all three meet in the middle.
      const others = ['one', 'two'];
      const said = await Promise.all(
        others.map((owner) =>
          promisify(execFile)(process.execPath, [
            ...parameters(owner, 9_000, 0),
            ...events.toReversed(),
          ]),
        ),
      );
      await slow.kill();

      const owners = new Map<string, string | undefined>();
      for (const event of events) owners.set(event, (await state.turnOf('slack', event))?.asker);
      expect(new Set(owners.values()).isSubsetOf(new Set(['dead', ...others]))).toBe(true);
      for (const [index, owner] of others.entries()) {
        const claimed = said[index]!.stdout.split('\n').filter((line) => line !== '');
        const owned = events.toReversed().filter((event) => owners.get(event) === owner);
        expect(claimed).toEqual(owned.map((event) => `claimed ${event}`));
      }
      const heirs = await Promise.all([
        state.takeAbandoned('slack', 'three', 5_000, 9_000),
        other.takeAbandoned('slack', 'four', 5_000, 9_000),
      ]);
      expect(heirs.flat().every(({ asker }) => asker === 'dead')).toBe(true);
      const left = events.filter((event) => owners.get(event) === 'dead');
      expect(left.length).toBeGreaterThan(0);
      expect(heirs.flat()).toHaveLength(left.length);
      expect(new Set(heirs.flat().map(({ id }) => id)).size).toBe(left.length);
    });

    test('settings of a place are what was last put', async () => {
      expect(await state.settings('p')).toBeNull();
      await state.putSettings('p', { quiet: true });
      await other.putSettings('p', { quiet: false, sources: ['blog'] });
      expect(await state.settings('p')).toEqual({ quiet: false, sources: ['blog'] });
    });
  });
}
