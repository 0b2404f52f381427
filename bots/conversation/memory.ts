import type { Turn } from '../../pipelines/inference/ask.ts';

export type Memory = {
  /** The last turns of a thread that fit the budget, oldest first. */
  recall(thread: string): readonly Turn[];
  remember(thread: string, turns: readonly Turn[]): void;
  forget(thread: string): void;
};

export type MemoryLimits = {
  /** Most tokens of one thread, at four UTF-16 units a token. */
  readonly tokens: number;
  /** Most threads; the one not used for longest goes first. */
  readonly threads: number;
};

/** Thread memory in this process. Bounded in both directions, so that a busy server stays small. */
export function openMemory({ tokens, threads }: MemoryLimits): Memory {
  const remembered = new Map<string, readonly Turn[]>();
  return {
    recall: (thread) => remembered.get(thread) ?? [],
    remember(thread, turns) {
      const all = [...(remembered.get(thread) ?? []), ...turns];
      remembered.delete(thread);
      remembered.set(thread, lastWithin(all, tokens));
      const [oldest] = remembered.keys();
      if (remembered.size > threads && oldest !== undefined) remembered.delete(oldest);
    },
    forget: (thread) => void remembered.delete(thread),
  };
}

/** The longest end of the thread within the budget, beginning with a question. */
function lastWithin(turns: readonly Turn[], tokens: number): readonly Turn[] {
  let used = 0;
  let from = turns.length;
  while (from > 0) {
    used += Math.ceil((turns[from - 1]?.text.length ?? 0) / 4);
    if (used > tokens) break;
    from -= 1;
  }
  const kept = turns.slice(from);
  return kept.slice(
    Math.max(
      0,
      kept.findIndex(({ role }) => role === 'user'),
    ),
  );
}
