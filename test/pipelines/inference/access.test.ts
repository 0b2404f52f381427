import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AnswerEvent,
  type Answering,
  ask,
  type Question,
} from '../../../pipelines/inference/ask.ts';
import { openRetrieval } from '../../../pipelines/inference/retrieve/retrieve.ts';
import { extractiveModel } from '../../../pipelines/serving/chat/extractive/model.ts';
import type { EmbeddedStores } from '../../../pipelines/stores/open.ts';
import { storesWith, type Written } from './retrieve/corpus.ts';

const open: readonly Written[] = [
  {
    name: 'Kettles and their whistles',
    author: 'Ines Okafor',
    source: 'blog',
    publishedAt: '2024-03-05T00:00:00.000Z',
    passages: ['A kettle whistles when its steam is pressed through a narrow lid.'],
  },
  {
    name: 'Teapots',
    author: 'Mara Lindqvist',
    source: 'blog',
    publishedAt: '2025-03-05T00:00:00.000Z',
    passages: ['A teapot wants to be warmed before the tea goes in.'],
  },
];
const hidden: readonly Written[] = [
  {
    name: 'The vault opening',
    author: 'Ines Zabrinski',
    source: 'Moonlight Ledger',
    publishedAt: '2024-12-24T00:00:00.000Z',
    passages: ['Nobody outside may read this.'],
  },
];

type Twin = { readonly stores: EmbeddedStores; readonly answering: Answering };
let withSecret: Twin;
let without: Twin;

async function twinOf(written: readonly Written[]): Promise<Twin> {
  const stores = await storesWith(written);
  const answering = {
    retrieve: openRetrieval(stores),
    model: extractiveModel(),
    statistics: (set: string, stems: readonly string[]) =>
      stores.features.lexicalStatistics(set, stems),
  };
  return { stores, answering };
}

beforeAll(async () => {
  withSecret = await twinOf([...open, ...hidden]);
  without = await twinOf(open);
});
afterAll(async () => {
  await withSecret.stores.close();
  await without.stores.close();
});

/** What an asker can read of an answer: all of it but ids drawn by chance, clocks, and scores. */
async function shown(
  { answering }: Twin,
  text: string,
  more: Partial<Question> = {},
): Promise<unknown[]> {
  const question = {
    text,
    history: [],
    now: '2026-11-15T12:00:00.000Z',
    access: { sources: ['blog'] },
    ...more,
  };
  const events: AnswerEvent[] = await Array.fromAsync(ask(answering, question));
  return events.map((event) => {
    if (event.type === 'done') return { outcome: event.outcome, cited: event.cited };
    if (event.type !== 'sources') return event;
    const sources = event.sources.map(({ scores: _scores, ...source }) => source);
    return { ...event, sources };
  });
}

describe('who may not see a source', () => {
  test.each([
    ['asks for its author', 'What did Ines Zabrinski write about kettles?'],
    ['asks for it by name', 'What does the Moonlight Ledger say about a kettle?'],
    ['asks for an author by a first name that it makes ambiguous', 'What did Ines say of kettles?'],
    ['asks by the date of a title in it', 'What was written before the vault opening post?'],
    ['asks to compare it with another', 'Compare Moonlight Ledger with blog on kettles.'],
    ['asks for what stands in it', 'Who may read this outside?'],
    ['asks for something else', 'Why does a kettle whistle?'],
  ])('%s, and cannot tell whether it is there', async (_case, text) => {
    const seen = await shown(withSecret, text);
    expect(seen).toEqual(await shown(without, text));
    expect(JSON.stringify(seen)).not.toMatch(/zabrinski-|"Moonlight Ledger"|ines-zabrinski/u);
  });

  test('cannot tell by what the thread named either', async () => {
    const history = [{ role: 'user' as const, text: 'What did Ines Zabrinski write on kettles?' }];
    const seen = await shown(withSecret, 'and why?', { history });
    expect(seen).toEqual(await shown(without, 'and why?', { history }));
  });

  test('while who may see it is understood', async () => {
    const text = 'What did Ines Zabrinski write before the vault opening post?';
    const access = { sources: ['blog', 'Moonlight Ledger'] };
    const seen = JSON.stringify(await shown(withSecret, text, { access }));
    expect(seen).toContain('"value":"ines-zabrinski"');
    expect(seen).toContain('until 2024-12-23');
  });

  test('sees nothing from before the date that was set', async () => {
    const access = { since: '2025-01-01' };
    const seen = await shown(withSecret, 'Why does a kettle whistle?', { access });
    expect(JSON.stringify(seen)).not.toContain('narrow lid');
    const all = await shown(withSecret, 'Why does a kettle whistle?', { access: {} });
    expect(JSON.stringify(all)).toContain('narrow lid');
  });
});
