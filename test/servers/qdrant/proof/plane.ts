import { expect } from 'vitest';
import type { Stage } from './stage.ts';

export type Asked = Parameters<Stage['client']['query']>[1];

export const alongX = { query: [1, 0] };
export const alongY = { query: [0, 1] };

/** Along x the order is 1, 2, 3; along y it is 3, 2, 1. */
export async function plane(stage: Stage): Promise<string> {
  const vectors = { size: 2, distance: 'Dot' } as const;
  const name = await stage.fresh({ vectors }, [
    { id: 1, vector: [4, 1], payload: { kind: 'note', n: 3, at: '2026-01-10T00:00:00Z' } },
    { id: 2, vector: [3, 2], payload: { kind: 'post', n: 0, at: '2026-01-08' } },
    { id: 3, vector: [1, 6], payload: { kind: 'post', n: -4 } },
  ]);
  await stage.client.createPayloadIndex(name, {
    wait: true,
    field_name: 'kind',
    field_schema: 'keyword',
  });
  return name;
}

/** Who was found, best first, with the score. */
export async function scores(
  { client }: Stage,
  name: string,
  asked: Asked,
): Promise<[number, number][]> {
  const { points } = await client.query(name, asked);
  return points.map(({ id, score }) => [Number(id), score]);
}

/** The same, but for what float32 cannot hold. */
export const close = (pairs: readonly [number, number][]) =>
  pairs.map(([id, score]) => [id, expect.closeTo(score, 5)]);
