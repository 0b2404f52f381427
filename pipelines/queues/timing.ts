/** Milliseconds all. The defaults are for people's patience; tests make them short. */
export type QueueTiming = {
  /** How long a silent worker keeps its job. */
  readonly leaseMs: number;
  /** How often a worker renews its lease. */
  readonly heartbeatMs: number;
  /** How often a worker looks for what nobody told it of: others' jobs, cancels and due schedules. */
  readonly pollMs: number;
  /** The first retry waits up to this long, the next twice as long, … */
  readonly backoffMs: number;
};

export const defaultTiming: QueueTiming = {
  leaseMs: 30_000,
  heartbeatMs: 2_000,
  pollMs: 250,
  backoffMs: 1_000,
};
