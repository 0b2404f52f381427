import {
  Client,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
  type REST,
} from 'discord.js';
import type { BotPorts } from '../ports.ts';
import type { DiscordConfig } from './config.ts';
import { describeFailure } from './failure.ts';
import { closeFailure, loginFailure } from './login.ts';
import type { Surroundings } from './places.ts';
import { surroundingsOf } from './surroundings.ts';

/** Events as Discord sent them, in order; nothing is cached of what was said. */
export type GatewayEvents = {
  readonly interaction: (payload: unknown) => void;
  readonly created: (payload: unknown) => void;
  readonly updated: (payload: unknown) => void;
  readonly deleted: (payload: unknown) => void;
  readonly deletedInBulk: (payload: unknown) => void;
  /** A session began that was not resumed: what was said before it will not be told. */
  readonly began: () => void;
};

export type Gateway = {
  readonly rest: REST;
  readonly surroundings: Surroundings;
  /** The bot's user, once connected. */
  connect(events: GatewayEvents): Promise<{ readonly id: string; readonly name: string }>;
  close(): Promise<void>;
};

/** Discord over its gateway, by discord.js: sharding, heartbeats, resuming and reconnecting are its work. */
export function openGateway(
  config: DiscordConfig,
  rest: ConstructorParameters<typeof REST>[0],
  log: BotPorts['log'],
): Gateway {
  const client: Client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      ...(config.messageContent ? [GatewayIntentBits.MessageContent] : []),
    ],
    shards: 'auto',
    ...(rest && { rest }),
    // Events are read as they are, so only channels, roles and threads are worth remembering.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      DMMessageManager: 0,
      GuildMessageManager: 0,
      GuildMemberManager: { maxSize: 0, keepOverLimit: ({ id }) => id === client.user?.id },
      UserManager: { maxSize: 0, keepOverLimit: ({ id }) => id === client.user?.id },
      ThreadMemberManager: { maxSize: 0, keepOverLimit: ({ id }) => id === client.user?.id },
      ReactionManager: 0,
      ReactionUserManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
      GuildBanManager: 0,
      GuildInviteManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      GuildScheduledEventManager: 0,
      AutoModerationRuleManager: 0,
      StageInstanceManager: 0,
    }),
    allowedMentions: { parse: [], repliedUser: false },
  });
  keepAlive(client, config, log);
  surviveOwnHandlers(client, log);
  return {
    rest: client.rest,
    surroundings: surroundingsOf(client),
    async connect(events) {
      const { ws } = client;
      ws.on(GatewayDispatchEvents.InteractionCreate, events.interaction);
      ws.on(GatewayDispatchEvents.MessageCreate, events.created);
      ws.on(GatewayDispatchEvents.MessageUpdate, events.updated);
      ws.on(GatewayDispatchEvents.MessageDelete, events.deleted);
      ws.on(GatewayDispatchEvents.MessageDeleteBulk, events.deletedInBulk);
      client.on(Events.ShardReady, events.began);
      const ready = new Promise<void>((resolve) => {
        client.once(Events.ClientReady, () => resolve());
      });
      await client.login(config.token).catch((error: unknown) => {
        throw loginFailure(error);
      });
      await ready;
      return { id: client.user?.id ?? '', name: client.user?.username ?? 'Discord' };
    },
    async close() {
      client.removeAllListeners(Events.ShardReconnecting);
      connectNoMore(client);
      await client.destroy();
    },
  };
}

/**
 * discord.js does not end a shard that is between two connections: half a second later it would connect again, and
 * for ever where Discord is away. Before it does it asks for its session; so it is kept waiting for that.
 */
function connectNoMore({ ws }: Client): void {
  const sessionInfo = { get: () => new Promise(() => undefined), set: () => undefined };
  for (const [id, shard] of ws.shards) ws.shards.set(id, Object.create(shard, { sessionInfo }));
}

/**
 * discord.js reads its session when it has resumed; one that is declared invalid at that very moment is gone by then,
 * and the error of its own handler would end the process. The session is made anew all the same.
 */
function surviveOwnHandlers(client: Client, log: BotPorts['log']): void {
  const manager = client.ws as unknown as {
    handlePacket(packet: unknown, shard: unknown): boolean;
  };
  const handle = manager.handlePacket.bind(manager);
  manager.handlePacket = (packet, shard) => {
    try {
      return handle(packet, shard);
    } catch (error) {
      log.warn({ failure: describeFailure(error) }, 'discord.js could not take a packet');
      return false;
    }
  };
}

/** Without listeners for these the process would die of them. */
function keepAlive(client: Client, config: DiscordConfig, log: BotPorts['log']): void {
  client.on(Events.Error, (error) =>
    log.error({ failure: describeFailure(error) }, 'discord.js reported an error'),
  );
  client.on(Events.ShardError, (error, shard) =>
    log.warn(
      { shard, failure: describeFailure(error) },
      'the gateway connection failed; it will be made again',
    ),
  );
  client.on(Events.ShardReconnecting, (shard) =>
    log.info({ shard }, 'reconnecting to the gateway'),
  );
  client.on(Events.ShardResume, (shard, replayed) =>
    log.info({ shard, replayed }, 'the gateway session was resumed'),
  );
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    const { message, hint } = closeFailure(code, config);
    log.error({ shard, code, hint }, `the gateway connection ended for good: ${message}`);
  });
  client.on(Events.Invalidated, () =>
    log.error('the gateway session was invalidated: restart the bot'),
  );
  client.on(Events.Warn, (warning) => log.warn(warning));
}
