import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../evals/statistics/random.ts';
import type { Bots } from './child.ts';
import type { Gate } from './gate.ts';
import type { Crowd } from './people.ts';
import type { Venue } from './venue.ts';

/** About so often something goes wrong with a platform's connection. */
const disturbMs = 1_200;

export type Trouble = {
  readonly venues: readonly Venue[];
  readonly bots: Bots;
  readonly crowd: Crowd;
  readonly gate: Gate;
  readonly seed: number;
  readonly signal: AbortSignal;
};

/** Disturbs each platform's connection now and again, until the signal. */
export async function disturb({ venues, seed, signal }: Trouble): Promise<void> {
  await Promise.all(
    venues.map(async (venue, index) => {
      const random = seededRandom(seed + 7_000 + index);
      while (!signal.aborted) {
        await pause(disturbMs * (0.5 + random()), signal);
        if (!signal.aborted && venue.isConnected()) await venue.disturb(random);
      }
    }),
  );
}

/**
 * Kills the process so many times while the first part of the questions is asked, and starts it again. Returns what
 * was lost with it.
 */
export async function kill(
  { venues, bots, crowd, gate, signal }: Trouble,
  times: number,
  questions: number,
  log: (line: string) => void,
): Promise<ReadonlySet<string>> {
  const lost = new Set<string>();
  for (let count = 1; count <= times; count += 1) {
    while (crowd.asked() < (questions * 0.7 * count) / times && !signal.aborted) {
      await pause(20, signal);
    }
    if (signal.aborted) return lost;
    const name = `kill ${count}`;
    const killAndRevive = async () => {
      const fromMs = performance.now();
      crowd.died(name);
      await bots.kill();
      // The platforms notice a moment later than we do.
      while (venues.some((venue) => venue.isConnected())) await wait(5);
      for (const what of venues.flatMap((venue) => venue.processDied())) lost.add(what);
      await bots.start(() => venues.every((venue) => venue.isConnected()));
      crowd.revived();
      log(`${name}: back after ${Math.round(performance.now() - fromMs)} ms`);
    };
    await gate.quietly(killAndRevive, { settleMs: 0 });
  }
  return lost;
}

const pause = (ms: number, signal: AbortSignal) =>
  wait(ms, undefined, { signal }).catch(() => undefined);
