import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isComparison, selfQuery } from '../../../../pipelines/inference/understand/self-query.ts';
import { vocabulary } from './vocabulary-of.ts';

const now = new Date('2026-11-15T12:00:00.000Z');
const ask = (text: string) => selfQuery(text, vocabulary, now);
/** `field:value` of everything understood but dates. */
const names = async (text: string) =>
  (await ask(text))
    .filter(({ field }) => field !== 'date')
    .map(({ field, value }) => `${field}:${value}`);
/** Days of the first date understood. */
const date = async (text: string) => {
  const found = (await ask(text)).find(({ field }) => field === 'date');
  return found && [found.since?.slice(0, 10) ?? null, found.until?.slice(0, 10) ?? null];
};

describe('names', () => {
  it.each([
    ['What did Ines Okafor write about judges?', ['author:ines-okafor']],
    ['what did ines write about judges', ['author:ines-okafor']],
    ['What does tomas reyes think?', ['author:tomas-reyes']],
    ["Are Tomás's views on queues known?", ['author:tomas-reyes']],
    ['Has Comaromi a history of Dewey?', ['author:comaromi']],
    ['What did The Verge report?', ['source:The Verge']],
    ['What did FOX News say?', ['source:FOX News - Health', 'source:FOX News - Lifestyle']],
    ['According to Cnbc, what fell?', ['source:Cnbc | World Business News Leader']],
    ['What is on example.org about caches?', ['source:example.org']],
    ['Which posts by Ines mention Redis?', ['kind:post', 'author:ines-okafor']],
    ['What is in the feed about caches?', ['platform:feed']],
    ['Ines on deletion: what is kept?', ['author:ines-okafor']],
    ['Articles by Ines, please', ['kind:article', 'author:ines-okafor']],
    ['What is written in German about caches?', ['language:de']],
  ])('are recognised: %s', async (question, expected) => {
    expect(await names(question)).toEqual(expected);
  });

  it.each([
    ['that the warehouse does not hold', 'What did Grace Hopper write?'],
    ['that two people share', 'What did Mara write?'],
    ['that are ordinary words here', 'How much fortune does one need, and is it stone?'],
    ['that are part of a longer name', 'What did Ines Castro do, and Taylor Stone?'],
    ['that are acronyms', 'What does VERGE stand for, and what is INES?'],
  ])('are not recognised when they are ones %s', async (_, question) => {
    expect(await names(question)).toEqual([]);
  });

  it('give the words they were understood from', async () => {
    const [filter] = await ask('Did tomas reyes write that?');
    expect(filter?.words).toBe('tomas reyes');
    expect(filter?.confidence).toBeGreaterThan(0.9);
  });

  it('make a comparison when two sources or two authors are named', async () => {
    const compared = async (text: string) => isComparison(await ask(text));
    expect(await compared('What do Ines Okafor and Tomás Reyes say about caches?')).toBe(true);
    expect(await compared('Do The Verge and Fortune agree on this?')).toBe(true);
    expect(await compared('What did FOX News say?')).toBe(false);
    expect(await compared('Did Ines write it, and did Ines mean it?')).toBe(false);
  });
});

describe('dates', () => {
  it.each([
    ['What happened on October 4, 2023?', ['2023-10-04', '2023-10-04']],
    ['What was written in October 2023?', ['2023-10-01', '2023-10-31']],
    ['What was written in March?', ['2026-03-01', '2026-03-31']],
    ['What was written in December?', ['2025-12-01', '2025-12-31']],
    ['What has changed since 2023?', ['2023-01-01', null]],
    ['What was known before May 2024?', [null, '2024-04-30']],
    ['What was said after 2024-02-10?', ['2024-02-11', null]],
    ['What was new last spring?', ['2026-03-01', '2026-05-31']],
    ['What was new last winter?', ['2025-12-01', '2026-02-28']],
    ['What was new in spring 2024?', ['2024-03-01', '2024-05-31']],
    ['What came between March and May 2024?', ['2024-03-01', '2024-05-31']],
    ['What came from 2020 to 2022?', ['2020-01-01', '2022-12-31']],
    ['Anything from last spring?', ['2026-03-01', '2026-05-31']],
    ['What is there from May 2025 on?', ['2025-05-01', null]],
    ['Who wrote in the first half of 2026?', ['2026-01-01', '2026-06-30']],
    ['What came out last month?', ['2026-10-01', '2026-10-31']],
    ['What came in Q2 2025?', ['2025-04-01', '2025-06-30']],
    ['What changed before the outage post?', [null, '2026-02-18']],
    ['What was planned since my article about caches?', ['2025-05-02', null]],
  ])('are ranges: %s', async (question, expected) => {
    expect(await date(question)).toEqual(expected);
  });

  it.each([
    'How may I restore a backup?',
    'Does the Arp2/3 inhibitor CK-666 work?',
    'Is 5/6 enough after 12 weeks?',
    'Do tokens expire in 30 days?',
    "What is in today's libraries?",
    'Can 2000 documents be indexed in a minute?',
  ])('are not seen where none is meant: %s', async (question) => {
    expect(await date(question)).toBeUndefined();
  });
});

describe('any question', () => {
  it('is understood to something without failing, in bounded confidence', async () => {
    const parts = fc.constantFrom(
      'Ines',
      'the',
      'Verge',
      'before',
      'since',
      '2023',
      'May',
      '"',
      ' ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(parts, { maxLength: 20 }).map((words) => words.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (question) => {
        for (const { confidence, words } of await ask(question)) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(question).toContain(words);
        }
      }),
    );
  });
});
