import type { Place } from '../conversation/message.ts';
import { isDirect, isThread, type RawChannel } from './payloads/channel.ts';
import type { Wire } from './wire.ts';

/** What we need to know of a channel. */
export type Spot = {
  readonly id: string;
  readonly guild: string | null;
  /** Of a thread, the channel it hangs in. */
  readonly parent: string | null;
  readonly kind: 'channel' | 'thread' | 'direct';
  /** Threads can be opened under messages here. */
  readonly threads: boolean;
  /** Of a thread: the bot opened it, or is a member. */
  readonly joined: boolean;
};

/** What the gateway keeps up to date; everything is unknown where there is no gateway. */
export type Surroundings = {
  channel(id: string): (Spot & { readonly name: string | null }) | undefined;
  guild(
    id: string,
  ): { readonly locale: string | null; readonly ownRole: string | null } | undefined;
  roleName(guild: string, id: string): string | undefined;
};

export type Places = {
  /**
   * @param guild as an event tells it: none means a direct message.
   * @throws what Discord answered, when the bot cannot see the channel.
   */
  find(channel: string, guild: string | undefined): Promise<Spot>;
  /** The bot wrote in this thread, so it is part of it. */
  joined(thread: string): void;
};

/** How many threads are remembered as joined; only until the gateway tells so too. */
const remembered = 1_000;

export function openPlaces(wire: Wire, surroundings: Surroundings, me: string): Places {
  const wrote = new Set<string>();
  return {
    async find(channel, guild) {
      if (guild === undefined) return directSpot(channel);
      const known = surroundings.channel(channel) ?? spotOf(await wire.channel(channel), me);
      return wrote.has(channel) ? { ...known, joined: true } : known;
    },
    joined(thread) {
      wrote.add(thread);
      const [oldest] = wrote;
      if (wrote.size > remembered && oldest !== undefined) wrote.delete(oldest);
    },
  };
}

const directSpot = (id: string): Spot => ({
  id,
  guild: null,
  parent: null,
  kind: 'direct',
  threads: false,
  joined: false,
});

export function spotOf(raw: RawChannel, me: string): Spot {
  const kind = isThread(raw) ? 'thread' : isDirect(raw) ? 'direct' : 'channel';
  return {
    id: raw.id,
    guild: raw.guild_id ?? null,
    parent: kind === 'thread' ? (raw.parent_id ?? null) : null,
    kind,
    threads: opensThreads(raw.type),
    joined: kind === 'thread' && (raw.owner_id === me || raw.member !== undefined),
  };
}

/** Text and announcement channels. */
export const opensThreads = (type: number): boolean => type === 0 || type === 5;

/** Settings and access belong to the channel, not to each thread in it. */
export const placeOf = (spot: Spot): Place => ({
  platform: 'discord',
  workspace: spot.guild,
  channel: spot.parent ?? spot.id,
  kind: spot.kind === 'direct' ? 'direct' : 'channel',
});

/** Ids are unique over all of Discord, and a thread has the id of the message it was opened from. */
export const threadName = (id: string): string => `discord:${id}`;
