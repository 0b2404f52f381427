import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList } from 'node:net';
import type { onRequestAsyncHookHandler } from 'fastify';
import { PermanentError } from '../../stores/errors.ts';
import { Refused } from './refuse.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Lets in whoever holds the token, before anything of the body is read; everybody where there is none. */
export function allowing(token: string | undefined): onRequestAsyncHookHandler {
  const expected = token === undefined ? null : digest(token);
  return async ({ headers: { authorization } }) => {
    if (expected === null) return;
    const given = /^Bearer +(\S+) *$/iu.exec(authorization ?? '')?.[1] ?? '';
    // Of the same length whatever was sent, so that the time it takes tells nothing.
    if (!timingSafeEqual(digest(given), expected)) throw new Refused(401, unauthorised());
  };
}

const unauthorised = () =>
  new PermanentError('The inference service does not accept the token, or wants one.', {
    code: 'inference.unauthorised',
    hint: 'Set INFERENCE_TOKEN to what the service was started with.',
  });

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** @throws PermanentError `inference.no-token` where others than this machine could ask without a token */
export function checkReach(host: string, token: string | undefined): void {
  const family = host.includes(':') ? 'ipv6' : 'ipv4';
  if (token !== undefined || host === 'localhost' || loopback.check(host, family)) return;
  throw new PermanentError(`The inference service would listen on ${host} for everybody.`, {
    code: 'inference.no-token',
    hint: 'Set INFERENCE_TOKEN here and where the bots run, or unset INFERENCE_HOST to serve this machine alone.',
  });
}
