/** Everything that has to be unique, and everything random: both repeatable for one seed. */
export type Ids = {
  /** A message timestamp: seconds and microseconds, never twice and never backwards. */
  ts(): string;
  /** An id as Slack makes them: a capital for the kind and ten capitals or digits. */
  id(kind: string): string;
  hex(digits: number): string;
  uuid(): string;
};

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function openIds(seed: number): Ids {
  const random = openRandom(seed);
  let lastMicros = 0;
  const letters = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  const hex = (digits: number): string => letters(digits, '0123456789abcdef');
  return {
    ts: () => {
      lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000);
      const seconds = Math.floor(lastMicros / 1_000_000);
      return `${seconds}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
    id: (kind) => `${kind}0${letters(9, ALPHABET)}`,
    hex,
    uuid: () => [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-'),
  };
}

/** Numbers in [0, 1), the same for one seed. Mulberry32 (Tommy Ettinger): small, and good enough for faults. */
export function openRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
