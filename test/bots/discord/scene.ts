import { expect, it } from 'vitest';
import type { ConversationPorts } from '../../../bots/conversation/open.ts';
import { type ChannelSettings, defaultSettings } from '../../../bots/conversation/settings.ts';
import type { DiscordConfig } from '../../../bots/discord/config.ts';
import { registerCommands } from '../../../bots/discord/register.ts';
import { startDiscord } from '../../../bots/discord/start.ts';
import type { RunningBot } from '../../../bots/ports.ts';
import {
  type Channel,
  type DiscordOptions,
  type DiscordServer,
  type MessageRef,
  type SeenMessage,
  startDiscordServer,
} from '../../servers/discord/server.ts';
import { openTestTwin, type TestTwin, type Writing } from '../twin.ts';
import { pinged } from './pings.ts';
import { type Model, scripted, stepwise } from './script.ts';

export type Setting = {
  readonly discord?: DiscordOptions;
  readonly config?: Partial<DiscordConfig> | ((discord: DiscordServer) => Partial<DiscordConfig>);
  readonly conversing?: Partial<ConversationPorts>;
  /** What the twin says, instead of quoting its sources. */
  readonly says?: Model;
};

const library: readonly Writing[] = [
  {
    title: 'On baking bread',
    content:
      'Sourdough bread needs patience more than flour. I bake my sourdough at 230 degrees for forty minutes.',
    link: 'https://mara.example/bread',
    publishedAt: '2024-03-05T00:00:00Z',
  },
  {
    title: 'Trains at night',
    content: 'Night trains are the best way to cross a continent. I always book the upper bunk.',
    author: 'Jo Park',
    link: 'https://jo.example/trains',
    publishedAt: '2021-07-01T00:00:00Z',
  },
];

/** A Discord with a guild, somebody in it, and the twin connected by the real client. */
export async function openScene({ discord: options, config, conversing, says }: Setting = {}) {
  const discord = await startDiscordServer({ interactionDeadlineMs: 60_000, ...options });
  const script = says && scripted(says);
  const twin = await openTestTwin(
    library,
    (answering) => (script ? { ...answering, model: script.model } : answering),
    { limits: { personPerMinute: null, channelPerMinute: null }, ...conversing },
  );
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const settings: DiscordConfig = {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
    timing: { editEveryMs: 10, statusAfterMs: 60_000, retryMs: 2 },
    ...(typeof config === 'function' ? config(discord) : config),
  };
  const told: unknown[] = [];
  const ports = {
    ...twin,
    log: { ...twin.log, info: (said: unknown) => void told.push(said) },
  };
  await registerCommands(settings, { dryRun: false });
  let bot: RunningBot = await startDiscord(ports, settings);
  const own = ({ author, ephemeralFor }: SeenMessage) =>
    author.id === discord.bot.id && ephemeralFor === undefined;
  return {
    discord,
    twin,
    guild,
    channel,
    ada,
    settings,
    /** What the scripted model was asked. */
    requests: script?.requests ?? [],
    bot: () => bot,
    /** What the operator was told, without being alarmed. */
    told,
    /** As somebody who may would choose by `/settings`. */
    choose: (settings: Partial<ChannelSettings>) =>
      twin.conversation.changeSettings(
        { platform: 'discord', workspace: guild.id, channel: channel.id, kind: 'channel' },
        { ...defaultSettings, ...settings },
      ),
    /** Ada says something to the twin. */
    mention: (words: string, where: Channel = channel) =>
      ada.says({ channel: where, content: `${discord.bot.mention} ${words}` }),
    /** The thread that the twin opened under a message. */
    thread: async ({ id }: MessageRef): Promise<Channel> =>
      discord.until(() => discord.channel(id), { label: 'a thread under the question' }),
    /** What the twin said in a channel, oldest first. */
    own: (where: Channel | string) => discord.messages(where).filter(own),
    /** Waits until the last of so many messages of the twin's has the buttons of a finished answer. */
    async finished(where: Channel | string, count = 1): Promise<SeenMessage> {
      const answer = await discord.until(
        () => {
          const mine = discord.messages(where).filter(own);
          const last = mine.at(-1);
          return mine.length >= count && last && has(last, 'up') ? last : undefined;
        },
        { label: 'a finished answer' },
      );
      await ended(twin, answer);
      return answer;
    },
    /** Somebody who may removes a message; the bot is one who may remove its own. */
    remove: ({ id, channelId }: SeenMessage) =>
      fetch(`${discord.apiUrl}/v10/channels/${channelId}/messages/${id}`, {
        method: 'DELETE',
        headers: { authorization: `Bot ${discord.bot.token}` },
      }),
    /** Waits until the answer is noted as done. */
    settled: (answer: SeenMessage) => ended(twin, answer),
    /** The one message of the twin's that says this. */
    saying: (where: Channel | string, words: RegExp): Promise<SeenMessage> =>
      discord.until(
        () =>
          discord
            .messages(where)
            .filter(own)
            .find(({ text }) => words.test(text)),
        {
          label: `the twin to say ${words}`,
        },
      ),
    /** What only Ada sees. */
    whispered: (words: RegExp): Promise<SeenMessage> =>
      discord.until(() => discord.ephemerals(ada).find(({ text }) => words.test(text)), {
        label: `a private ${words}`,
      }),
    /** Another process takes over; the first one is gone without a word, as after a crash. */
    async replaceBot(change: Partial<DiscordConfig> = {}, ports: TestTwin = twin) {
      await bot.close();
      bot = await startDiscord(ports, { ...settings, ...change });
    },
    async close() {
      await bot.quiesce();
      await twin.conversation.drain(5_000);
      await bot.close();
      await twin.close();
      await discord.close();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof openScene>>;

export const has = ({ controls }: SeenMessage, action: string): boolean =>
  controls.some(({ customId }) => customId?.startsWith(`twin:${action}:`));

/** What people see comes a moment before it is noted; a test that goes on at once would be too quick. */
async function ended({ conversation }: TestTwin, { id, controls }: SeenMessage): Promise<void> {
  const turn =
    controls.find(({ customId }) => customId !== undefined)?.customId?.split(':')[2] ?? '';
  const isNoted = async () => {
    const known = await conversation.turn(turn);
    return known?.running === false && (await conversation.turnAt(known.place, id)) !== undefined;
  };
  while (!(await isNoted())) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A button or a select of ours. */
export const control = (action: string): RegExp => new RegExp(`^twin:${action}:`, 'u');

/** What happened and what people saw; afterwards Discord must have nothing to complain of, and nobody was pinged. */
export function scenario(
  name: string,
  setting: Setting,
  act: (scene: Scene) => Promise<void>,
): void {
  it(name, { timeout: 60_000 }, async () => {
    const scene = await openScene(setting);
    try {
      await act(scene);
    } finally {
      await scene.close();
    }
    expect(scene.discord.violations).toEqual([]);
    expect(pinged(scene.discord)).toEqual([]);
  });
}

export { type Model, stepwise };
