import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../../bots/conversation/settings.ts';
import { openAnswerText } from '../../../bots/slack/show/answer-text.ts';
import { askView } from '../../../bots/slack/show/ask-view.ts';
import { closingBlocks, stopBlock } from '../../../bots/slack/show/closing.ts';
import { homeView } from '../../../bots/slack/show/home.ts';
import { clipped, fallbackText } from '../../../bots/slack/show/mrkdwn.ts';
import { reasonView } from '../../../bots/slack/show/reason-view.ts';
import { settingsView } from '../../../bots/slack/show/settings-view.ts';
import { catalogues, stringsFor } from '../../../bots/strings/strings.ts';
import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import { checkBlocks } from '../../servers/slack/blocks/check.ts';
import { checkView } from '../../servers/slack/blocks/views.ts';

const turn = '990bf0be-b35c-4d26-87c2-5ec27bd773cc';
const long = 'A *very* long <!channel> title [with](https://evil.example) `marks` & 🎭 '.repeat(9);

const source = (number: number, change: Partial<AnswerSource> = {}): AnswerSource => ({
  number,
  chunkId: `c${number}`,
  documentId: `d${number}`,
  title: 'On baking bread',
  author: 'Mara Lindqvist',
  authorId: 'mara',
  source: 'writing',
  kind: 'article',
  link: `https://mara.example/${number}`,
  publishedAt: '2024-03-05T00:00:00Z',
  headingPath: [],
  text: '',
  start: 0,
  end: 0,
  scores: { lexical: null, dense: null, rescored: null, boost: 0, final: 1 },
  ...change,
});

describe.each(Object.keys(catalogues))('in %s everything keeps to Slack’s limits:', (language) => {
  const say = stringsFor(language);

  test('what stands under an answer, with long titles and many sources', () => {
    const sources = Array.from({ length: 12 }, (_, n) =>
      source(n + 1, { title: long, author: long }),
    );
    const blocks = closingBlocks(
      turn,
      {
        note: say('stopped.restart', { regenerate: say('button.regenerate') }),
        sources,
        feedback: true,
        buttons: ['shorter', 'longer', 'again', 'resolve'],
      },
      say,
    );
    expect(() => checkBlocks(blocks, 'message')).not.toThrow();
    expect(() => checkBlocks([stopBlock(turn, say)], 'message')).not.toThrow();
    const seen = JSON.stringify(blocks);
    expect(seen).not.toContain('<!channel>');
    expect(seen).not.toContain('<https://evil');
  });

  test('forms', () => {
    const listener = { channel: 'C1', kind: 'channel', root: '1.0', user: 'U1' } as const;
    const sources = Array.from({ length: 150 }, (_, n) => `${n} ${long}`);
    const settings = { ...defaultSettings, sources: sources.slice(0, 3) };
    for (const view of [
      reasonView({ turn, listener }, say),
      askView({ channel: 'C1', root: '1.0' }, long.repeat(20), say),
      askView({ channel: 'C1', root: '1.0' }, '', say),
      settingsView('C1', settings, sources, say),
      settingsView('D1', defaultSettings, [], say),
    ]) {
      expect(() => checkView(view, 'modal')).not.toThrow();
    }
  });

  test('the home tab', () => {
    const overview = {
      documents: 12_345,
      passages: 234_567,
      authors: Array.from({ length: 40 }, () => long),
      sources: 3,
      earliest: '2001-01-01T00:00:00Z',
      latest: '2026-01-01T00:00:00Z',
      collectedAt: '2026-11-20T00:00:00Z',
    };
    const feedback = Array.from({ length: 20 }, () => ({
      trace: 't',
      giver: 'g',
      value: 'down' as const,
      reason: long,
      question: long,
      at: '2026-11-20T00:00:00Z',
    }));
    const lines = Array.from({ length: 40 }, () => 'a line of help '.repeat(10));
    const contents = { overview, sources: lines, help: lines, suggestions: [long], feedback };
    for (const admin of [true, false]) {
      const view = homeView({ ...contents, admin }, Date.parse('2026-11-21T00:00:00Z'), say);
      expect(() => checkView(view, 'home')).not.toThrow();
    }
    const closed = homeView({ ...contents, overview: null, admin: false }, 0, say);
    expect(() => checkView(closed, 'home')).not.toThrow();
  });
});

describe('an answer’s text', () => {
  const said = (parts: readonly (readonly [string, readonly number[]])[]) => {
    const text = openAnswerText();
    text.sources([source(1), source(2), source(3, { link: 'file:///home/mara/bread.md' })]);
    const settled: string[] = [];
    for (const [part, citations] of parts) {
      text.add({ type: 'text', text: part, citations });
      settled.push(text.settled());
    }
    return { whole: text.whole(), settled };
  };

  test('has its citations as numbered links, files as numbers', () => {
    const { whole } = said([
      ['One.', [1]],
      [' Two.', [2, 3]],
    ]);
    expect(whole).toBe('One. [(1)](https://mara.example/1) Two. [(2)](https://mara.example/2) (3)');
  });

  test('has one mark for sentences that run on from one source', () => {
    expect(
      said([
        ['One.', [1]],
        [' Two.', [1]],
      ]).whole,
    ).toBe('One. Two. [(1)](https://mara.example/1)');
  });

  test('has the mark after a block of code, never inside', () => {
    const { whole } = said([['```\ncode\n```', [1]]]);
    expect(whole).toBe('```\ncode\n```\n\n[(1)](https://mara.example/1)');
  });

  test('only ever grows, up to what it is in the end', () => {
    const { whole, settled } = said([
      ['A *first* thought', []],
      [' with a [link](https://ev', []],
      ['il.example) and', [1]],
      [' more.\n\n| a | b |\n', []],
      ['|---|---|\n| 1 | 2 |\n', [2]],
      ['\nThe end <!channel>.', []],
    ]);
    for (const [index, each] of settled.entries()) {
      expect(each.startsWith(settled[index - 1] ?? '')).toBe(true);
      expect(whole.startsWith(each)).toBe(true);
    }
    expect(whole).not.toContain('evil');
    expect(whole).not.toContain('<!channel>');
  });

  test('is short and plain for those who hear it', () => {
    expect(fallbackText('**Yes.** [1](https://mara.example/1) <!here> a & b')).toBe(
      'Yes. [1] &lt;\u2060!here&gt; a &amp; b',
    );
    expect(fallbackText('word '.repeat(2_000)).length).toBeLessThanOrEqual(3_500);
    expect(clipped('🎭'.repeat(10), 6).isWellFormed()).toBe(true);
  });
});
