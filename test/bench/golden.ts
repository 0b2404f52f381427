import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openHouse } from '../../bots/terminal/house.ts';
import { type GoldenCase, loadGolden } from '../../datasets/golden/golden.ts';
import { collect } from '../../pipelines/collection/collect.ts';
import { readEnvironment } from '../../pipelines/environment.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import type { AnswerSource } from '../../pipelines/inference/ask.ts';
import type { Row } from './result.ts';

const datasets = resolve(import.meta.dirname, '../../datasets');

type Answered = {
  readonly golden: GoldenCase;
  readonly outcome: 'answered' | 'abstained';
  readonly sources: readonly AnswerSource[];
  readonly cited: readonly number[];
  readonly text: string;
};

/**
 * The handbook's golden set, asked through the whole pipeline. Rows by split: whether a relevant document was
 * retrieved and cited, whether the quoted passage was, and how well it knows when not to answer.
 */
export async function run(): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-golden-'));
  const house = await openHouse(readEnvironment({ UNDERSTUDY_HOME: home }));
  try {
    for await (const _ of collect([join(datasets, 'handbook')], house, {})) void _;
    for await (const _ of syncFeatures(house, {})) void _;
    const answers: Answered[] = [];
    for (const golden of await loadGolden(join(datasets, 'golden/handbook.jsonl'))) {
      answers.push(await answer(house, golden));
    }
    return ['dev', 'test'].flatMap((split) =>
      rowsOf(
        split,
        answers.filter(({ golden }) => golden.split === split),
      ),
    );
  } finally {
    await house.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function answer(
  house: Awaited<ReturnType<typeof openHouse>>,
  golden: GoldenCase,
): Promise<Answered> {
  let sources: readonly AnswerSource[] = [];
  let text = '';
  const question = {
    text: golden.question,
    history: golden.history ?? [],
    now: `${golden.now ?? '2026-11-15'}T12:00:00.000Z`,
  };
  for await (const event of house.inference.ask(question)) {
    if (event.type === 'sources') sources = event.sources;
    if (event.type === 'text') text += event.text;
    if (event.type === 'error') throw new Error(`${golden.id}: ${event.error.message}`);
    if (event.type === 'done') {
      return { golden, outcome: event.outcome, sources, cited: event.cited, text };
    }
  }
  throw new Error(`${golden.id}: the answer did not end`);
}

function rowsOf(split: string, answers: readonly Answered[]): Row[] {
  const answerable = answers.filter(({ golden }) => golden.expect === 'answer');
  const unanswerable = answers.filter(({ golden }) => golden.expect === 'abstain');
  const abstained = answers.filter(({ outcome }) => outcome === 'abstained');
  const row = (name: string, metric: string, value: number): Row => ({
    case: `handbook-${name}`,
    metric,
    value,
    unit: 'share',
    better: 'higher',
  });
  const types = [...new Set(answerable.map(({ golden }) => golden.type))].sort();
  return [
    row(split, 'document_retrieved', share(answerable, retrievedDocument)),
    row(split, 'passage_retrieved', share(answerable, retrievedPassage)),
    row(split, 'document_cited', share(answerable, citedDocument)),
    row(
      split,
      'answered',
      share(answerable, ({ outcome }) => outcome === 'answered'),
    ),
    row(
      split,
      'abstention_recall',
      share(unanswerable, ({ outcome }) => outcome === 'abstained'),
    ),
    row(
      split,
      'abstention_precision',
      share(abstained, ({ golden }) => golden.expect === 'abstain'),
    ),
    ...types.map((type) =>
      row(
        `${split}/${type}`,
        'document_retrieved',
        share(
          answerable.filter(({ golden }) => golden.type === type),
          retrievedDocument,
        ),
      ),
    ),
  ];
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? Number.NaN : items.filter(holds).length / items.length;
}

function relevant({ golden }: Answered, source: AnswerSource): boolean {
  return golden.documents.some((document) => source.link.endsWith(`/${document}`));
}

function retrievedDocument(answered: Answered): boolean {
  return answered.sources.some((source) => relevant(answered, source));
}

function citedDocument(answered: Answered): boolean {
  return answered.sources.some(
    (source) => answered.cited.includes(source.number) && relevant(answered, source),
  );
}

/** Whether one of the supporting quotes stands in a passage that the answerer could read. */
function retrievedPassage({ golden, sources }: Answered): boolean {
  const texts = sources.map((source) => plain(source.text));
  return golden.passages.some(({ quote }) => texts.some((text) => text.includes(plain(quote))));
}

/** Quotes were copied from the files: only white space and character forms may differ. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}
