/** The latest answer to each person in each channel, for feedback that names none. */
export type Recent = {
  note(channel: string, person: string, turn: string): void;
  last(channel: string, person: string): string | undefined;
};

const most = 5_000;

export function openRecent(): Recent {
  const turns = new Map<string, string>();
  const key = (channel: string, person: string) => `${channel}:${person}`;
  return {
    note(channel, person, turn) {
      turns.delete(key(channel, person));
      turns.set(key(channel, person), turn);
      const [oldest] = turns.keys();
      if (turns.size > most && oldest !== undefined) turns.delete(oldest);
    },
    last: (channel, person) => turns.get(key(channel, person)),
  };
}
