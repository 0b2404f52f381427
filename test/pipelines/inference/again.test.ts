import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answering, ask, type Question } from '../../../pipelines/inference/ask.ts';
import { openRetrieval } from '../../../pipelines/inference/retrieve/retrieve.ts';
import { extractiveModel } from '../../../pipelines/serving/chat/extractive/model.ts';
import { tokens } from '../../../pipelines/stores/features/lexical.ts';
import type { EmbeddedStores } from '../../../pipelines/stores/open.ts';
import { storesWith } from './retrieve/corpus.ts';

const about = { author: 'Ines Okafor', source: 'blog' };
let stores: EmbeddedStores;
let answering: Answering;
beforeAll(async () => {
  stores = await storesWith([
    { ...about, name: 'Bread', passages: ['Sourdough bread keeps for a week in a linen bag.'] },
    { ...about, name: 'Tins', passages: ['In a tin, sourdough bread keeps for ten whole days.'] },
    { ...about, name: 'Boats', passages: ['A boat keeps its course by a keel of lead.'] },
  ]);
  answering = {
    retrieve: openRetrieval(stores),
    model: extractiveModel(),
    statistics: (set, stems) => stores.features.lexicalStatistics(set, stems),
  };
});
afterAll(() => stores.close());

const text = 'How long does sourdough bread keep?';

async function answer(more: Partial<Question>) {
  const question = { text, history: [], now: '2026-11-15T12:00:00.000Z', ...more };
  const events = await Array.fromAsync(ask(answering, question));
  const sources = events.find((event) => event.type === 'sources')?.sources ?? [];
  const said = events.filter((event) => event.type === 'text');
  for (const { citations } of said) {
    for (const number of citations) expect(sources[number - 1]?.number).toBe(number);
  }
  const cited = said.flatMap(({ citations }) => citations.map((number) => sources[number - 1]));
  return {
    words: said.map((each) => each.text).join(' '),
    cited: cited.flatMap((source) => source?.chunkId ?? []),
    end: events.at(-1),
  };
}

describe('asking again', () => {
  test('brings another answer from what was not cited, and numbers it by its own sources', async () => {
    const first = await answer({ length: 'short' });
    const second = await answer({ length: 'short', besides: first.cited });
    expect(second.end).toMatchObject({ type: 'done', outcome: 'answered' });
    expect(second.cited).toHaveLength(1);
    expect(second.cited).not.toContain(first.cited[0]);
    expect(new Set([first.words, second.words]).size).toBe(2);
  });

  test('may say the same once there is nothing else to say', async () => {
    const first = await answer({});
    expect(first.cited).toHaveLength(2);
    const again = await answer({ besides: first.cited });
    expect(again.end).toMatchObject({ type: 'done', outcome: 'answered' });
    expect(new Set(again.cited)).toEqual(new Set(first.cited));
  });

  test('shorter says less of the same, longer no less', async () => {
    const [brief, usual, full] = await Promise.all([
      answer({ length: 'short' }),
      answer({}),
      answer({ length: 'long' }),
    ]);
    expect(tokens(brief.words).length).toBeLessThan(tokens(usual.words).length);
    expect(tokens(full.words).length).toBeGreaterThanOrEqual(tokens(usual.words).length);
    expect(usual.cited).toContain(brief.cited[0]);
  });
});
