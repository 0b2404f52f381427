import { z } from 'zod';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { attempt } from '../../../pipelines/stores/mongo/failure.ts';

/** Leases are counted in seconds: what a time service leaves of a difference does not matter to them. */
const negligibleMs = 1_000;

const helloSchema = z.object({ localTime: z.date() });

export type ServerClock = {
  /** A moment of this machine's clock in the server's time; milliseconds since the epoch. */
  at(localMs: number): number;
  /** Asks the server again what time it is. */
  compare(): Promise<void>;
};

/**
 * The server's clock. The leases of several machines are held against it: by its own, one that is a minute ahead would
 * take up what all others are still answering.
 */
export async function openServerClock(mongo: Mongo, now: () => number): Promise<ServerClock> {
  let aheadMs = 0;
  const compare = () =>
    attempt('tell the time', async () => {
      const askedMs = now();
      const { localTime } = helloSchema.parse(await mongo.db.command({ hello: 1 }));
      const answeredMs = now();
      // A late answer says too little of when it was true.
      if (answeredMs - askedMs > negligibleMs) return;
      const difference = localTime.getTime() - (askedMs + answeredMs) / 2;
      aheadMs = Math.abs(difference) < negligibleMs ? 0 : Math.round(difference);
    });
  await compare();
  return { at: (localMs) => localMs + aheadMs, compare };
}
