import type { Stage } from './faults.ts';
import type { FaultCase, Seen } from './matrix.ts';

/** What became of one question while one server misbehaved in one way. */
export type FaultRow = {
  readonly stage: Stage;
  readonly fault: string;
  readonly seen: Seen;
  /** The line that says honestly what was done without; null for none. */
  readonly line: string | null;
  /** As the trace keeps it. */
  readonly outcome: string;
  /** What was done without, as the trace keeps it: `down (chat.failed)`; null for nothing. */
  readonly without: string | null;
  /** Requests to the server's work, the first included. */
  readonly attempts: number;
  /** What must never be: empty when all is well. */
  readonly broken: readonly string[];
};

/** What a row did otherwise than its case expects, and what must never be. */
export function wrongs(row: FaultRow, { expected }: FaultCase): readonly string[] {
  const differences = (['seen', 'without', 'attempts'] as const)
    .filter((field) => row[field] !== expected[field])
    .filter((field) => field !== 'attempts' || expected.attempts !== null)
    .map((field) => `${field}: ${row[field]} instead of ${expected[field]}`);
  return [...row.broken, ...differences];
}
