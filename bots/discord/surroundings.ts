import type { Channel, Client } from 'discord.js';
import { opensThreads, type Spot, type Surroundings } from './places.ts';

/** What discord.js keeps of servers, channels and threads, for as long as it is connected. */
export function surroundingsOf(client: Client): Surroundings {
  return {
    channel(id) {
      const channel = client.channels.cache.get(id);
      return channel && { ...spotOf(channel, client.user?.id), name: nameOf(channel) };
    },
    guild(id) {
      const guild = client.guilds.cache.get(id);
      if (guild === undefined) return undefined;
      const own = guild.roles.cache.find(({ tags }) => tags?.botId === client.user?.id);
      return { locale: guild.preferredLocale, ownRole: own?.id ?? null };
    },
    roleName: (guild, id) => client.guilds.cache.get(guild)?.roles.cache.get(id)?.name,
  };
}

const nameOf = (channel: Channel): string | null =>
  'name' in channel && typeof channel.name === 'string' ? channel.name : null;

function spotOf(channel: Channel, me: string | undefined): Spot {
  const thread = channel.isThread();
  return {
    id: channel.id,
    guild: 'guildId' in channel ? channel.guildId : null,
    parent: thread ? channel.parentId : null,
    kind: thread ? 'thread' : channel.isDMBased() ? 'direct' : 'channel',
    threads: opensThreads(channel.type),
    joined: thread && (channel.ownerId === me || channel.joined),
  };
}
