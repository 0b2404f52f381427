/** The gateway may tell of an interaction twice, which can be acknowledged only once. */
export type Seen = {
  /** True from the second time on. */
  again(id: string): boolean;
};

/** More than come in between two tellings of the same. */
const most = 2_000;

export function openSeen(): Seen {
  const ids = new Set<string>();
  return {
    again(id) {
      if (ids.has(id)) return true;
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > most && oldest !== undefined) ids.delete(oldest);
      return false;
    },
  };
}
