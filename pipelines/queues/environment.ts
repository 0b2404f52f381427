import { z } from 'zod';
import { serverPrefix } from '../stores/environment.ts';
import { optional } from '../variables.ts';

/** The environment variables of the queues' server. */
export const queuesShape = {
  REDIS_URL: optional(
    z.string().regex(/^rediss?:\/\/[^\s/]+/u, {
      error: 'is not an address of Redis: redis://host:6379/0',
    }),
  ),
  REDIS_PREFIX: serverPrefix,
};

export type QueuesEnvironment = {
  /** Where jobs stand in line. Null: in the SQLite file. */
  readonly redis: { readonly url: string; readonly prefix: string } | null;
};

const queuesSchema = z.object(queuesShape);

export function queuesOf({
  REDIS_URL: url,
  REDIS_PREFIX: prefix,
}: z.infer<typeof queuesSchema>): QueuesEnvironment {
  return { redis: url === undefined ? null : { url, prefix } };
}
