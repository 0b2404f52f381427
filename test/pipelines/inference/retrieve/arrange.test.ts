import { describe, expect, it } from 'vitest';
import {
  besides,
  capped,
  everyStep,
  inTurns,
} from '../../../../pipelines/inference/retrieve/arrange.ts';
import { matchesOf } from '../../../../pipelines/inference/retrieve/boost.ts';
import { windowText } from '../../../../pipelines/inference/retrieve/window.ts';
import type { UnderstoodFilter } from '../../../../pipelines/inference/types.ts';
import type { Chunk, ChunkAttributes } from '../../../../pipelines/stores/features/chunk.ts';

const placed = (documentId: string, source: string) => ({
  chunk: { documentId, attributes: { source } as ChunkAttributes },
});
const named = (value: string, words = value): UnderstoodFilter => ({
  field: 'source',
  value,
  confidence: 0.9,
  words,
});
const order = (ranked: readonly ReturnType<typeof placed>[]) =>
  ranked.map(({ chunk }) => chunk.documentId);

describe('taking turns', () => {
  const ranked = ['a1 A', 'a2 A', 'x1 X', 'a3 A', 'b1 B', 'b2 B'].map((each) => {
    const [id = '', source = ''] = each.split(' ');
    return placed(id, source);
  });

  it('serves each named source in every round, and the rest afterwards', () => {
    expect(order(inTurns(ranked, [named('A'), named('B')]))).toEqual(
      'a1 b1 a2 b2 a3 x1'.split(' '),
    );
  });

  it('leaves the ranking alone when fewer than two are named', () => {
    expect(inTurns(ranked, [named('A')])).toEqual(ranked);
    expect(inTurns(ranked, [named('A', 'both'), named('B', 'both')])).toEqual(ranked);
  });

  it('drops what a document has beyond the cap', () => {
    const same = ['d', 'd', 'e', 'd'].map((id) => placed(id, 'A'));
    expect(order(capped(same, 2))).toEqual(['d', 'd', 'e']);
  });
});

describe('steps', () => {
  const ranked = [...'abcdefgh'].map((id) => ({ chunk: { id } }));
  const seated = (steps: readonly string[], places: number) =>
    everyStep(
      ranked,
      steps.map((ids) => [...ids]),
      places,
    )
      .map(({ chunk }) => chunk.id)
      .join('');

  it('come in for the last that no step needs', () => {
    expect(seated(['g', 'h'], 4)).toBe('abghcdef');
    expect(seated(['d', 'h'], 4)).toBe('abdhcefg');
  });

  it('leave a ranking alone that has something of each', () => {
    expect(seated(['ag', 'bh'], 3)).toBe('abcdefgh');
    expect(seated([], 4)).toBe('abcdefgh');
    expect(seated(['x', ''], 4)).toBe('abcdefgh');
  });

  it('take of their best what suits the question best, and two each where there is room', () => {
    expect(seated(['hge'], 2)).toBe('aebcdfgh');
    expect(seated(['gh', 'ef'], 8)).toBe('abcdefgh');
    expect(seated(['h', 'gf'], 4)).toBe('abfhcdeg');
  });

  it('lose none and add none, however many they are', () => {
    expect([...seated(['h', 'g', 'f', 'e'], 2)].sort().join('')).toBe('abcdefgh');
    expect(seated(['h', 'g', 'f', 'e'], 2).slice(0, 2)).toBe('ef');
  });

  it('have the places that an earlier answer leaves them', () => {
    const seat = (some: readonly (typeof ranked)[number][], places: number) =>
      everyStep(some, [['h']], places);
    const chosen = besides(ranked, ['a', 'b'], 4, (some) => some, seat);
    expect(chosen.map(({ chunk }) => chunk.id).join('')).toBe('chab');
  });
});

describe('matching attributes', () => {
  const attributes = {
    author: { id: 'ines', name: 'Ines' },
    source: 'A',
    publishedAt: '2024-03-05T10:00:00.000Z',
  } as ChunkAttributes;

  it('counts each field once, by its surest match', () => {
    expect(matchesOf(attributes, [named('A'), { ...named('A'), confidence: 0.5 }])).toBe(0.9);
    const author = { field: 'author', value: 'ines', confidence: 0.6, words: 'ines' } as const;
    expect(matchesOf(attributes, [named('A'), author])).toBeCloseTo(1.5, 12);
    expect(matchesOf(attributes, [named('B')])).toBe(0);
  });

  it('takes both ends of a date range as inside it', () => {
    const date = { field: 'date', value: '', confidence: 1, words: '' } as const;
    const at = '2024-03-05T10:00:00.000Z';
    expect(matchesOf(attributes, [{ ...date, since: at, until: at }])).toBe(1);
    expect(matchesOf(attributes, [{ ...date, since: null, until: '2024-03-04' }])).toBe(0);
    expect(matchesOf({ ...attributes, publishedAt: null }, [{ ...date, since: null }])).toBe(0);
  });
});

describe('the window', () => {
  it('says once what neighbours share', async () => {
    const texts = [
      'One came first. The second sentence is shared.',
      'The second sentence is shared. Three came last.',
    ];
    const features = { neighbours: async () => texts.map((text) => ({ text }) as Chunk) };
    const chunk = { documentId: 'd', ordinal: 0, text: texts[0] } as Chunk;
    expect(await windowText(features, 'set', chunk, 1)).toBe(
      'One came first. The second sentence is shared. Three came last.',
    );
    expect(await windowText(features, 'set', chunk, 0)).toBe(texts[0]);
  });
});
