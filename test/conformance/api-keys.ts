import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiKeys, NewApiKey } from '../../bots/state/port.ts';

export type OpenKeys = {
  readonly keys: ApiKeys;
  /** A second connection to the same storage, as another process would have. */
  readonly other: ApiKeys;
  close(): Promise<void>;
};

const key = (change: Partial<NewApiKey> = {}): NewApiKey => ({
  id: randomUUID(),
  name: 'site',
  hash: randomUUID(),
  scopes: ['ask', 'read'],
  access: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  expiresAt: null,
  ...change,
});

/** Held by every adapter of the API's keys. */
export function describeApiKeys(name: string, open: () => Promise<OpenKeys>): void {
  describe(`the API’s keys, ${name}`, () => {
    let opened: OpenKeys;
    let keys: ApiKeys;
    let other: ApiKeys;
    beforeEach(async () => {
      opened = await open();
      ({ keys, other } = opened);
    });
    afterEach(() => opened.close());

    test('a key is found by its hash, as it was added and without the hash', async () => {
      const added = key({
        access: { sources: ['blog', 'talks'], since: '2025-01-01' },
        expiresAt: '2027-01-01T00:00:00.000Z',
      });
      expect(await keys.add(added)).toBe(true);
      const { hash, ...shown } = added;
      expect(await other.find(hash)).toEqual({ ...shown, lastUsedOn: null, revokedAt: null });
      expect(await keys.find('another hash')).toBeUndefined();
      expect(JSON.stringify(await keys.list())).not.toContain(hash);
    });

    test('an access that allows nothing is not one that allows everything', async () => {
      await keys.add(key({ hash: 'none', access: { sources: [] } }));
      expect((await other.find('none'))?.access).toEqual({ sources: [] });
    });

    test('of two who add the same name at once one wins, and the loser leaves nothing', async () => {
      const wanted = [key(), key(), key(), key()];
      const added = await Promise.all(
        wanted.map((each, index) => (index % 2 === 0 ? keys : other).add(each)),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await keys.list()).toHaveLength(1);
      const losers = wanted.filter((_, index) => !added[index]);
      for (const { hash } of losers) expect(await keys.find(hash)).toBeUndefined();
    });

    test('a revoked key is told as such everywhere, and its name is free again', async () => {
      const [first, second] = [key({ hash: 'first' }), key({ hash: 'second' })];
      await keys.add(first);
      expect(await other.revoke('site', '2026-11-22T00:00:00.000Z')).toBe(true);
      expect((await keys.find('first'))?.revokedAt).toBe('2026-11-22T00:00:00.000Z');
      expect(await keys.revoke('site', '2026-11-23T00:00:00.000Z')).toBe(false);
      expect(await keys.add(second)).toBe(true);
      expect(await keys.revoke(second.id, '2026-11-24T00:00:00.000Z')).toBe(true);
      expect((await keys.find('first'))?.revokedAt).toBe('2026-11-22T00:00:00.000Z');
      expect(await keys.revoke('nobody', '2026-11-24T00:00:00.000Z')).toBe(false);
    });

    test('lists by name, then by age', async () => {
      await keys.add(key({ name: 'b', createdAt: '2026-11-02T00:00:00.000Z' }));
      await keys.add(key({ name: 'a', createdAt: '2026-11-03T00:00:00.000Z' }));
      await keys.revoke('b', '2026-11-04T00:00:00.000Z');
      await keys.add(key({ name: 'b', createdAt: '2026-11-01T00:00:00.000Z' }));
      const listed = (await other.list()).map(({ name: of, createdAt }) => [of, createdAt]);
      expect(listed.map(([of, at]) => `${of} ${at?.slice(8, 10)}`)).toEqual([
        'a 03',
        'b 01',
        'b 02',
      ]);
    });

    test('the day of the last use only moves forward', async () => {
      const used = key({ hash: 'used' });
      await keys.add(used);
      await keys.used(used.id, '2026-11-21');
      await other.used(used.id, '2026-11-20');
      expect((await keys.find('used'))?.lastUsedOn).toBe('2026-11-21');
      await other.used(used.id, '2026-11-22');
      expect((await keys.find('used'))?.lastUsedOn).toBe('2026-11-22');
    });
  });
}
