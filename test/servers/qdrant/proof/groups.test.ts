import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alongX, alongY, plane } from './plane.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

it('a batch answers each of its queries', async () => {
  const searches = [
    { ...alongX, limit: 1 },
    { ...alongY, limit: 1, with_payload: ['n'] },
  ];
  const found = await stage.client.queryBatch(await plane(stage), { searches });
  expect(found.map(({ points }) => points.map(({ id, payload }) => [id, payload ?? null]))).toEqual(
    [[[1, null]], [[3, { n: -4 }]]],
  );
});

describe('groups', () => {
  it('stand by their best point, and hold the best of their own', async () => {
    const name = await plane(stage);
    const { groups } = await stage.client.queryGroups(name, { ...alongX, group_by: 'kind' });
    expect(groups.map(({ id, hits }) => [id, hits.map((hit) => [hit.id, hit.score])])).toEqual([
      ['note', [[1, 4]]],
      [
        'post',
        [
          [2, 3],
          [3, 1],
        ],
      ],
    ]);
  });

  it('are as many and as large as is said', async () => {
    const name = await plane(stage);
    const asked = { ...alongY, group_by: 'kind', group_size: 1, limit: 1, with_payload: ['kind'] };
    const { groups } = await stage.client.queryGroups(name, asked);
    expect(groups.map(({ id, hits }) => [id, hits.map((hit) => [hit.id, hit.payload])])).toEqual([
      ['post', [[3, { kind: 'post' }]]],
    ]);
  });

  it('come of a fusion too, and leave out who has no such field', async () => {
    const name = await plane(stage);
    await stage.client.deletePayload(name, { keys: ['kind'], points: [1] });
    const prefetch = [alongX, alongY];
    const asked = { prefetch, query: { fusion: 'rrf' }, group_by: 'kind' } as const;
    const { groups } = await stage.client.queryGroups(name, asked);
    expect(groups.map(({ id, hits }) => [id, hits.length])).toEqual([['post', 2]]);
  });

  it('hold a point with several values several times', async () => {
    const name = await plane(stage);
    await stage.client.setPayload(name, { payload: { kind: ['a', 'b'] }, points: [1] });
    const { groups } = await stage.client.queryGroups(name, {
      ...alongX,
      group_by: 'kind',
      limit: 9,
    });
    expect(groups.map(({ id }) => id).sort()).toEqual(['a', 'b', 'post']);
  });
});
