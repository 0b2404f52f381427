import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, alongX, alongY, close, plane, scores } from './plane.ts';
import { openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('reciprocal rank fusion', () => {
  it('adds 1 / (position + 2) of each list where nothing is said of k', async () => {
    const prefetch = [alongX, { ...alongY, limit: 1 }];
    const found = await scores(stage, await plane(stage), { prefetch, query: { fusion: 'rrf' } });
    expect(found).toEqual(
      close([
        [3, 1 / 4 + 1 / 2],
        [1, 1 / 2],
        [2, 1 / 3],
      ]),
    );
  });

  it('takes another k', async () => {
    const prefetch = [alongX, { ...alongY, limit: 1 }];
    const found = await scores(stage, await plane(stage), { prefetch, query: { rrf: { k: 60 } } });
    expect(found).toEqual(
      close([
        [3, 1 / 62 + 1 / 60],
        [1, 1 / 60],
        [2, 1 / 61],
      ]),
    );
  });

  it('stretches positions by weights', async () => {
    const prefetch = [alongX, alongY];
    const query = { rrf: { k: 10, weights: [3, 0.5] } };
    const at = (position: number, weight: number) => 1 / ((position + 1) / weight + 9);
    expect(await scores(stage, await plane(stage), { prefetch, query })).toEqual(
      close(
        [
          [1, at(0, 3) + at(2, 0.5)],
          [3, at(2, 3) + at(0, 0.5)],
          [2, at(1, 3) + at(1, 0.5)],
        ].toSorted(([, a], [, b]) => (b ?? 0) - (a ?? 0)) as [number, number][],
      ),
    );
  });

  it('counts nothing from a list without weight', async () => {
    const prefetch = [alongX, { ...alongY, limit: 1 }];
    const query = { rrf: { weights: [0, 1] } };
    const found = await scores(stage, await plane(stage), { prefetch, query });
    expect(found[0]).toEqual([3, 0.5]);
    expect(found.slice(1).map(([, score]) => score)).toEqual([0, 0]);
  });

  it('wants a weight for each list', async () => {
    const query = { rrf: { weights: [1] } };
    const asked = { prefetch: [alongX, alongY], query };
    expect(await refusal(stage.client.query(await plane(stage), asked))).toEqual({
      status: 400,
      said: expect.stringContaining(
        'Number of weights in RRF should match number of pre-fetches: got 1, expected 2',
      ),
    });
  });

  it('keeps what is above a threshold, and a page', async () => {
    const name = await plane(stage);
    const asked: Asked = {
      prefetch: [alongX, { ...alongY, limit: 1 }],
      query: { fusion: 'rrf' },
    };
    expect(await scores(stage, name, { ...asked, score_threshold: 0.4 })).toHaveLength(2);
    expect(await scores(stage, name, { ...asked, limit: 1, offset: 1 })).toEqual([[1, 0.5]]);
  });
});

it('distribution-based fusion adds places within three deviations of the mean', async () => {
  const lists = [
    [4, 3, 1],
    [6, 2, 1],
  ] as const;
  const place = (score: number, list: readonly number[]) => {
    const mean = list.reduce((sum, one) => sum + one, 0) / list.length;
    const variance = list.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (list.length - 1);
    const deviation = Math.sqrt(variance);
    return (score - (mean - 3 * deviation)) / (6 * deviation);
  };
  const [x, y] = lists;
  const found = await scores(stage, await plane(stage), {
    prefetch: [alongX, alongY],
    query: { fusion: 'dbsf' },
  });
  const expected: [number, number][] = [
    [1, place(4, x) + place(1, y)],
    [2, place(3, x) + place(2, y)],
    [3, place(1, x) + place(6, y)],
  ];
  expect(found).toEqual(close(expected.toSorted(([, a], [, b]) => b - a)));
  const alone = [{ ...alongX, limit: 1 }];
  expect(
    await scores(stage, await plane(stage), { prefetch: alone, query: { fusion: 'dbsf' } }),
  ).toEqual([[1, 0.5]]);
});

describe('prefetches', () => {
  it('obey the filter of the query that they are for', async () => {
    const filter = { must: [{ key: 'kind', match: { value: 'post' } }] };
    const prefetch = [
      { ...alongX, limit: 1 },
      { ...alongY, limit: 1 },
    ];
    const found = await scores(stage, await plane(stage), {
      prefetch,
      filter,
      query: { fusion: 'rrf' },
    });
    expect(found.map(([id]) => id).sort()).toEqual([2, 3]);
  });

  it('obey their own filter, limit and threshold', async () => {
    const name = await plane(stage);
    const own = async (one: Schemas['Prefetch']) =>
      (
        await scores(stage, name, { prefetch: [{ ...alongX, ...one }], query: { fusion: 'rrf' } })
      ).map(([id]) => id);
    expect(await own({ filter: { must_not: [{ has_id: [1] }] } })).toEqual([2, 3]);
    expect(await own({ limit: 2 })).toEqual([1, 2]);
    expect(await own({ score_threshold: 3 })).toEqual([1, 2]);
  });

  it('are scored again by another vector query', async () => {
    const prefetch = { ...alongX, limit: 2 };
    expect(await scores(stage, await plane(stage), { prefetch, ...alongY })).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  it('nest', async () => {
    const inner = { prefetch: [alongX, alongY], query: { rrf: { k: 1 } }, limit: 1 };
    const name = await plane(stage);
    const found = await scores(stage, name, { prefetch: [inner], ...alongY });
    expect(found).toHaveLength(1);
    expect([1, 3]).toContain(found[0]?.[0]);
  });

  it('want a query, and fusion wants them', async () => {
    const name = await plane(stage);
    const without = await refusal(stage.client.query(name, { query: { fusion: 'rrf' } }));
    expect(without.said).toContain('cannot apply Fusion without prefetches');
    const idle = await refusal(stage.client.query(name, { prefetch: [alongX] }));
    expect(idle.said).toContain('cannot have prefetches without a query');
    expect([without.status, idle.status]).toEqual([400, 400]);
  });
});
