import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentHash, documentId } from '../../pipelines/stores/identity.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import { collected, draft } from './fixtures.ts';
import { accesses, expectedFacets, expectedTitles, steps } from './warehouse-model.ts';

export type OpenWarehouse = {
  readonly warehouse: Warehouse;
  /** A second connection to the same storage, as another process would have. */
  readonly other: Warehouse;
  /** By which another process finds it, as `warehouse-process.ts` understands it. */
  readonly address: string;
  close(): Promise<void>;
};

/** What pipelines/stores/warehouse/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeWarehouse(name: string, open: () => Promise<OpenWarehouse>): void {
  describe(`warehouse on ${name}`, () => {
    let opened: OpenWarehouse;
    let warehouse: Warehouse;
    beforeEach(async () => {
      opened = await open();
      warehouse = opened.warehouse;
    });
    afterEach(() => opened.close());

    test('gives back exactly what was put in', async () => {
      const put = draft('one', {
        publishedAt: null,
        language: null,
        extras: { a: [1, { b: null }] },
      });
      expect(await warehouse.upsert(put)).toEqual({ outcome: 'created', revision: 1 });
      expect(await warehouse.get(put.id)).toEqual({
        ...put,
        contentHash: contentHash(put),
        revision: 1,
      });
    });

    test('does not know what was never put in', async () => {
      expect(await warehouse.get(draft('nobody').id)).toBeUndefined();
    });

    test('changes nothing when the same draft comes again', async () => {
      await warehouse.upsert(draft('one'));
      const before = [await warehouse.version(), await warehouse.get(draft('one').id)];
      const again = draft('one', { collectedAt: '2026-01-01T00:00:00.000Z' });
      expect(await warehouse.upsert(again)).toEqual({ outcome: 'unchanged', revision: 1 });
      expect([await warehouse.version(), await warehouse.get(again.id)]).toEqual(before);
    });

    test('raises the revision by one when content, title, author or date change', async () => {
      await warehouse.upsert(draft('one'));
      const changes = [
        { content: 'Other words.' },
        { title: 'Another title' },
        { author: { id: 'bob', name: 'Bob' } },
        { publishedAt: '2020-01-01T00:00:00.000Z' },
      ];
      let revision = 1;
      for (const change of changes) {
        revision += 1;
        const outcome = await warehouse.upsert(draft('one', change));
        expect(outcome).toEqual({ outcome: 'changed', revision });
      }
      expect((await warehouse.get(draft('one').id))?.revision).toBe(revision);
    });

    test('counts every change once when two connections write at the same time', async () => {
      const writers = [warehouse, opened.other];
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          writers[index % 2]!.upsert(draft('contested', { content: `Version ${index}` })),
        ),
      );
      const revisions = results.map(({ revision }) => revision).sort((a, b) => a - b);
      expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect((await opened.other.get(draft('contested').id))?.revision).toBe(40);
    });

    test('ends a document with a tombstone of a higher revision, and without its content', async () => {
      await warehouse.upsert(draft('one'));
      const { id } = draft('one');
      expect(await warehouse.tombstone([id, documentId('unknown')])).toBe(1);
      expect(await warehouse.get(id)).toBeUndefined();
      expect(await collected(warehouse.documents())).toEqual([]);
      expect(await collected(warehouse.heads())).toEqual([{ id, revision: 2, state: 'tombstone' }]);
      expect(await warehouse.tombstone([id])).toBe(0);
    });

    test('goes on counting when a document comes back', async () => {
      await warehouse.upsert(draft('one'));
      await warehouse.tombstone([draft('one').id]);
      const { revision } = await warehouse.upsert(draft('one'));
      expect(revision).toBe(3);
      expect((await warehouse.get(draft('one').id))?.content).toBe(draft('one').content);
    });

    test('forgets for good, and takes nothing back until told to remember', async () => {
      const { id, link } = draft('secret');
      await warehouse.upsert(draft('secret'));
      await warehouse.putFetchMemory(link, { etag: '"1"', documentId: id });
      expect(await warehouse.forget([id])).toBe(1);
      expect(await warehouse.get(id)).toBeUndefined();
      expect(await collected(warehouse.heads())).toEqual([]);
      expect(await warehouse.fetchMemory(link)).toBeUndefined();
      const refused = { outcome: 'refused', revision: 0 };
      expect(await warehouse.upsert(draft('secret'))).toEqual(refused);
      expect(await opened.other.upsert(draft('secret', { content: 'new' }))).toEqual(refused);

      await warehouse.remember([id]);
      expect((await warehouse.upsert(draft('secret'))).outcome).toBe('created');
    });

    test('forgets a tombstone, and refuses what it has never seen', async () => {
      await warehouse.upsert(draft('gone'));
      await warehouse.tombstone([draft('gone').id]);
      await warehouse.forget([draft('gone').id, draft('future').id]);
      expect(await collected(warehouse.heads())).toEqual([]);
      expect((await warehouse.upsert(draft('future'))).outcome).toBe('refused');
    });

    test('forgets with a tombstone the link it was collected by, and what a crawler knew', async () => {
      const { id, link } = draft('page');
      await warehouse.upsert(draft('page'));
      const origin = { crawler: 'web', addedAt: '2025', lastCollectedAt: null, lastOutcome: {} };
      await warehouse.putOrigin({ link, ...origin });
      await warehouse.putOrigin({ link: 'https://example.org/', ...origin });
      await warehouse.putFetchMemory(link, { etag: '"1"', documentId: id });
      await warehouse.putFetchMemory('https://example.org/', { etag: '"2"' });
      await warehouse.tombstone([id]);
      expect(await warehouse.forget([id])).toBe(1);
      expect((await warehouse.origins()).map((of) => of.link)).toEqual(['https://example.org/']);
      expect(await warehouse.fetchMemory(link)).toBeUndefined();
      expect(await warehouse.fetchMemory('https://example.org/')).toEqual({ etag: '"2"' });
    });

    test('forgets twice as well as once, and counts what was there', async () => {
      await warehouse.upsert(draft('one'));
      const ids = [draft('one').id, draft('unknown').id];
      expect(await warehouse.forget(ids)).toBe(1);
      expect(await warehouse.forget(ids)).toBe(0);
    });

    test('begins anew with what was remembered, and leaves alone what was not forgotten', async () => {
      await warehouse.upsert(draft('one'));
      await warehouse.upsert(draft('one', { content: 'changed' }));
      await warehouse.upsert(draft('two'));
      await warehouse.forget([draft('one').id]);
      await warehouse.remember([draft('one').id, draft('two').id, draft('unknown').id]);
      expect(await collected(warehouse.heads())).toEqual([
        { id: draft('two').id, revision: 1, state: 'live' },
      ]);
      expect(await warehouse.upsert(draft('one'))).toEqual({ outcome: 'created', revision: 1 });
    });

    test('never goes back to an earlier version by forgetting and remembering', async () => {
      await warehouse.upsert(draft('other'));
      const versions: number[] = [];
      for (const content of ['first', 'second']) {
        await warehouse.upsert(draft('one', { content }));
        versions.push(await warehouse.version());
      }
      await warehouse.forget([draft('one').id]);
      await warehouse.remember([draft('one').id]);
      expect(versions).not.toContain(await opened.other.version());
    });

    test('ends one document among thousands of ids that it does not know', async () => {
      await warehouse.upsert(draft('one'));
      const unknown = Array.from({ length: 2_500 }, (_, n) => documentId(`https://x.org/${n}`));
      expect(await warehouse.tombstone([...unknown, draft('one').id])).toBe(1);
      expect(await warehouse.tombstone([])).toBe(0);
    });

    test('takes up again at once what two connections hand in after an end', async () => {
      await warehouse.upsert(draft('one'));
      await warehouse.tombstone([draft('one').id]);
      const both = await Promise.all(
        [warehouse, opened.other].map((each) => each.upsert(draft('one'))),
      );
      const outcomes = both.map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual(['created', 'unchanged']);
      expect(both.map(({ revision }) => revision)).toEqual([3, 3]);
    });

    test('streams documents and heads in ascending order of id, each exactly once', async () => {
      const drafts = Array.from({ length: 120 }, (_, index) => draft(`n${index}`));
      for (const one of drafts) await warehouse.upsert(one);
      const ids = drafts.map(({ id }) => id).sort();
      expect((await collected(warehouse.documents())).map(({ id }) => id)).toEqual(ids);
      expect((await collected(warehouse.heads())).map(({ id }) => id)).toEqual(ids);
    });

    // Several pages of documents, and three writes for each: on a busy machine that takes its time.
    test('shows a document that stays exactly once while others come and go', {
      timeout: 120_000,
    }, async () => {
      const staying = Array.from({ length: 40 }, (_, index) => draft(`stays${index}`));
      for (const one of staying) await warehouse.upsert(one);
      const seen: string[] = [];
      let passed = 0;
      for await (const { id } of warehouse.documents()) {
        seen.push(id);
        await warehouse.upsert(draft(`new${passed}`));
        await warehouse.upsert(draft(`stays${passed}`, { content: `Edited ${passed}` }));
        if (passed > 0) await warehouse.tombstone([draft(`new${passed - 1}`).id]);
        passed += 1;
        if (passed > 100) break;
      }
      const ids = new Set(staying.map(({ id }) => id));
      expect(seen.filter((id) => ids.has(id))).toEqual([...ids].sort());
      expect(new Set(seen).size).toBe(seen.length);
    });

    test('narrows streams by origin and author', async () => {
      await warehouse.upsert(draft('a', { origin: '/a', author: { id: 'x', name: 'X' } }));
      await warehouse.upsert(draft('b', { origin: '/b', author: { id: 'x', name: 'X' } }));
      await warehouse.upsert(draft('c', { origin: '/b', author: { id: 'y', name: 'Y' } }));
      await warehouse.tombstone([draft('c').id]);
      const titles = async (filter: { origin?: string; author?: string }) =>
        (await collected(warehouse.documents(filter))).map(({ title }) => title).sort();
      expect(await titles({ author: 'x' })).toEqual(['About a', 'About b']);
      expect(await titles({ origin: '/b' })).toEqual(['About b']);
      expect(await titles({ origin: '/a', author: 'y' })).toEqual([]);
      const heads = await collected(warehouse.heads({ origin: '/b' }));
      expect(heads.map(({ id }) => id)).toEqual([draft('b').id, draft('c').id].sort());
    });

    test('counts live documents by author, source, platform, kind and language', async () => {
      await warehouse.upsert(draft('a', { publishedAt: '2021-01-01T00:00:00.000Z' }));
      await warehouse.upsert(draft('b', { source: 'blog', kind: 'post', language: null }));
      await warehouse.upsert(draft('c', { author: { id: 'bob', name: 'Bob' }, platform: 'feed' }));
      await warehouse.upsert(
        draft('gone', { source: 'never', publishedAt: '1999-01-01T00:00:00Z' }),
      );
      await warehouse.tombstone([draft('gone').id]);
      expect(await warehouse.facets()).toEqual({
        authors: [
          { id: 'ada', name: 'Ada', documents: 2 },
          { id: 'bob', name: 'Bob', documents: 1 },
        ],
        sources: [
          { name: 'example.org', documents: 2 },
          { name: 'blog', documents: 1 },
        ],
        origins: [{ name: 'https://example.org/', documents: 3 }],
        platforms: [
          { name: 'web', documents: 2 },
          { name: 'feed', documents: 1 },
        ],
        kinds: [
          { name: 'article', documents: 2 },
          { name: 'post', documents: 1 },
        ],
        languages: [{ name: 'en', documents: 2 }],
        earliest: '2021-01-01T00:00:00.000Z',
        latest: '2024-05-01T00:00:00.000Z',
        documents: 3,
      });
    });

    test('counts and lists only what passes access, as if there were nothing else', async () => {
      const bob = { id: 'bob', name: 'Bob' };
      await warehouse.upsert(
        draft('a', { source: 'blog', origin: '/a', publishedAt: '2021-01-01T00:00:00Z' }),
      );
      await warehouse.upsert(draft('b', { author: bob, platform: 'feed', language: 'de' }));
      await warehouse.upsert(draft('c', { origin: '/a', kind: 'note', publishedAt: null }));
      const told = async (access?: object) => {
        const titles = await warehouse.titles(10, access);
        return [await warehouse.facets(access), titles.map(({ title }) => title)];
      };
      const only = {
        authors: [{ id: 'bob', name: 'Bob', documents: 1 }],
        sources: [{ name: 'example.org', documents: 1 }],
        origins: [{ name: 'https://example.org/', documents: 1 }],
        platforms: [{ name: 'feed', documents: 1 }],
        kinds: [{ name: 'article', documents: 1 }],
        languages: [{ name: 'de', documents: 1 }],
        earliest: '2024-05-01T00:00:00.000Z',
        latest: '2024-05-01T00:00:00.000Z',
        documents: 1,
      };
      expect(await told({ authors: ['bob'] })).toEqual([only, ['About b']]);
      expect(await told({ since: '2024-05-01' })).toEqual([only, ['About b']]);
      expect(await told({ origins: ['https://example.org/'] })).toEqual([only, ['About b']]);
      expect(await told({ sources: ['blog', 'none'] })).toMatchObject([
        { documents: 1, authors: [{ id: 'ada' }], sources: [{ name: 'blog' }] },
        ['About a'],
      ]);
      expect(await told({})).toEqual(await told());
      const nothing = {
        ...{ authors: [], sources: [], origins: [], platforms: [], kinds: [], languages: [] },
        ...{ earliest: null, latest: null, documents: 0 },
      };
      for (const access of [
        { sources: [] },
        { authors: ['bob'], origins: ['/a'] },
        { since: 'never' },
        { since: '2024-05-01T00:00:00.001Z' },
      ]) {
        expect(await told(access)).toEqual([nothing, []]);
      }
    });

    test('calls an author as in what was collected last', async () => {
      const called = (name: string) => ({ author: { id: 'ada', name } });
      await warehouse.upsert(draft('a', { ...called('Ada'), collectedAt: '2025-01-02T00:00:00Z' }));
      await warehouse.upsert(
        draft('b', { ...called('Ada Lovelace'), collectedAt: '2025-01-03T00:00:00Z' }),
      );
      await warehouse.upsert(
        draft('c', { ...called('Lady Ada'), collectedAt: '2025-01-01T00:00:00Z' }),
      );
      const { authors } = await warehouse.facets();
      expect(authors).toEqual([{ id: 'ada', name: 'Ada Lovelace', documents: 3 }]);
    });

    test('counts and lists whatever it holds, for whoever asks, as one would by hand', async () => {
      const live = new Map<string, DocumentDraft>();
      let at = 0;
      await fc.assert(
        fc.asyncProperty(steps, fc.array(accesses, { maxLength: 4 }), async (taken, asked) => {
          for (const step of taken) {
            at += 1;
            const collectedAt = new Date(at * 1_000).toISOString();
            const put = { ...step.draft, content: `${step.draft.content} ${at}`, collectedAt };
            await warehouse.upsert(put);
            live.set(put.id, put);
            if (!step.live) await warehouse.tombstone([put.id]);
            if (!step.live) live.delete(put.id);
          }
          const all = [...live.values()];
          for (const access of [{}, ...asked]) {
            expect(await warehouse.facets(access)).toEqual(expectedFacets(all, access));
            expect(await warehouse.titles(5, access)).toEqual(expectedTitles(all, access, 5));
          }
        }),
        { numRuns: 15 },
      );
    });

    test('limits titles after access, not before', async () => {
      await warehouse.upsert(draft('old', { publishedAt: '2001-01-01T00:00:00.000Z' }));
      await warehouse.upsert(draft('new', { source: 'hidden' }));
      const titles = await warehouse.titles(1, { sources: ['example.org'] });
      expect(titles.map(({ title }) => title)).toEqual(['About old']);
    });

    test('has empty facets when it is empty', async () => {
      const { documents, earliest, authors } = await warehouse.facets();
      expect({ documents, earliest, authors }).toEqual({
        documents: 0,
        earliest: null,
        authors: [],
      });
    });

    test('lists titles newest first, undated last, no more than asked for', async () => {
      await warehouse.upsert(draft('old', { publishedAt: '2001-01-01T00:00:00.000Z' }));
      await warehouse.upsert(draft('undated', { publishedAt: null }));
      await warehouse.upsert(draft('new', { publishedAt: '2025-01-01T00:00:00.000Z' }));
      const titles = (await warehouse.titles(10)).map(({ title }) => title);
      expect(titles).toEqual(['About new', 'About old', 'About undated']);
      expect(await warehouse.titles(1)).toHaveLength(1);
    });

    test('has another version than ever after every change of a document, and only then', async () => {
      const versions = [await warehouse.version()];
      const changes = [
        () => warehouse.upsert(draft('one')),
        () => warehouse.upsert(draft('one', { content: 'changed' })),
        () => warehouse.tombstone([draft('one').id]),
        () => warehouse.upsert(draft('one')),
        () => warehouse.forget([draft('one').id]),
      ];
      for (const step of changes) {
        await step();
        const version = await opened.other.version();
        expect(versions).not.toContain(version);
        versions.push(version);
      }
      await warehouse.upsert(draft('one'));
      await warehouse.tombstone([draft('one').id]);
      await warehouse.putFetchMemory('https://example.org/', { etag: 'x' });
      expect(await warehouse.version()).toBe(versions.at(-1));
    });

    test('keeps origins, and replaces one that is put again', async () => {
      const origin = {
        link: '/home/ada/notes',
        crawler: 'folder',
        addedAt: '2025-01-01T00:00:00.000Z',
        lastCollectedAt: null,
        lastOutcome: {},
      };
      await warehouse.putOrigin(origin);
      const collectedOnce = {
        ...origin,
        lastCollectedAt: '2025-02-01T00:00:00.000Z',
        lastOutcome: { created: 3 },
      };
      await warehouse.putOrigin(collectedOnce);
      expect(await opened.other.origins()).toEqual([collectedOnce]);
      await warehouse.removeOrigin(origin.link);
      expect(await warehouse.origins()).toEqual([]);
    });

    test('remembers about a link what a crawler told it, and no more', async () => {
      const link = 'file:///notes/one.md';
      expect(await warehouse.fetchMemory(link)).toBeUndefined();
      await warehouse.putFetchMemory(link, {
        etag: '"a"',
        lastModified: 'then',
        fingerprint: '1:2:3',
      });
      await warehouse.putFetchMemory(link, { fingerprint: '1:2:4' });
      expect(await opened.other.fetchMemory(link)).toEqual({ fingerprint: '1:2:4' });
    });

    test('keeps any text as it is', async () => {
      // Lone surrogates are no text: UTF-8 has no way to write them.
      const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
      await fc.assert(
        fc.asyncProperty(anyText, anyText, anyText, async (title, author, content) => {
          const hostile = draft('hostile', {
            title,
            content,
            author: { id: author, name: author },
          });
          await warehouse.upsert(hostile);
          expect(await warehouse.get(hostile.id)).toMatchObject(hostile);
          const authors = (await warehouse.facets()).authors.map(({ id }) => id);
          expect(authors).toEqual([author]);
          expect(await collected(warehouse.documents({ author }))).toHaveLength(1);
        }),
        { numRuns: 60 },
      );
    });
  });
}
