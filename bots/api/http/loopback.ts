import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Whether an address can only be reached from this machine. */
export const isLoopback = (address: string): boolean =>
  isIP(address) === 4 || address.startsWith('::ffff:')
    ? /^(?:::ffff:)?127\./u.test(address)
    : address === '::1' || address === 'localhost';

const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether somebody on this machine asks, for themselves: not a proxy for others, and not a page whose foreign name points
 * here.
 */
export function isFromThisMachine({ raw, headers }: FastifyRequest): boolean {
  if (!isLoopback(raw.socket.remoteAddress ?? '')) return false;
  if (forwarded.some((name) => headers[name] !== undefined)) return false;
  const host = (headers.host ?? '').replace(/:\d+$/u, '').replace(/^\[(.*)\]$/u, '$1');
  return isLoopback(host);
}
