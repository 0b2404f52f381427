import type { Release, ReleaseSpec, Stage } from './release.ts';

/** Who moved a stage: only a gate or a named person may. */
export type Mover =
  | { readonly gate: string; readonly report: string }
  | { readonly person: string; readonly reason: string };

/** One line of the ledger. Lines are never changed or removed. */
export type Move = {
  /** 1, 2, 3 … per twin, without gaps. */
  readonly sequence: number;
  readonly twin: string;
  readonly release: string;
  readonly from: Stage | null;
  readonly to: Stage;
  readonly by: Mover;
  readonly at: string;
};

/**
 * The append-only ledger of releases and their stages.
 *
 * Every adapter promises:
 * - registering the same spec twice gives the same release and one ledger entry (stage `candidate`);
 * - `move` is compare-and-swap on `expected`, the twin's last sequence: of two concurrent moves one wins
 *   and the other fails with TransientError `registry.conflict`;
 * - at most one release per twin is in `production` and at most one in `canary`: moving another there
 *   archives the former in the same step, as a ledger line of its own;
 * - nothing is ever rewritten: what production was at a past sequence can always be told.
 */
export type Registry = {
  register(spec: ReleaseSpec): Promise<Release>;
  release(id: string): Promise<Release | undefined>;
  releases(twin: string): Promise<readonly (Release & { readonly stage: Stage })[]>;
  /** The release that stands in a stage where there is only one. */
  at(twin: string, stage: 'production' | 'canary'): Promise<Release | undefined>;
  move(change: {
    readonly twin: string;
    readonly release: string;
    readonly to: Stage;
    readonly by: Mover;
    readonly expected: number;
  }): Promise<readonly Move[]>;
  /** The twin's ledger, oldest first. */
  ledger(twin: string): Promise<readonly Move[]>;
};
