import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citedMarkdown } from '../../../bots/discord/answer/cited.ts';
import type { Component, Page } from '../../../bots/discord/answer/components.ts';
import type { AnswerSource } from '../../../bots/discord/answer/events.ts';
import { pagesOf } from '../../../bots/discord/answer/pages.ts';
import { type AnswerState, nothingYet } from '../../../bots/discord/answer/state.ts';
import { readSince } from '../../../bots/discord/commands/since.ts';
import { mentions, readable } from '../../../bots/discord/readable.ts';
import { stringsFor } from '../../../bots/strings/strings.ts';

const self = { user: '1', role: '2' };
const names = {
  user: (id: string) => ({ '3': 'Ada' })[id],
  role: (id: string) => ({ '4': 'bakers' })[id],
  channel: (id: string) => ({ '5': 'general' })[id],
};

describe('what people write', () => {
  it.each([
    ['<@1> how hot?', 'how hot?'],
    ['<@!1>   how hot?', 'how hot?'],
    ['hey <@&2>, how hot?', 'hey , how hot?'],
    ['ask <@3> or <@&4> in <#5>', 'ask @Ada or @bakers in #general'],
    ['ask <@8> or <@&8> in <#8>', 'ask @somebody or @a group in #a channel'],
    ['<:loaf:123> <a:oven:456> since <t:0:R>', ':loaf: :oven: since 1970-01-01 00:00'],
    ['use </ask:123>', 'use /ask'],
    ['<t:99999999999999:R>', '<t:99999999999999:R>'],
    ['```\n  a <@1>  b\n```', '```\n  a b\n```'],
    ['1 < 2 and <b>', '1 < 2 and <b>'],
  ])('%j is read as %j', (written, read) => {
    expect(readable(written, self, names)).toBe(read);
  });

  it('mentions the twin by its name or by the role that Discord made for it', () => {
    expect(mentions('<@1> hi', self)).toEqual({ me: true, others: false });
    expect(mentions('<@&2> hi', self)).toEqual({ me: true, others: false });
    expect(mentions('<@3> and <@1>', self)).toEqual({ me: true, others: true });
    expect(mentions('hi', self)).toEqual({ me: false, others: false });
  });

  it.each([
    ['2024', '2024-01-01'],
    ['2024-5', '2024-05-01'],
    ['2024-02-29', '2024-02-29'],
    ['2023-02-29', undefined],
    ['2024-13', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ])('the date %j means %j', (typed, date) => {
    expect(readSince(typed)).toBe(date);
  });
});

describe('an answer laid out', () => {
  it('cites by links that run on share one mark', () => {
    const sources = [source(1, 'https://a.example/x(1)'), source(2, 'file:///y')];
    const parts = [
      { text: 'One.', citations: [1] },
      { text: ' Two.', citations: [1] },
      { text: ' Three.', citations: [2] },
      { text: '\n\n```\ncode\n```', citations: [1, 2] },
    ];
    expect(citedMarkdown(parts, sources)).toBe(
      'One. Two. [\\[1\\]](<https://a.example/x%281%29>) Three. \\[2\\]\n\n```\ncode\n```\n\n[\\[1\\]](<https://a.example/x%281%29>) \\[2\\]',
    );
  });

  it('fits Discord’s limits, whatever is said, asked and cited', { timeout: 120_000 }, () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 120 });
    const prose = fc.array(
      fc.oneof(words, fc.constantFrom('```\n', '| a | b |\n|-|-|\n', '\n\n', '* ', '**')),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        prose,
        words,
        fc.array(words, { maxLength: 40 }),
        fc.boolean(),
        (said, quote, titles, done) => {
          const sources = titles.map((title, index) => ({
            ...source(index + 1, `https://a.example/${index}`),
            title,
          }));
          const cited = sources.map(({ number }) => number);
          const state: AnswerState = {
            ...nothingYet,
            parts: [{ text: said.join(''), citations: cited }],
            sources,
            end: done
              ? {
                  type: 'done',
                  outcome: 'answered',
                  trace: 't',
                  cited,
                  support: 1,
                  timings: {},
                  fallbacks: [],
                  generation: null,
                }
              : null,
          };
          const pages = pagesOf(state, {
            turn: '0b8f8a53-6f2e-4d5e-8f54-0c8f33e0c3f4',
            say: stringsFor('en'),
            quote,
            title: 'This thread in short',
            remarks: ['I read text only.'],
            resolvable: true,
          });
          for (const page of pages) expectWithinLimits(page);
        },
      ),
      { numRuns: 150 },
    );
  });
});

function expectWithinLimits(page: Page): void {
  const all = page.flatMap((component) => [component, ...inside(component)]);
  expect(all.length).toBeGreaterThan(0);
  expect(all.length).toBeLessThanOrEqual(40);
  const texts = all.flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
  expect(texts.join('').length).toBeLessThanOrEqual(4_000);
  expect(texts.filter((text) => text.trim() === '')).toEqual([]);
}

const inside = ({ components }: Component): readonly Component[] =>
  (components as readonly Component[] | undefined) ?? [];

const source = (number: number, link: string): AnswerSource => ({
  number,
  chunkId: `c${number}`,
  documentId: `d${number}`,
  title: `Title ${number}`,
  author: 'Mara',
  authorId: 'mara',
  source: 'writing',
  kind: 'article',
  link,
  publishedAt: null,
  headingPath: [],
  text: '',
  start: 0,
  end: 0,
  scores: { lexical: 1, dense: null, rescored: null, boost: 0, final: 1 },
});
