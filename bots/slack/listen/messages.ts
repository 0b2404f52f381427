import { setImmediate as nextTurn } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import type { Message } from '../../conversation/message.ts';
import { messageEvent, placeOf, threadName, type Where } from '../names.ts';
import {
  readMessageEvent,
  type SlackMessage,
  type TellingEvent,
  type Told,
} from '../read/message.ts';
import { callsGroups, mentionedIn, questionText } from '../read/text.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Desk, type Origin, originOf, personOf, workspaceOf } from './desk.ts';

/** Names looked up for one question. */
const mostNames = 10;

/** Everything that is said, edited and deleted where the bot is. */
export function listenToMessages(app: App, desk: Desk): void {
  app.event('app_mention', async ({ event, context }) => hearEvent(desk, event, originOf(context)));
  app.event('message', async ({ event, context }) => hearEvent(desk, event, originOf(context)));
}

/** Resolves once the event is taken in; the answer runs beside. */
export function hearEvent(desk: Desk, event: unknown, origin: Origin): Promise<void> {
  return desk.run('message', async () => {
    const workspace = await workspaceOf(desk, origin);
    const telling = readMessageEvent(event, workspace);
    if (telling === undefined) {
      desk.log.warn('Slack: a message event of an unknown form was left alone');
      return;
    }
    const where: Where = {
      team: origin.team,
      channel: telling.channel,
      kind: telling.direct ? 'direct' : 'channel',
    };
    // Names take a moment to look up: an edit must not overtake the message that it edits.
    await desk.inOrder(`${where.team}:${where.channel}`, () =>
      take(desk, telling, where, origin, workspace),
    );
  });
}

async function take(
  desk: Desk,
  { told }: TellingEvent,
  where: Where,
  origin: Origin,
  workspace: Workspace,
): Promise<void> {
  switch (told.kind) {
    case 'nothing':
      return;
    case 'said':
      return said(desk, told, where, origin, workspace);
    case 'edited':
      return edited(desk, told, where, origin, workspace);
    case 'deleted': {
      const { ts, root } = told;
      const thread = threadOf(where, { ts, thread_ts: root });
      await desk.run('deletion', () =>
        desk.conversation.deleted({ place: placeOf(where), thread, message: ts }),
      );
    }
  }
}

const threadOf = (where: Where, { ts, thread_ts }: Pick<SlackMessage, 'ts' | 'thread_ts'>) =>
  threadName(where, thread_ts ?? (where.kind === 'direct' ? null : ts));

const mentions = (text: string | undefined, { botUser }: Workspace): boolean =>
  mentionedIn(text ?? '').includes(botUser);

async function said(
  desk: Desk,
  { message, bot }: Extract<Told, { kind: 'said' | 'edited' }>,
  where: Where,
  origin: Origin,
  workspace: Workspace,
): Promise<void> {
  const { ts, thread_ts, user, text = '' } = message;
  const inThread = thread_ts !== undefined && thread_ts !== ts;
  const addressed = where.kind === 'direct' || mentions(text, workspace);
  // What begins a thread without a word to the twin is never for it: nobody needs to be looked up.
  if (!addressed && !inThread) return;
  const place = placeOf(where);
  const [{ person }, question, settings] = await Promise.all([
    bot ? { person: { id: user, roles: [], locale: null, bot } } : personOf(desk, workspace, user),
    wordsOf(desk, text, workspace),
    desk.conversation.settings(place),
  ]);
  const own = where.kind === 'direct' || settings.answerIn === 'channel' ? null : ts;
  const heard: Message = {
    event: messageEvent(where, ts),
    message: ts,
    thread: threadOf(where, message),
    opensThread: where.kind === 'channel' && !inThread,
    place,
    person: { ...person, bot: bot || person.bot },
    text: question,
    addressed,
    mentionsOthers: callsGroups(text) || mentionedIn(text).some((id) => id !== workspace.botUser),
    task: 'answer',
    reply: {
      ...origin,
      channel: where.channel,
      kind: where.kind,
      root: thread_ts ?? own,
      question: ts,
      user,
      userTeam: message.user_team ?? where.team,
      onlyAsker: null,
      reads: 'thread',
    },
  };
  await handedOver(desk.run('answer', () => desk.conversation.hear(heard, desk.channel)));
}

/** The conversation claims what it hears before anything else; its promise is that of the whole answer. */
const handedOver = (answering: Promise<void>) => Promise.race([answering, nextTurn()]);

async function edited(
  desk: Desk,
  told: Extract<Told, { kind: 'edited' }>,
  where: Where,
  origin: Origin,
  workspace: Workspace,
): Promise<void> {
  const { message, before } = told;
  const { ts, text = '' } = message;
  const place = placeOf(where);
  const isNew = mentions(text, workspace) && !mentions(before, workspace);
  if (isNew && (await desk.conversation.turnAt(place, ts)) === undefined) {
    return said(desk, told, where, origin, workspace);
  }
  const change = {
    event: `${messageEvent(where, ts)}:${message.edited?.ts ?? ''}`,
    place,
    thread: threadOf(where, message),
    message: ts,
    text: await wordsOf(desk, text, workspace),
  };
  await handedOver(desk.run('edit', () => desk.conversation.edited(change, desk.channel)));
}

/** A text as people read it, with names for ids. */
export async function wordsOf(
  { people }: Desk,
  text: string,
  { client, team, botUser }: Workspace,
): Promise<string> {
  const others = [...new Set(mentionedIn(text))].filter((id) => id !== botUser);
  const names = new Map(
    await Promise.all(
      others
        .slice(0, mostNames)
        .map(async (id) => [id, (await people.person(client, team, id)).name] as const),
    ),
  );
  return questionText(text, botUser, (id) => names.get(id) ?? null);
}
