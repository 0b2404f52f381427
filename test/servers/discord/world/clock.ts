/** Real time that a test can put forward, or stop. */
export type Clock = {
  /** Ms since the epoch. */
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /** From now on only `advance` moves it. */
  readonly stop: () => void;
};

export function createClock(): Clock {
  let ahead = 0;
  let stopped: number | undefined;
  return {
    now: () => (stopped ?? Date.now()) + ahead,
    advance: (ms) => {
      ahead += ms;
    },
    stop: () => {
      stopped ??= Date.now();
    },
  };
}

/** Discord's ids: milliseconds since 2015 in the upper bits, then a counter. */
export function createSnowflakes(clock: Clock): () => string {
  const DISCORD_EPOCH_MS = 1_420_070_400_000;
  let last = 0n;
  return () => {
    const fresh = BigInt(clock.now() - DISCORD_EPOCH_MS) << 22n;
    last = fresh > last ? fresh : last + 1n;
    return String(last);
  };
}
