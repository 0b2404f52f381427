import { describe, expect, it } from 'vitest';
import { rm3 } from '../../../../pipelines/inference/expand/rm3.ts';
import { queryTerms } from '../../../../pipelines/stores/features/lexical.ts';
import type { ScoredChunk } from '../../../../pipelines/stores/features/port.ts';

const passage = (text: string, score = 1) => ({ chunk: { text }, score }) as ScoredChunk;
const statistics =
  (common: Readonly<Record<string, number>> = {}) =>
  async (stems: readonly string[]) => ({
    chunks: 10_000,
    averageLength: 150,
    documentFrequency: new Map(stems.map((stemmed) => [stemmed, common[stemmed] ?? 20])),
  });
const feedback = Array.from({ length: 8 }, () =>
  passage('The outage began when redis lost its jobs; redis keeps jobs in memory, 31 hours.'),
);
const terms = queryTerms('Why was there an outage?');

describe('RM3', () => {
  it('adds the telling words of the first passages, with weights below 1 and a fifth in all', async () => {
    const request = { terms, feedback, statistics: statistics(), languages: [] };
    const added = await rm3({ clarity: Number.NEGATIVE_INFINITY }).expand(request);
    expect(added.map(({ term }) => term).slice(0, 2)).toEqual(['redis', 'jobs']);
    expect(added.map(({ term }) => term)).not.toContain('outage');
    expect(added.map(({ term }) => term)).not.toContain('31');
    const mass = added.reduce((sum, { weight }) => sum + weight, 0);
    expect(mass / (mass + terms.length)).toBeCloseTo(0.2, 6);
    for (const { weight } of added) expect(weight).toBeLessThan(1);
  });

  it('leaves out words that stand everywhere', async () => {
    const request = { terms, feedback, statistics: statistics({ redi: 5_000 }), languages: [] };
    const added = await rm3({ clarity: Number.NEGATIVE_INFINITY }).expand(request);
    expect(added.map(({ term }) => term)).not.toContain('redis');
  });

  it('adds nothing to a question whose first passages are unclear or few', async () => {
    const request = { terms, feedback, statistics: statistics(), languages: [] };
    expect(await rm3({ clarity: 100 }).expand(request)).toEqual([]);
    expect(await rm3().expand({ ...request, feedback: feedback.slice(0, 2) })).toEqual([]);
  });
});
