import { sign } from 'node:crypto';
import type { World } from '../world/world.ts';

/** The raw public key, hex, as the developer portal shows it. */
export function publicKeyOf(world: World): string {
  const jwk = world.keys.publicKey.export({ format: 'jwk' });
  return Buffer.from(jwk.x ?? '', 'base64url').toString('hex');
}

/** Ed25519 over timestamp and body, hex. */
export function signature(world: World, timestamp: string, body: string): string {
  return sign(null, Buffer.from(timestamp + body), world.keys.privateKey).toString('hex');
}
