import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { hashOf, mintToken } from '../../api/auth/token.ts';
import { type ApiKey, type ApiKeys, type ApiScope, apiScopes } from '../../state/port.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import type { Output } from '../output.ts';

export type NewKey = {
  readonly name: string;
  /** As they were typed. */
  readonly scopes: readonly string[];
  /** What the bearer may see at most; what is absent is not limited. */
  readonly sources?: readonly string[];
  readonly authors?: readonly string[];
  /** A day, ISO 8601. */
  readonly since?: string;
  /** How many days it opens. */
  readonly days?: number;
};

const dayMs = 86_400_000;

/** Makes a key and prints it: the one time that anybody sees it. */
export async function runKeysCreate(
  keys: ApiKeys,
  wanted: NewKey,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const { name, days } = wanted;
  if (!/^[\w.-]{1,64}$/u.test(name)) {
    throw new UsageError(
      `“${name}” is no name for a key.`,
      'A name has 1 to 64 letters, digits, dots, hyphens or underscores.',
    );
  }
  const token = mintToken();
  const key = {
    id: randomUUID(),
    name,
    scopes: scopesIn(wanted.scopes),
    access: accessIn(wanted),
    createdAt: now.toISOString(),
    expiresAt: days === undefined ? null : new Date(now.getTime() + days * dayMs).toISOString(),
  };
  if (!(await keys.add({ ...key, hash: hashOf(token) }))) {
    throw new UsageError(
      `There is a key “${name}” already.`,
      `Revoke it first (understudy keys revoke ${name}), or choose another name.`,
    );
  }
  output.data({ ...key, key: token });
  output.note(`The key “${name}” ${mayDo(key)}. It is shown this once and kept nowhere:`);
  output.line(token);
  return exitCodes.done;
}

/** All keys there are, without their secrets. */
export async function runKeysList(keys: ApiKeys, output: Output, now: Date): Promise<ExitCode> {
  const all = await keys.list();
  output.data({ keys: all });
  const { bold, dim } = output.style;
  if (all.length === 0)
    output.line('There are no keys. Make one with: understudy keys create site');
  for (const key of all) {
    const used = key.lastUsedOn === null ? 'never used' : `last used ${key.lastUsedOn}`;
    output.line(`${bold(key.name)}  ${stateOf(key, now)}  ${mayDo(key)}  ${dim(used)}`);
  }
  return exitCodes.done;
}

/** Ends a key for good: no request that begins afterwards is let in by it. */
export async function runKeysRevoke(
  keys: ApiKeys,
  nameOrId: string,
  output: Output,
  now: Date,
): Promise<ExitCode> {
  if (!(await keys.revoke(nameOrId, now.toISOString()))) {
    throw new UsageError(
      `There is no key “${nameOrId}” to revoke.`,
      'understudy keys list shows which there are.',
    );
  }
  output.data({ revoked: nameOrId });
  output.line(`The key “${nameOrId}” opens nothing any more.`);
  return exitCodes.done;
}

function scopesIn(typed: readonly string[]): readonly ApiScope[] {
  const known = apiScopes.filter((scope) => typed.includes(scope));
  const unknown = typed.filter((word) => !known.some((scope) => scope === word));
  if (unknown.length > 0 || known.length === 0) {
    throw new UsageError(
      unknown.length > 0 ? `There is no scope ${unknown.join(', ')}.` : 'A key needs a scope.',
      `The scopes are ${apiScopes.join(', ')}.`,
    );
  }
  return known;
}

function accessIn({ sources, authors, since }: NewKey): ApiKey['access'] {
  if (since !== undefined && !z.iso.date().safeParse(since).success) {
    throw new UsageError(`“${since}” is no day.`, 'A day looks like 2025-01-31.');
  }
  if (sources === undefined && authors === undefined && since === undefined) return null;
  return {
    ...(sources && { sources }),
    ...(authors && { authors }),
    ...(since !== undefined && { since }),
  };
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  if (expiresAt === null) return 'opens';
  const day = expiresAt.slice(0, 10);
  return Date.parse(expiresAt) <= now.getTime() ? `expired ${day}` : `opens until ${day}`;
}

function mayDo({ scopes, access }: Pick<ApiKey, 'scopes' | 'access'>): string {
  const { sources, authors, since } = access ?? {};
  const limits = [
    ...(sources ? [`sources ${sources.join(', ')}`] : []),
    ...(authors ? [`authors ${authors.join(', ')}`] : []),
    ...(since === undefined ? [] : [`since ${since}`]),
  ];
  const may = `may ${scopes.join(', ')}`;
  return limits.length === 0 ? may : `${may} within ${limits.join('; ')}`;
}
