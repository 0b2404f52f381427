import type { Schemas } from '@qdrant/js-client-rest';
import { armDepth, capped, rankConstant, sharesOf } from '../fusion.ts';
import { searchBothArms } from '../hybrid.ts';
import type { FeatureStore, HybridQuery, ScoredChunk, SearchOptions } from '../port.ts';
import { checkDimensions } from '../vectors.ts';
import { dense, lexical } from './collection.ts';
import { agreed, ask, type Connection } from './connection.ts';
import { searchParams } from './dense-search.ts';
import { accessConditions } from './filter.ts';
import { marksOf, payloadsOf } from './heads.ts';
import { isSettled, lexicalQuery } from './lexical-search.ts';
import { mentionFields, retrievedOf } from './points.ts';
import { type Hit, hitOf } from './search.ts';
import type { StoredSet } from './sets.ts';
import type { StatisticsCache } from './statistics.ts';

type Arms = Pick<FeatureStore, 'searchLexical' | 'searchDense'>;

/**
 * Both arms in one request: the server fuses, raises what is new and groups by document. That is right where its own
 * ranks are, so not while documents are being replaced or weights wait to be written anew: then each arm is searched
 * and checked by itself, and put together here by the same formula.
 */
export async function searchHybrid(
  connection: Connection,
  cache: StatisticsCache,
  arms: Arms,
  set: StoredSet,
  query: HybridQuery,
  options: SearchOptions,
): Promise<readonly ScoredChunk[]> {
  options.signal?.throwIfAborted();
  const shares = sharesOf(query);
  if (query.vector && shares.dense > 0) checkDimensions(set, query.vector.length);
  const hits = await onServer(connection, cache, set, query, options);
  const chunks = hits && (await readAll(connection, set.id, hits, options.signal));
  if (!chunks) return await searchBothArms(arms, set.id, query, options);
  return capped(chunks, query.perDocument ?? Number.POSITIVE_INFINITY, options.limit);
}

/** What the server fuses; undefined where that cannot be relied on, or there is but one arm. */
async function onServer(
  connection: Connection,
  cache: StatisticsCache,
  { id, manifest }: StoredSet,
  query: HybridQuery,
  { limit, access, signal }: SearchOptions,
): Promise<readonly Hit[] | undefined> {
  const shares = sharesOf(query);
  const conditions = accessConditions(access);
  const { vector, recency, perDocument } = query;
  if (!vector || !manifest.embedder || conditions === 'nothing' || !(limit >= 1)) return undefined;
  if (!(shares.lexical > 0 && shares.dense > 0)) return undefined;
  const words = await lexicalQuery(connection, cache, id, query.terms, signal);
  if (!words || !isSettled(words.statistics)) return undefined;
  const depth = armDepth(limit);
  const filter = { must: [...conditions] };
  const params = searchParams(connection, vector.length);
  const prefetch: Schemas['Prefetch'][] = [
    { query: words.vector, using: lexical, filter, limit: depth },
    { query: [...vector], using: dense, filter, limit: depth, ...(params && { params }) },
  ];
  const rrf = { rrf: { k: rankConstant, weights: [shares.lexical, shares.dense] } };
  // All that either arm names, so that whatever is out of date among it is seen.
  const all = 2 * depth;
  const common = {
    collection_name: connection.names.set(id),
    ...agreed(connection),
    ...(recency
      ? { prefetch: { prefetch, query: rrf, limit: all }, query: raised(recency) }
      : { prefetch, query: rrf }),
    limit: all,
    with_payload: mentionFields,
  };
  const points =
    perDocument === undefined
      ? await ask(connection, 'search', (api, init) => api.queryPoints(common, init), signal).then(
          (result) => result.points,
        )
      : await ask(
          connection,
          'search',
          (api, init) =>
            api.queryPointsGroups(
              { ...common, group_by: 'documentId', group_size: perDocument },
              init,
            ),
          signal,
        ).then((result) => result.groups.flatMap((group) => group.hits));
  const hits = points.map(hitOf);
  return (await areAllCurrent(connection, id, hits, signal)) ? hits : undefined;
}

const longAgo = '0001-01-01T00:00:00Z';

/** See `fuse`. A condition counts 1 where it holds, so that what has no date is not raised. */
function raised({
  halfLifeMs,
  weight,
  now,
}: NonNullable<HybridQuery['recency']>): Schemas['FormulaQuery'] {
  const decay = {
    exp_decay: {
      x: { datetime_key: 'publishedAt' },
      target: { datetime: new Date(now).toISOString() },
      scale: halfLifeMs / 1_000,
      midpoint: 0.5,
    },
  };
  const dated = { key: 'publishedAt', range: { gte: longAgo } };
  return {
    formula: { mult: ['$score', { sum: [1, { mult: [weight, dated, decay] }] }] },
    defaults: { publishedAt: longAgo },
  };
}

async function areAllCurrent(
  connection: Connection,
  set: string,
  hits: readonly Hit[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const marks = await marksOf(
    connection,
    set,
    hits.map(({ documentId }) => documentId),
    signal,
  );
  const lately = Date.now() - connection.timing.doubtMs;
  return hits.every(({ documentId, version }) => {
    const mark = marks.get(documentId);
    return mark?.version === version && mark.flippedAt <= lately;
  });
}

/** The passages with their scores; undefined when one was replaced meanwhile. */
async function readAll(
  connection: Connection,
  set: string,
  hits: readonly Hit[],
  signal: AbortSignal | undefined,
): Promise<readonly ScoredChunk[] | undefined> {
  const payloads = await payloadsOf(
    connection,
    set,
    hits.map(({ id }) => id),
    true,
    signal,
  );
  if (payloads.size < hits.length) return undefined;
  return hits.map(({ id, score }) => ({ chunk: retrievedOf(payloads.get(id)), score }));
}
