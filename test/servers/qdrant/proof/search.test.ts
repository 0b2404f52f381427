import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, idf, openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

type Asked = Parameters<Stage['client']['query']>[1];
async function scores(name: string, asked: Asked): Promise<Record<string, number>> {
  const { points } = await stage.client.query(name, { limit: 100, ...asked });
  return Object.fromEntries(points.map(({ id, score }) => [id, score]));
}
const words = (weights: Readonly<Record<number, number>>) => ({
  indices: Object.keys(weights).map(Number),
  values: Object.values(weights),
});

describe('dense vectors', () => {
  it('of cosine distance have length 1 once they are stored', async () => {
    const name = await stage.fresh(CORPUS, [{ id: 1, vector: { dense: [3, 4] } }]);
    const [point] = await stage.client.retrieve(name, { ids: [1], with_vector: true });
    expect(point?.vector).toEqual({ dense: [Math.fround(0.6), Math.fround(0.8)] });
    const found = await scores(name, { query: [8, 6], using: 'dense' });
    expect(found[1]).toBeCloseTo(0.96, 6);
  });

  it('without length stay so, and score 0', async () => {
    const name = await stage.fresh(CORPUS, [{ id: 1, vector: { dense: [0, 0] } }]);
    expect(await scores(name, { query: [8, 6], using: 'dense' })).toEqual({ 1: 0 });
  });

  it('of dot distance stay as they are', async () => {
    const name = await stage.fresh({ vectors: { size: 2, distance: 'Dot' } }, [
      { id: 1, vector: [3, 4] },
      { id: 2, vector: [-1, 0] },
    ]);
    expect(await scores(name, { query: [2, 1] })).toEqual({ 1: 10, 2: -2 });
    const [point] = await stage.client.retrieve(name, { ids: [1], with_vector: true });
    expect(point?.vector).toEqual([3, 4]);
  });

  it('are asked for by a point, which is not its own neighbour', async () => {
    const name = await stage.fresh(CORPUS, [
      { id: 1, vector: { dense: [1, 0] } },
      { id: 2, vector: { dense: [0, 1] } },
      { id: 3, vector: {} },
    ]);
    expect(await scores(name, { query: 1, using: 'dense' })).toEqual({ 2: 0 });
    expect(await scores(name, { query: { nearest: 2 }, using: 'dense' })).toEqual({ 1: 0 });
    expect(await refusal(stage.client.query(name, { query: 9, using: 'dense' }))).toEqual({
      status: 404,
      said: 'Not found: No point with id 9 found',
    });
  });

  it('are cut by score, page and filter', async () => {
    const points = [0, 1, 2, 3, 4].map((n) => ({
      id: n,
      vector: { dense: [1, n] },
      payload: { even: n % 2 === 0 },
    }));
    const name = await stage.fresh(CORPUS, points);
    const near = { query: [1, 0], using: 'dense' };
    const ids = async (asked: Asked) =>
      (await stage.client.query(name, { ...near, ...asked })).points.map(({ id }) => id);
    expect(await ids({ limit: 2 })).toEqual([0, 1]);
    expect(await ids({ limit: 2, offset: 1 })).toEqual([1, 2]);
    expect(await ids({ offset: 9 })).toEqual([]);
    expect(await ids({ score_threshold: 0.4 })).toEqual([0, 1, 2]);
    const filter = { must: [{ key: 'even', match: { value: true } }] };
    expect(await ids({ filter, limit: 2 })).toEqual([0, 2]);
  });
});

describe('sparse vectors with inverse document frequency', () => {
  const corpus = [
    { id: 1, vector: { words: words({ 1: 1, 2: 2 }) }, payload: { odd: true } },
    { id: 2, vector: { words: words({ 1: 0.5 }) }, payload: { odd: false } },
    { id: 3, vector: { words: words({ 3: 4 }) }, payload: { odd: true } },
    { id: 4, vector: { dense: [1, 0] }, payload: { odd: false } },
  ];
  const asked = { query: words({ 1: 2, 2: 1, 9: 1 }), using: 'words' };

  it('score as by hand; the N are those that have the vector', async () => {
    const name = await stage.fresh(CORPUS, corpus);
    const found = await scores(name, asked);
    expect(Object.keys(found)).toEqual(['1', '2']);
    expect(found[1]).toBeCloseTo(2 * idf(3, 2) * 1 + 1 * idf(3, 1) * 2, 5);
    expect(found[2]).toBeCloseTo(2 * idf(3, 2) * 0.5, 5);
    expect(found[2]).toBe(Math.fround(found[2] ?? Number.NaN));
  });

  it('score the same whoever asks: a filter changes no frequency', async () => {
    const name = await stage.fresh(CORPUS, corpus);
    const all = await scores(name, asked);
    const filter = { must: [{ key: 'odd', match: { value: true } }] };
    expect(await scores(name, { ...asked, filter })).toEqual({ 1: all[1] });
  });

  it('take the frequencies of a corpus where that is asked for', async () => {
    const name = await stage.fresh(CORPUS, corpus);
    const corpusOnly = { must: [{ key: 'odd', match: { value: true } }] };
    const found = await scores(name, { ...asked, params: { idf: { corpus: corpusOnly } } });
    expect(found[2]).toBeCloseTo(2 * idf(2, 1) * 0.5, 5);
  });

  it('follow what is overwritten, removed and brought', async () => {
    const { client } = stage;
    const name = await stage.fresh(CORPUS, corpus);
    await client.upsert(name, { points: [{ id: 1, vector: { words: words({ 2: 1 }) } }] });
    await client.delete(name, { wait: true, points: [3] });
    expect((await scores(name, asked))[2]).toBeCloseTo(2 * idf(2, 1) * 0.5, 5);
    await client.updateVectors(name, { points: [{ id: 4, vector: { words: words({ 1: 3 }) } }] });
    const found = await scores(name, asked);
    expect(found[4]).toBeCloseTo(2 * idf(3, 2) * 3, 5);
    await client.deleteVectors(name, { points: [2], vector: ['words'] });
    expect(Object.keys(await scores(name, asked))).toEqual(['1', '4']);
  });

  it('without the modifier are plain products', async () => {
    const name = await stage.fresh({ vectors: {}, sparse_vectors: { words: {} } }, [
      { id: 1, vector: { words: words({ 7: 2, 8: 3 }) } },
    ]);
    expect(await scores(name, { query: words({ 8: 2, 7: 1 }), using: 'words' })).toEqual({ 1: 8 });
  });

  it('of random corpora with random removals score as a plain sum', async () => {
    const weights = fc.dictionary(
      fc.integer({ min: 0, max: 8 }).map(String),
      fc.integer({ min: 1, max: 5 }),
      { minKeys: 1, maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(weights, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 11 }), { maxLength: 8 }),
        weights,
        async (stored, removed, query) => {
          const points = stored.map((one, id) => ({ id, vector: { words: words(one) } }));
          const name = await stage.fresh(CORPUS, points);
          await stage.client.delete(name, { wait: true, points: removed });
          const left = stored
            .map((one, id) => ({ id, one }))
            .filter(({ id }) => !removed.includes(id));
          const found = await scores(name, { query: words(query), using: 'words' });
          for (const { id, one } of left) {
            const sum = Object.entries(query).reduce((total, [word, weight]) => {
              const df = left.filter(({ one: other }) => word in other).length;
              return total + weight * idf(left.length, df) * (one[word] ?? 0);
            }, 0);
            expect(found[id] ?? 0).toBeCloseTo(sum, 3);
          }
          expect(Object.keys(found).every((id) => left.some((one) => `${one.id}` === id))).toBe(
            true,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('find the same after half of a large corpus has gone', async () => {
    const { client } = stage;
    const points = Array.from({ length: 3_000 }, (_, id) => ({
      id,
      vector: { words: words({ [id % 7]: 1, [100 + (id % 11)]: 2 }) },
    }));
    const name = await stage.fresh(CORPUS, points);
    await client.delete(name, { wait: true, points: points.slice(500).map(({ id }) => id) });
    const found = await scores(name, { query: words({ 3: 1 }), using: 'words', limit: 3_000 });
    const holders = points.slice(0, 500).filter(({ id }) => id % 7 === 3);
    expect(Object.keys(found)).toEqual(holders.map(({ id }) => `${id}`));
    expect(found[3]).toBeCloseTo(idf(500, holders.length), 5);
  });
});

describe('a query is refused', () => {
  // biome-ignore format: a table reads better with a case a line
  it.each<[string, Asked, number, string | RegExp]>([
    ['of another size', { query: [1, 2, 3], using: 'dense' }, 400, 'Wrong input: Vector dimension error: expected dim: 2, got 3'],
    ['of a name that there is not', { query: [1, 2], using: 'other' }, 400, 'Wrong input: Not existing vector name error: other'],
    ['of no name where there are only names', { query: [1, 2] }, 400, 'Wrong input: Not existing vector name error: '],
    ['that is dense for a sparse vector', { query: [1, 2], using: 'words' }, 400, /^Wrong input: /u],
    ['with a word twice', { query: { indices: [1, 1], values: [1, 2] }, using: 'words' }, 422, /must be unique/u],
    ['with more words than weights', { query: { indices: [1, 2], values: [1] }, using: 'words' }, 422, /same length/u],
    ['for no results', { query: [1, 2], using: 'dense', limit: 0 }, 422, /^Validation error in JSON body: \[limit: /u],
  ])('%s', async (_, asked, status, said) => {
    const name = await stage.fresh(CORPUS);
    const refused = await refusal(stage.client.query(name, asked));
    expect(refused.said).toMatch(said instanceof RegExp ? said : /(?:)/u);
    if (typeof said === 'string') expect(refused.said).toBe(said);
    expect(refused.status).toBe(status);
  });
});
