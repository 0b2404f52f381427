import { TransientError } from '../../stores/errors.ts';

export type AdmissionSettings = {
  /** Answers at the same time. */
  readonly atOnce: number;
  /** Askers that may wait beyond that; with more, the next is refused at once. */
  readonly line: number;
  /** Longest time to wait in line, in milliseconds. */
  readonly waitMs: number;
};

export type Admission = {
  /**
   * Resolves, in order of arrival, with the function that gives the place back; rejects with TransientError
   * `inference.overloaded` for whoever waited too long, and with the signal's reason on abort.
   *
   * @throws TransientError `inference.overloaded` at once where the line is full
   */
  take(signal: AbortSignal): Promise<() => void>;
  running(): number;
  waiting(): number;
};

/** When to come back to a service that is full, in milliseconds. */
const retryAfterMs = 1_000;

/** So many answers at once, a line before them that has an end, and nobody in it who has left. */
export function openAdmission({ atOnce, line, waitMs }: AdmissionSettings): Admission {
  let running = 0;
  const queue = new Set<() => void>();

  const full = () =>
    new TransientError(
      `The inference service has more to do than it can: ${running} answers are running and ${queue.size} are waiting.`,
      { code: 'inference.overloaded', hint: 'Ask again in a moment.', retryAfterMs },
    );
  const taken = () => {
    running += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      running -= 1;
      const [next] = queue;
      next?.();
    };
  };
  const queued = async (signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const admit = () => {
      queue.delete(admit);
      resolve(taken());
    };
    // Out of the line in the same moment: a place must never be given to somebody who is gone.
    const leave = (reason: unknown) => {
      queue.delete(admit);
      reject(reason);
    };
    const left = () => leave(signal.reason);
    const timer = setTimeout(() => leave(full()), waitMs);
    signal.addEventListener('abort', left, { once: true });
    queue.add(admit);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', left);
    }
  };
  return {
    running: () => running,
    waiting: () => queue.size,
    take(signal) {
      signal.throwIfAborted();
      if (running < atOnce) return Promise.resolve(taken());
      if (queue.size >= line) throw full();
      return queued(signal);
    },
  };
}
