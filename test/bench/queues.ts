/**
 * What queues and processes cost: our layer against BullMQ alone, the time from a write in the warehouse to a passage
 * that is found, and a whole corpus through the pipeline's processes, with their memory.
 *
 * Options: `--jobs N` (5000) and `--rounds N` (3) of the throughput, `--writes N` (60) of the time to be found,
 * `--documents N` (100000) on the file and `--server-documents N` (5000) on the servers, `--only throughput|fresh|corpus`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { queryTerms } from '../../pipelines/stores/features/lexical.ts';
import { documentId } from '../../pipelines/stores/identity.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';
import { until } from '../chaos/servers/member.ts';
import { startRedis } from '../servers/redis/server.ts';
import { madeDocuments } from './ask/corpus.ts';
import { type BenchDeployment, embeddedDeployment, serverDeployment } from './queues/deployment.ts';
import { throughputRows } from './queues/throughput.ts';
import type { BenchOptions, Row } from './result.ts';

export async function run(options: BenchOptions): Promise<Row[]> {
  const number = (name: string, usual: number) => Number(options[name] ?? usual);
  const wanted = (name: string) => options['only'] === undefined || options['only'] === name;
  const rows: Row[] = [];
  if (wanted('throughput')) {
    const redis = await startRedis();
    try {
      rows.push(...(await throughputRows(redis.url, number('jobs', 5_000), number('rounds', 3))));
    } finally {
      await redis.stop();
    }
  }
  const kinds = [
    ['file', embeddedDeployment, number('documents', 100_000)],
    ['servers', serverDeployment, number('server-documents', 5_000)],
  ] as const;
  for (const [name, open, documents] of kinds) {
    const deployment = await open();
    try {
      if (wanted('fresh')) rows.push(...(await freshRows(name, deployment, number('writes', 60))));
      if (wanted('corpus')) rows.push(...(await corpusRows(name, deployment, documents)));
    } finally {
      await deployment.close();
    }
  }
  return rows;
}

/** From the end of a write to the moment when a search finds it, at times that nobody arranged. */
async function freshRows(
  name: string,
  { stores }: BenchDeployment,
  writes: number,
): Promise<Row[]> {
  const times: number[] = [];
  await stores.warehouse.upsert(piece('first'));
  await until('there is a set', async () => (await stores.features.current()) !== undefined);
  for (let index = 0; index < writes; index += 1) {
    await wait(Math.random() * 700);
    const word = `freshword${index}x`;
    await stores.warehouse.upsert(piece(word));
    const written = performance.now();
    await until(`${word} is found`, () => finds(stores, word), { everyMs: 10 });
    times.push(performance.now() - written);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const row = (metric: string, value: number, target?: number): Row => ({
    ...{ case: `write to found, ${name}`, metric, value, unit: 'ms', better: 'lower' },
    ...(target !== undefined && { target }),
  });
  return [row('p50_ms', at(0.5)), row('p95_ms', at(0.95), 2_000)];
}

async function finds({ features }: BenchDeployment['stores'], word: string): Promise<boolean> {
  const set = await features.current();
  if (!set) return false;
  return (await features.searchLexical(set.id, queryTerms(word), { limit: 1 })).length > 0;
}

/** A corpus handed to the warehouse while the processes index it, with the memory of the one that took most. */
async function corpusRows(
  name: string,
  { stores, members }: BenchDeployment,
  documents: number,
): Promise<Row[]> {
  const peaks: number[] = [];
  const watch = setInterval(
    () => peaks.push(Math.max(...members.map((each) => each.residentBytes()))),
    500,
  );
  const begun = performance.now();
  try {
    let stored = 0;
    for (const draft of madeDocuments(documents)) {
      await stores.warehouse.upsert(draft);
      stored += 1;
      if (stored % 10_000 === 0) console.error(`${name}: ${stored} documents in the warehouse`);
    }
    await until(
      'everything is indexed',
      async () => ((await stores.features.current())?.documents ?? 0) >= documents,
      {
        timeoutMs: 3_600_000,
        everyMs: 500,
      },
    );
  } finally {
    clearInterval(watch);
  }
  const seconds = (performance.now() - begun) / 1_000;
  // The first fifth fills caches; from then on it should not grow with the corpus.
  const early = Math.max(...peaks.slice(0, Math.ceil(peaks.length / 5)));
  const all = Math.max(...peaks);
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  const row = (metric: string, value: number, unit: string, better: Row['better']): Row => ({
    case: `${documents} documents, ${name}`,
    ...{ metric, value, unit, better },
  });
  return [
    row('documents_per_s', documents / seconds, 'documents/s', 'higher'),
    row('rss_first_fifth', mebibytes(early), 'MiB', 'lower'),
    row('rss_most', mebibytes(all), 'MiB', 'lower'),
  ];
}

function piece(word: string): DocumentDraft {
  const link = `https://bench.invalid/fresh/${word}`;
  return {
    id: documentId(link),
    kind: 'note',
    platform: 'folder',
    source: 'fresh',
    origin: 'https://bench.invalid/fresh',
    author: { id: 'ada', name: 'Ada' },
    link,
    title: `About ${word}`,
    publishedAt: null,
    language: 'en',
    content: `This piece is about ${word} and about little else, so that it can be found by it.`,
    collectedAt: '2026-01-01T00:00:00.000Z',
    extras: {},
  };
}
