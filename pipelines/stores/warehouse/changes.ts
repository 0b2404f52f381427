/** What is told of changes: not which, for the work list is the difference of revisions, which is always read whole. */
export type News = {
  /** Whether news may have been missed, because where the follower stood is no longer known. */
  readonly lost: boolean;
};

/**
 * Tells that the warehouse has changed, so that work begins sooner than at the next sweep. An accelerator only: the
 * sweep is what finds all work.
 *
 * Every adapter promises:
 * - after every change there is a call of `changed`, many changes may be told by one call, and one may be told twice;
 * - it is called once at the start when it cannot be known what happened before;
 * - at most one call runs at a time, and news count as handled only when it has resolved;
 * - while the store is away, or when `changed` fails with a TransientError, it is tried again for as long as it takes.
 */
export type WarehouseChanges = {
  /** How the news come: at once, or by asking for the version again and again. */
  readonly by: 'change-stream' | 'polling';
  /** Resolves when `signal` aborts and the last call has ended. @throws what `changed` throws but TransientError */
  follow(changed: (news: News) => Promise<void>, signal: AbortSignal): Promise<void>;
};
