import { GatewayIntentBits } from 'discord.js';
import { applicationFlags } from '../payloads/application.ts';
import { guildCreatePayload } from '../payloads/guild.ts';
import { memberPayload, userPayload } from '../payloads/user.ts';
import type { GuildState, World } from '../world/world.ts';
import type { Connection } from './connection.ts';
import { intentsRefused } from './intents.ts';
import { createSession, dispatch, type Session } from './session.ts';

type Identify = {
  readonly token?: unknown;
  readonly intents?: unknown;
  readonly compress?: unknown;
  readonly shard?: unknown;
};

/** Starts a session, or gives the close code that the attempt deserves. */
export function identify(world: World, connection: Connection, data: unknown): Session | number {
  const { token, intents, compress, shard = [0, 1] } = (data ?? {}) as Identify;
  if (token !== world.token) return 4004;
  const [id, count] = shard as [number, number];
  if (!Number.isInteger(id) || !Number.isInteger(count) || id < 0 || id >= count) return 4010;
  const refused = intentsRefused(intents, world.options);
  if (refused) return refused;
  if (compress === true) connection.compressPayloads();
  return createSession(id, count, intents as number);
}

/** READY, then every guild of the shard. */
export function welcome(world: World, session: Session, resumeUrl: string): void {
  const guilds = [...world.guilds.values()].filter((guild) => guild.botIn && isOn(session, guild));
  dispatch(session, 'READY', {
    v: 10,
    user: { ...userPayload(world.bot), verified: true, mfa_enabled: false },
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: resumeUrl,
    application: { id: world.applicationId, flags: applicationFlags(world) },
    shard: [session.shard, session.shards],
    private_channels: [],
    relationships: [],
  });
  if (!(session.intents & GatewayIntentBits.Guilds)) return;
  for (const guild of guilds) {
    if (guild.available) dispatch(session, 'GUILD_CREATE', guildCreatePayload(world, guild));
  }
}

function isOn(session: Session, { id }: GuildState): boolean {
  return Number((BigInt(id) >> 22n) % BigInt(session.shards)) === session.shard;
}

/** Op 8: members of a guild by prefix of their name or by id. */
export function sendMembers(world: World, session: Session, data: unknown): void {
  const wanted = (data ?? {}) as {
    guild_id?: string;
    query?: string;
    user_ids?: string | string[];
    limit?: number;
    nonce?: string;
  };
  const guild = world.guilds.get(wanted.guild_id ?? '');
  if (!guild?.botIn) return;
  const ids = wanted.user_ids === undefined ? undefined : [wanted.user_ids].flat();
  const found = [...guild.members.keys()].filter((id) =>
    ids ? ids.includes(id) : world.users.get(id)?.name.startsWith(wanted.query ?? ''),
  );
  dispatch(session, 'GUILD_MEMBERS_CHUNK', {
    guild_id: guild.id,
    members: found.slice(0, wanted.limit || undefined).map((id) => memberPayload(world, guild, id)),
    chunk_index: 0,
    chunk_count: 1,
    not_found: ids?.filter((id) => !guild.members.has(id)) ?? [],
    nonce: wanted.nonce,
  });
}
