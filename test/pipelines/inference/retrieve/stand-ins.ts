import type {
  ModelReading,
  QuestionReader,
} from '../../../../pipelines/inference/understand/reader.ts';
import type { Clock } from '../../../../pipelines/serving/endpoints/clock.ts';

const nothing: ModelReading = { rewritten: null, filters: [], rewordings: [], steps: [] };

export type ScriptedReader = QuestionReader & {
  /** The signals it was given, one for each question it was asked to read. */
  readonly signals: (AbortSignal | undefined)[];
};

/** A reader that finds what it is told to, when it is told to. */
export function readerOf(
  reading: Partial<ModelReading> | (() => Promise<Partial<ModelReading>>),
): ScriptedReader {
  const signals: (AbortSignal | undefined)[] = [];
  return {
    name: 'scripted',
    signals,
    async read(_, __, signal) {
      signals.push(signal);
      return { ...nothing, ...(typeof reading === 'function' ? await reading() : reading) };
    },
  };
}

/** A clock whose time passes only when a test says so. */
export function handTurned(): Clock & { readonly running: Set<number>; passed(ms: number): void } {
  const timers = new Map<() => void, number>();
  const running = new Set<number>();
  return {
    running,
    now: () => 0,
    after(ms, wake) {
      const timer = () => wake();
      timers.set(timer, ms);
      running.add(ms);
      return () => {
        timers.delete(timer);
        running.delete(ms);
      };
    },
    passed(ms) {
      for (const [timer, at] of timers) if (at <= ms) timer();
    },
  };
}
