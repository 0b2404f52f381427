import type { ApiKeys } from '../../state/port.ts';
import type { Caller } from './caller.ts';
import { hashOf, looksLikeToken, sealOf } from './token.ts';

/** Why a bearer's key does not open. */
export type Unopened = 'missing' | 'malformed' | 'unknown' | 'expired' | 'revoked';

export type Opened =
  | { readonly caller: Caller }
  | { readonly caller: null; readonly why: Unopened };

/** Whom the `Authorization` header names; notes that the key was used today. */
export async function openKey(
  keys: Pick<ApiKeys, 'find' | 'used'>,
  authorization: string | undefined,
  now: Date,
): Promise<Opened> {
  const refused = (why: Unopened): Opened => ({ caller: null, why });
  if (authorization === undefined) return refused('missing');
  const token = /^Bearer +(\S+) *$/iu.exec(authorization)?.[1];
  if (token === undefined || !looksLikeToken(token)) return refused('malformed');
  const key = await keys.find(hashOf(token));
  if (key === undefined) return refused('unknown');
  if (key.revokedAt !== null) return refused('revoked');
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= now.getTime()) {
    return refused('expired');
  }
  const today = now.toISOString().slice(0, 10);
  // One write a day and key, not one a request.
  if (key.lastUsedOn === null || key.lastUsedOn < today) await keys.used(key.id, today);
  const { id, name, scopes, access } = key;
  return {
    caller: { id, name, scopes, access: access ?? undefined, seal: (text) => sealOf(token, text) },
  };
}

/** Whether any key still opens. */
export async function someKeyOpens(keys: Pick<ApiKeys, 'list'>, now: Date): Promise<boolean> {
  const all = await keys.list();
  return all.some(
    ({ revokedAt, expiresAt }) =>
      revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now.getTime()),
  );
}
