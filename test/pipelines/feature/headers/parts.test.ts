import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkDocument } from '../../../../pipelines/feature/chunk/chunk.ts';
import { countTokens } from '../../../../pipelines/feature/chunk/tokens.ts';
import { headerCalls } from '../../../../pipelines/feature/headers/calls.ts';
import { excerptAround } from '../../../../pipelines/feature/headers/excerpt.ts';
import { headerLine, longestHeader } from '../../../../pipelines/feature/headers/line.ts';
import { wantsHeaders } from '../../../../pipelines/feature/headers/policy.ts';
import { chunkPolicy, featureManifest } from '../../../../pipelines/feature/policy.ts';
import { featureSetId } from '../../../../pipelines/stores/features/manifest.ts';
import { document } from '../documents.ts';

describe('a header’s line', () => {
  test('is cut after a sentence, else after a word, else between characters', () => {
    const sentence = `${'word '.repeat(40)}end.`;
    expect(headerLine(`${sentence} ${'more '.repeat(40)}`)).toBe(sentence);
    expect(headerLine('word '.repeat(100))).toMatch(/^(word )+word…$/);
    expect(headerLine('😀'.repeat(400))).toMatch(/^(😀)+…$/u);
  });

  test('keeps what joins letters and pictures', () => {
    expect(headerLine('خانه\u200cها 👩\u200d💻')).toBe('خانه\u200cها 👩\u200d💻');
  });

  test('is one line of bounded length without anything invisible, whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (written) => {
        const line = headerLine(written);
        expect(line.length).toBeLessThanOrEqual(longestHeader);
        expect(line).toBe(line.trim());
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u);
      }),
    );
  });
});

describe('an excerpt', () => {
  const content = Array.from({ length: 400 }, (_, line) => `Line ${line} of the document.`).join(
    '\n',
  );
  const at = content.indexOf('Line 250 ');

  test('is the whole document where that fits', () => {
    expect(excerptAround(content, { start: at, end: at + 100 }, 100_000)).toBe(content);
  });

  test('is its beginning and what surrounds the passages where it does not', () => {
    const excerpt = excerptAround(content, { start: at, end: at + 100 }, 600);
    expect(excerpt).toMatch(/^Line 0 of/);
    expect(excerpt).toContain('Line 250 of');
    expect(excerpt).not.toContain('Line 399 of');
    expect(excerpt.match(/\[…\]/g)).toHaveLength(3);
    expect(countTokens(excerpt)).toBeLessThan(600 * 1.2);
  });

  test('has no gap where beginning and surroundings touch', () => {
    const excerpt = excerptAround(content, { start: 0, end: 100 }, 600);
    expect(excerpt).toMatch(/^Line 0 of/);
    expect(excerpt.match(/\[…\]/g)).toHaveLength(1);
  });
});

describe('calls', () => {
  const made = document(
    Array.from({ length: 30 }, (_, index) => `## ${index}\n\n${'Some words. '.repeat(80)}`).join(
      '\n\n',
    ),
  );
  const { chunks } = chunkDocument(made, chunkPolicy, 'set-1');

  test.each([2_048, 4_096, 8_192, 131_072])(
    'ask for every passage once and stay within a context of %d tokens',
    (contextTokens) => {
      const calls = headerCalls(made, chunks, contextTokens);
      expect(calls.flatMap(({ passages }) => passages)).toEqual(chunks);
      for (const { promptTokens, maxTokens, passages } of calls) {
        expect(promptTokens * 1.2 + maxTokens).toBeLessThan(contextTokens);
        expect(passages.length).toBeLessThanOrEqual(8);
      }
    },
  );

  test('are none for no passages', () => {
    expect(headerCalls(made, [], 8_192)).toEqual([]);
  });
});

test('code wants headers from the second passage on, prose from the fourth', () => {
  const { chunks } = chunkDocument(document('word '.repeat(3_000)), chunkPolicy, 'set-1');
  const wants = (kind: 'repository' | 'article', passages: number) =>
    wantsHeaders({ kind }, chunks.slice(0, passages));
  expect(chunks.length).toBeGreaterThan(4);
  expect([wants('repository', 1), wants('repository', 2)]).toEqual([false, true]);
  expect([wants('article', 3), wants('article', 4)]).toEqual([false, true]);
});

test('a set without headers keeps the id it had before there were any', () => {
  const size = { target: 100, max: 200, overlap: 10 };
  const former = {
    chunking: {
      version: 1,
      tokenizer: 'words',
      sizes: { post: size, article: size, repository: size, note: size },
    },
    cleaning: 'c1',
    lexical: 'l1',
    embedder: { name: 'tiny', revision: '1', dimensions: 3 },
  };
  expect(featureSetId(former)).toBe('set-3a503420f2bb');
  expect(featureSetId({ ...former, headers: null })).toBe('set-3a503420f2bb');
  expect(featureManifest(null)).not.toHaveProperty('headers');
  const ids = [
    { model: 'a', prompt: '1' },
    { model: 'b', prompt: '1' },
    { model: 'a', prompt: '2' },
  ].map((headers) => featureSetId({ ...former, headers }));
  expect(new Set([...ids, 'set-3a503420f2bb']).size).toBe(4);
});
