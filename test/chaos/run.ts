import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { seededRandom } from '../../evals/statistics/random.ts';
import type { Row } from '../bench/result.ts';
import { createCorpus } from './corpus.ts';
import { type Contents, inspect } from './inspect.ts';

export type ChaosOptions = {
  readonly kills: number;
  /** Files at the beginning; every round changes a fifth of them. */
  readonly files: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
};

export type ChaosOutcome = { readonly rows: readonly Row[]; readonly faults: readonly string[] };

/**
 * Kills the indexing process at random moments, again and again, while files change in between; after
 * each death the storage is opened and examined. In the end it must hold what an undisturbed run holds.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const place = mkdtempSync(join(tmpdir(), 'understudy-chaos-'));
  try {
    return await killAgainAndAgain(place, options);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function killAgainAndAgain(
  place: string,
  { kills, files, seed, log = () => {} }: ChaosOptions,
): Promise<ChaosOutcome> {
  const random = seededRandom(seed);
  const corpus = createCorpus(join(place, 'writing'), files, random);
  const home = join(place, 'home');
  const acknowledged = { collected: new Set<string>(), indexed: new Set<string>() };
  const faults: string[] = [];
  const killedIn = { collecting: 0, indexing: 0 };
  // How long a whole life lasts, as far as is known; kills are spread evenly over it.
  let lifeMs = 1_500;

  while (killedIn.collecting + killedIn.indexing < kills) {
    const life = await live(home, corpus.folder, random() * lifeMs);
    for (const id of life.collected) acknowledged.collected.add(id);
    for (const id of life.indexed) acknowledged.indexed.add(id);
    if (life.failure) faults.push(life.failure);
    if (life.killed) killedIn[life.indexed.length > 0 ? 'indexing' : 'collecting'] += 1;
    // Slowly towards what was seen: longer after a kill, shorter after a life that ended by itself.
    lifeMs = life.killed ? lifeMs * 1.05 : (lifeMs + life.durationMs) / 2;

    const { contents, indexed, faults: found } = await inspect(home);
    faults.push(
      ...found,
      ...missing(acknowledged.collected, contents.documents, 'was collected and is lost'),
      ...missing(acknowledged.indexed, indexed, 'was indexed and is lost'),
    );
    const done = killedIn.collecting + killedIn.indexing;
    log(
      `${life.killed ? `kill ${done} of ${kills}` : 'a life to its end'}: ${contents.documents.size} documents, ` +
        `${contents.chunks.size} passages, ${faults.length} faults`,
    );
    if (!life.killed) corpus.change(Math.ceil(files / 5), 3);
    if (faults.length > 0) break;
  }

  await live(home, corpus.folder, undefined);
  await live(join(place, 'undisturbed'), corpus.folder, undefined);
  const [survived, undisturbed] = [await inspect(home), await inspect(join(place, 'undisturbed'))];
  const documents = differences(survived.contents, undisturbed.contents, 'documents');
  const chunks = differences(survived.contents, undisturbed.contents, 'chunks');
  faults.push(...survived.faults, ...undisturbed.faults, ...documents, ...chunks);
  const row = (metric: string, value: number, target?: number): Row => ({
    case: `${kills}-kills`,
    metric,
    value,
    unit: '',
    better: target === 0 ? 'lower' : 'higher',
    ...(target === undefined ? {} : { target }),
  });
  const rows = [
    row('kills', killedIn.collecting + killedIn.indexing, kills),
    row('kills_while_collecting', killedIn.collecting),
    row('kills_while_indexing', killedIn.indexing),
    row('documents', undisturbed.contents.documents.size),
    row('chunks', undisturbed.contents.chunks.size),
    row('documents_lost_or_doubled', documents.length, 0),
    row('chunks_lost_or_doubled', chunks.length, 0),
    row('faults', faults.length, 0),
  ];
  return { rows, faults };
}

type Life = {
  readonly collected: readonly string[];
  readonly indexed: readonly string[];
  readonly killed: boolean;
  readonly durationMs: number;
  readonly failure?: string;
};

/** One run of the indexer, killed `killAfterMs` after it was ready, or left alone. */
async function live(home: string, folder: string, killAfterMs: number | undefined): Promise<Life> {
  const script = join(import.meta.dirname, 'indexer.ts');
  const child: ChildProcess = spawn(process.execPath, [script, home, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString('utf8');
  });
  const collected: string[] = [];
  const indexed: string[] = [];
  let finished = false;
  let readyAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const [what, id = ''] = line.split(' ');
    if (what === 'collected') collected.push(id);
    if (what === 'indexed') indexed.push(id);
    if (what === 'finished') finished = true;
    if (what !== 'ready') continue;
    readyAt = performance.now();
    if (killAfterMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  }
  await closed;
  clearTimeout(timer);
  const killed = child.signalCode === 'SIGKILL';
  const life = { collected, indexed, killed, durationMs: performance.now() - readyAt };
  if (killed || (finished && child.exitCode === 0)) return life;
  return { ...life, failure: `the indexer failed by itself: ${said.trim().slice(-2_000)}` };
}

function missing(
  acknowledged: ReadonlySet<string>,
  stored: { has(id: string): boolean },
  fault: string,
): readonly string[] {
  return [...acknowledged].filter((id) => !stored.has(id)).map((id) => `${id} ${fault}`);
}

function differences(
  survived: Contents,
  undisturbed: Contents,
  what: keyof Contents,
): readonly string[] {
  const ids = new Set([...survived[what].keys(), ...undisturbed[what].keys()]);
  return [...ids]
    .filter((id) => survived[what].get(id) !== undisturbed[what].get(id))
    .map((id) => `${what}: ${id} is not as in the undisturbed run`);
}
