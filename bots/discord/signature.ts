import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { PermanentError } from '../../pipelines/stores/errors.ts';

/** How an Ed25519 key begins in DER (RFC 8410, section 4); the 32 bytes of the key follow. */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * The application's public key, as the developer portal shows it.
 *
 * @throws PermanentError `discord.public-key` when it is none.
 */
export function readPublicKey(hex: string): KeyObject {
  if (!/^[\da-f]{64}$/iu.test(hex)) throw notAKey();
  try {
    const der = Buffer.concat([derPrefix, Buffer.from(hex, 'hex')]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw notAKey();
  }
}

const notAKey = () =>
  new PermanentError('DISCORD_PUBLIC_KEY is not a public key.', {
    code: 'discord.public-key',
    hint: 'Copy the 64 characters under “Public Key” on the application’s General Information page.',
  });

/** Whether Discord signed this request: Ed25519 over the timestamp and the body as it came. */
export function isSigned(key: KeyObject, { signature, timestamp, body }: Signed): boolean {
  if (typeof signature !== 'string' || !/^[\da-f]{128}$/iu.test(signature)) return false;
  if (typeof timestamp !== 'string' || timestamp === '') return false;
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  return verify(null, signed, key, Buffer.from(signature, 'hex'));
}

export type Signed = {
  readonly signature: unknown;
  readonly timestamp: unknown;
  readonly body: Buffer;
};
