import { describe, expect, test } from 'vitest';
import { type Access, accessKey } from '../../../pipelines/stores/features/port.ts';
import { keptByAccess } from '../../../pipelines/stores/warehouse/port.ts';

function reader() {
  const reads: (Access | undefined)[] = [];
  const warehouse = { now: 1, version: async () => warehouse.now };
  const kept = keptByAccess(warehouse, async (access) => {
    reads.push(access);
    if (access?.since === 'broken') throw new Error('unreadable');
    return reads.length;
  });
  return { reads, warehouse, kept };
}

describe('what is kept for an audience', () => {
  test('is read once for as long as the warehouse stays the same', async () => {
    const { reads, warehouse, kept } = reader();
    expect(await kept()).toBe(1);
    expect(await kept({})).toBe(1);
    expect(await kept({ sources: ['a', 'b'] })).toBe(2);
    expect(await kept({ sources: ['b', 'a', 'a'] })).toBe(2);
    expect(reads).toHaveLength(2);
    warehouse.now = 2;
    expect(await kept()).toBe(3);
    expect(await kept({ sources: ['a', 'b'] })).toBe(4);
  });

  test('is read once for all who ask at the same time', async () => {
    const { reads, kept } = reader();
    expect(await Promise.all([kept(), kept(), kept()])).toEqual([1, 1, 1]);
    expect(reads).toHaveLength(1);
  });

  test('is nobody else’s', async () => {
    const { kept } = reader();
    const accesses: readonly Access[] = [
      {},
      { sources: [] },
      { authors: [] },
      { origins: [] },
      { sources: ['a'] },
      { authors: ['a'] },
      { origins: ['a'] },
      { sources: ['a', 'b'] },
      { sources: ['a,b'] },
      { since: '2024' },
      { sources: ['a'], since: '2024' },
    ];
    expect(new Set(accesses.map(accessKey)).size).toBe(accesses.length);
    const values = await Promise.all(accesses.map((access) => kept(access)));
    expect(new Set(values).size).toBe(accesses.length);
  });

  test('is not a failure: the next one tries again', async () => {
    const { reads, kept } = reader();
    await expect(kept({ since: 'broken' })).rejects.toThrow('unreadable');
    await expect(kept({ since: 'broken' })).rejects.toThrow('unreadable');
    expect(reads).toHaveLength(2);
  });

  test('is for the latest audiences, not for any number of them', async () => {
    const { reads, kept } = reader();
    await kept();
    for (let day = 0; day < 200; day += 1) {
      await kept({ since: `${2000 + day}` });
      await kept();
    }
    expect(reads).toHaveLength(201);
    await kept({ since: '2199' });
    expect(reads).toHaveLength(201);
    await kept({ since: '2000' });
    expect(reads).toHaveLength(202);
  });
});
