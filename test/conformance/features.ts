import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermanentError } from '../../pipelines/stores/errors.ts';
import { featureSetId } from '../../pipelines/stores/features/manifest.ts';
import {
  type Access,
  type FeatureStore,
  type HybridQuery,
  intersect,
  type QueryTerm,
  type ScoredChunk,
} from '../../pipelines/stores/features/port.ts';
import { documentId } from '../../pipelines/stores/identity.ts';
import { collected, features, manifest, seeded } from './fixtures.ts';

export type OpenFeatures = {
  readonly store: FeatureStore;
  /** A second connection to the same storage, as another process would have. */
  readonly other: FeatureStore;
  close(): Promise<void>;
};

/** Some hundred requests where the storage is a server: more than a busy machine does in the usual time. */
const slow = { timeout: 120_000 };

const lexical = manifest('lexical');
const set = featureSetId(lexical);
const terms = (...words: readonly string[]): readonly QueryTerm[] =>
  words.map((term) => ({ term, weight: 1 }));
const texts = (found: readonly ScoredChunk[]) => found.map(({ chunk }) => chunk.text);
const idOf = (name: string) => documentId(`https://example.org/${name}`);

/** What pipelines/stores/features/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeFeatures(name: string, open: () => Promise<OpenFeatures>): void {
  describe(`feature store on ${name}`, () => {
    let opened: OpenFeatures;
    let store: FeatureStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      await store.createSet(lexical);
    });
    afterEach(() => opened.close());
    const search = async (words: readonly QueryTerm[], limit = 10) =>
      store.searchLexical(set, words, { limit });

    describe('sets', () => {
      test('creates a set once, however often it is asked to', async () => {
        const again = await opened.other.createSet(lexical);
        expect(again).toMatchObject({ id: set, state: 'building', documents: 0, chunks: 0 });
        expect(again.manifest).toEqual(lexical);
        expect(await store.sets()).toEqual([again]);
        expect(await store.current()).toBeUndefined();
      });

      test('switches by compare-and-swap, and back', async () => {
        const next = await store.createSet(manifest('next'));
        await store.switchTo(set, undefined);
        expect(await store.previous()).toBeUndefined();
        await store.switchTo(next.id, set);
        expect((await opened.other.current())?.id).toBe(next.id);
        expect((await opened.other.previous())?.id).toBe(set);
        const states = (await store.sets()).map(({ state }) => state).sort();
        expect(states).toEqual(['current', 'retired']);

        await store.switchTo(set, next.id);
        expect((await store.current())?.id).toBe(set);
        expect((await store.previous())?.id).toBe(next.id);
      });

      test('refuses a switch from another state than the caller believes in', async () => {
        const next = await store.createSet(manifest('next'));
        await store.switchTo(set, undefined);
        for (const expected of [undefined, next.id]) {
          const conflict = store.switchTo(next.id, expected);
          await expect(conflict).rejects.toMatchObject({ code: 'features.switch-conflict' });
          await expect(conflict).rejects.toBeInstanceOf(PermanentError);
        }
        expect((await store.current())?.id).toBe(set);
      });

      test('lets one of several simultaneous switches win', async () => {
        await store.switchTo(set, undefined);
        const rivals = await Promise.all(
          ['a', 'b', 'c', 'd'].map((rival) => store.createSet(manifest(rival))),
        );
        const outcomes = await Promise.allSettled(
          rivals.map((rival, index) => [store, opened.other][index % 2]!.switchTo(rival.id, set)),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect((await store.sets()).filter(({ state }) => state === 'current')).toHaveLength(1);
      });

      test('does not switch to a set it does not have', async () => {
        await expect(store.switchTo('set-unknown', undefined)).rejects.toBeInstanceOf(
          PermanentError,
        );
      });

      test('drops a set with all it holds, but never the current one', async () => {
        await store.putDocument(set, features(lexical, 'one', ['first words']));
        await store.switchTo(set, undefined);
        await expect(store.dropSet(set)).rejects.toBeInstanceOf(PermanentError);
        const next = await store.createSet(manifest('next'));
        await store.switchTo(next.id, set);
        await store.dropSet(set);
        expect((await store.sets()).map(({ id }) => id)).toEqual([next.id]);
        expect(await store.previous()).toBeUndefined();

        await store.createSet(lexical);
        expect(await search(terms('first'))).toEqual([]);
        expect(await collected(store.revisions(set))).toEqual([]);
      });
    });

    describe('documents', () => {
      test('gives back exactly the chunks that were put in', async () => {
        const put = features(lexical, 'one', ['alpha beta', 'gamma delta'], {
          context: 'Ada, 2024',
        });
        await store.putDocument(set, put);
        const [first, second] = put.chunks;
        const ids = [second!.id, 'unknown', first!.id];
        const { attributes } = put;
        expect(await opened.other.chunks(set, ids)).toEqual([
          { ...second, attributes },
          { ...first, attributes },
        ]);
        expect(await collected(store.documentChunks(set, put.documentId))).toEqual(put.chunks);
        expect((await store.sets())[0]).toMatchObject({ documents: 1, chunks: 2 });
      });

      test('changes nothing when the same revision is put again', async () => {
        const put = features(lexical, 'one', ['alpha beta', 'gamma delta']);
        await store.putDocument(set, put);
        const before = [await search(terms('alpha', 'gamma')), await store.sets()];
        await store.putDocument(set, put);
        expect([await search(terms('alpha', 'gamma')), await store.sets()]).toEqual(before);
      });

      test('replaces all of an older revision', async () => {
        await store.putDocument(set, features(lexical, 'one', ['old words', 'more old', 'third']));
        await store.putDocument(set, features(lexical, 'one', ['new words'], { revision: 2 }));
        expect(await search(terms('old'))).toEqual([]);
        expect(texts(await search(terms('words')))).toEqual(['new words']);
        expect(await collected(store.revisions(set))).toEqual([
          { documentId: idOf('one'), revision: 2 },
        ]);
        expect((await store.sets())[0]).toMatchObject({ documents: 1, chunks: 1 });
      });

      test('takes no older revision than it has', async () => {
        await store.putDocument(set, features(lexical, 'one', ['new words'], { revision: 2 }));
        await store.putDocument(set, features(lexical, 'one', ['old words'], { revision: 1 }));
        expect(texts(await search(terms('words')))).toEqual(['new words']);
        expect((await collected(store.revisions(set)))[0]?.revision).toBe(2);
      });

      test(
        'never shows two revisions of a document, or none, while it is being replaced',
        slow,
        async () => {
          const versions = Array.from({ length: 30 }, (_, index) =>
            features(lexical, 'one', [`words v${index}`, `words w${index}`], {
              revision: index + 1,
            }),
          );
          await store.putDocument(set, versions[0]!);
          const writing = (async () => {
            for (const version of versions) await store.putDocument(set, version);
          })();
          for (let round = 0; round < 60; round += 1) {
            const found = await opened.other.searchLexical(set, terms('words'), { limit: 10 });
            const seen = new Set(found.map(({ chunk }) => chunk.revision));
            expect([found.length, seen.size]).toEqual([2, 1]);
          }
          await writing;
        },
      );

      test('removes a document, and does not mind when it is not there', async () => {
        await store.putDocument(set, features(lexical, 'one', ['some words']));
        await store.removeDocument(set, idOf('one'));
        await store.removeDocument(set, idOf('one'));
        expect(await search(terms('words'))).toEqual([]);
        expect((await store.sets())[0]).toMatchObject({ documents: 0, chunks: 0 });
      });

      test('forgets documents in every set', async () => {
        const next = manifest('next');
        await store.createSet(next);
        await store.putDocument(set, features(lexical, 'one', ['some words']));
        await store.putDocument(featureSetId(next), features(next, 'one', ['some words']));
        await store.putDocument(set, features(lexical, 'two', ['other words']));
        await store.forget([idOf('one'), idOf('unknown')]);
        expect(await collected(store.revisions(featureSetId(next)))).toEqual([]);
        expect(texts(await search(terms('words')))).toEqual(['other words']);
      });

      test('streams revisions in ascending order of document id', slow, async () => {
        const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
        for (const one of names) await store.putDocument(set, features(lexical, one, ['x']));
        const seen = (await collected(store.revisions(set))).map((head) => head.documentId);
        expect(seen).toEqual(names.map(idOf).sort());
      });

      test('hands out neighbours by position, within the document', async () => {
        await store.putDocument(set, features(lexical, 'one', ['a', 'b', 'c', 'd']));
        await store.putDocument(set, features(lexical, 'two', ['x', 'y']));
        const found = await store.neighbours(set, idOf('one'), 1, 2);
        expect(found.map(({ text }) => text)).toEqual(['b', 'c']);
        expect(await store.neighbours(set, idOf('one'), -5, 99)).toHaveLength(4);
      });

      test('keeps a document that has no passages, so that it is not worked on again', async () => {
        await store.putDocument(set, features(lexical, 'empty', []));
        expect(await collected(store.revisions(set))).toHaveLength(1);
      });

      test('says so when the set does not exist', async () => {
        const lost = store.putDocument('set-unknown', features(lexical, 'one', ['a']));
        await expect(lost).rejects.toBeInstanceOf(PermanentError);
        const missing = store.searchLexical('set-unknown', terms('a'), { limit: 1 });
        await expect(missing).rejects.toBeInstanceOf(PermanentError);
      });
    });

    describe('lexical search', () => {
      test('finds other forms of a word, in the passage and in its context line', async () => {
        await store.putDocument(set, features(lexical, 'one', ['The foxes were running.']));
        const context = { context: 'Written by Grace Hopper' };
        await store.putDocument(set, features(lexical, 'two', ['Nothing here.'], context));
        expect(texts(await search(terms('fox', 'runs')))).toEqual(['The foxes were running.']);
        expect(texts(await search(terms('hopper')))).toEqual(['Nothing here.']);
      });

      test('ranks rarer and more frequent words higher, best first', async () => {
        const passages = [
          'common common rare',
          'common words only here',
          'other common things',
          'and the common again',
          'something else',
          'entirely different',
          'about nothing',
          'in particular',
          'again nothing',
        ];
        await store.putDocument(set, features(lexical, 'one', passages));
        const found = await search(terms('common', 'rare'));
        expect(found).toHaveLength(4);
        expect(found[0]?.chunk.text).toBe('common common rare');
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(scores.at(-1)).toBeGreaterThan(0);
      });

      test('counts a term as often as it stands in the question', async () => {
        const passages = ['alpha', 'beta', ...Array.from({ length: 8 }, (_, n) => `filler${n}`)];
        await store.putDocument(set, features(lexical, 'one', passages));
        const once = await search(terms('alpha'));
        const twice = await search(terms('alpha', 'alpha'));
        expect(twice[0]?.score).toBeCloseTo(2 * (once[0]?.score ?? 0), 6);
        expect(texts(await search(terms('alpha', 'beta', 'beta')))[0]).toBe('beta');
      });

      test('adds up weights, whole and fractional alike', async () => {
        const filler = Array.from({ length: 20 }, (_, n) => `filler${n}`);
        const passages = ['alpha beta', 'alpha', 'beta gamma', ...filler];
        await store.putDocument(set, features(lexical, 'one', passages));
        const scoreOf = async (...asked: readonly QueryTerm[]) => {
          const found = await search(asked);
          return new Map(found.map(({ chunk, score }) => [chunk.text, score]));
        };
        const [alpha, beta, gamma] = [
          await scoreOf({ term: 'alpha', weight: 1 }),
          await scoreOf({ term: 'beta', weight: 1 }),
          await scoreOf({ term: 'gamma', weight: 1 }),
        ];
        for (const [a, b, c] of [
          [3, 1, 2],
          [1, 0.37, 0.113],
        ] as const) {
          const all = await scoreOf(
            { term: 'alpha', weight: a },
            { term: 'beta', weight: b },
            { term: 'gamma', weight: c },
          );
          for (const passage of ['alpha beta', 'alpha', 'beta gamma']) {
            const sum =
              a * (alpha.get(passage) ?? 0) +
              b * (beta.get(passage) ?? 0) +
              c * (gamma.get(passage) ?? 0);
            expect(all.get(passage)).toBeCloseTo(sum, 6);
          }
        }
      });

      test('gives no more than asked for, ties in order of chunk id', slow, async () => {
        const names = Array.from({ length: 40 }, (_, index) => `tie${index}`);
        for (const one of names)
          await store.putDocument(set, features(lexical, one, ['same words']));
        await store.putDocument(set, features(lexical, 'more', ['x', 'y', 'z', 'filler']));
        const all = (await search(terms('same'), 100)).map(({ chunk }) => chunk.id);
        expect(all).toEqual([...all].sort());
        expect(all).toHaveLength(40);
        for (const limit of [1, 7, 39]) {
          const some = await search(terms('same'), limit);
          expect(some.map(({ chunk }) => chunk.id)).toEqual(all.slice(0, limit));
        }
        expect(await search(terms('same'), 0)).toEqual([]);
      });

      test('scores the same whatever was there before', async () => {
        const passages = [
          'alpha beta gamma',
          'alpha',
          'delta epsilon',
          'zeta',
          'eta',
          'theta iota',
        ];
        const fresh = manifest('fresh');
        await store.createSet(fresh);
        await store.putDocument(featureSetId(fresh), features(fresh, 'one', passages));
        for (let revision = 1; revision < 8; revision += 1) {
          const words = Array.from({ length: 9 }, (_, n) => `alpha old${n} words`);
          await store.putDocument(set, features(lexical, 'one', words, { revision }));
          await store.putDocument(set, features(lexical, 'other', words, { revision }));
        }
        await store.removeDocument(set, idOf('other'));
        await store.putDocument(set, features(lexical, 'one', passages, { revision: 9 }));
        const scores = async (id: string) =>
          (await store.searchLexical(id, terms('alpha', 'gamma'), { limit: 10 })).map((found) => [
            found.chunk.text,
            found.score.toFixed(9),
          ]);
        expect(await scores(set)).toEqual(await scores(featureSetId(fresh)));
      });

      test('takes any string as a term and as content', slow, async () => {
        await store.putDocument(set, features(lexical, 'one', ['needle in a haystack', 'b', 'c']));
        const hostile = fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.constantFrom(
            '"',
            '" OR "',
            'NEAR(a b)',
            'body:',
            '*',
            '^a',
            'a AND',
            '\0',
            '--',
            "';",
          ),
        );
        let revision = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(hostile, { maxLength: 8 }), hostile, async (asked, content) => {
            const found = await search(terms(...asked, 'needle'));
            expect(texts(found)).toContain('needle in a haystack');
            revision += 1;
            await store.putDocument(set, features(lexical, 'evil', [content], { revision }));
            expect((await store.sets())[0]).toMatchObject({ documents: 2, chunks: 4 });
          }),
          { numRuns: 100 },
        );
      });

      test('survives a question of ten thousand words, and one of none', async () => {
        await store.putDocument(set, features(lexical, 'one', ['needle']));
        const many = Array.from({ length: 10_000 }, (_, index) => `word${index}`);
        expect(texts(await search(terms('needle', ...many)))).toEqual(['needle']);
        expect(await search([])).toEqual([]);
        expect(await search(terms('', ' ', '!!!'))).toEqual([]);
        expect(await search([{ term: 'needle', weight: 0 }])).toEqual([]);
      });

      test('stops before it begins when the asker has gone', async () => {
        const signal = AbortSignal.abort();
        const gone = store.searchLexical(set, terms('a'), { limit: 1, signal });
        await expect(gone).rejects.toThrow();
      });

      test('knows its statistics by stem', async () => {
        await store.putDocument(set, features(lexical, 'one', ['run running dog', 'cat']));
        await store.putDocument(set, features(lexical, 'two', ['dogs here'], { context: 'a b' }));
        const statistics = await store.lexicalStatistics(set, ['run', 'dog', 'absent']);
        expect(statistics.chunks).toBe(3);
        expect(statistics.averageLength).toBeCloseTo((3 + 1 + 4) / 3, 6);
        expect([...statistics.documentFrequency]).toEqual([
          ['run', 1],
          ['dog', 2],
          ['absent', 0],
        ]);
        await store.removeDocument(set, idOf('two'));
        const after = await store.lexicalStatistics(set, ['dog']);
        expect(after).toMatchObject({ chunks: 2, averageLength: 2 });
        expect(after.documentFrequency.get('dog')).toBe(1);
      });
    });

    describe('access', () => {
      const put = async (one: string, words: string, attributes: object) =>
        store.putDocument(set, features(lexical, one, [words], { attributes }));
      beforeEach(async () => {
        await put('a', 'secret words of ada', { origin: '/a', source: 'blog' });
        await put('b', 'secret words of bob', { origin: '/b', author: { id: 'bob', name: 'Bob' } });
        await put('c', 'filler', { origin: '/b', source: 'blog' });
      });

      test('hides what does not pass, before anything is limited', async () => {
        const found = async (access: object, limit = 10) =>
          texts(await store.searchLexical(set, terms('secret', 'ada'), { limit, access }));
        expect(await found({})).toHaveLength(2);
        expect(await found({ origins: ['/b'] }, 1)).toEqual(['secret words of bob']);
        expect(await found({ sources: ['blog'] })).toEqual(['secret words of ada']);
        expect(await found({ authors: ['bob'] })).toEqual(['secret words of bob']);
        expect(await found({ authors: ['bob'], sources: ['blog'] })).toEqual([]);
        expect(await found({ origins: ['/a', '/b'] })).toHaveLength(2);
      });

      test('allows nothing by an empty list', async () => {
        for (const field of ['origins', 'sources', 'authors']) {
          const access = { [field]: [] };
          expect(await store.searchLexical(set, terms('secret'), { limit: 5, access })).toEqual([]);
        }
      });

      test('holds for chunks that are asked for by id', async () => {
        const ids = (await search(terms('secret'))).map(({ chunk }) => chunk.id);
        const allowed = await store.chunks(set, ids, { origins: ['/a'] });
        expect(allowed.map(({ text }) => text)).toEqual(['secret words of ada']);
        expect(await store.chunks(set, ids, { authors: [] })).toEqual([]);
      });

      test('counts what passes, and everything without access', async () => {
        await store.putDocument(set, features(lexical, 'd', ['one', 'two'], {}));
        const count = async (access?: object) => {
          const { documents, chunks } = await store.count(set, access);
          return [documents, chunks];
        };
        expect(await count()).toEqual([4, 5]);
        expect(await count({})).toEqual([4, 5]);
        expect(await count({ sources: ['example.org'], authors: ['ada'] })).toEqual([1, 2]);
        expect(await count({ origins: ['/b'] })).toEqual([2, 2]);
        expect(await count({ authors: [] })).toEqual([0, 0]);
        await store.removeDocument(set, idOf('d'));
        expect(await count({ authors: ['ada'] })).toEqual([2, 2]);
        await expect(store.count('set-unknown', {})).rejects.toBeInstanceOf(PermanentError);
      });

      test('begins with a date, itself included, and leaves out what has none', async () => {
        await put('old', 'secret of old', { publishedAt: '2023-12-31T23:59:59.999Z' });
        // Without milliseconds: the same moment as with them.
        await put('first', 'secret of first', { publishedAt: '2024-05-01T00:00:00Z' });
        await put('undated', 'secret of nobody', { publishedAt: null });
        const found = async (since: string, more: object = {}) => {
          const access = { since, ...more };
          const hits = await store.searchLexical(set, terms('secret'), { limit: 10, access });
          const shown = texts(hits).toSorted();
          const all = (await search(terms('secret'))).map(({ chunk }) => chunk.id);
          const chunks = await store.chunks(set, all, access);
          expect(chunks.map(({ text }) => text).toSorted()).toEqual(shown);
          return shown;
        };
        const may = ['secret of first', 'secret words of ada', 'secret words of bob'];
        for (const since of [
          '2024-05-01',
          '2024-05-01T00:00:00Z',
          '2024-05-01T00:00:00.000Z',
          '2024-05-01T02:00:00+02:00',
        ]) {
          expect(await found(since)).toEqual(may);
        }
        expect(await found('2024-05-01T00:00:00.001Z')).toEqual([]);
        expect(await found('2023-12-31T23:59:59.999Z')).toEqual([
          may[0],
          'secret of old',
          ...may.slice(1),
        ]);
        expect(await found('2024')).toEqual(may);
        expect(await found('2024-05-01', { authors: ['bob'] })).toEqual(['secret words of bob']);
        expect(await store.count(set, { since: '2024-05-01' })).toEqual({
          documents: 4,
          chunks: 4,
        });
      });

      test('lets nothing pass a date that is none', async () => {
        for (const since of [
          '',
          'yesterday',
          '2024-99-01',
          'May 2020',
          "'; drop table chunks; --",
        ]) {
          const access = { since };
          expect(await store.searchLexical(set, terms('secret'), { limit: 5, access })).toEqual([]);
          expect(await store.count(set, access)).toEqual({ documents: 0, chunks: 0 });
        }
      });
    });

    describe('two accesses', () => {
      test('together let pass what passes both', slow, async () => {
        const some = <T>(of: readonly T[]) => fc.option(fc.subarray([...of]), { nil: undefined });
        const access = fc
          .record({
            origins: some(['/a', '/b']),
            sources: some(['blog', 'letters']),
            authors: some(['ada', 'bob']),
            since: fc.constantFrom(undefined, '2023', '2024-05-01T12:00:00+02:00', 'never'),
          })
          .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, each]) => each)))
          .map((fields): Access => fields);
        const all: string[] = [];
        for (const origin of ['/a', '/b']) {
          for (const source of ['blog', 'letters']) {
            for (const id of ['ada', 'bob']) {
              for (const publishedAt of [null, '2023-06-01T00:00:00Z', '2024-05-01T10:00:00Z']) {
                const one = [origin, source, id, publishedAt].join();
                const attributes = { origin, source, author: { id, name: id }, publishedAt };
                const put = features(lexical, `${all.length}`, [one], { attributes });
                await store.putDocument(set, put);
                all.push(...put.chunks.map((chunk) => chunk.id));
              }
            }
          }
        }
        const passing = async (one: Access | undefined) =>
          (await store.chunks(set, all, one)).map(({ text }) => text);
        const maybe = fc.option(access, { nil: undefined });
        await fc.assert(
          fc.asyncProperty(maybe, maybe, async (a, b) => {
            const second = new Set(await passing(b));
            const both = (await passing(a)).filter((each) => second.has(each));
            expect(await passing(intersect(a, b))).toEqual(both);
          }),
        );
      });
    });

    describe('dense search', () => {
      const dense = manifest('dense', 3);
      const denseSet = featureSetId(dense);
      const put = async (one: string, vectors: readonly (readonly number[])[], changes = {}) =>
        store.putDocument(
          denseSet,
          features(
            dense,
            one,
            vectors.map((_, n) => `${one}${n}`),
            { vectors, ...changes },
          ),
        );
      const nearest = async (vector: readonly number[], limit = 10, access = {}) =>
        store.searchDense(denseSet, Float32Array.from(vector), { limit, access });
      beforeEach(async () => {
        await store.createSet(dense);
      });

      test('ranks by cosine, whatever the lengths', async () => {
        await put('a', [
          [10, 0, 0],
          [0, 0.1, 0],
        ]);
        await put('b', [[-3, 0, 0]]);
        const found = await nearest([0.5, 0, 0]);
        expect(texts(found)).toEqual(['a0', 'a1', 'b0']);
        expect(found.map(({ score }) => score)).toEqual(
          [1, 0, -1].map((s) => expect.closeTo(s, 5)),
        );
        expect(texts(await nearest([1, 0.2, 0], 2))).toEqual(['a0', 'a1']);
        expect(await nearest([1, 0, 0], 0)).toEqual([]);
      });

      test('sees at once what another connection changed', async () => {
        await put('a', [[1, 0, 0]]);
        expect(
          texts(
            await opened.other.searchDense(denseSet, new Float32Array([1, 0, 0]), { limit: 5 }),
          ),
        ).toEqual(['a0']);
        await put('b', [[0.9, 0.1, 0]]);
        await store.removeDocument(denseSet, idOf('a'));
        const found = await opened.other.searchDense(denseSet, new Float32Array([1, 0, 0]), {
          limit: 5,
        });
        expect(texts(found)).toEqual(['b0']);
      });

      test('breaks ties by chunk id, also at the limit', async () => {
        for (let n = 0; n < 12; n += 1) await put(`tie${n}`, [[0, 1, 0]]);
        const all = (await nearest([0, 1, 0], 50)).map(({ chunk }) => chunk.id);
        expect(all).toEqual([...all].sort());
        expect((await nearest([0, 1, 0], 5)).map(({ chunk }) => chunk.id)).toEqual(all.slice(0, 5));
      });

      test('applies access before the limit', async () => {
        await put('near', [[1, 0, 0]], { attributes: { origin: '/hidden' } });
        await put('far', [[0, 1, 0]], { attributes: { origin: '/shown' } });
        expect(texts(await nearest([1, 0, 0], 1, { origins: ['/shown'] }))).toEqual(['far0']);
        expect(await nearest([1, 0, 0], 1, { origins: [] })).toEqual([]);
        expect(texts(await nearest([1, 0, 0], 1, { since: '2024-05-01' }))).toEqual(['near0']);
        expect(await nearest([1, 0, 0], 1, { since: '2024-05-02' })).toEqual([]);
      });

      test('scores a vector of zeros 0 instead of failing', async () => {
        await put('zero', [[0, 0, 0]]);
        expect((await nearest([1, 2, 3]))[0]?.score).toBe(0);
      });

      test('refuses vectors that the manifest does not allow', async () => {
        const wrong = [
          put('a', [[1, 0]]),
          store.putDocument(denseSet, features(dense, 'b', ['without vectors'])),
          store.putDocument(denseSet, features(dense, 'c', ['x', 'y'], { vectors: [[1, 0, 0]] })),
          store.putDocument(set, features(lexical, 'd', ['x'], { vectors: [[1, 0, 0]] })),
          nearest([1, 0]),
          store.searchDense(set, new Float32Array(3), { limit: 1 }),
        ];
        for (const attempt of await Promise.allSettled(wrong)) {
          expect(attempt).toMatchObject({ reason: expect.any(PermanentError) });
        }
        expect(await collected(store.revisions(denseSet))).toEqual([]);
      });
    });

    describe('hybrid search', () => {
      const both = manifest('both', 2);
      const bothSet = featureSetId(both);
      const day = 86_400_000;
      /** As much of `word` as `times` says, in a passage of eleven words, and a vector at that angle to [1, 0]. */
      const put = async (one: string, times: number, degrees: number, attributes: object = {}) => {
        const words = Array.from({ length: 11 }, (_, n) => (n < times ? 'word' : `${one}${n}`));
        const angle = (degrees * Math.PI) / 180;
        const vectors = [[Math.cos(angle), Math.sin(angle)]];
        const made = features(both, one, [words.join(' ')], { vectors, attributes });
        await store.putDocument(bothSet, made);
      };
      const east = Float32Array.from([1, 0]);
      const asked = { terms: terms('word'), vector: east };
      const found = async (query: HybridQuery, limit = 10, access: object = {}) => {
        const hits = await store.searchHybrid(bothSet, query, { limit, access });
        return hits.map(({ chunk, score }) => [nameOf(chunk.documentId), score] as const);
      };
      const names = ['a', 'b', 'c', 'd'];
      const nameOf = (id: string) => names.find((name) => idOf(name) === id) ?? id;
      const order = async (...query: Parameters<typeof found>) =>
        (await found(...query)).map(([name]) => name);
      const scored = (expected: readonly (readonly [string, number])[]) =>
        expected.map(([name, score]) => [name, expect.closeTo(score, 6)]);
      beforeEach(async () => {
        await store.createSet(both);
        // By words a b c, by meaning d c a b; the fillers keep the word rare.
        const dated = (publishedAt: string | null) => ({ publishedAt });
        await put('a', 5, 30, dated('2024-05-01T00:00:00.000Z'));
        await put('b', 3, 40, dated(null));
        await put('c', 1, 20, dated('2024-05-31T00:00:00.000Z'));
        await put('d', 0, 10, dated('2024-05-21T00:00:00.000Z'));
        for (let n = 0; n < 6; n += 1) await put(`filler${n}`, 0, 90 + n);
        await store.switchTo(bothSet, undefined);
      });

      test('adds up what the ranks of both arms are worth', async () => {
        expect(await found(asked, 4)).toEqual(
          scored([
            ['a', 1 / 61 + 1 / 63],
            ['c', 1 / 63 + 1 / 62],
            ['b', 1 / 62 + 1 / 64],
            ['d', 1 / 61],
          ]),
        );
      });

      test('lets an arm of a larger share have more of the first places', async () => {
        const shares = { lexical: 1, dense: 3 };
        expect(await found({ ...asked, shares }, 4)).toEqual(
          scored([
            ['a', 1 / 61 + 1 / (3 / 3 + 60)],
            ['b', 1 / 62 + 1 / (4 / 3 + 60)],
            ['c', 1 / 63 + 1 / (2 / 3 + 60)],
            ['d', 1 / (1 / 3 + 60)],
          ]),
        );
      });

      test('is one arm alone where the other has no share, no words or no vector', async () => {
        const byWords = ['a', 'b', 'c'];
        const byMeaning = ['d', 'c', 'a', 'b'];
        expect(await order({ terms: terms('word') })).toEqual(byWords);
        expect(await order({ ...asked, shares: { dense: 0 } })).toEqual(byWords);
        expect(await order({ terms: [], vector: east }, 4)).toEqual(byMeaning);
        expect(await order({ ...asked, shares: { lexical: 0 } }, 4)).toEqual(byMeaning);
        expect(await order({ terms: terms('absent'), vector: east }, 4)).toEqual(byMeaning);
        expect(await order({ terms: terms('absent') })).toEqual([]);
        expect(await order({ terms: [] })).toEqual([]);
      });

      test('raises what is new, by half for each half-life, and not what has no date', async () => {
        const now = Date.parse('2024-05-31T00:00:00.000Z');
        const recency = { halfLifeMs: 10 * day, weight: 0.5, now };
        expect(await found({ ...asked, recency }, 4)).toEqual(
          scored([
            ['c', (1 / 63 + 1 / 62) * 1.5],
            ['a', (1 / 61 + 1 / 63) * (1 + 0.5 / 8)],
            ['b', 1 / 62 + 1 / 64],
            ['d', (1 / 61) * 1.25],
          ]),
        );
      });

      test('takes no more passages of one document than asked for', async () => {
        const vectors = [0, 1, 2].map((n) => [1, n / 1_000]);
        const words = [0, 1, 2].map(
          (n) => `word word word word word word word${' more'.repeat(n)}`,
        );
        await store.putDocument(bothSet, features(both, 'long', words, { vectors }));
        await store.switchTo(set, bothSet);
        await store.switchTo(bothSet, set);
        const of = async (perDocument: number) =>
          (await order({ ...asked, perDocument }, 6)).filter((name) => name === idOf('long'));
        expect(await of(3)).toHaveLength(3);
        expect(await of(2)).toHaveLength(2);
        expect(await order({ ...asked, perDocument: 1 }, 3)).toEqual([idOf('long'), 'a', 'c']);
      });

      test('applies access before anything is ranked, and limits', async () => {
        await put('e', 8, 1, { origin: '/hidden' });
        const access = { origins: ['https://example.org/'] };
        expect((await found(asked, 1, access)).map(([, score]) => score)).toEqual([
          expect.closeTo(1 / 61 + 1 / 63, 6),
        ]);
        expect(await order(asked, 1, { origins: ['/hidden'] })).toEqual([idOf('e')]);
        expect(await order(asked, 4, { origins: [] })).toEqual([]);
        expect(await order(asked, 0)).toEqual([]);
      });

      test(
        'puts together what the arms find by themselves, whatever the corpus',
        slow,
        async () => {
          const random = seeded(7);
          const vocabulary = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'];
          const pick = () => vocabulary[Math.floor(random() * random() * vocabulary.length)];
          for (let n = 0; n < 40; n += 1) {
            const lengths = [0, 1].map(() => 3 + Math.floor(random() * 40));
            const words = lengths.map((length) => Array.from({ length }, pick).join(' '));
            const vectors = words.map(() => [random() - 0.5, random() - 0.5]);
            const month = `${1 + Math.floor(random() * 12)}`.padStart(2, '0');
            const attributes = { publishedAt: `2023-${month}-01T00:00:00.000Z` };
            const made = features(both, `random${n}`, words, { vectors, attributes });
            await store.putDocument(bothSet, made);
          }
          await store.switchTo(set, bothSet);
          await store.switchTo(bothSet, set);
          const words = terms('alpha', 'gamma', 'eta');
          const vector = Float32Array.from([0.6, -0.8]);
          const all = { limit: 100 };
          const lexicalArm = await store.searchLexical(bothSet, words, all);
          const denseArm = await store.searchDense(bothSet, vector, all);
          const now = Date.parse('2024-01-01T00:00:00.000Z');
          const expected = new Map<string, number>();
          for (const [hits, share] of [
            [lexicalArm, 1],
            [denseArm, 0.5],
          ] as const) {
            hits.forEach(({ chunk }, rank) => {
              const age = now - Date.parse(chunk.attributes.publishedAt ?? '');
              const raised = 1 + 0.3 * 0.5 ** (age / (100 * day));
              const worth = raised / ((rank + 1) / share + 60);
              expected.set(chunk.id, (expected.get(chunk.id) ?? 0) + worth);
            });
          }
          const shares = { dense: 0.5 };
          const recency = { halfLifeMs: 100 * day, weight: 0.3, now };
          const hits = await store.searchHybrid(
            bothSet,
            { terms: words, vector, shares, recency },
            { limit: 20 },
          );
          const best = [...expected.values()].sort((a, b) => b - a).slice(0, 20);
          expect(hits.map(({ score }) => score)).toEqual(best.map((one) => expect.closeTo(one, 5)));
          for (const { chunk, score } of hits)
            expect(score).toBeCloseTo(expected.get(chunk.id)!, 5);
        },
      );

      test('refuses a vector that the manifest does not allow', async () => {
        const wrong = store.searchHybrid(set, asked, { limit: 1 });
        await expect(wrong).rejects.toBeInstanceOf(PermanentError);
        const signal = AbortSignal.abort();
        await expect(store.searchHybrid(bothSet, asked, { limit: 1, signal })).rejects.toThrow();
      });
    });

    test('gives back everything a document contributes, vectors to the last bit', async () => {
      const dense = manifest('dense', 3);
      const id = featureSetId(dense);
      await store.createSet(dense);
      const vectors = [
        [0.6, 0, 0.8],
        [1, -3, 0.1],
        [0, 0, 0],
      ];
      const put = features(dense, 'one', ['a', 'b', 'c'], { vectors, context: 'd' });
      await store.putDocument(id, put);
      expect(await opened.other.documentFeatures(id, put.documentId)).toEqual(put);
      const plain = features(lexical, 'two', ['only words']);
      await store.putDocument(set, plain);
      expect(await store.documentFeatures(set, plain.documentId)).toEqual(plain);
      expect(await store.documentFeatures(set, idOf('unknown'))).toBeUndefined();
    });
  });
}
