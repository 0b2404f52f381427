import { armDepth, fuse, sharesOf } from './fusion.ts';
import type { FeatureStore, HybridQuery, ScoredChunk, SearchOptions } from './port.ts';

type Arms = Pick<FeatureStore, 'searchLexical' | 'searchDense'>;

/** Both arms, and what they found put together. */
export async function searchBothArms(
  store: Arms,
  set: string,
  query: HybridQuery,
  options: SearchOptions,
): Promise<readonly ScoredChunk[]> {
  const { limit } = options;
  options.signal?.throwIfAborted();
  if (!(limit >= 1)) return [];
  const shares = sharesOf(query);
  const deep = { ...options, limit: armDepth(limit) };
  const { terms, vector } = query;
  const [lexical, dense] = await Promise.all([
    shares.lexical > 0 ? store.searchLexical(set, terms, deep) : [],
    vector && shares.dense > 0 ? store.searchDense(set, vector, deep) : [],
  ]);
  const arms = [
    { found: lexical, share: shares.lexical },
    { found: dense, share: shares.dense },
  ];
  return fuse(arms, query, limit);
}
