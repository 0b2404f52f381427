/**
 * How fast documents become searchable: the whole feature pipeline, from the warehouse in SQLite to the
 * index in SQLite, on disk. LangChain.js and LlamaIndexTS split the same documents into vector stores in
 * memory with an embedding that costs nothing; ours indexes words, which it needs no embedding for.
 *
 * Options: `--chunks N` for the scale row (50000), `--rounds N` (3), `--no-peers`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { documentId } from '../../pipelines/stores/identity.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';
import { madeDocuments } from './ask/corpus.ts';
import type { BenchOptions, Row } from './result.ts';

type Run = { readonly documents: number; readonly chunks: number; readonly seconds: number };

type Peer = {
  readonly name: string;
  ingest(documents: { id: string; text: string }[]): Promise<number>;
};

const root = resolve(import.meta.dirname, '../..');

export async function run(options: BenchOptions): Promise<Row[]> {
  const rounds = Number(options['rounds'] ?? 3);
  const peers = options['no-peers'] ? [] : await installedPeers();
  const corpora = [
    { name: 'markdown-of-node_modules', documents: foundMarkdown() },
    { name: 'made-articles', documents: [...madeDocuments(1_000)] },
  ];
  const rows: Row[] = [];
  for (const { name, documents } of corpora) {
    const size = documents.reduce((sum, { content }) => sum + content.length, 0);
    console.error(`${name}: ${documents.length} documents, ${(size / 1e6).toFixed(1)} MB`);
    const ours = await median(rounds, () => runOurs(documents));
    rows.push(...rowsOf(name, ours));
    for (const peer of peers) {
      const theirs = await median(rounds, () => runPeer(peer, documents));
      rows.push(...rowsOf(name, theirs, { peer: peer.name, ours }));
    }
  }
  return [...rows, ...(await scaleRows(Number(options['chunks'] ?? 50_000)))];
}

async function runOurs(documents: readonly DocumentDraft[]): Promise<Run> {
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-ingest-'));
  const stores = openEmbedded(home);
  try {
    for (const draft of documents) await stores.warehouse.upsert(draft);
    for await (const event of syncFeatures({ ...stores, embedder: null })) {
      if (event.type !== 'summary') continue;
      if (event.failed > 0) throw new Error(`${event.failed} documents failed`);
      const { documents, chunks, durationMs } = event;
      return { documents, chunks, seconds: durationMs / 1_000 };
    }
    throw new Error('the feature pipeline ended without a summary');
  } finally {
    await stores.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function runPeer(peer: Peer, documents: readonly DocumentDraft[]): Promise<Run> {
  const texts = documents.map(({ id, content }) => ({ id, text: content }));
  const startedAt = performance.now();
  const chunks = await peer.ingest(texts);
  return { documents: texts.length, chunks, seconds: (performance.now() - startedAt) / 1_000 };
}

/** The middle one of several rounds, by time, after one that only warms up. */
async function median(rounds: number, once: () => Promise<Run>): Promise<Run> {
  await once();
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await once());
  runs.sort((a, b) => a.seconds - b.seconds);
  const middle = runs[runs.length >> 1];
  if (!middle) throw new Error('--rounds must be at least 1');
  return middle;
}

function rowsOf(
  name: string,
  { documents, chunks, seconds }: Run,
  against?: { readonly peer: string; readonly ours: Run },
): Row[] {
  const row = (metric: string, count: number, ours: number, unit: string): Row => {
    const value = count / seconds;
    const base = { case: name, metric, value, unit, better: 'higher' } as const;
    if (!against) return base;
    return { ...base, peer: against.peer, ratio: ours / against.ours.seconds / value };
  };
  const ours = against?.ours;
  return [
    row('documents_per_s', documents, ours?.documents ?? 0, 'documents/s'),
    row('chunks_per_s', chunks, ours?.chunks ?? 0, 'chunks/s'),
  ];
}

/** Seconds from a full warehouse to so many searchable chunks of about 180 words. */
async function scaleRows(chunks: number): Promise<Row[]> {
  // Four sections to a document, each about a chunk.
  const made = await runOurs([...madeDocuments(Math.ceil(chunks / 4))]);
  const seconds = (made.seconds * chunks) / made.chunks;
  console.error(`scale: ${made.chunks} chunks of ${made.documents} documents`);
  const name = String(chunks);
  const target = (60 * chunks) / 50_000;
  return [
    { case: name, metric: 'seconds', value: seconds, unit: 's', better: 'lower', target },
    {
      case: name,
      metric: 'chunks_per_s',
      value: made.chunks / made.seconds,
      unit: 'chunks/s',
      better: 'higher',
    },
  ];
}

/** Markdown that nobody here wrote: the documentation of the installed packages. */
function foundMarkdown(): DocumentDraft[] {
  const folder = join(root, 'node_modules');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.toLowerCase().endsWith('.md'))
    .sort()
    .map((name) => {
      const link = `https://bench.invalid/${encodeURI(name)}`;
      return {
        id: documentId(link),
        kind: 'article',
        platform: 'folder',
        source: name.split('/')[0] ?? 'node_modules',
        origin: 'https://bench.invalid/',
        author: { id: 'maintainers', name: 'Maintainers' },
        link,
        title: name,
        publishedAt: null,
        language: 'en',
        content: readFileSync(join(folder, name), 'utf8'),
        collectedAt: '2026-01-01T00:00:00.000Z',
        extras: {},
      };
    });
}

/** The peers that are there; a line says how to install those that are not. */
async function installedPeers(): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const name of ['langchain', 'llamaindex']) {
    try {
      peers.push((await import(`./peers/${name}.ts`)) as Peer);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
      console.error(`${name} is not installed: npm ci --ignore-scripts --prefix test/bench/peers`);
    }
  }
  return peers;
}
