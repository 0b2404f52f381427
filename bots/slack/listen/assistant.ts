import { type App, Assistant } from '@slack/bolt';
import { z } from 'zod';
import type { Say } from '../../strings/strings.ts';
import { kindOfChannel, placeOf } from '../names.ts';
import { openRemembered, type Remembered } from '../remembered.ts';
import { authorsOf } from '../show/knowledge.ts';
import { clipped } from '../show/mrkdwn.ts';
import { tellThread } from '../show/tell.ts';
import { once } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Desk, type Origin, originOf, personOf, workspaceOf } from './desk.ts';
import { hearEvent, wordsOf } from './messages.ts';

const threadSchema = z.object({
  assistant_thread: z.object({
    user_id: z.string(),
    channel_id: z.string(),
    thread_ts: z.string(),
    context: z.object({ channel_id: z.string().optional() }).default({}),
  }),
});

const saidSchema = z.object({
  channel: z.string(),
  thread_ts: z.string(),
  user: z.string().optional(),
  text: z.string().default(''),
});

/** Slack shows at most four. */
const mostPrompts = 4;
const mostTitle = 60;
/** Threads whose title was set; the oldest are forgotten, and then only titled once more. */
const mostTitled = 2_000;

/** The assistant pane: greets, suggests what one could ask, and names threads. */
export function listenToAssistant(app: App, desk: Desk): void {
  const titled = openRemembered(mostTitled);
  app.assistant(
    new Assistant({
      // The channel that somebody looks at is in the events; nothing of it has to be kept.
      threadContextStore: { get: async () => ({}), save: async () => undefined },
      async threadStarted({ event, context }) {
        desk.run('greeting', () => greet(desk, event, originOf(context), true));
      },
      async threadContextChanged({ event, context }) {
        desk.run('prompts', () => greet(desk, event, originOf(context), false));
      },
      async userMessage({ event, context }) {
        const origin = originOf(context);
        const heard = hearEvent(desk, event, origin);
        desk.run('title', () => title(desk, event, origin, titled));
        await heard;
      },
    }),
  );
}

async function greet(desk: Desk, event: unknown, origin: Origin, first: boolean): Promise<void> {
  const { assistant_thread: thread } = threadSchema.parse(event);
  const workspace = await workspaceOf(desk, origin);
  const { person, say } = await personOf(desk, workspace, thread.user_id);
  const here = { channel: thread.channel_id, root: thread.thread_ts };
  const direct = await desk.conversation.access(
    placeOf({ team: origin.team, channel: here.channel, kind: 'direct' }),
    person,
  );
  if (first) {
    const access = direct.allowed ? direct.access : undefined;
    const words = direct.allowed
      ? say('welcome.greeting', { author: await authorsOf(desk.knowledge, say, access) })
      : say('access.person');
    await tellThread(workspace, here, words, desk.tell);
  }
  if (!direct.allowed) return;
  // What may be asked here is what this person may see here; what is looked at narrows it where it can.
  const looked = thread.context.channel_id;
  const viewed =
    looked === undefined
      ? undefined
      : await desk.conversation.access(
          placeOf({ team: origin.team, channel: looked, kind: kindOfChannel(looked) }),
          person,
        );
  const access = viewed?.allowed === true ? (viewed.access ?? direct.access) : direct.access;
  const suggestions = await desk.knowledge.suggestions(mostPrompts, access);
  await suggest(desk, workspace, here, suggestions, say);
}

async function suggest(
  desk: Desk,
  { client }: Workspace,
  { channel, root }: { readonly channel: string; readonly root: string },
  suggestions: readonly string[],
  say: Say,
): Promise<void> {
  if (suggestions.length === 0) return;
  const prompts = suggestions.map((message) => ({ title: clipped(message, mostTitle), message }));
  const outcome = await once(
    () =>
      client.assistant.threads.setSuggestedPrompts({
        channel_id: channel,
        thread_ts: root,
        title: say('welcome.prompts'),
        prompts,
      }),
    desk.timings,
  );
  if (outcome.kind !== 'done') desk.log.debug({ outcome }, 'Slack: no prompts could be suggested');
}

/** A thread is named after its first question. */
async function title(
  desk: Desk,
  event: unknown,
  origin: Origin,
  titled: Remembered,
): Promise<void> {
  const { channel, thread_ts, user, text } = saidSchema.parse(event);
  const workspace = await workspaceOf(desk, origin);
  const key = `${origin.team}:${channel}:${thread_ts}`;
  if (user === workspace.botUser || !titled.add(key)) return;
  const question = (await wordsOf(desk, text, workspace)).replace(/\s+/gu, ' ').trim();
  if (question === '' || !(await isOfPane(desk, workspace, channel, thread_ts))) return;
  const outcome = await once(
    () =>
      workspace.client.assistant.threads.setTitle({
        channel_id: channel,
        thread_ts,
        title: clipped(question, mostTitle),
      }),
    desk.timings,
  );
  if (outcome.kind !== 'done') desk.log.debug({ outcome }, 'Slack: a thread could not be named');
}

/** Threads in direct messages look alike in events; only those of the pane have a title. */
async function isOfPane(
  desk: Desk,
  { client }: Workspace,
  channel: string,
  ts: string,
): Promise<boolean> {
  const read = await once(
    () => client.conversations.replies({ channel, ts, limit: 1 }),
    desk.timings,
  );
  if (read.kind !== 'done') return false;
  // Not in the package's type of a reply, though every message has it that people did not write.
  const root = read.value.messages?.[0] as { readonly subtype?: string } | undefined;
  return root?.subtype === 'assistant_app_thread';
}
