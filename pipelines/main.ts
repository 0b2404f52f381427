import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { openLog } from '../monitoring/log.ts';
import { collect } from './collection/collect.ts';
import { loadEnvironmentFile, readEnvironment } from './environment.ts';
import { servedPace, syncFeatures } from './feature/sync.ts';
import type { Queues } from './queues/port.ts';
import { openSqliteQueues } from './queues/sqlite.ts';
import { embedderOf, languageModelOf } from './serving/open.ts';
import { openEmbedded } from './stores/open.ts';

/**
 * The pipelines' process: `node pipelines/main.ts collection`, `… feature`, or both when none is named.
 * Each deploys alone; they share only the stores. Queue messages make work sooner, while the sweeps on a
 * timer find the same work without any.
 */
const pipelines = ['collection', 'feature'] as const;
const parsedRoles = z.array(z.enum(pipelines)).safeParse(process.argv.slice(2));
if (!parsedRoles.success) {
  process.stderr.write(`usage: node pipelines/main.ts [${pipelines.join(', ')}]\n`);
  process.exit(2);
}
const roles = new Set(parsedRoles.data.length > 0 ? parsedRoles.data : pipelines);

const collectEveryMs = 15 * 60_000;
const sweepEveryMs = 60_000;
const pruneEveryMs = 24 * 60 * 60_000;
/** Vectors that were computed before: they only save time. */
const kept = { unusedForMs: 90 * pruneEveryMs, maxBytes: 2 ** 30 };
const collectPayload = z.object({ link: z.string().min(1) });

loadEnvironmentFile();
const environment = readEnvironment(process.env);
const log = openLog({ level: environment.logLevel, name: 'pipelines' });
const stores = openEmbedded(environment.home);
const queues = openSqliteQueues(stores.database);
const indexes = roles.has('feature');
const embedder = indexes ? await embedderOf(environment, stores.embeddings) : null;
const { llm } = environment;
const writer = indexes && environment.headers && llm ? await languageModelOf(llm) : null;
const headers = writer && {
  model: writer,
  store: stores.headerStore,
  prices: llm?.prices ?? null,
};

const pace = environment.embed || headers ? servedPace : {};

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
const { signal } = stopping;

const running: Promise<void>[] = [];
if (roles.has('collection')) {
  running.push(queues.work('collect', collectOne, { signal }));
  running.push(every(collectEveryMs, enqueueOrigins));
}
if (roles.has('feature')) {
  running.push(queues.work('features', (_payload, job) => sync(job.signal), { signal }));
  running.push(every(sweepEveryMs, () => requestSync(queues)));
  running.push(every(pruneEveryMs, async () => void (await stores.embeddings.prune(kept))));
}
log.info({ roles: [...roles] }, 'working');
await Promise.all(running);
await embedder?.close();
await writer?.close();
await queues.close();
await stores.close();
log.info('stopped');

async function collectOne(
  payload: Readonly<Record<string, unknown>>,
  job: { readonly signal: AbortSignal },
): Promise<void> {
  const { link } = collectPayload.parse(payload);
  const settings = { allowPrivate: environment.allowPrivate, signal: job.signal };
  for await (const event of collect([link], stores, settings)) {
    if (event.type === 'finished') log.info({ link, ...event.counts }, 'collected');
  }
  await requestSync(queues);
}

async function sync(jobSignal: AbortSignal): Promise<void> {
  for await (const event of syncFeatures(
    { ...stores, embedder, headers, pace },
    { signal: jobSignal },
  )) {
    if (event.type === 'summary' && event.documents > 0) log.info({ ...event }, 'indexed');
    if (event.type === 'headers-planned') log.info({ ...event }, 'headers are written');
    if (event.type === 'refused')
      log.error({ ...event }, 'the new feature set was not switched to');
  }
}

async function enqueueOrigins(): Promise<void> {
  for (const { link } of await stores.warehouse.origins()) {
    await queues.enqueue('collect', link, { link });
  }
}

async function requestSync(to: Queues): Promise<void> {
  await to.enqueue('features', 'sync', {});
}

/** Does it now and then again and again until the process stops; a failure waits for the next time. */
async function every(intervalMs: number, task: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await task().catch((error: unknown) => log.error({ err: error }, 'will try again'));
    await wait(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
