import { Client, type ClientOptions, GatewayIntentBits, Partials } from 'discord.js';
import { onTestFinished } from 'vitest';
import { type DiscordOptions, type DiscordServer, startDiscordServer } from './server.ts';

export const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.MessageContent,
];

/** A server for one test, closed after it; the test fails when the server's own answers were wrong. */
export async function serve(options: DiscordOptions = {}): Promise<DiscordServer> {
  // Two busy cores may need more than three seconds for anything.
  const discord = await startDiscordServer({ interactionDeadlineMs: 60_000, ...options });
  onTestFinished(async () => {
    await discord.close();
    const own = discord.violations.filter(({ kind }) => kind === 'own-response');
    if (own.length > 0)
      throw new Error(own.map((one) => `${one.operation}: ${one.message}`).join('\n'));
  });
  return discord;
}

/** discord.js itself, not yet logged in; only the address is another. */
export function createClient(discord: DiscordServer, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Channel],
    allowedMentions: { parse: [] },
    ...options,
    rest: { ...options.rest, api: discord.apiUrl },
  });
  // Shard errors tell of broken connections, which tests cause on purpose.
  client.on('shardError', () => undefined);
  onTestFinished(() => client.destroy());
  return client;
}

/** discord.js, logged in and ready. */
export async function connect(
  discord: DiscordServer,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = createClient(discord, options);
  await client.login(discord.bot.token);
  await discord.until(() => client.isReady(), { label: 'the client to be ready' });
  return client as Client<true>;
}

/** Everything that an event has brought, in order. */
export function collect<T>(client: Client, event: string, pick: (...values: never[]) => T): T[] {
  const found: T[] = [];
  client.on(event, (...values: unknown[]) => void found.push(pick(...(values as never[]))));
  return found;
}
