import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TransientError } from '../../pipelines/stores/errors.ts';
import type { News, WarehouseChanges } from '../../pipelines/stores/warehouse/changes.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import { draft } from './fixtures.ts';

export type OpenChanges = {
  readonly warehouse: Warehouse;
  readonly changes: WarehouseChanges;
  close(): Promise<void>;
};

/** What pipelines/stores/warehouse/changes.ts promises, for any adapter. `open` gives an empty storage. */
export function describeWarehouseChanges(name: string, open: () => Promise<OpenChanges>): void {
  describe(`warehouse changes by ${name}`, () => {
    let opened: OpenChanges;
    let stop: AbortController;
    let calls: number;
    beforeEach(async () => {
      opened = await open();
      stop = new AbortController();
      calls = 0;
    });
    afterEach(async () => {
      stop.abort();
      await opened.close();
    });
    const follow = (changed: (news: News) => Promise<void> = async () => {}) =>
      opened.changes.follow(async (news) => {
        calls += 1;
        await changed(news);
      }, stop.signal);
    const told = (times: number) =>
      vi.waitFor(() => expect(calls).toBe(times), { timeout: 10_000 });

    test('calls once at the start, as nobody knows what was before', async () => {
      await opened.warehouse.upsert(draft('before'));
      const seen: News[] = [];
      const following = follow(async (news) => void seen.push(news));
      await told(1);
      expect(seen).toEqual([{ lost: false }]);
      stop.abort();
      await following;
    });

    test('calls after a draft, an end, a forgetting, and not for what changes nothing', async () => {
      const { warehouse } = opened;
      const { id } = draft('one');
      const following = follow();
      await told(1);
      const steps = [
        () => warehouse.upsert(draft('one')),
        () => warehouse.upsert(draft('one', { content: 'Other words.' })),
        () => warehouse.tombstone([id]),
        () => warehouse.forget([id]),
      ];
      for (const [done, step] of steps.entries()) {
        await step();
        await told(done + 2);
        await warehouse.tombstone([draft('unknown').id]);
      }
      stop.abort();
      await following;
      expect(calls).toBe(steps.length + 1);
    });

    test('tells what comes during a call by one more call, never two at a time', async () => {
      let running = 0;
      let most = 0;
      const gate = Promise.withResolvers<void>();
      const following = follow(async () => {
        running += 1;
        most = Math.max(most, running);
        if (calls === 2) await gate.promise;
        running -= 1;
      });
      await told(1);
      await opened.warehouse.upsert(draft('one'));
      await told(2);
      for (let n = 0; n < 20; n += 1) await opened.warehouse.upsert(draft(`more${n}`));
      gate.resolve();
      await told(3);
      await opened.warehouse.upsert(draft('last'));
      await told(4);
      expect(most).toBe(1);
      stop.abort();
      await following;
    });

    test('tells the same again when it could not be worked on yet', async () => {
      const following = follow(async () => {
        if (calls < 4) throw new TransientError('Not now.', { code: 'test.later' });
      });
      await told(4);
      stop.abort();
      await following;
    });

    test('ends with what is wrong with whoever is told', async () => {
      const wrong = new Error('This is a mistake.');
      await expect(
        follow(async () => {
          throw wrong;
        }),
      ).rejects.toBe(wrong);
      expect(calls).toBe(1);
    });

    test('ends when it is told to, and not before the last call has', async () => {
      const gate = Promise.withResolvers<void>();
      let ended = false;
      const following = follow(async () => {
        await gate.promise;
        ended = true;
      });
      await told(1);
      stop.abort();
      let over = false;
      void following.then(() => {
        over = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(over).toBe(false);
      gate.resolve();
      await following;
      expect(ended).toBe(true);
    });

    test('does not even begin when it has been stopped before', async () => {
      stop.abort();
      await follow();
      expect(calls).toBe(0);
    });
  });
}
