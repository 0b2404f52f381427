import type { Channel, Delivery, ReplyEvent } from '../conversation/channel.ts';
import type { Message } from '../conversation/message.ts';
import { noticeWords } from '../conversation/words.ts';
import type { BotPorts } from '../ports.ts';
import { type Say, stringsFor } from '../strings/strings.ts';
import type { SlackTimings } from './config.ts';
import type { People } from './people.ts';
import { openRemembered, type Remembered } from './remembered.ts';
import { type Reply, readReply, readStanding } from './reply.ts';
import { showAnswer } from './show/deliver.ts';
import { readHistory } from './show/history.ts';
import { respond, showToAsker } from './show/only-asker.ts';
import { slackSurface } from './show/surface.ts';
import { isPerson, tellPerson } from './show/tell.ts';
import type { Lengths } from './stream/cut.ts';
import { settledValue } from './web/call.ts';
import { refusedWith, wordsForAsker } from './web/refusal.ts';
import type { Workspace, Workspaces } from './web/workspaces.ts';

export type ChannelPorts = Pick<BotPorts, 'conversation' | 'log'> & {
  readonly workspaces: Workspaces;
  readonly people: People;
  readonly timings: SlackTimings;
  readonly showTasks: boolean;
};

/**
 * Slack takes 12,000 characters of Markdown a message, and about 13,300 of all its blocks together
 * (slackapi/bolt-js issue 2509): sources and buttons need room, too.
 */
const lengths: Lengths = { soft: 6_500, hard: 9_000 };

const mostEnded = 5_000;

/** How Slack shows answers. */
export function openSlackChannel(ports: ChannelPorts): Channel {
  const { workspaces, people, timings, log } = ports;
  /** Messages that are known not to grow any more, because this process ended them. */
  const ended = openRemembered(mostEnded);
  return {
    platform: 'slack',
    async deliver(delivery) {
      const { message } = delivery;
      const reply = readReply(message.reply);
      const say = stringsFor(message.person.locale);
      const workspace = await workspaces.of(reply.team, reply.enterprise);
      try {
        await show(delivery, reply, workspace, say, { ...ports, ended });
      } catch (failure) {
        if (reply.onlyAsker === null && isPerson(reply.user) && !message.person.bot) {
          const words = wordsForAsker(refusedWith(failure), say);
          await tellPerson(workspace, listener(reply), words, { patience: timings, log });
        }
        throw failure;
      }
    },
    async history(message, signal) {
      const reply = readReply(message.reply);
      const workspace = await workspaces.of(reply.team, reply.enterprise);
      return readHistory(workspace, reply, signal, { people, patience: timings, log });
    },
  };
}

const listener = ({ channel, kind, root, user }: Reply) => ({ channel, kind, root, user });

async function show(
  delivery: Delivery,
  reply: Reply,
  workspace: Workspace,
  say: Say,
  { conversation, log, timings, showTasks, ended }: ChannelPorts & { readonly ended: Remembered },
): Promise<void> {
  const { turn, message, earlier, recovered } = delivery;
  const events = delivery.events[Symbol.asyncIterator]();
  const opened = await events.next();
  const first = opened.done === true ? undefined : opened.value;
  if (first?.type === 'notice') {
    await drain(events);
    return showNotice(first, message, reply, workspace, say, { log, timings });
  }

  const standing = readStanding(earlier);
  if (reply.onlyAsker !== null) {
    // What went out before the process died cannot be replaced, and must not be said twice.
    if (standing.onlyAsker && !reply.onlyAsker.replaces) return drain(events);
    const before = () => delivery.stands({ messages: [], onlyAsker: true }, []);
    const { callMs } = timings;
    return showToAsker(first, events, {
      handle: reply.onlyAsker,
      turn,
      task: message.task,
      say,
      lengths,
      callMs,
      before,
    });
  }

  const place = message.place;
  const surface = slackSurface({
    workspace,
    reply,
    turn,
    say,
    patience: timings,
    log,
    isOwned: async (ts) => (await conversation.turnAt(place, ts)) !== undefined,
  });
  const reuse = [...standing.messages];
  if (recovered && reuse.length === 0) {
    const found = settledValue(await surface.find([]));
    if (found !== undefined) reuse.push(found);
  }
  await endStream(surface, reuse.at(-1), ended);
  let standsAs: readonly string[] = [];
  await showAnswer(first, events, {
    surface,
    say,
    threaded: reply.kind === 'channel' && reply.root !== null,
    task: message.task,
    tasks: showTasks,
    screen: {
      ...timings,
      lengths,
      // Streams need a thread and a person to whom they are shown.
      streams: reply.root !== null && isPerson(reply.user) && reuse.length === 0,
      reuse,
      stands: (messages) => {
        standsAs = messages;
        return delivery.stands({ messages: [...messages], onlyAsker: false }, messages);
      },
    },
  });
  for (const ts of standsAs) ended.add(ts);
}

/** A process that died may have left the last message of an answer growing: it has to end before it is edited. */
async function endStream(
  surface: ReturnType<typeof slackSurface>,
  last: string | undefined,
  ended: Remembered,
): Promise<void> {
  if (last === undefined || ended.has(last)) return;
  if ((await surface.grows(last)) === true) await surface.stop(last, '', { kind: 'continued' });
}

async function showNotice(
  { notice }: Extract<ReplyEvent, { readonly type: 'notice' }>,
  { place, person }: Message,
  reply: Reply,
  workspace: Workspace,
  say: Say,
  { log, timings }: Pick<ChannelPorts, 'log' | 'timings'>,
): Promise<void> {
  // Another bot would take it for an answer, and answer it.
  if (person.bot) return;
  const inChannel = notice.code === 'not-allowed' && place.kind === 'channel';
  const words = inChannel
    ? say('access.channel')
    : noticeWords(say, notice, `@${workspace.user} ${say('prompt.latest')}`);
  if (reply.onlyAsker !== null) {
    const handle = { ...reply.onlyAsker, replaces: false };
    return respond(handle, { text: words }, timings.callMs);
  }
  await tellPerson(workspace, listener(reply), words, { patience: timings, log });
}

/** The contract: events are read to their end. */
async function drain(events: AsyncIterator<ReplyEvent>): Promise<void> {
  while ((await events.next()).done !== true);
}
