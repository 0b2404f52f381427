import { expect } from 'vitest';
import type { ConversationPorts } from '../../../bots/conversation/open.ts';
import type { RunningBot } from '../../../bots/ports.ts';
import type { SlackConfig, SlackTimings } from '../../../bots/slack/config.ts';
import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { startSlack } from '../../../bots/slack/start.ts';
import type { ChatModel, ChatPart, ChatRequest } from '../../../pipelines/serving/chat/port.ts';
import {
  buttonsOf,
  type Message,
  pingsOf,
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
  visibleText,
} from '../../servers/slack/server.ts';
import { openTestTwin, type TestTwin, type Writing } from '../twin.ts';

/** A model by the test's hand; a string is the whole answer. */
export type Model = (request: ChatRequest, nth: number) => string | AsyncIterable<ChatPart>;

export type Setting = {
  readonly slack?: SlackServerOptions;
  readonly config?: Partial<SlackConfig>;
  readonly timings?: Partial<SlackTimings>;
  readonly conversing?: Partial<ConversationPorts>;
  /** What the twin says, instead of quoting its sources. */
  readonly says?: Model;
  readonly writings?: readonly Writing[];
  /** Starts the bot otherwise than by the first workspace's token. */
  readonly start?: (twin: TestTwin, slack: SlackServer, config: SlackConfig) => Promise<RunningBot>;
  /** Mistakes that the scene provokes on purpose. */
  readonly allowed?: readonly string[];
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
    publishedAt: '2021-07-01T00:00:00Z',
  },
];

/** Fast where nothing is watched; a status only where a test asks for one. */
const quick: Partial<SlackTimings> = {
  appendEveryMs: 1,
  editEveryMs: 1,
  statusAfterMs: 600_000,
  stopGraceMs: 1,
  retryMs: 5,
  callMs: 4_000,
  reconnectMs: 20,
};

/** A Slack with people in it, and the twin connected by the real Bolt. */
export async function openScene(setting: Setting = {}) {
  const slack = await startSlackServer({ manifest, ackDeadlineMs: 60_000, ...setting.slack });
  const requests: ChatRequest[] = [];
  const { says } = setting;
  const model: ChatModel | undefined = says && {
    name: 'scripted',
    stream(request) {
      const said = says(request, requests.push(request) - 1);
      return typeof said === 'string' ? whole(said) : said;
    },
  };
  const twin = await openTestTwin(
    setting.writings ?? library,
    (answering) => (model ? { ...answering, model } : answering),
    {
      limits: { personPerMinute: null, channelPerMinute: null },
      timing: { burstMs: 20 },
      ...setting.conversing,
    },
  );
  const config: SlackConfig = {
    access: { kind: 'token', botToken: slack.botToken },
    events: { kind: 'socket', appToken: slack.appToken },
    apiUrl: slack.apiUrl,
    ...setting.config,
    timings: { ...quick, ...setting.timings },
  };
  const start = () => setting.start?.(twin, slack, config) ?? startSlack(twin, config);
  let bot: RunningBot = await start();
  const { workspace } = slack;

  const own = (channel: string, root?: string) =>
    workspace
      .messages(channel, root)
      .filter(({ bot_id, ts }) => bot_id === workspace.bot.id && ts !== root);
  const finished = (message: Message) => buttonsOf(message).includes('Regenerate');

  return {
    slack,
    twin,
    config,
    requests,
    workspace,
    ada: workspace.user('U1'),
    bo: workspace.user('U2'),
    bot: () => bot,
    async restart() {
      await bot.close();
      bot = await start();
    },
    own,
    /** Waits until so many finished answers stand in the thread or channel; gives the last. */
    answer: (channel: string, root?: string, count = 1): Promise<Message> =>
      slack.until(() => {
        const done = own(channel, root).filter(finished);
        return done.length >= count ? done.at(-1) : undefined;
      }),
    answerTo: (question: Message): Promise<Message> =>
      slack.until(() => own(question.channel, question.ts).filter(finished).at(-1)),
    /** Everything that the bot shows in a thread or channel, in one piece. */
    shown: (channel: string, root?: string) => own(channel, root).map(visibleText).join('\n'),
    /** Nothing is under way any more: no event, no call, no answer. */
    async still() {
      await slack.settled();
    },
    async [Symbol.asyncDispose]() {
      await bot.quiesce();
      await twin.conversation.drain(2_000);
      await bot.close();
      await twin.close();
      const { violations } = slack;
      const everything = [...slack.workspace.botMessages(), ...slack.workspace.ephemerals()];
      await slack.close();
      expect(violations.filter(({ code }) => !setting.allowed?.includes(code))).toEqual([]);
      expect(everything.flatMap((message) => [...pingsOf(message)])).toEqual([]);
    },
  };
}

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** Plays a scene and looks afterwards that Slack found nothing wrong and nobody was pinged. */
export async function play(setting: Setting, act: (scene: Scene) => Promise<void>): Promise<void> {
  await using scene = await openScene(setting);
  await act(scene);
}

async function* whole(text: string): AsyncGenerator<ChatPart> {
  yield { type: 'text', text, citations: [] };
  yield { type: 'finish', reason: 'stop', support: 1 };
}

/** An answer that comes in parts as the test lets it. */
export function inParts(...parts: readonly string[]) {
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

export type { Message, SlackServer, TestTwin };
export { buttonsOf, visibleText };
