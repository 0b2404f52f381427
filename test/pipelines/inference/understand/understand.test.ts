import { describe, expect, it } from 'vitest';
import {
  carriedOver,
  dependsOnThread,
} from '../../../../pipelines/inference/understand/rewrite.ts';
import { understand } from '../../../../pipelines/inference/understand/understand.ts';
import { vocabulary } from './vocabulary-of.ts';

const now = '2026-11-15T12:00:00.000Z';
const user = (text: string) => ({ role: 'user' as const, text });
const twin = (text: string) => ({ role: 'twin' as const, text });

describe('a question in a thread', () => {
  it.each([
    'and in production?',
    'what about him?',
    'why?',
    'And since 2025?',
    'How does it work?',
    'What did she say about backups?',
    'Tell me more',
  ])('depends on it: %s', (question) => {
    expect(dependsOnThread(question)).toBe(true);
  });

  it.each([
    'How do I restore the warehouse from a backup?',
    'Is it possible to run the twin without Redis?',
    'How long does it take to index ten thousand documents?',
    'Which chunk size does the chunking policy give articles, and is that its maximum?',
    'What did Mara say about caches?',
  ])('stands alone: %s', (question) => {
    expect(dependsOnThread(question)).toBe(false);
  });

  it('takes over the telling words of the latest question that stands alone, at half weight', () => {
    const history = [
      user('How are documents chunked?'),
      twin('By structure.'),
      user('How long are Redis jobs kept in the queue?'),
      twin('Seven days [1].'),
      user('why?'),
    ];
    const { terms } = carriedOver('and in production?', history);
    expect(terms.map(({ term }) => term)).toEqual(['long', 'redis', 'jobs', 'kept', 'queue']);
    expect(new Set(terms.map(({ weight }) => weight))).toEqual(new Set([0.5]));
  });

  it('takes over nothing when it stands alone', () => {
    const history = [user('How long are Redis jobs kept in the queue?')];
    expect(carriedOver('Which embedding models can be configured?', history).terms).toEqual([]);
    expect(carriedOver('why?', []).terms).toEqual([]);
  });
});

describe('understanding', () => {
  it('shows the question as it was completed', async () => {
    const { understanding, terms } = await understand(
      { text: 'and in production?', history: [user('Which queue keeps the jobs?')], now },
      vocabulary,
    );
    expect(understanding.rewritten).toBe('and in production? (queue keeps jobs)');
    expect(terms[0]).toEqual({ term: 'production', weight: 1 });
  });

  it('takes a pronoun for the person named before, less surely', async () => {
    const history = [user('What did Ines Okafor write in 2025 about judges?')];
    const { understanding } = await understand(
      { text: 'And what did she write since 2026?', history, now },
      vocabulary,
    );
    const found = understanding.filters.map(({ field, value }) => [field, value]);
    expect(found).toEqual([
      ['date', 'since 2026-01-01'],
      ['author', 'ines-okafor'],
    ]);
    expect(understanding.filters[1]?.confidence).toBeLessThan(0.9);
  });

  it('leaves a new topic untouched by the thread', async () => {
    const { understanding } = await understand(
      {
        text: 'Which embedding models can be configured?',
        history: [user('What did Ines Okafor write about judges?')],
        now,
      },
      vocabulary,
    );
    expect(understanding.rewritten).toBe(understanding.question);
    expect(understanding.filters).toEqual([]);
  });
});

describe('the words of a date', () => {
  const termsOf = async (text: string) =>
    (await understand({ text, history: [], now }, vocabulary)).terms.map(({ term }) => term);

  it('are not searched for: they say when, not what', async () => {
    expect(await termsOf('What did Mara write about chunking since March 2026?')).toEqual([
      'mara',
      'write',
      'chunking',
    ]);
  });

  it('stay where nothing else was asked for', async () => {
    expect(await termsOf('since March 2026')).toEqual(['march', '2026']);
  });
});
