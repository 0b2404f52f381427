import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { cancelled, takenOver } from '../ending.ts';
import type { QueueName } from '../port.ts';
import type { Scripted } from './scripts.ts';
import type { WorkPlace } from './worker.ts';

const answerOf = z.tuple([z.string(), z.array(z.string()), z.array(z.string())]);

export type Watch = WorkPlace & {
  /** What this process works now. */
  readonly queues: () => readonly QueueName[];
  /** Redis has lost everything: what is kept nowhere else has to be told it again. */
  readonly wiped: () => Promise<void>;
};

/** Enqueues what is due of these queues; returns which life Redis is in, and which jobs are to stop. */
export async function tick(
  client: Scripted,
  base: string,
  queues: readonly QueueName[],
  jobs: readonly (readonly [base: string, id: string])[],
): Promise<z.infer<typeof answerOf>> {
  const asked = [base, Date.now(), randomUUID(), JSON.stringify(queues), JSON.stringify(jobs)];
  return answerOf.parse(await client.queueTick(`${base}${queues[0] ?? ''}:meta`, ...asked));
}

/**
 * Looks every `pollMs` for what no worker of BullMQ looks for: schedules that are due, cancels of running
 * jobs by other processes, and a Redis that was wiped. One command, however many jobs run.
 */
export async function watch(
  { client, prefix, timing, running, queues, wiped }: Watch,
  signal: AbortSignal,
): Promise<void> {
  const base = `${prefix}:`;
  let life: string | undefined;
  // A command may wait for Redis for ever; who stops watching does not.
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const look = async () => {
    const jobs = [...running].map(([id, { queue }]) => [`${base}${queue}:`, id] as const);
    try {
      const [present, toCancel, gone] = await tick(client, base, queues(), jobs);
      for (const id of toCancel) running.get(id)?.interruption.abort(new Error(cancelled));
      for (const id of gone) running.get(id)?.interruption.abort(new Error(takenOver));
      if (life !== undefined && life !== present) await wiped();
      life = present;
    } catch {
      // It is asked again in a moment; jobs have their leases meanwhile.
    }
  };
  while (!signal.aborted) {
    await Promise.race([look(), stopped]);
    await wait(timing.pollMs, undefined, { signal }).catch(() => undefined);
  }
}
