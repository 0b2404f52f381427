import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Row } from './result.ts';
import { indexedHome } from './serving/house.ts';
import type { InTurn } from './serving/orders.ts';
import { type Measured, startClient, startStub } from './serving/processes.ts';
import { type Figures, rowsOf } from './serving/rows.ts';

/** Clients in the order of the first round; each second round goes the other way. */
const clients = [
  'raw',
  'openai',
  'understudy-generate',
  'langchain',
  'understudy-grounded',
  'ai',
  'understudy',
  'understudy-reading',
  'mastra',
];
/** Whose heap is watched: those that a process lives on for months. */
const kept = new Set(['understudy-generate', 'understudy']);
const concurrency = 32;

const sizes = {
  whole: {
    chunks: 10_000,
    warmUp: 200,
    rounds: 12,
    calls: 50,
    races: 4,
    raceMs: 2_000,
    heap: 10_000,
  },
  quick: { chunks: 2_000, warmUp: 30, rounds: 2, calls: 25, races: 2, raceMs: 500, heap: 1_000 },
};

/**
 * What clients add to what a model server takes itself: all on one stub, which waits for nothing, in turns, so that the
 * machine's noise meets all alike. `--quick` for a small run, `--clients raw,understudy` for some of them.
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const size = options['quick'] ? sizes.quick : sizes.whole;
  const wanted = typeof options['clients'] === 'string' ? options['clients'].split(',') : undefined;
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-serving-'));
  const stub = await startStub();
  const started: Measured[] = [];
  try {
    console.error(`${await indexedHome(home, size.chunks)} chunks indexed`);
    for (const name of clients) {
      if (wanted && !wanted.includes(name)) continue;
      const client = await startClient(name, { url: stub.url, home });
      if (client) started.push(client);
    }
    const inTurn = await inTurns(started, size);
    const perSecond = await races(started, size);
    const growth = await heaps(started, size);
    return rowsOf({ names: started.map(({ name }) => name), inTurn, perSecond, growth });
  } finally {
    for (const client of started) await client.stop();
    await stub.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

type Size = (typeof sizes)['whole'];
const turned = <T>(all: readonly T[], round: number): readonly T[] =>
  round % 2 === 0 ? all : all.toReversed();

async function inTurns(clients: readonly Measured[], size: Size): Promise<Figures['inTurn']> {
  const figures = new Map<string, InTurn[]>(clients.map(({ name }) => [name, []]));
  for (const { inTurn } of clients) await inTurn(size.warmUp);
  for (let round = 0; round < size.rounds; round += 1) {
    for (const { name, inTurn } of turned(clients, round)) {
      figures.get(name)?.push(await inTurn(size.calls));
    }
    console.error(`one after the other: round ${round + 1} of ${size.rounds}`);
  }
  return figures;
}

async function races(clients: readonly Measured[], size: Size): Promise<Figures['perSecond']> {
  const figures = new Map<string, number[]>(clients.map(({ name }) => [name, []]));
  for (const { atOnce } of clients) await atOnce(concurrency, size.raceMs);
  for (let round = 0; round < size.races; round += 1) {
    for (const { name, atOnce } of turned(clients, round)) {
      const { perSecond } = await atOnce(concurrency, size.raceMs);
      figures.get(name)?.push(perSecond);
    }
    console.error(`${concurrency} at once: round ${round + 1} of ${size.races}`);
  }
  return figures;
}

async function heaps(clients: readonly Measured[], size: Size): Promise<Figures['growth']> {
  const figures = new Map<string, number>();
  for (const { name, heap } of clients.filter(({ name }) => kept.has(name))) {
    figures.set(name, (await heap(concurrency, size.heap)).growthMib);
    console.error(`${name}: heap measured over ${size.heap} requests`);
  }
  return figures;
}
