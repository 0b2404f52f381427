import type { FastifyRequest } from 'fastify';
import type { Message } from '../../conversation/message.ts';
import type { Caller } from '../auth/caller.ts';

/** Whoever asks, on a route that lets nobody in without a key. */
export function callerOf({
  caller,
  routeOptions,
}: Pick<FastifyRequest, 'caller' | 'routeOptions'>): Caller {
  if (caller === null) throw new Error(`${routeOptions.url ?? 'A route'} does not ask for a key.`);
  return caller;
}

/** The language of notices: as the request says, else as its client does. */
export const localeOf = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  stated: string | undefined,
): string | null => stated ?? headers['accept-language']?.split(/[,;]/u)[0]?.trim() ?? null;

/** What the request limits itself to. */
export const onlyOf = ({
  sources,
  authors,
  since,
}: {
  readonly sources?: readonly string[] | undefined;
  readonly authors?: readonly string[] | undefined;
  readonly since?: string | undefined;
}): NonNullable<Message['only']> => ({
  ...(sources && { sources }),
  ...(authors && { authors }),
  ...(since !== undefined && { since }),
});
