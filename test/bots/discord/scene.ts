import { expect, it } from 'vitest';
import type { ConversationPorts } from '../../../bots/conversation/open.ts';
import { type ChannelSettings, defaultSettings } from '../../../bots/conversation/settings.ts';
import type { DiscordConfig } from '../../../bots/discord/config.ts';
import { registerCommands } from '../../../bots/discord/register.ts';
import { startDiscord } from '../../../bots/discord/start.ts';
import type { RunningBot } from '../../../bots/ports.ts';
import type { ChatModel, ChatPart, ChatRequest } from '../../../pipelines/serving/chat/port.ts';
import {
  type Channel,
  type DiscordOptions,
  type DiscordServer,
  type MessageRef,
  type SeenMessage,
  startDiscordServer,
} from '../../servers/discord/server.ts';
import { openTestTwin, type TestTwin, type Writing } from '../twin.ts';

export type Setting = {
  readonly discord?: DiscordOptions;
  readonly config?: Partial<DiscordConfig>;
  readonly conversing?: Partial<ConversationPorts>;
  /** What the twin says, instead of quoting its sources. */
  readonly says?: Model;
};

/** A model by the test's hand: parts as they are said; a string is the whole answer. */
export type Model = (request: ChatRequest, nth: number) => string | AsyncIterable<ChatPart>;

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
  let asked = 0;
  const requests: ChatRequest[] = [];
  const model: ChatModel | undefined = says && {
    name: 'scripted',
    stream(request) {
      requests.push(request);
      const said = says(request, asked++);
      return typeof said === 'string' ? whole(said) : said;
    },
  };
  const twin = await openTestTwin(
    library,
    (answering) => (model ? { ...answering, model } : answering),
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
    ...config,
  };
  await registerCommands(settings, { dryRun: false });
  let bot: RunningBot = await startDiscord(twin, settings);
  const own = ({ author, ephemeralFor }: SeenMessage) =>
    author.id === discord.bot.id && ephemeralFor === undefined;
  return {
    discord,
    twin,
    guild,
    channel,
    ada,
    settings,
    requests,
    bot: () => bot,
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

/** What people see comes a moment before it is noted as done; a test that goes on at once would be too quick. */
async function ended({ conversation }: TestTwin, { controls }: SeenMessage): Promise<void> {
  const id = controls.find(({ customId }) => customId !== undefined)?.customId?.split(':')[2] ?? '';
  while ((await conversation.turn(id))?.running !== false) await new Promise(setImmediate);
  await new Promise(setImmediate);
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
    const ours = scene.discord.violations.filter(({ kind }) => kind !== 'own-response');
    expect(ours).toEqual([]);
    expect(pinged(scene.discord)).toEqual([]);
  });
}

/** Whom the twin pinged, by any message that it ever sent. */
function pinged(discord: DiscordServer): readonly string[] {
  const sent = discord.requests.flatMap(({ body }) => bodiesIn(body));
  return sent.flatMap(({ allowed_mentions: allowed }) => [
    ...(allowed?.parse ?? ['everything']),
    ...(allowed?.users ?? []),
    ...(allowed?.roles ?? []),
    ...(allowed?.replied_user ? ['replied user'] : []),
  ]);
}

type Sent = {
  readonly components?: unknown;
  readonly custom_id?: unknown;
  readonly allowed_mentions?: {
    readonly parse?: readonly string[];
    readonly users?: readonly string[];
    readonly roles?: readonly string[];
    readonly replied_user?: boolean;
  };
};

/** The messages in a request: itself, or inside an interaction's answer; forms are no messages. */
function bodiesIn(body: unknown): readonly Sent[] {
  if (typeof body !== 'object' || body === null) return [];
  const sent = ('data' in body ? body.data : body) as Sent | null;
  return sent?.components !== undefined && sent.custom_id === undefined ? [sent] : [];
}

async function* whole(text: string): AsyncGenerator<ChatPart> {
  yield { type: 'text', text, citations: [] };
  yield { type: 'finish', reason: 'stop', support: 1 };
}

/** A model that says its parts one by one, each when it is let. */
export function stepwise(...parts: readonly string[]) {
  const gates = parts.map(() => Promise.withResolvers<void>());
  const end = Promise.withResolvers<void>();
  const model: Model = async function* () {
    for (const [index, text] of parts.entries()) {
      await gates[index]?.promise;
      yield { type: 'text', text, citations: [] };
    }
    await end.promise;
    yield { type: 'finish', reason: 'stop', support: 1 };
  };
  return {
    model,
    say: (index: number) => gates[index]?.resolve(),
    finish: () => {
      for (const gate of gates) gate.resolve();
      end.resolve();
    },
  };
}
