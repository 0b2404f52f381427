import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import { madeDocuments } from './ask/corpus.ts';
import type { BenchOptions, Row } from './result.ts';

const sizes = [1_000, 10_000, 50_000, 200_000];
const questions = 200;
const first = 100;

const childReport = z.object({
  totals: z.array(z.number()),
  stages: z.record(z.string(), z.array(z.number())),
  answered: z.number(),
  rss: z.number(),
});

/** Time to a finished answer and memory, by number of chunks. `--sizes 1000,10000` limits the run. */
export async function run(options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of wantedSizes(options['sizes'])) {
    const home = mkdtempSync(join(tmpdir(), 'understudy-bench-ask-'));
    try {
      const indexing = await grow(home, size);
      const report = await answerIn(home);
      rows.push(...rowsOf(String(size), report, indexing));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return rows;
}

function wantedSizes(named: string | true | undefined): readonly number[] {
  return typeof named === 'string' ? named.split(',').map(Number) : sizes;
}

/** Puts documents through the real feature pipeline until the set has `size` chunks. Returns seconds. */
async function grow(home: string, size: number): Promise<number> {
  const stores = openEmbedded(home);
  const documents = madeDocuments(Number.POSITIVE_INFINITY);
  const startedAt = performance.now();
  try {
    let put = 0;
    let chunks = 0;
    while (chunks < size) {
      // The first documents tell how many chunks one makes; then almost all at once, then the rest.
      const perDocument = put === 0 ? 1 : chunks / put;
      const wanted = put === 0 ? first : Math.ceil((size - chunks) / perDocument);
      for (let index = 0; index < wanted; index += 1) {
        const { value: draft } = documents.next();
        if (draft) await stores.warehouse.upsert(draft);
      }
      put += wanted;
      for await (const event of syncFeatures({ ...stores, embedder: null }, {})) {
        if (event.type === 'refused') throw new Error(event.reason.message);
      }
      chunks = (await stores.features.current())?.chunks ?? 0;
    }
  } finally {
    await stores.close();
  }
  return (performance.now() - startedAt) / 1_000;
}

async function answerIn(home: string): Promise<z.infer<typeof childReport>> {
  const child = join(import.meta.dirname, 'ask/child.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, child, String(questions)],
    {
      env: { ...process.env, UNDERSTUDY_HOME: home },
      maxBuffer: 64 << 20,
    },
  );
  return childReport.parse(JSON.parse(stdout));
}

function rowsOf(name: string, report: z.infer<typeof childReport>, indexing: number): Row[] {
  const atFiftyThousand = name === '50000';
  const lower = { case: name, better: 'lower' } as const;
  return [
    { ...lower, metric: 'p50_ms', value: percentile(report.totals, 0.5), unit: 'ms' },
    {
      ...lower,
      metric: 'p95_ms',
      value: percentile(report.totals, 0.95),
      unit: 'ms',
      ...(atFiftyThousand && { target: 60 }),
    },
    {
      ...lower,
      metric: 'rss_mb',
      value: report.rss / 2 ** 20,
      unit: 'MiB',
      ...(atFiftyThousand && { target: 300 }),
    },
    ...Object.entries(report.stages).flatMap(([stage, values]) => [
      { ...lower, metric: `${stage}_p50_ms`, value: percentile(values, 0.5), unit: 'ms' },
      { ...lower, metric: `${stage}_p95_ms`, value: percentile(values, 0.95), unit: 'ms' },
    ]),
    { ...lower, metric: 'index_s', value: indexing, unit: 's' },
    {
      case: name,
      metric: 'answered',
      value: report.answered / report.totals.length,
      unit: 'share',
      better: 'higher',
    },
  ];
}

/** Nearest-rank percentile. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
