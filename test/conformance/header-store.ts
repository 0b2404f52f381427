import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HeaderStore } from '../../pipelines/stores/headers/port.ts';

export type OpenHeaderStore = {
  readonly headers: HeaderStore;
  /** A second connection to the same storage, as another process would have. */
  readonly other: HeaderStore;
  close(): Promise<void>;
};

const document = { id: 'doc-a', contentHash: 'hash-1' };
const header = (start: number, text = `about ${start}`) => ({ start, end: start + 10, text });

/** What pipelines/stores/headers/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeHeaderStore(name: string, open: () => Promise<OpenHeaderStore>): void {
  describe(`header store on ${name}`, () => {
    let opened: OpenHeaderStore;
    let headers: HeaderStore;
    beforeEach(async () => {
      opened = await open();
      headers = opened.headers;
    });
    afterEach(() => opened.close());

    test('gives back what was put, in reading order, to every process', async () => {
      expect(await headers.get('r', document)).toEqual([]);
      await headers.put('r', document, [header(20), header(0)]);
      await headers.put('r', document, [header(10, '')]);
      const all = [header(0), header(10, ''), header(20)];
      expect(await headers.get('r', document)).toEqual(all);
      expect(await opened.other.get('r', document)).toEqual(all);
    });

    test('loses nothing of what two put at once', async () => {
      const starts = Array.from({ length: 12 }, (_, n) => n * 20);
      await Promise.all(
        starts.map((start, n) =>
          [headers, opened.other][n % 2]!.put('r', document, [header(start)]),
        ),
      );
      expect(await headers.get('r', document)).toEqual(starts.map((start) => header(start)));
    });

    test('counts each of several attempts at once', async () => {
      await Promise.all(
        [headers, opened.other, headers, opened.other].map((each) =>
          each.noteAttempt('r', document, { missing: 1, counts: true }),
        ),
      );
      expect(await headers.unfinished('r', 4)).toEqual([]);
      expect(await headers.unfinished('r', 5)).toEqual(['doc-a']);
    });

    test('keeps recipes and documents apart', async () => {
      await headers.put('r', document, [header(0)]);
      expect(await headers.get('another', document)).toEqual([]);
      expect(await headers.get('r', { ...document, id: 'doc-b' })).toEqual([]);
      await headers.put('another', document, [header(0, 'otherwise')]);
      expect(await headers.get('r', document)).toEqual([header(0)]);
    });

    test('drops what was written about earlier content, whoever wrote it', async () => {
      await headers.put('r', document, [header(0)]);
      await headers.put('another', document, [header(0)]);
      await headers.put('r', { ...document, contentHash: 'hash-2' }, [header(5)]);
      expect(await headers.get('r', document)).toEqual([]);
      expect(await headers.get('another', document)).toEqual([]);
      expect(await headers.get('r', { ...document, contentHash: 'hash-2' })).toEqual([header(5)]);
    });

    test('names unfinished documents until they are finished or given up', async () => {
      const other = { id: 'doc-b', contentHash: 'hash-b' };
      await headers.noteAttempt('r', other, { missing: 1, counts: true });
      await headers.noteAttempt('r', document, { missing: 3, counts: false });
      expect(await opened.other.unfinished('r', 2)).toEqual(['doc-a', 'doc-b']);
      expect(await headers.unfinished('another', 2)).toEqual([]);
      await headers.noteAttempt('r', other, { missing: 1, counts: true });
      expect(await headers.unfinished('r', 2)).toEqual(['doc-a']);
      await headers.noteAttempt('r', document, { missing: 0, counts: false });
      expect(await headers.unfinished('r', 2)).toEqual([]);
      expect(await headers.unfinished('r', 3)).toEqual(['doc-b']);
    });

    test('counts the attempts at changed content from the beginning', async () => {
      await headers.noteAttempt('r', document, { missing: 1, counts: true });
      const changed = { ...document, contentHash: 'hash-2' };
      await headers.noteAttempt('r', changed, { missing: 1, counts: true });
      expect(await headers.unfinished('r', 2)).toEqual(['doc-a']);
    });

    test.each(['remove', 'forget'] as const)('%s leaves nothing of a document', async (how) => {
      const other = { id: 'doc-b', contentHash: 'hash-b' };
      for (const each of [document, other]) {
        await headers.put('r', each, [header(0)]);
        await headers.noteAttempt('r', each, { missing: 1, counts: false });
      }
      if (how === 'remove') await headers.remove('doc-a');
      else await headers.forget(['doc-a', 'never-seen']);
      expect(await headers.get('r', document)).toEqual([]);
      expect(await headers.get('r', other)).toEqual([header(0)]);
      expect(await headers.unfinished('r', 9)).toEqual(['doc-b']);
    });
  });
}
