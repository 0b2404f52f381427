import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ndcgAt, recallAt, reciprocalRankAt } from '../../evals/metrics/retrieval.ts';
import { pairedRandomisation } from '../../evals/statistics/randomisation.ts';
import { rm3 } from '../../pipelines/inference/expand/rm3.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import {
  type RetrievalSettings,
  shippedSettings,
} from '../../pipelines/inference/retrieve/settings.ts';
import type { BenchOptions, Row } from './result.ts';
import { type Collection, missingFiles, readCollection } from './retrieval/collection.ts';
import { type Indexed, indexed } from './retrieval/index.ts';

/** As shipped, but for a whole ranking of documents and without the neighbours' text nobody reads here. */
const shipped: RetrievalSettings = {
  ...shippedSettings,
  limit: shippedSettings.candidates,
  window: 0,
};

/** Each stage with the one that its gain is measured against. */
const stages: readonly (readonly [string, RetrievalSettings, string | null])[] = [
  ['fts5', { ...shipped, rerank: false, selfQuery: false, expand: false }, null],
  ['rescored', { ...shipped, selfQuery: false, expand: false }, 'fts5'],
  ['no-self-query', { ...shipped, selfQuery: false }, 'fts5'],
  ['no-expansion', { ...shipped, expand: false }, 'rescored'],
  ['expansion', { ...shipped, expand: true }, 'no-expansion'],
  ['full', shipped, 'fts5'],
];

const expected = ['scifact', 'cranfield', 'cisi', 'multihop-rag'];
/** nDCG@10 to reach. */
const targets: Readonly<Record<string, number>> = {
  'scifact/full': 0.7,
  'cranfield/full': 0.387,
  'cisi/full': 0.423,
  'multihop-rag/no-self-query': 0.744,
  'multihop-rag/full': 0.81,
};

type Figures = {
  readonly ndcg: readonly number[];
  readonly recall: readonly number[];
  readonly mrr: readonly number[];
  readonly ms: readonly number[];
  readonly expanded: number;
};

/**
 * Ranking quality of the shipped pipeline, stage by stage, on every collection folder below
 * `$BENCH_DATA/retrieval` (default ../shared/data): nDCG@10, recall@100, MRR@10 of documents.
 * `--collections a,b` names some; `--every N` asks every Nth question only, for a quick look.
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const root = join(resolve(process.env['BENCH_DATA'] ?? '../shared/data'), 'retrieval');
  console.error(
    'Passages and context lines from the feature pipeline; Porter stems; stop words left out of the question\n' +
      '(npm stopword eng + auxiliaries), duplicates kept; FTS5 BM25 k1 1.2 b 0.75, context line twice. One setting\n' +
      'for all collections.',
  );
  const rows: Row[] = [];
  for (const name of collectionNames(root, options['collections'])) {
    const folder = join(root, name);
    const missing = missingFiles(folder);
    if (missing.length > 0) {
      console.error(`${name}: absent, not measured (${folder} has no ${missing.join(', ')}).`);
      continue;
    }
    rows.push(...(await measured(readCollection(name, folder), Number(options['every'] ?? 1))));
  }
  return rows;
}

function collectionNames(root: string, named: string | true | undefined): readonly string[] {
  if (typeof named === 'string') return named.split(',');
  if (!existsSync(root)) return expected;
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name);
  return [...new Set([...expected, ...found.sort()])];
}

async function measured(whole: Collection, every: number): Promise<Row[]> {
  const questions = whole.questions.filter((_, index) => index % every === 0);
  const collection = { ...whole, questions };
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-retrieval-'));
  try {
    const index = await indexed(collection, home);
    try {
      console.error(
        `\n${collection.name}: ${collection.documents.length} documents, ${index.chunks} chunks, ` +
          `${questions.length} questions, ${collection.unjudged} without judgments skipped`,
      );
      return await measuredStages(collection, index);
    } finally {
      await index.stores.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measuredStages(collection: Collection, index: Indexed): Promise<Row[]> {
  const bySettings = new Map<string, Figures>();
  const byStage = new Map<string, Figures>();
  const rows: Row[] = [];
  for (const [stage, settings, before] of stages) {
    // Stages that the shipped settings make equal are asked once.
    const key = JSON.stringify(Object.entries(settings).sort());
    const figures = bySettings.get(key) ?? (await asked(collection, index, settings));
    bySettings.set(key, figures);
    byStage.set(stage, figures);
    const against = before === null ? undefined : byStage.get(before);
    console.error(describe(stage, figures, before, against));
    rows.push(...rowsOf(`${collection.name}/${stage}`, figures));
  }
  return rows;
}

async function asked(
  collection: Collection,
  { stores, names, now }: Indexed,
  settings: RetrievalSettings,
): Promise<Figures> {
  const retrieve = openRetrieval({ ...stores, expander: rm3() }, settings);
  const figures = { ndcg: [], recall: [], mrr: [], ms: [] } as Record<
    'ndcg' | 'recall' | 'mrr' | 'ms',
    number[]
  >;
  let expanded = 0;
  for (const { text, judgments } of collection.questions) {
    const startedAt = performance.now();
    const { passages, expansion } = await retrieve({ text, history: [], now });
    figures.ms.push(performance.now() - startedAt);
    if (expansion.length > 0) expanded++;
    const documents = passages.map(({ chunk }) => names.get(chunk.documentId) ?? '');
    const ranking = [...new Set(documents)];
    figures.ndcg.push(ndcgAt(10, ranking, judgments));
    figures.recall.push(recallAt(100, ranking, judgments));
    figures.mrr.push(reciprocalRankAt(10, ranking, judgments));
  }
  return { ...figures, expanded };
}

function rowsOf(name: string, { ndcg, recall, mrr, ms }: Figures): Row[] {
  const target = targets[name];
  const higher = (metric: string, value: number): Row => ({
    case: name,
    metric,
    value,
    unit: '',
    better: 'higher',
  });
  const rows = [
    { ...higher('ndcg@10', mean(ndcg)), ...(target !== undefined && { target }) },
    higher('recall@100', mean(recall)),
    higher('mrr@10', mean(mrr)),
  ];
  if (!name.endsWith('/full')) return rows;
  const time = (metric: string, share: number): Row => {
    const value = ms.toSorted((a, b) => a - b)[Math.floor(share * (ms.length - 1))] ?? 0;
    return { case: name, metric, value, unit: 'ms', better: 'lower' };
  };
  return [...rows, time('p50_ms', 0.5), time('p95_ms', 0.95)];
}

function describe(
  stage: string,
  { ndcg, recall, expanded }: Figures,
  before: string | null,
  against: Figures | undefined,
): string {
  const line = `  ${stage.padEnd(14)} nDCG@10 ${mean(ndcg).toFixed(4)}  R@100 ${mean(recall).toFixed(4)}`;
  const added = expanded > 0 ? `  (${expanded} questions expanded)` : '';
  if (!against || against.ndcg === ndcg) return line + added;
  const gain = mean(ndcg) - mean(against.ndcg);
  const p = pairedRandomisation(ndcg, against.ndcg);
  return `${line}  ${gain >= 0 ? '+' : ''}${gain.toFixed(4)} over ${before}, p = ${p.toFixed(4)}${added}`;
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
