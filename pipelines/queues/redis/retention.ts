const daySeconds = 24 * 60 * 60;

/** How many cancelled jobs of a queue are kept when they are cancelled before they start. */
export const cancelledKept = 1_000;

/**
 * What is kept of jobs that have ended, per queue, by age in seconds and by number. What is done is kept
 * for people to look at, so that Redis stays small; what is dead, until somebody has had time to see it.
 */
export const retention = {
  removeOnComplete: { count: 1_000 },
  removeOnFail: { age: 90 * daySeconds, count: 10_000 },
} as const;
