import { randomBytes } from 'node:crypto';
import type { Announcement, World } from '../world/world.ts';
import type { Connection } from './connection.ts';
import { concerns, readable } from './intents.ts';

export type Sent = { readonly s: number; readonly t: string; readonly d: Record<string, unknown> };

/** What the gateway knows of one shard's session, connected or not. */
export type Session = {
  readonly id: string;
  readonly shard: number;
  readonly shards: number;
  readonly intents: number;
  seq: number;
  /** Everything dispatched, for whoever resumes. */
  readonly log: Sent[];
  connection: Connection | undefined;
  /** Held back to come after the event that follows. */
  held: { readonly name: string; readonly data: Record<string, unknown> }[];
};

/** As many events as Discord would hardly keep. */
const LOG = 20_000;

export function createSession(shard: number, shards: number, intents: number): Session {
  return {
    id: randomBytes(16).toString('hex'),
    shard,
    shards,
    intents,
    seq: 0,
    log: [],
    connection: undefined,
    held: [],
  };
}

/** Numbers an event, keeps it for a resume, and sends it when somebody is there. */
export function dispatch(session: Session, name: string, data: Record<string, unknown>): void {
  session.seq++;
  const sent: Sent = { s: session.seq, t: name, d: data };
  session.log.push(sent);
  if (session.log.length > LOG) session.log.shift();
  session.connection?.send({ op: 0, ...sent });
}

/** The event as this session is to see it; undefined when it does not concern it. */
export function forSession(
  world: World,
  session: Session,
  { name, guildId, data }: Announcement,
): Record<string, unknown> | undefined {
  const owner =
    guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(session.shards));
  if (owner !== session.shard) return undefined;
  const built = data();
  if (!concerns(world, name, guildId, built, session.intents)) return undefined;
  return readable(world, name, guildId, built, session.intents);
}
