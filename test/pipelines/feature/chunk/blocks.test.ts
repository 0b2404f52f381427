import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../../pipelines/feature/chunk/block.ts';
import { markdownBlocks } from '../../../../pipelines/feature/chunk/blocks.ts';
import { parseRegion } from '../../../../pipelines/feature/chunk/parse-region.ts';
import { markdownSoup } from './markdown.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** Kinds and offsets, without trailing blanks (the parser sometimes counts them) and table cells. */
function shape(content: string, { kind, start, end, depth, children }: Block): unknown {
  const stop = start + content.slice(start, end).trimEnd().length;
  const inner = kind === 'table' ? children?.length : children?.map((each) => shape(content, each));
  return [kind, start, stop, depth, inner];
}

function sameBlocks(content: string): void {
  const fast = markdownBlocks(content).blocks.map((block) => shape(content, block));
  const reference = parseRegion(content, 0).map((block) => shape(content, block));
  expect(fast).toEqual(reference);
}

describe('the line-by-line scan gives the same blocks as the reference parser', () => {
  test('on the Markdown of the packages and the handbook in this repository', () => {
    const folders = ['node_modules', 'datasets/handbook'].map((folder) => join(root, folder));
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.toLowerCase().endsWith('.md'))
        .map((name) => join(folder, name)),
    );
    expect(files.length).toBeGreaterThan(100);
    // Some packages bring their whole manual: of so many pages every few are looked at.
    const step = Math.ceil(files.length / 400);
    const some = files.filter((_, index) => index % step === 0);
    for (const file of some) sameBlocks(readFileSync(file, 'utf8'));
  });

  test('on a list too long to be parsed at once', () => {
    const items = Array.from(
      { length: 900 },
      (_, item) => `* item ${item} of <b>many</b>\n  with more to say`,
    );
    sameBlocks(`# Changes\n\n${items.join('\n')}\n- another list\n\ntext\n`);
    sameBlocks(`${items.map((item) => item.replace('*', '1)')).join('\n\n')}\n`);
  });

  test('on a heading whose paragraph began with link definitions', () => {
    const content = '[ref]: https://x.y\n[link](https://a.b/)\n---\n';
    sameBlocks(content);
    expect(markdownBlocks(content).blocks.map(({ start }) => start)).toEqual([0, 19]);
    expect(parseRegion(content, 0).map(({ start }) => start)).toEqual([0, 19]);
  });

  test('on anything', () => {
    fc.assert(fc.property(markdownSoup, sameBlocks), { numRuns: 1_000 });
  });
});

describe('input that no person writes', () => {
  const within = (content: string, ms: number) => {
    const startedAt = performance.now();
    const result = markdownBlocks(content);
    expect(performance.now() - startedAt).toBeLessThan(ms);
    return result;
  };

  test.each([
    ['quotes', '>'.repeat(100_000)],
    ['spaced quotes', '> '.repeat(100_000)],
    ['nested lists', '- '.repeat(100_000)],
    ['brackets', '['.repeat(100_000)],
    ['bracket pairs', '[a]('.repeat(50_000)],
    ['stars', '*'.repeat(100_000)],
    ['backticks', '`'.repeat(100_000)],
    ['bars', '|'.repeat(100_000)],
    ['tags', '<a '.repeat(50_000)],
    [
      'deep indentation',
      Array.from({ length: 600 }, (_, n) => `${' '.repeat(2 * n)}- x`).join('\n'),
    ],
    ['open comments', '<!-- a\n\nb\n\n'.repeat(20_000)],
    ['open tags', '<pre>\n\nb\n\n'.repeat(20_000)],
    ['fences', '  ```\n\nb\n\n'.repeat(20_001)],
    ['nested fences', '- ```\n\nb\n\n'.repeat(10_000)],
    ['definitions', '[a]: b\n'.repeat(30_000)],
  ])('%s: ends soon', (_, content) => {
    // Ten times what a busy machine takes: what grows by the square takes a hundred times that.
    within(content, 25_000);
  });

  test('a file of 20 MB ends in seconds', () => {
    const part = '# Heading\n\nSome text that goes on.\n\n- one\n- two\n\n> quoted\n> more\n\n';
    within(part.repeat(Math.ceil(20_000_000 / part.length)), 30_000);
  });

  test('nesting that no parser should be given is cut at blank lines, and says so', () => {
    expect(within(`${'> '.repeat(1_000)}deep\n\nplain`, 10_000).plainRegions).toBe(1);
  });
});
