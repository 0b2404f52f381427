import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { seededRandom } from '../../../evals/statistics/random.ts';
import { collect } from '../../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import type { Job } from '../../../pipelines/queues/port.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import type { Row } from '../../bench/result.ts';
import { type Contents, examined, type Inspection, inspect } from '../inspect.ts';
import type { ChaosOutcome } from '../run.ts';
import { type Case, cases } from './cases.ts';
import { until } from './member.ts';
import { openVenue, type Venue } from './venue.ts';

export type ServerChaosOptions = {
  readonly kills: number;
  readonly files: number;
  readonly seed: number;
  readonly pauseMs: number;
  /** Only cases with this in their name. */
  readonly only?: string;
  readonly log?: (line: string) => void;
};

const longestStormMs = 5_000;

/** Longest that a deployment may take to be as it should be, once nothing is wrong any more. */
const patienceMs = 180_000;

/**
 * A deployment of real processes on a real Redis, a MongoDB-wire server and a Qdrant that can misbehave, struck by one
 * misfortune after the other while somebody writes. After each, stores and queues must be exactly as if nothing had
 * happened.
 */
export async function runServerChaos(options: ServerChaosOptions): Promise<ChaosOutcome> {
  const { files, seed, log = () => {}, only = '' } = options;
  const random = seededRandom(seed);
  const venue = await openVenue(files, random);
  const rows: Row[] = [];
  const faults: string[] = [];
  try {
    await settled(venue);
    log(`a deployment of ${venue.members.length} processes stands, with ${files} documents`);
    for (const each of cases.filter(({ name }) => name.includes(only))) {
      const outcome = await suffer(venue, each, { ...options, random, log });
      rows.push(...outcome.rows);
      faults.push(...outcome.faults);
      const shown = outcome.rows.map(({ metric, value }) => `${metric} ${Math.round(value)}`);
      log(`${each.name}: ${shown.join(', ')}`);
    }
    faults.push(...venue.members.flatMap(({ deaths }) => deaths));
  } finally {
    await venue.close();
  }
  return { rows, faults };
}

async function suffer(
  venue: Venue,
  { name, strike }: Case,
  {
    kills,
    pauseMs,
    files,
    random,
    log,
  }: Required<Omit<ServerChaosOptions, 'only' | 'seed'>> & {
    readonly random: () => number;
  },
): Promise<ChaosOutcome> {
  const { corpus } = venue;
  const stir = async () => {
    corpus.change(Math.ceil(files * 0.8), 2);
    await ask(venue).catch(() => undefined);
  };
  const stormMs = Math.min(longestStormMs, pauseMs);
  await strike(venue, { random, kills, pauseMs, stormMs, stir, log });
  const calmAt = performance.now();
  const { expected, recoveredMs, jobs } = await settled(venue, calmAt);
  const seen = await examine(venue);
  const documents = differences(seen.contents.documents, expected.documents);
  const chunks = differences(seen.contents.chunks, expected.chunks);
  const leftover = (await pointsIn(venue)) - expected.documents.size - expected.chunks.size;
  const lost = documents.lost + chunks.lost;
  const doubled = documents.doubled + chunks.doubled + Math.max(0, leftover);
  const row = (metric: string, value: number, target?: number, unit = ''): Row => ({
    ...{ case: name, metric, value, unit, better: 'lower' },
    ...(target !== undefined && { target }),
  });
  return {
    rows: [
      row('lost', lost, 0),
      row('doubled', doubled, 0),
      row('jobs_open', jobs.open, 0),
      row('jobs_dead', jobs.dead),
      row('recovery_ms', recoveredMs, undefined, 'ms'),
    ],
    faults: seen.faults.map((fault) => `${name}: ${fault}`),
  };
}

const linkOf = ({ corpus }: Venue) => corpus.folder;

/** Has the folder collected, by whoever does that. */
async function ask(venue: Venue): Promise<void> {
  const link = linkOf(venue);
  await venue.queues.enqueue('collect', link, { link });
}

/** Waits until stores are what the folder says, and the queues are empty. */
async function settled(
  venue: Venue,
  sinceMs = performance.now(),
): Promise<{ readonly expected: Contents; readonly recoveredMs: number; readonly jobs: Jobs }> {
  const expected = await undisturbed(venue);
  await until(
    'every process is ready',
    async () => {
      const all = await Promise.all(venue.members.map((member) => member.ready()));
      return all.every(Boolean);
    },
    { timeoutMs: patienceMs },
  );
  let recoveredMs = 0;
  await until(
    'the stores hold what the folder says',
    async () => {
      // Asked for again and again: a job that ran while files changed has not seen all of them.
      await ask(venue).catch(() => undefined);
      const isSo = await isAsExpected(venue, expected).catch(() => false);
      recoveredMs = performance.now() - sinceMs;
      return isSo;
    },
    { timeoutMs: patienceMs, everyMs: 500 },
  );
  let jobs: Jobs = { open: Number.POSITIVE_INFINITY, dead: 0 };
  const accounted = async () => {
    jobs = await jobsOf(venue);
    return jobs.open === 0;
  };
  const patience = { timeoutMs: patienceMs, everyMs: 200 };
  await until('every job is accounted for', accounted, patience);
  return { expected, recoveredMs, jobs };
}

/** What an embedded twin makes of the same folder, alone and in peace. */
async function undisturbed(venue: Venue): Promise<Contents> {
  const home = mkdtempSync(join(tmpdir(), 'understudy-undisturbed-'));
  try {
    const stores = openEmbedded(home);
    for await (const _ of collect([linkOf(venue)], stores));
    for await (const _ of syncFeatures({ ...stores, embedder: null }));
    await stores.close();
    return (await inspect(home)).contents;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function isAsExpected({ stores }: Venue, expected: Contents): Promise<boolean> {
  const set = await stores.features.current();
  if (set?.documents !== expected.documents.size || set.chunks !== expected.chunks.size)
    return false;
  const revisions = new Map<string, number>();
  for await (const { documentId, revision } of stores.features.revisions(set.id)) {
    revisions.set(documentId, revision);
  }
  let live = 0;
  for await (const document of stores.warehouse.documents()) {
    live += 1;
    const isSame =
      expected.documents.get(document.id) === document.contentHash &&
      revisions.get(document.id) === document.revision;
    if (!isSame) return false;
  }
  return live === expected.documents.size;
}

async function examine({ stores }: Venue): Promise<Inspection> {
  return await examined(stores.warehouse, stores.features, []);
}

function differences(
  found: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): { readonly lost: number; readonly doubled: number } {
  const lost = [...expected].filter(([id, hash]) => found.get(id) !== hash).length;
  const doubled = [...found.keys()].filter((id) => !expected.has(id)).length;
  return { lost, doubled };
}

const countedSchema = z.object({ result: z.object({ count: z.number() }) });

/** Everything that lies in the current set's collection, asked of the server itself. */
async function pointsIn({ stores, qdrant }: Venue): Promise<number> {
  const set = await stores.features.current();
  const address = `${qdrant.url}/collections/understudy-${set?.id}/points/count`;
  // Beside these lies one point with the collection's own settings.
  const filter = { must: [{ key: 'type', match: { any: ['document', 'chunk'] } }] };
  const reply = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ exact: true, filter }),
  });
  return countedSchema.parse(await reply.json()).result.count;
}

type Jobs = { readonly open: number; readonly dead: number };

const worked = ['collect', 'features'] as const;

/** Jobs that wait for a time that is still to come, such as the next round, are not open: nothing is owed yet. */
async function jobsOf({
  queues,
}: Venue): Promise<{ readonly open: number; readonly dead: number }> {
  const due = Date.now() + 1_000;
  const jobs = (await Promise.all(worked.map((queue) => queues.jobs({ queue })))).flat();
  const isOpen = ({ state, runAt }: Job) =>
    state === 'running' || (state === 'waiting' && Date.parse(runAt) < due);
  return {
    open: jobs.filter(isOpen).length,
    dead: jobs.filter(({ state }) => state === 'dead').length,
  };
}
