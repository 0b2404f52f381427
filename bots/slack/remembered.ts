/** The latest of many things; the oldest are forgotten. */
export type Remembered = {
  has(key: string): boolean;
  /** False when it was there already. */
  add(key: string): boolean;
};

export function openRemembered(most: number): Remembered {
  const known = new Set<string>();
  return {
    has: (key) => known.has(key),
    add(key) {
      if (known.has(key)) return false;
      known.add(key);
      const [oldest] = known;
      if (known.size > most && oldest !== undefined) known.delete(oldest);
      return true;
    },
  };
}
