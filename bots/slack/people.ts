import type { BotPorts } from '../ports.ts';
import { once, type Patience } from './web/call.ts';
import type { Client } from './web/workspaces.ts';

export type KnownPerson = {
  readonly id: string;
  /** As people see it; null where it could not be read. */
  readonly name: string | null;
  readonly locale: string | null;
  readonly bot: boolean;
  /** Admins and owners of the workspace. */
  readonly admin: boolean;
};

/** Who people are. Asked once a day each; without the scope nothing is known, which is no failure. */
export type People = {
  person(client: Client, team: string, id: string): Promise<KnownPerson>;
  /** Ids of the user groups the person is in; none where they are not read. */
  groups(client: Client, team: string, id: string): Promise<readonly string[]>;
};

const keptMs = 86_400_000;
const keptGroupsMs = 600_000;
/** What could not be read is looked for again soon; a question does not wait for it. */
const keptUnknownMs = 60_000;
const mostKept = 5_000;

type Kept<T> = { readonly value: Promise<T>; untilMs: number };
/** A value, and for how long it holds, in milliseconds. */
type Read<T> = { readonly value: T; readonly keepMs: number };

export function openPeople(
  { readUserGroups = false }: { readonly readUserGroups?: boolean | undefined },
  { retryMs }: Patience,
  log: BotPorts['log'],
): People {
  // Nobody's question waits for a name: a limit that is not over at once counts as not known.
  const patience: Patience = { retryMs, limitedMs: 0 };
  const people = openCache<KnownPerson>();
  const memberships = openCache<ReadonlyMap<string, readonly string[]>>();
  const hinted = new Set<string>();

  const hint = (error: string, scope: string) => {
    if (error !== 'missing_scope' || hinted.has(scope)) return;
    hinted.add(scope);
    log.warn(
      { scope },
      `Slack: the app lacks the scope ${scope}. Add it under OAuth & Permissions and install the app again.`,
    );
  };

  const read = async (client: Client, id: string): Promise<Read<KnownPerson>> => {
    const outcome = await once(
      () => client.users.info({ user: id, include_locale: true }),
      patience,
    );
    if (outcome.kind !== 'done') {
      if (outcome.kind === 'refused') hint(outcome.error, 'users:read');
      const unknown = { id, name: null, locale: null, bot: false, admin: false };
      return { value: unknown, keepMs: keptUnknownMs };
    }
    const user = outcome.value.user ?? {};
    const value = {
      id,
      name: user.profile?.display_name || user.real_name || user.name || null,
      locale: user.locale ?? null,
      bot: user.is_bot ?? false,
      admin: (user.is_admin ?? false) || (user.is_owner ?? false),
    };
    return { value, keepMs: keptMs };
  };

  const readMemberships = async (
    client: Client,
  ): Promise<Read<ReadonlyMap<string, readonly string[]>>> => {
    const outcome = await once(() => client.usergroups.list({ include_users: true }), patience);
    const groups = new Map<string, readonly string[]>();
    if (outcome.kind === 'refused') hint(outcome.error, 'usergroups:read');
    if (outcome.kind !== 'done') return { value: groups, keepMs: keptUnknownMs };
    for (const { id, users = [] } of outcome.value.usergroups ?? []) {
      if (id === undefined) continue;
      for (const user of users) groups.set(user, [...(groups.get(user) ?? []), id]);
    }
    return { value: groups, keepMs: keptGroupsMs };
  };

  return {
    person: (client, team, id) => people(`${team}:${id}`, () => read(client, id)),
    async groups(client, team, id) {
      if (!readUserGroups) return [];
      return (await memberships(team, () => readMemberships(client))).get(id) ?? [];
    },
  };
}

/** Keeps what was read for a while, and reads it once for all who ask meanwhile; the oldest goes first. */
function openCache<T>() {
  const kept = new Map<string, Kept<T>>();
  return (key: string, read: () => Promise<Read<T>>): Promise<T> => {
    const known = kept.get(key);
    if (known && known.untilMs > Date.now()) return known.value;
    const reading = read();
    const entry = { value: reading.then(({ value }) => value), untilMs: Number.POSITIVE_INFINITY };
    kept.delete(key);
    kept.set(key, entry);
    reading.then(
      ({ keepMs }) => {
        entry.untilMs = Date.now() + keepMs;
      },
      () => kept.delete(key),
    );
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return entry.value;
  };
}
