import type { Lengths } from './cut.ts';

export type ScreenOptions = {
  readonly lengths: Lengths;
  /** Whether messages can grow here; otherwise they are edited. */
  readonly streams: boolean;
  /** Messages that the answer takes the place of, in order. */
  readonly reuse: readonly string[];
  /** Told whenever the messages that make up the answer change. */
  readonly stands: (ids: readonly string[]) => Promise<void>;
  readonly appendEveryMs: number;
  readonly editEveryMs: number;
  readonly statusAfterMs: number;
  readonly stopGraceMs: number;
  /** First pause before a call is made again. */
  readonly retryMs: number;
};
