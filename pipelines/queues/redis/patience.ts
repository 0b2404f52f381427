import { setImmediate as turn } from 'node:timers/promises';
import { attempt } from './failure.ts';

/** Runs what needs an answer from Redis; see `createPatience`. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Bounds how long Redis may be silent, in ms, while it owes us answers; then `silent` is called, and all
 * that wait get TransientError `queues.unreachable`. Not a timeout for each command: the last of a long
 * line may take its time as long as answers come, and a process that was busy itself reads what has come
 * before it blames anybody.
 */
export function createPatience(silenceMs: number, silent: () => void): Patience {
  let heardAt = 0;
  return (work) =>
    attempt(async () => {
      const askedAt = performance.now();
      let timer: NodeJS.Timeout | undefined;
      let answered = false;
      const unheard = new Promise<never>((_, reject) => {
        const look = async () => {
          await turn();
          if (answered) return;
          const leftMs = Math.max(askedAt, heardAt) + silenceMs - performance.now();
          if (leftMs > 0) {
            timer = setTimeout(look, leftMs);
            return;
          }
          reject(new Error('it was silent for too long'));
          silent();
        };
        timer = setTimeout(look, silenceMs);
      });
      try {
        const answer = await Promise.race([work(), unheard]);
        heardAt = performance.now();
        return answer;
      } finally {
        answered = true;
        clearTimeout(timer);
      }
    });
}
