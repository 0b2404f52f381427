import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGolden } from '../../datasets/golden/check.ts';
import {
  type GoldenCase,
  goldenSplits,
  goldenTypes,
  loadGolden,
} from '../../datasets/golden/golden.ts';
import { readHandbook } from '../../datasets/golden/handbook.ts';

const handbook = join(import.meta.dirname, '../../datasets/handbook');
const shipped = join(import.meta.dirname, '../../datasets/golden/handbook.jsonl');

const valid: GoldenCase = {
  id: 'h001',
  question: 'How long did nobody notice?',
  type: 'fact',
  expect: 'answer',
  documents: ['handbook/redis-outage.md'],
  passages: [{ document: 'handbook/redis-outage.md', quote: 'nobody noticed for 31 hours' }],
  keyFacts: ['31 hours'],
  tags: ['operations'],
  split: 'dev',
};

let cases: GoldenCase[];
let folder: string;

beforeAll(async () => {
  cases = await loadGolden(shipped);
  folder = await mkdtemp(join(tmpdir(), 'golden-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function load(...lines: string[]): Promise<GoldenCase[]> {
  const file = join(folder, 'cases.jsonl');
  await writeFile(file, lines.join('\n'));
  return await loadGolden(file);
}

describe('loading', () => {
  it('returns typed cases and skips empty lines', async () => {
    expect(await load(JSON.stringify(valid), '', '')).toEqual([valid]);
  });

  it.each([
    ['a wrong id', { id: '1' }, 'id: expected an id such as h042'],
    ['an unknown type', { type: 'riddle' }, 'type: '],
    ['a missing split', { split: undefined }, 'split: '],
    ['a misspelt field', { keyfacts: [] }, 'Unrecognized key: "keyfacts"'],
    ['a document outside the handbook', { documents: ['README.md'] }, 'documents.0: '],
    ['a passage without a quote', { passages: [{ document: 'x' }] }, 'passages.0.quote: '],
    ['a day that does not exist', { filters: { since: '2026-02-30' } }, 'filters.since: '],
    ['a turn by nobody', { history: [{ role: 'ghost', text: 'boo' }] }, 'history.0.role: '],
  ])('refuses %s, naming line and field', async (_, change, message) => {
    const broken = load(JSON.stringify(valid), JSON.stringify({ ...valid, ...change }));
    await expect(broken).rejects.toThrow(/cases\.jsonl, line 2: /);
    await expect(broken).rejects.toThrow(message);
  });

  it('refuses a line that is not JSON', async () => {
    await expect(load('{"id":')).rejects.toThrow(/line 1: not JSON/);
  });
});

describe('checking against the handbook', () => {
  const passage = { document: 'handbook/redis-outage.md', quote: 'nobody noticed for 3 weeks' };

  it('finds nothing wrong with a good case', async () => {
    expect(await checkGolden([valid], handbook)).toEqual([]);
  });

  it.each<[string, Partial<GoldenCase>, string]>([
    ['a missing document', { documents: ['handbook/no.md'] }, 'handbook/no.md does not exist'],
    ['a quote that is not there', { passages: [passage] }, 'not verbatim in handbook/redis'],
    ['an answer without passage', { passages: [], documents: [] }, 'without a passage'],
    ['an answer without key fact', { keyFacts: [] }, 'without a key fact'],
    ['an abstention with evidence', { type: 'unanswerable', expect: 'abstain' }, 'abstains, yet'],
    ['an unanswerable answer', { type: 'unanswerable' }, 'does not go with expect answer'],
    ['an unknown author', { filters: { authors: ['Nobody'] } }, 'name Nobody'],
    [
      'a range that ends before it begins',
      { filters: { since: '2026-02-01', until: '2026-01-01' } },
      'is after until',
    ],
    ['a document outside its own filters', { filters: { kinds: ['note'] } }, 'own filters'],
    ['a comparison of one thing', { type: 'comparison' }, 'fewer than 2 documents'],
    ['a follow-up to nothing', { type: 'follow-up' }, 'without history'],
  ])('reports %s', async (_, change, message) => {
    const problems = await checkGolden([{ ...valid, ...change }], handbook);
    expect(problems.join('\n')).toContain(message);
  });

  it('reports duplicate ids and questions, but not the same words in another thread', async () => {
    const shouted = { ...valid, question: 'HOW long did nobody notice' };
    const threaded: GoldenCase = {
      ...valid,
      id: 'h002',
      history: [{ role: 'user', text: 'When was the outage?' }],
    };
    expect(await checkGolden([valid, shouted, threaded], handbook)).toEqual([
      'h001, h001: the same id',
      'h001, h001: the same question',
    ]);
  });

  it('tolerates a table that a formatter has padded', async () => {
    const quote = '| 02:31   | Redis reaches its memory limit of 256 MB |';
    const padded = { ...valid, passages: [{ document: 'handbook/redis-outage.md', quote }] };
    expect(await checkGolden([padded], handbook)).toEqual([]);
  });
});

describe('the shipped set', () => {
  it('has no problems', async () => {
    expect(await checkGolden(cases, handbook)).toEqual([]);
  });

  it('has as many cases of each type as the data card promises', () => {
    const count = (...types: string[]) => cases.filter(({ type }) => types.includes(type)).length;
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(count('fact', 'how-to')).toBeGreaterThanOrEqual(70);
    expect(count('comparison')).toBeGreaterThanOrEqual(15);
    expect(count('filtered')).toBeGreaterThanOrEqual(20);
    expect(count('follow-up')).toBeGreaterThanOrEqual(18);
    expect(count('unanswerable')).toBeGreaterThanOrEqual(30);
  });

  it('has at least 15 unanswerable questions off the topic, and 15 near it', () => {
    for (const tag of ['off-topic', 'near-miss']) {
      expect(cases.filter(({ tags }) => tags.includes(tag)).length).toBeGreaterThanOrEqual(15);
    }
  });

  it('agrees with the totals of its data card', async () => {
    const [dev, test] = goldenSplits.map(
      (split) => cases.filter((golden) => golden.split === split).length,
    );
    const card = await readFile(join(shipped, '../README.md'), 'utf8');
    const totals = /\*\*all\*\*[ |*]+(\d+)[ |*]+(\d+)[ |*]+(\d+)/.exec(card)?.slice(1);
    expect(totals?.map(Number)).toEqual([dev, test, cases.length]);
  });

  it.each(goldenTypes)('splits %s about evenly', (type) => {
    const sizes = goldenSplits.map(
      (split) => cases.filter((golden) => golden.type === type && golden.split === split).length,
    );
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('asks about every article', async () => {
    const asked = new Set(cases.flatMap(({ documents }) => documents));
    expect([...(await readHandbook(handbook)).keys()].filter((path) => !asked.has(path))).toEqual(
      [],
    );
  });

  it('is not copied: no question shares six words in a row with its passages', () => {
    const copied = cases.filter(({ question, passages }) => {
      const words = plain(question).split(' ');
      const runs = words.slice(5).map((_, at) => ` ${words.slice(at, at + 6).join(' ')} `);
      return passages.some(({ quote }) => runs.some((run) => ` ${plain(quote)} `.includes(run)));
    });
    expect(copied.map(({ id }) => id)).toEqual([]);
  });
});

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}
