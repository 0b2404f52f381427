import type { Access } from '../access.ts';
import type { Chunk, RetrievedChunk } from '../chunk.ts';
import type { FeatureCounts, FeatureHead } from '../port.ts';
import { ask, type Connection } from './connection.ts';
import { accessConditions, type Condition, is, isOneOf } from './filter.ts';
import { steadily, visible } from './heads.ts';
import { chunkOf, type Mark, markOf, mentionOf, retrievedOf } from './points.ts';
import { scroll } from './scroll.ts';
import { facet } from './statistics.ts';

const idsAtOnce = 100;
const chunksPerPage = 100;
/** Values a facet counts at most. */
const facetLimit = 1_000;

export async function chunksById(
  connection: Connection,
  set: string,
  ids: readonly string[],
  access: Access | undefined,
): Promise<readonly RetrievedChunk[]> {
  const allowed = accessConditions(access);
  const found = new Map<string, RetrievedChunk>();
  if (allowed === 'nothing') return [];
  const asked = [...new Set(ids)];
  for (let from = 0; from < asked.length; from += idsAtOnce) {
    const some = isOneOf('chunkId', asked.slice(from, from + idsAtOnce));
    const { hits } = await visible(connection, set, async (more) => {
      const must = [is('type', 'chunk'), some, ...allowed, ...more];
      return { hits: await mentions(connection, set, must), floor: Number.NEGATIVE_INFINITY };
    });
    for (const { payload } of hits) {
      const chunk = retrievedOf(payload);
      found.set(chunk.id, chunk);
    }
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function mentions(connection: Connection, set: string, must: Condition[]) {
  const hits = [];
  const points = scroll(connection, connection.names.set(set), { filter: { must }, fields: true });
  for await (const { payload } of points) hits.push({ ...mentionOf(payload), payload });
  return hits;
}

/** Counted over the heads, of which there is one per document whatever is being written. */
export async function counts(
  connection: Connection,
  set: string,
  access: Access | undefined,
): Promise<FeatureCounts> {
  const allowed = accessConditions(access);
  if (allowed === 'nothing') return { documents: 0, chunks: 0 };
  const collection_name = connection.names.set(set);
  const heads = { must: [is('type', 'document'), ...allowed] };
  const sizes = await facet(connection, collection_name, 'chunks', heads);
  if (sizes.size < facetLimit) {
    let documents = 0;
    let chunks = 0;
    for (const [size, count] of sizes) {
      documents += count;
      chunks += size * count;
    }
    return { documents, chunks };
  }
  const count = async (type: string) => {
    const filter = { must: [is('type', type), ...allowed] };
    const counted = await ask(connection, `count ${collection_name}`, (api, init) =>
      api.countPoints({ collection_name, filter, exact: true }, init),
    );
    return counted.count;
  };
  const [documents, chunks] = await Promise.all([count('document'), count('chunk')]);
  return { documents, chunks };
}

export async function neighbours(
  connection: Connection,
  set: string,
  documentId: string,
  from: number,
  to: number,
): Promise<readonly Chunk[]> {
  return await steadily(connection, set, documentId, async (mark) =>
    mark ? await passages(connection, set, mark, from, to) : [],
  );
}

async function passages(
  connection: Connection,
  set: string,
  { version }: Mark,
  from: number,
  to: number,
): Promise<readonly Chunk[]> {
  const range = { key: 'ordinal', range: { gte: from, lte: to } };
  const filter = { must: [is('type', 'chunk'), is('version', version), range] };
  const chunks: Chunk[] = [];
  const points = scroll(connection, connection.names.set(set), { filter, fields: true });
  for await (const { payload } of points) chunks.push(chunkOf(payload));
  return chunks.sort((a, b) => a.ordinal - b.ordinal);
}

/** Page by page, and a page asks anew: a reader that is overtaken by a new revision goes on in that one. */
export async function* documentChunks(
  connection: Connection,
  set: string,
  documentId: string,
): AsyncGenerator<Chunk> {
  for (let from = 0; ; from += chunksPerPage) {
    const page = await neighbours(connection, set, documentId, from, from + chunksPerPage - 1);
    yield* page;
    if (page.length < chunksPerPage) return;
  }
}

/** A head's point has its document's id, and points come in the order of their ids. */
export async function* revisions(connection: Connection, set: string): AsyncGenerator<FeatureHead> {
  const filter = { must: [is('type', 'document')] };
  const fields = ['documentId', 'revision', 'version', 'flippedAt'];
  const heads = scroll(connection, connection.names.set(set), { filter, fields, page: 1_000 });
  for await (const { payload } of heads) {
    const { documentId, revision } = markOf(payload);
    yield { documentId, revision };
  }
}
