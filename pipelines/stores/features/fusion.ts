import type { RetrievedChunk } from './chunk.ts';
import type { HybridQuery, ScoredChunk } from './port.ts';

/** What one arm found, best first, and how much it counts. */
type Arm = { readonly found: readonly ScoredChunk[]; readonly share: number };

/**
 * The constant of reciprocal-rank fusion as Qdrant counts it, with ranks from 0: the 60 of Cormack, Clarke & Büttcher
 * (SIGIR 2009, "Reciprocal rank fusion outperforms Condorcet"), whose ranks begin at 1, is 61 here.
 */
export const rankConstant = 61;

/** How deep each arm is looked into for `limit` results. */
export const armDepth = (limit: number): number => Math.max(100, 2 * Math.floor(limit));

export function sharesOf({ shares, terms, vector }: HybridQuery): {
  readonly lexical: number;
  readonly dense: number;
} {
  const share = (given: number | undefined) => Math.max(0, given ?? 1);
  return {
    lexical: terms.length > 0 ? share(shares?.lexical) : 0,
    dense: vector ? share(shares?.dense) : 0,
  };
}

/**
 * Σ 1 / ((rank + 1) / share + 60) over the arms, so that an arm of share 3 has three results in the list for each one of
 * an arm of share 1; times 1 + weight · ½^(age / half-life) where new things are to be raised. What has no date is not.
 */
export function fuse(
  arms: readonly Arm[],
  { recency, perDocument = Number.POSITIVE_INFINITY }: HybridQuery,
  limit: number,
): readonly ScoredChunk[] {
  const fused = new Map<string, { readonly chunk: RetrievedChunk; score: number }>();
  for (const { found, share } of arms) {
    if (!(share > 0)) continue;
    found.forEach(({ chunk }, rank) => {
      const score = 1 / ((rank + 1) / share + rankConstant - 1);
      const known = fused.get(chunk.id);
      if (known) known.score += score;
      else fused.set(chunk.id, { chunk, score });
    });
  }
  const all = [...fused.values()].map(({ chunk, score }) => ({
    chunk,
    score: recency ? score * raise(chunk, recency) : score,
  }));
  return capped(all, perDocument, limit);
}

function raise(
  { attributes: { publishedAt } }: RetrievedChunk,
  { halfLifeMs, weight, now }: NonNullable<HybridQuery['recency']>,
): number {
  if (publishedAt === null) return 1;
  return 1 + weight * 0.5 ** (Math.abs(now - Date.parse(publishedAt)) / halfLifeMs);
}

/** The best, of each document no more than `perDocument`: descending score, ties by ascending chunk id. */
export function capped(
  found: readonly ScoredChunk[],
  perDocument: number,
  limit: number,
): readonly ScoredChunk[] {
  const taken = new Map<string, number>();
  return found
    .toSorted((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .filter(({ chunk: { documentId } }) => {
      const count = (taken.get(documentId) ?? 0) + 1;
      taken.set(documentId, count);
      return count <= perDocument;
    })
    .slice(0, Math.max(0, Math.floor(limit)));
}
