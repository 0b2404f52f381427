import { GatewayIntentBits } from 'discord.js';
import { withoutContent } from '../rest/routes/messages.ts';
import type { DiscordOptions } from '../types/options.ts';
import type { World } from '../world/world.ts';

/** Intents that must be switched on in the developer portal, and the option that stands for it here. */
const PRIVILEGED = [
  [GatewayIntentBits.GuildMembers, 'members', false],
  [GatewayIntentBits.GuildPresences, 'presences', false],
  [GatewayIntentBits.MessageContent, 'messageContent', true],
] as const;

const KNOWN = Object.values(GatewayIntentBits).reduce<number>(
  (sum, bit) => (typeof bit === 'number' ? sum | bit : sum),
  0,
);

/** The close code that these intents deserve: 4013 invalid, 4014 disallowed. */
export function intentsRefused(intents: unknown, options: DiscordOptions): 4013 | 4014 | undefined {
  // Above 32 bits the bit operators would not see it.
  if (typeof intents !== 'number' || intents > KNOWN || (intents & ~KNOWN) !== 0) return 4013;
  const disallowed = PRIVILEGED.some(
    ([bit, name, usual]) => intents & bit && !(options.privileged?.[name] ?? usual),
  );
  return disallowed ? 4014 : undefined;
}

/** Whether a session with these intents is told of this event. */
export function concerns(
  world: World,
  name: string,
  guildId: string | undefined,
  data: Record<string, unknown>,
  intents: number,
): boolean {
  const has = (bit: number) => (intents & bit) !== 0;
  if (name === 'INTERACTION_CREATE') return true;
  if (name.startsWith('MESSAGE_')) {
    return has(
      guildId === undefined ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages,
    );
  }
  if (name === 'TYPING_START') {
    return has(
      guildId === undefined
        ? GatewayIntentBits.DirectMessageTyping
        : GatewayIntentBits.GuildMessageTyping,
    );
  }
  if (name.startsWith('GUILD_MEMBER_')) return has(GatewayIntentBits.GuildMembers);
  if (name === 'THREAD_MEMBERS_UPDATE' && !has(GatewayIntentBits.GuildMembers)) {
    const added = (data['added_members'] ?? []) as { user_id: string }[];
    const removed = (data['removed_member_ids'] ?? []) as string[];
    const own =
      removed.includes(world.bot.id) || added.some(({ user_id }) => user_id === world.bot.id);
    return own && has(GatewayIntentBits.Guilds);
  }
  return has(GatewayIntentBits.Guilds);
}

/** The event as a session with these intents may read it. */
export function readable(
  world: World,
  name: string,
  guildId: string | undefined,
  data: Record<string, unknown>,
  intents: number,
): Record<string, unknown> {
  const message = name === 'MESSAGE_CREATE' || name === 'MESSAGE_UPDATE';
  if (!message || intents & GatewayIntentBits.MessageContent) return data;
  return withoutContent(world, guildId, data as Parameters<typeof withoutContent>[2]);
}
