import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Embedder } from '../../pipelines/serving/embed/port.ts';

export type OpenEmbedder = { readonly embedder: Embedder; close(): Promise<void> };
type Prefixes = { readonly queryPrefix?: string; readonly passagePrefix?: string };

/**
 * Words that the tiny test model knows, too; a text of the longest is over what any tried model takes.
 * A whole sentence would be unknown words to it.
 */
const words = ['bread', 'redis cache outage', 'flour', 'the oven', 'we that it in of', 'recipe'];
const cosine = (a?: Float32Array, b?: Float32Array) =>
  a?.reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0) ?? 0;

/** What pipelines/serving/embed/port.ts promises, for any adapter. `open` gives a model with these prefixes. */
export function describeEmbedder(
  name: string,
  open: (prefixes?: Prefixes) => Promise<OpenEmbedder>,
): void {
  describe(`embedder on ${name}`, () => {
    let opened: OpenEmbedder;
    let embedder: Embedder;
    beforeEach(async () => {
      opened = await open();
      embedder = opened.embedder;
    });
    afterEach(() => opened.close());

    test('gives one unit vector per text, in order, of the model’s dimensions', async () => {
      const texts = Array.from({ length: 70 }, (_, index) =>
        words.slice(0, 1 + (index % words.length)).join(' '),
      );
      const vectors = await embedder.embed(texts, 'passage');
      expect(vectors).toHaveLength(texts.length);
      for (const vector of vectors) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(embedder.identity.dimensions);
        expect(cosine(vector, vector)).toBeCloseTo(1, 5);
      }
      for (const [index, text] of texts.slice(0, words.length).entries()) {
        const [alone] = await embedder.embed([text], 'passage');
        expect(cosine(alone, vectors[index])).toBeCloseTo(1, 4);
        expect(cosine(alone, vectors[index + words.length])).toBeCloseTo(1, 4);
      }
    });

    test('gives nothing for nothing', async () => {
      expect(await embedder.embed([], 'passage')).toEqual([]);
    });

    test('puts texts that share words nearer than those that do not', async () => {
      const [outage, same, bread] = await embedder.embed(
        ['the redis cache outage', 'outage of the redis cache', 'bread flour recipe oven'],
        'passage',
      );
      expect(cosine(outage, same)).toBeGreaterThan(cosine(outage, bread));
    });

    test('says which weights it has, and that prefixes make them others', async () => {
      const { identity } = embedder;
      expect(identity.name).not.toBe('');
      expect(identity.revision).not.toBe('');
      const prefixed = await open({ queryPrefix: 'redis ', passagePrefix: 'bread ' });
      expect(prefixed.embedder.identity).toMatchObject({ dimensions: identity.dimensions });
      expect(prefixed.embedder.identity.revision).not.toBe(identity.revision);
      await prefixed.close();
    });

    test('puts its prefixes before questions and passages', async () => {
      const prefixed = await open({ queryPrefix: 'redis ', passagePrefix: 'bread ' });
      const [query] = await prefixed.embedder.embed(['cache'], 'query');
      const [passage] = await prefixed.embedder.embed(['cache'], 'passage');
      const [redis, bread] = await embedder.embed(['redis cache', 'bread cache'], 'query');
      expect(cosine(query, redis)).toBeCloseTo(1, 4);
      expect(cosine(passage, bread)).toBeCloseTo(1, 4);
      await prefixed.close();
    });

    test('reports a text that is too long instead of cutting it, and goes on with others', async () => {
      expect(embedder.maxTokens).toBeGreaterThan(0);
      const long = 'bread '.repeat(embedder.maxTokens + 1);
      await expect(embedder.embed(['bread', long, 'flour'], 'passage')).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'embed.too-long',
      });
      expect(await embedder.embed(['bread', 'flour'], 'passage')).toHaveLength(2);
    });

    test('stops when asked to', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(embedder.embed(['bread'], 'query', signal)).rejects.toThrow('enough');
    });
  });
}
