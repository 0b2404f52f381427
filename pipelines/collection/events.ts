/** Why an item came out as it did: a stable code for machines, a whole sentence for people. */
export type Reason = {
  /** For example `file.binary`, `fetch.private-address`. */
  readonly code: string;
  readonly message: string;
};

/**
 * What became of one item.
 *
 * - `created`, `changed`, `unchanged`: it is in the warehouse, as the warehouse saw it;
 * - `vanished`: it was there and its file is not any more; it is a tombstone now;
 * - `refused`: somebody asked to forget it, and that still holds;
 * - `skipped`: sound, but not taken: empty, a duplicate, closed by robots.txt;
 * - `failed`: something is wrong with it or with the way to it.
 */
export const outcomes = [
  'created',
  'changed',
  'unchanged',
  'vanished',
  'refused',
  'skipped',
  'failed',
] as const;
export type Outcome = (typeof outcomes)[number];

/** How many items came to each outcome, and how many were taken with a warning. */
export type Counts = Readonly<Record<Outcome, number>> & { readonly warnings: number };

export type ItemEvent = {
  readonly type: 'item';
  readonly outcome: Outcome;
  readonly link: string;
  readonly documentId?: string;
  readonly title?: string;
  /** Always there for refused, skipped and failed. */
  readonly reason?: Reason;
  /** Taken all the same, but something about it should be mended. */
  readonly warnings?: readonly Reason[];
};

/**
 * What `collect` and `watch` tell: `origin-started`, its `item`s, `origin-finished` for each origin, and
 * `finished` at the end. A link that nobody understands is a failed `item` outside any origin.
 */
export type CollectEvent =
  | {
      readonly type: 'origin-started';
      readonly crawler: string;
      /** The origin as the warehouse knows it: an absolute path, or a normalised address. */
      readonly link: string;
      /** Items to come, where the crawler can tell beforehand. */
      readonly total?: number;
    }
  | ItemEvent
  | {
      readonly type: 'origin-finished';
      readonly crawler: string;
      readonly link: string;
      readonly counts: Counts;
    }
  | {
      readonly type: 'finished';
      readonly counts: Counts;
      readonly origins: number;
      readonly durationMs: number;
      /** The signal ended it early: what was not reached is neither failed nor vanished. */
      readonly aborted: boolean;
    };

/** A tally that grows with every item. */
export type Tally = { -readonly [name in keyof Counts]: number };

export function emptyTally(): Tally {
  return {
    created: 0,
    changed: 0,
    unchanged: 0,
    vanished: 0,
    refused: 0,
    skipped: 0,
    failed: 0,
    warnings: 0,
  };
}

export function countItem(tally: Tally, item: ItemEvent): void {
  tally[item.outcome] += 1;
  tally.warnings += item.warnings?.length ?? 0;
}
