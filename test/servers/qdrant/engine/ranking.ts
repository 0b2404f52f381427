import type { Point } from './collection.ts';
import { compareIds } from './ids.ts';

export type Scored = { readonly point: Point; readonly score: number };

/**
 * How equal scores stand. The real server breaks ties by nothing that a client could rely on: within a segment by where a
 * point happens to lie, in fusion by the order of a hash map and an unstable sort ("Does not break ties",
 * `reciprocal_rank_fusion.rs`), and only between shards by descending id (`scored_point_ties.rs`).
 */
export type Ties =
  /** Another order for every query. */
  | 'shuffled'
  /** Descending ids. */
  | 'by-id';

export type Ranking = {
  /** The best so many, best first. */
  best(found: Iterable<Scored>, most: number): readonly Scored[];
};

export function openRanking(ties: Ties): Ranking {
  let queries = 0;
  return {
    best(found, most) {
      queries += 1;
      const salt = Math.imul(queries, 0x9e3779b1);
      const compare =
        ties === 'by-id'
          ? (a: Scored, b: Scored) => b.score - a.score || compareIds(b.point.id, a.point.id)
          : (a: Scored, b: Scored) =>
              b.score - a.score || mixed(a.point.place, salt) - mixed(b.point.place, salt);
      return best(found, most, compare);
    },
  };
}

/** Keeps twice as many as are wanted, and sorts when those are full. */
function best(
  found: Iterable<Scored>,
  most: number,
  compare: (a: Scored, b: Scored) => number,
): readonly Scored[] {
  const room = Math.max(64, most * 2);
  const kept: Scored[] = [];
  let worst: Scored | undefined;
  for (const one of found) {
    if (worst !== undefined && compare(one, worst) > 0) continue;
    kept.push(one);
    if (kept.length < room) continue;
    kept.sort(compare);
    kept.length = Math.min(kept.length, most);
    worst = kept.at(-1);
  }
  return kept.sort(compare).slice(0, most);
}

/** Murmur3's finaliser: neighbours end far apart. */
function mixed(place: number, salt: number): number {
  let value = place ^ salt;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
