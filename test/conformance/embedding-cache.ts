import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmbeddingCache, EmbeddingSpace } from '../../pipelines/stores/embeddings/port.ts';
import { sha256 } from '../../pipelines/stores/identity.ts';

export type OpenEmbeddingCache = {
  readonly cache: EmbeddingCache;
  /** A second connection to the same storage, as another process would have. */
  readonly other: EmbeddingCache;
  /** Lets so many milliseconds pass for both. */
  pass(ms: number): void;
  close(): Promise<void>;
};

const dayMs = 24 * 3_600_000;
const space = (changes: Partial<EmbeddingSpace['model']> = {}): EmbeddingSpace => ({
  model: { name: 'tiny', revision: 'r1', dimensions: 2, ...changes },
  role: 'passage',
});
const vector = (...values: number[]) => Float32Array.from(values);
const entry = (text: string, ...values: number[]) => ({
  hash: sha256(text),
  vector: vector(...values),
});

/** What pipelines/stores/embeddings/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeEmbeddingCache(
  name: string,
  open: () => Promise<OpenEmbeddingCache>,
): void {
  describe(`embedding cache on ${name}`, () => {
    let opened: OpenEmbeddingCache;
    let cache: EmbeddingCache;
    beforeEach(async () => {
      opened = await open();
      cache = opened.cache;
    });
    afterEach(() => opened.close());
    const known = async (texts: readonly string[], of = space()) =>
      (await cache.get(of, texts.map(sha256))).map((found) => found && [...found]);

    test('gives back what was put, in the order asked, and undefined for the rest', async () => {
      expect(await known(['a'])).toEqual([undefined]);
      await cache.put(space(), [entry('a', 1, 0), entry('b', 0, 1)]);
      expect(await known(['b', 'nobody', 'a', 'b'])).toEqual([[0, 1], undefined, [1, 0], [0, 1]]);
      expect(await opened.other.get(space(), [sha256('a')])).toEqual([vector(1, 0)]);
    });

    test('keeps every bit of a vector', async () => {
      const numbers = fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 2 });
      await fc.assert(
        fc.asyncProperty(fc.string(), numbers, async (text, values) => {
          await cache.put(space(), [entry(text, ...values)]);
          const [found] = await cache.get(space(), [sha256(text)]);
          expect(Buffer.from(found!.buffer)).toEqual(Buffer.from(vector(...values).buffer));
        }),
        { numRuns: 40 },
      );
    });

    test('keeps models, revisions and roles apart', async () => {
      await cache.put(space(), [entry('a', 1, 0)]);
      const strangers = [
        space({ name: 'other' }),
        space({ revision: 'r2' }),
        space({ dimensions: 3 }),
        { ...space(), role: 'query' } as const,
      ];
      for (const stranger of strangers) expect(await known(['a'], stranger)).toEqual([undefined]);
      await cache.put({ ...space(), role: 'query' }, [entry('a', 0, 1)]);
      expect(await known(['a'])).toEqual([[1, 0]]);
    });

    test('takes the same twice, and the later of two', async () => {
      await cache.put(space(), [entry('a', 1, 0), entry('a', 1, 0)]);
      await opened.other.put(space(), [entry('a', 0, 1)]);
      expect(await known(['a'])).toEqual([[0, 1]]);
      expect(await cache.size()).toEqual({ vectors: 1, bytes: 8 });
    });

    test('takes the same from two at once', async () => {
      const entries = Array.from({ length: 20 }, (_, n) => entry(`text ${n}`, 1, n));
      const texts = entries.map((_, n) => `text ${n}`);
      await Promise.all(
        [cache, opened.other, cache, opened.other].map((each) => each.put(space(), entries)),
      );
      expect(await known(texts)).toEqual(texts.map((_, n) => [1, n]));
      expect(await opened.other.size()).toEqual({ vectors: 20, bytes: 160 });
    });

    test('refuses a vector that is not of the model’s dimensions, and all that came with it', async () => {
      const mixed = [entry('a', 1, 0), entry('b', 1, 0, 0)];
      await expect(cache.put(space(), mixed)).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'embeddings.dimensions',
      });
      expect(await cache.size()).toEqual({ vectors: 0, bytes: 0 });
    });

    test('drops what nobody asked for in a long time', async () => {
      await cache.put(space(), [entry('old', 1, 0), entry('asked for', 1, 0)]);
      opened.pass(20 * dayMs);
      await known(['asked for']);
      await cache.put(space(), [entry('new', 1, 0)]);
      opened.pass(20 * dayMs);
      expect(await cache.prune({ unusedForMs: 30 * dayMs })).toBe(1);
      expect(await known(['old', 'asked for', 'new'])).toEqual([undefined, [1, 0], [1, 0]]);
    });

    test('drops what was asked for longest ago until it fits', async () => {
      for (const text of ['first', 'second', 'third']) {
        await cache.put(space(), [entry(text, 1, 0)]);
        opened.pass(dayMs);
      }
      await known(['first']);
      expect(await cache.prune({ maxBytes: 16 })).toBe(1);
      expect(await known(['first', 'second', 'third'])).toEqual([[1, 0], undefined, [1, 0]]);
      expect(await cache.prune({ maxBytes: 16 })).toBe(0);
      expect(await cache.prune({ maxBytes: 0 })).toBe(2);
    });

    test('takes, gives and drops more than a thousand at once', async () => {
      const texts = Array.from({ length: 1_100 }, (_, n) => `text ${n}`);
      await cache.put(
        space(),
        texts.map((text, n) => entry(text, n, 1)),
      );
      expect(await known(texts)).toEqual(texts.map((_, n) => [n, 1]));
      expect(await cache.retain(texts.slice(0, 550).map(sha256))).toBe(550);
      expect(await cache.prune({ maxBytes: 30 * 8 })).toBe(520);
      expect((await cache.size()).vectors).toBe(30);
    });

    test('retains what it is told to in every space and drops the rest', async () => {
      await cache.put(space(), [entry('stays', 1, 0), entry('goes', 1, 0)]);
      await cache.put(space({ revision: 'r2' }), [entry('stays', 0, 1), entry('goes', 0, 1)]);
      expect(await cache.retain([sha256('stays'), sha256('never seen')])).toBe(2);
      expect(await known(['stays', 'goes'])).toEqual([[1, 0], undefined]);
      expect(await known(['stays', 'goes'], space({ revision: 'r2' }))).toEqual([
        [0, 1],
        undefined,
      ]);
      expect(await cache.retain([])).toBe(2);
      expect(await cache.size()).toEqual({ vectors: 0, bytes: 0 });
    });
  });
}
