import type { Schemas } from '@qdrant/js-client-rest';
import { TransientError } from '../../errors.ts';
import { agreed, ask, type Connection } from './connection.ts';
import type { Condition } from './filter.ts';
import { type Found, payloadsOf, visible } from './heads.ts';
import { type Mention, mentionFields, mentionOf } from './points.ts';

/** A passage that was found, before it is read. */
export type Hit = Mention & { readonly id: string; readonly score: number };

export type Nearest = {
  readonly query: Schemas['Query'] | Schemas['VectorInput'];
  readonly using: string;
  readonly conditions: readonly Condition[];
  readonly more: readonly Condition[];
  readonly count: number;
  readonly params?: Schemas['SearchParams'];
  readonly signal: AbortSignal | undefined;
};

/** How many ties with the last of the best are reckoned with. */
const tieRoom = 100;
/** Most passages that one request names; servers in strict mode have such a limit too. */
const mostHits = 10_000;
const mostTries = 20;

/** The `count` passages that score best, by the server's own reckoning. */
export async function nearest(
  connection: Connection,
  set: string,
  { query, using, conditions, more, count, params, signal }: Nearest,
): Promise<Found<Hit>> {
  const { points } = await ask(
    connection,
    'search',
    (api, init) =>
      api.queryPoints(
        {
          collection_name: connection.names.set(set),
          ...agreed(connection),
          ...{ query, using, limit: count, with_payload: mentionFields },
          filter: { must: [...conditions, ...more] },
          ...(params && { params }),
        },
        init,
      ),
    signal,
  );
  const last = points.at(-1);
  const floor = last && points.length >= count ? last.score : Number.NEGATIVE_INFINITY;
  return { hits: points.map(hitOf), floor };
}

export const hitOf = ({ id, score, payload }: Schemas['ScoredPoint']): Hit => ({
  ...mentionOf(payload),
  id: String(id),
  score,
});

type Exactness = {
  /** Between which multiples of a hit's score its true one lies; both 1 where that is the true one. */
  readonly spread: { readonly least: number; readonly most: number };
  readonly signal: AbortSignal | undefined;
};

/**
 * The payloads of all passages that can be among the best `limit` by their true score, ties with the last included, so
 * that the caller can put them in order. Asks for more until what was not named cannot be one of them.
 */
export async function bestOf(
  connection: Connection,
  set: string,
  limit: number,
  search: (count: number, more: readonly Condition[]) => Promise<Found<Hit>>,
  { spread, signal }: Exactness,
): Promise<readonly unknown[]> {
  let count = Math.min(limit + tieRoom, mostHits);
  for (let tried = 0; tried < mostTries; ) {
    const { hits, floor } = await visible(connection, set, (more) => search(count, more), signal);
    const last = hits.map(({ score }) => score).sort((a, b) => b - a)[limit - 1];
    // Scores can be negative (cosines), and then the larger multiple is the lesser score.
    const threshold = last === undefined ? Number.NEGATIVE_INFINITY : low(last, spread);
    if (
      floor !== Number.NEGATIVE_INFINITY &&
      high(floor, spread) >= threshold &&
      count < mostHits
    ) {
      count = Math.min(4 * count, mostHits);
      continue;
    }
    const close = hits.filter(({ score }) => high(score, spread) >= threshold);
    const found = await payloadsOf(
      connection,
      set,
      close.map(({ id }) => id),
      true,
      signal,
    );
    // One that is gone was replaced meanwhile: what replaced it may belong here.
    if (found.size === close.length) return [...found.values()];
    tried += 1;
  }
  throw new TransientError('Documents change faster than they can be read.', {
    code: 'features.restless',
    hint: 'Try again once fewer documents are being written.',
  });
}

const low = (score: number, { least, most }: Exactness['spread']) =>
  score * (score < 0 ? most : least);
const high = (score: number, { least, most }: Exactness['spread']) =>
  score * (score < 0 ? least : most);
