import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkDocument } from '../../../../pipelines/feature/chunk/chunk.ts';
import { countTokens } from '../../../../pipelines/feature/chunk/tokens.ts';
import { clean } from '../../../../pipelines/feature/clean/clean.ts';
import { chunkPolicy } from '../../../../pipelines/feature/policy.ts';
import type { ChunkPolicy } from '../../../../pipelines/stores/features/manifest.ts';
import { document } from '../documents.ts';
import { markdownSoup, paragraph } from './markdown.ts';

/** A small policy, so that small documents make many chunks. */
const size = { target: 40, max: 60, overlap: 20 };
const small: ChunkPolicy = {
  ...chunkPolicy,
  sizes: { post: size, article: size, repository: size, note: size },
};
const cut = (content: string, policy = small) =>
  chunkDocument(document(content), policy, 'set-test').chunks;

describe('whatever the document', () => {
  const anything = fc.oneof(
    markdownSoup,
    fc.string({ maxLength: 3_000 }),
    fc.string({ unit: 'binary', maxLength: 1_000 }),
    fc.array(paragraph, { maxLength: 12 }).map((paragraphs) => paragraphs.join('\n\n')),
  );
  const always = (check: (content: string) => void) =>
    fc.assert(fc.property(anything, check), { numRuns: 500 });

  test('no text is lost', () => {
    always((content) => {
      let covered = 0;
      for (const { start, end } of cut(content)) {
        // Between two chunks there is nothing, or only what cleaning takes out.
        if (start > covered) expect(clean(content.slice(covered, start))).toBe('');
        covered = Math.max(covered, end);
      }
      expect(clean(content.slice(covered))).toBe('');
    });
  });

  test('the text is the cleaned slice', () => {
    always((content) => {
      for (const chunk of cut(content)) {
        const slice = content.slice(chunk.start, chunk.end);
        // A passage that begins inside a long code block is fenced again.
        const lines = chunk.text.split('\n');
        expect([clean(slice), clean(slice, lines[0])]).toContain(chunk.text);
      }
    });
  });

  test('no chunk is empty or larger than the policy allows', () => {
    always((content) => {
      for (const { text, tokens } of cut(content)) {
        expect(tokens).toBe(countTokens(text));
        expect(tokens).toBeLessThanOrEqual(size.max);
        expect(text.trim()).not.toBe('');
      }
    });
  });

  test('ordinals have no gaps, offsets only grow, and ids are all different', () => {
    always((content) => {
      const chunks = cut(content);
      expect(chunks.map(({ ordinal }) => ordinal)).toEqual(chunks.map((_, index) => index));
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length);
      for (const [index, chunk] of chunks.entries()) {
        expect(chunk.end).toBeGreaterThan(chunk.start);
        const before = chunks[index - 1];
        if (before) expect(chunk.start).toBeGreaterThan(before.start);
        if (before) expect(chunk.end).toBeGreaterThan(before.end);
      }
    });
  });

  test('the same document gives the same chunks', () => {
    always((content) => {
      expect(cut(content)).toEqual(cut(content));
    });
  });
});

test('prose is never cut inside a sentence', () => {
  const prose = fc.array(paragraph, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(prose, (paragraphs) => {
      const content = paragraphs.join('\n\n');
      for (const { start, end, text } of cut(content)) {
        expect(text).toMatch(/^The /);
        expect(text).toMatch(/\.$/);
        expect(start === 0 || /\s/.test(content[start - 1] ?? '')).toBe(true);
        expect(end === content.length || /\s/.test(content[end] ?? '')).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

describe('structure', () => {
  const sentences = (count: number, about: string) =>
    Array.from({ length: count }, (_, n) => `Sentence ${n} is about ${about}.`).join(' ');

  test('a heading stays with what it introduces, and its path is told', () => {
    const content = `# Guide\n\n## Install\n\n${sentences(5, 'npm')}\n\n### Linux\n\n${sentences(5, 'apt')}\n\n## Use\n\n${sentences(5, 'ask')}`;
    const chunks = cut(content);
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([
      ['Guide', 'Install'],
      ['Guide', 'Install', 'Linux'],
      ['Guide', 'Use'],
    ]);
    expect(chunks[0]?.text).toMatch(/^# Guide\n\n## Install\n\nSentence 0/);
  });

  test('the context line says where a passage stands, each thing once', () => {
    const [first] = cut(`# About chunks\n\n## Size\n\n${sentences(5, 'size')}`);
    expect(first?.context).toBe('Ada Okafor · Field notes · About chunks · Size · 2026-03-14');
  });

  test('a document that fits is one chunk', () => {
    expect(cut(sentences(7, 'it'), chunkPolicy)).toHaveLength(1);
  });

  test('passages overlap by whole sentences, and only prose does', () => {
    const chunks = cut(sentences(30, 'overlap'));
    expect(chunks.length).toBeGreaterThan(3);
    for (const [index, chunk] of chunks.entries()) {
      const before = chunks[index - 1];
      if (before) expect(chunk.start).toBeLessThan(before.end);
      expect(chunk.text).toMatch(/^Sentence/);
    }
  });

  test('a code block that fits is never cut', () => {
    const code = '```ts\nconst a = 1;\n\nconst b = 2;\n```';
    const chunks = cut(`${sentences(6, 'code')}\n\n${code}\n\n${sentences(6, 'more')}`);
    expect(chunks.filter(({ text }) => text.includes(code))).toHaveLength(1);
  });

  test('a code block that is too long is cut at lines, and every piece is fenced', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `  call(${n}, 'x');`);
    const chunks = cut(`\`\`\`ts\n${lines.join('\n')}\n\`\`\``);
    expect(chunks.length).toBeGreaterThan(2);
    for (const { text } of chunks) {
      expect(text).toMatch(/^```ts\n {2}call/);
      expect(text).toMatch(/;\n```$/);
    }
  });

  test('a long table is cut at rows and its columns are told again', () => {
    const rows = Array.from({ length: 40 }, (_, n) => `| option${n} | ${n} |`);
    const chunks = cut(`| Name | Default |\n|---|---|\n${rows.join('\n')}`);
    expect(chunks.length).toBeGreaterThan(2);
    for (const { text, context, ordinal } of chunks) {
      for (const row of text.split('\n')) expect(row).toMatch(/^\|.*\|$/);
      if (ordinal > 0) expect(context).toContain('Name, Default');
    }
  });

  test('a long list is cut between items', () => {
    const items = Array.from({ length: 30 }, (_, n) => `- Item ${n} has a few words.`);
    for (const { text } of cut(items.join('\n'))) {
      for (const item of text.split('\n')) expect(item).toMatch(/^- Item \d+ has a few words\.$/);
    }
  });

  test('Chinese and Japanese are cut at their own full stops', () => {
    const content = '我们把作者的所有文章放进一个文件夹，几秒钟内就完成了索引。'.repeat(20);
    const chunks = cut(content);
    expect(chunks.length).toBeGreaterThan(5);
    for (const { text } of chunks) expect(text).toMatch(/。$/);
  });

  test('a text without blanks or stops is still bounded', () => {
    for (const text of [
      'x'.repeat(5_000),
      'ไทย'.repeat(800),
      '漢'.repeat(2_000),
      '😀'.repeat(900),
    ]) {
      const chunks = cut(text);
      expect(chunks.length).toBeGreaterThan(5);
      expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    }
  });

  test('a byte order mark and Windows line ends keep their offsets', () => {
    const content = '\ufeff# Title\r\n\r\nOne.\r\n\r\n- a\r\n- b\r\n';
    const [chunk] = cut(content);
    expect(content.slice(chunk?.start, chunk?.end)).toBe('# Title\r\n\r\nOne.\r\n\r\n- a\r\n- b');
  });
});
