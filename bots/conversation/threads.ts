import type { Run } from './run.ts';

type Lane = { current: Run | undefined; readonly waiting: Run[] };

/** One answer at a time in a thread, in the order of the questions. */
export type Threads = {
  /** Answers the run when its turn comes. */
  enqueue(run: Run): void;
  /** What a further message of the same asker could become part of: the last that waits, else what runs. */
  last(thread: string): Run | undefined;
  find(turn: string): Run | undefined;
  /** All that run or wait. */
  runs(): readonly Run[];
  /** Takes out everything that has not begun. */
  clearWaiting(): readonly Run[];
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
};

export function openThreads(answer: (run: Run) => Promise<void>): Threads {
  const lanes = new Map<string, Lane>();
  const byTurn = new Map<string, Run>();
  const working = new Set<Promise<void>>();

  const pump = (thread: string, lane: Lane): void => {
    if (lane.current !== undefined) return;
    const next = lane.waiting.shift();
    if (next === undefined) {
      lanes.delete(thread);
      return;
    }
    lane.current = next;
    const work = answer(next).finally(() => {
      byTurn.delete(next.turn);
      working.delete(work);
      lane.current = undefined;
      pump(thread, lane);
    });
    working.add(work);
  };

  return {
    enqueue(run) {
      const { thread } = run.asked.message;
      const lane = lanes.get(thread) ?? { current: undefined, waiting: [] };
      lanes.set(thread, lane);
      byTurn.set(run.turn, run);
      lane.waiting.push(run);
      pump(thread, lane);
    },
    last(thread) {
      const lane = lanes.get(thread);
      return lane?.waiting.at(-1) ?? lane?.current;
    },
    find: (turn) => byTurn.get(turn),
    runs: () => [...byTurn.values()],
    clearWaiting() {
      const cleared = [...lanes.values()].flatMap(({ waiting }) => waiting.splice(0));
      for (const { turn } of cleared) byTurn.delete(turn);
      return cleared;
    },
    async idle() {
      while (working.size > 0) await Promise.allSettled(working);
    },
  };
}
