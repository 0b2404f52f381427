import { createHmac } from 'node:crypto';
import type { Person, Place } from './message.ts';

/**
 * Names people in traces and feedback without naming them: a keyed hash (HMAC-SHA-256, first 16 bytes), the
 * same for one person of a workspace, and not to be undone without the key.
 */
export type Pseudonym = (place: Place, person: Pick<Person, 'id'>) => string;

export function pseudonyms(key: Uint8Array): Pseudonym {
  return ({ platform, workspace }, { id }) =>
    createHmac('sha256', key)
      .update(JSON.stringify([platform, workspace, id]))
      .digest()
      .subarray(0, 16)
      .toString('hex');
}
