import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadGolden } from '../../datasets/golden/golden.ts';
import { collect } from '../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { openInference } from '../../pipelines/inference/open.ts';
import type { Inference } from '../../pipelines/inference/port.ts';
import { openRemoteAnswering } from '../../pipelines/inference/remote/answering.ts';
import { writingIn } from '../../pipelines/inference/voice/writing.ts';
import { warmUp } from '../../pipelines/inference/warm-up.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import { startChild } from '../servers/child.ts';
import type { BenchOptions, Row } from './result.ts';

const datasets = resolve(import.meta.dirname, '../../datasets');
const warmUps = 30;
/** What the way to another process on the same machine may add to the first words, in milliseconds. */
const mostAdded = 10;

type Took = { readonly firstMs: number; readonly totalMs: number };

/**
 * What it costs to leave answering to a process of its own: the handbook's golden questions, quoted, asked in this
 * process and over the loopback address in turns, each way first every other time. `--questions 200`
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const count = typeof options['questions'] === 'string' ? Number(options['questions']) : 200;
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-inference-'));
  const stores = openEmbedded(home);
  try {
    for await (const _ of collect([join(datasets, 'handbook')], stores, {})) void _;
    for await (const _ of syncFeatures({ ...stores, embedder: null }, {})) void _;
    const file = join(import.meta.dirname, 'inference/service-process.ts');
    const service = await startChild(
      process.execPath,
      ['--max-semi-space-size=16', file, home],
      (output) => /http:\S+/u.exec(output)?.[0],
    );
    const remote = await openRemoteAnswering({ urls: [service.found] });
    try {
      const writing = writingIn(stores.warehouse);
      const ports = { ...stores, llm: null, embedder: null, reranker: null, writing };
      const local = await openInference(ports, { twin: 'default', code: null, llm: null });
      await warmUp(local.answering);
      return rowsOf(await measured(local.inference, remote, await questions(count)));
    } finally {
      await remote.close();
      await service.kill();
    }
  } finally {
    await stores.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function questions(count: number): Promise<readonly string[]> {
  const golden = await loadGolden(join(datasets, 'golden/handbook.jsonl'));
  return Array.from(
    { length: warmUps + count },
    (_, index) => golden[index % golden.length]?.question ?? '',
  );
}

async function measured(local: Inference, remote: Inference, texts: readonly string[]) {
  const took = { local: [] as Took[], remote: [] as Took[] };
  for (const [index, text] of texts.entries()) {
    const ways = [
      { name: 'local', inference: local },
      { name: 'remote', inference: remote },
    ] as const;
    for (const { name, inference } of index % 2 === 0 ? ways : ways.toReversed()) {
      const one = await timed(inference, text);
      if (index >= warmUps) took[name].push(one);
    }
  }
  return took;
}

async function timed(inference: Inference, text: string): Promise<Took> {
  const startedAt = performance.now();
  let firstMs = Number.NaN;
  const asked = { text, history: [], now: '2026-11-15T12:00:00Z' };
  for await (const event of inference.ask(asked)) {
    if (event.type === 'text' && Number.isNaN(firstMs)) firstMs = performance.now() - startedAt;
    if (event.type === 'error') throw new Error(event.error.message);
  }
  return { firstMs, totalMs: performance.now() - startedAt };
}

function rowsOf({ local, remote }: Awaited<ReturnType<typeof measured>>): Row[] {
  return (['firstMs', 'totalMs'] as const).flatMap((what) =>
    [0.5, 0.95].flatMap((share) => {
      const metric = `${what === 'firstMs' ? 'first_text' : 'total'}_p${share * 100}_ms`;
      const [here, there] = [local, remote].map((all) =>
        percentile(all.map((took) => took[what]).filter(Number.isFinite), share),
      ) as [number, number];
      const row = { metric, unit: 'ms', better: 'lower' } as const;
      const isTarget = what === 'firstMs' && share === 0.5;
      return [
        { ...row, case: 'in this process', value: here },
        { ...row, case: 'in its own', value: there },
        { ...row, case: 'added', value: there - here, ...(isTarget && { target: mostAdded }) },
      ];
    }),
  );
}

/** Nearest-rank percentile. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
