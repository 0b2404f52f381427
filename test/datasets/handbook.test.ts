import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Article,
  handbookAuthors,
  locateQuote,
  readHandbook,
} from '../../datasets/golden/handbook.ts';

const handbook = join(import.meta.dirname, '../../datasets/handbook');

let articles: Map<string, Article>;

beforeAll(async () => {
  articles = await readHandbook(handbook);
});

describe('the handbook', () => {
  it('has at least 25 articles, each with front matter of the known shape', () => {
    expect(articles.size).toBeGreaterThanOrEqual(25);
  });

  it('gives self-query something to tell apart: authors, kinds, dates', () => {
    const fronts = [...articles.values()].map(({ frontMatter }) => frontMatter);
    for (const author of handbookAuthors) {
      expect(fronts.filter((front) => front.author === author).length).toBeGreaterThanOrEqual(5);
    }
    expect(fronts.filter(({ kind }) => kind === 'post').length).toBeGreaterThanOrEqual(6);
    expect(fronts.filter(({ kind }) => kind === 'note').length).toBeGreaterThanOrEqual(5);
    const dates = fronts.map(({ date }) => date).toSorted();
    expect(dates[0]).toMatch(/^2025-06/);
    expect(dates.at(-1)).toMatch(/^2026-11/);
  });

  it('has no two articles of one title', () => {
    const titles = [...articles.values()].map(({ frontMatter }) => frontMatter.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('links only to articles that exist', () => {
    const dead = [...articles].flatMap(([path, { text }]) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
        .map(([, link = '']) => posix.join(posix.dirname(path), link))
        .filter((target) => !articles.has(target))
        .map((target) => `${path} -> ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it.each([
    ['no front matter', '# Hello\n', /x\.md: no front matter/],
    ['an unknown author', header({ author: 'A. Nonymous' }), /x\.md: front matter: author: /],
    ['an unknown kind', header({ kind: 'poem' }), /x\.md: front matter: kind: /],
    ['a day that does not exist', header({ date: '2026-02-30' }), /x\.md: front matter: date: /],
  ])('refuses an article with %s', async (_, text, message) => {
    const folder = await mkdtemp(join(tmpdir(), 'handbook-'));
    await writeFile(join(folder, 'x.md'), text);
    await expect(readHandbook(folder)).rejects.toThrow(message);
    await rm(folder, { recursive: true });
  });
});

describe('locateQuote', () => {
  it('returns the offsets of the quote as it stands in the text', () => {
    const text = 'One.\n| a    | b |\nTwo.';
    expect(locateQuote(text, '| a | b |')).toEqual({ start: 5, end: 17 });
  });

  it('takes a quote literally', () => {
    expect(locateQuote('abc', 'a.c')).toBeUndefined();
    expect(locateQuote('a (b) [c]* $d', '(b) [c]* $d')).toEqual({ start: 2, end: 13 });
  });
});

function header(change: Record<string, string>): string {
  const front = { title: 'x', author: 'Ines Okafor', date: '2026-01-01', kind: 'note', ...change };
  const lines = Object.entries(front).map(([key, value]) => `${key}: ${value}`);
  return `---\n${lines.join('\n')}\ntags: [x]\n---\n\n# x\n`;
}
