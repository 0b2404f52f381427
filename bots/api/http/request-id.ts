import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** An id from outside goes into logs and headers: nothing but what ids are made of. */
const usable = /^[\w.:/+=-]{1,128}$/u;

/** The client's or proxy's own id of the request where it is usable, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && usable.test(given) ? given : randomUUID();
}
