import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Wish } from '../../conversation/message.ts';
import { actions, kindOfChannel, placeOf } from '../names.ts';
import type { Reply } from '../reply.ts';
import { literalMrkdwn } from '../show/mrkdwn.ts';
import { reasonView } from '../show/reason-view.ts';
import { type Listener, tellPerson, tellThread } from '../show/tell.ts';
import { once } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Desk, type Origin, originOf, personOf, workspaceOf } from './desk.ts';
import { endedTurn, judge } from './judging.ts';

const pressSchema = z.object({
  user: z.object({ id: z.string() }),
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.object({
    channel_id: z.string(),
    message_ts: z.string(),
    thread_ts: z.string().optional(),
    is_ephemeral: z.boolean().optional(),
  }),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        action_ts: z.string(),
        value: z.string().optional(),
      }),
    )
    .min(1),
});

type Press = z.infer<typeof pressSchema>;

type Pressed = {
  readonly desk: Desk;
  readonly origin: Origin;
  readonly workspace: Workspace;
  readonly press: Press;
  readonly value: string;
  /** Names this press; the same when it is delivered again. */
  readonly event: string;
  readonly listener: Listener;
};

const wishes: Readonly<Record<string, Wish>> = {
  [actions.shorter]: 'shorter',
  [actions.longer]: 'longer',
  [actions.again]: 'again',
};

/** Everything people press under an answer. */
export function listenToPresses(app: App, desk: Desk): void {
  const on = (ids: RegExp | string, answer: (pressed: Pressed) => Promise<void>) =>
    app.action(ids, async ({ ack, body, context }) => {
      await ack();
      desk.run('press', async () => answer(await pressedOf(desk, body, originOf(context))));
    });
  on(actions.feedback, rate);
  on(new RegExp(`^(?:${Object.keys(wishes).join('|')})$`, 'u'), wish);
  on(actions.stop, stop);
  on(actions.resolve, resolve);
  app.event('agent_session_stopped', async ({ event, context }) =>
    desk.run('stop', () => stopStreams(desk, event, originOf(context))),
  );
}

async function pressedOf(desk: Desk, body: unknown, origin: Origin): Promise<Pressed> {
  const press = pressSchema.parse(body);
  const [{ action_id, action_ts, value = '' } = { action_id: '', action_ts: '' }] = press.actions;
  const { channel_id: channel, message_ts, thread_ts } = press.container;
  return {
    desk,
    origin,
    workspace: await workspaceOf(desk, origin),
    press,
    value,
    event: `${origin.team}:${channel}:${message_ts}:${action_id}:${action_ts}`,
    listener: {
      channel,
      kind: kindOfChannel(channel),
      root: thread_ts ?? null,
      user: press.user.id,
    },
  };
}

/** 👍 is taken as it is; 👎 too, and then asked about. */
async function rate({ desk, workspace, press, value, listener }: Pressed): Promise<void> {
  const [verdict, turn = ''] = value.split(':');
  const { person, say } = await personOf(desk, workspace, press.user.id);
  const down = verdict === 'down';
  // First the modal: what opens it is good for three seconds only.
  const opened = down
    ? await once(
        () =>
          workspace.client.views.open({
            trigger_id: press.trigger_id,
            view: reasonView({ turn, listener }, say),
          }),
        desk.timings,
      )
    : undefined;
  const thumb = down ? 'down' : 'up';
  const taken = await judge(desk, turn, { person, value: thumb, reason: null });
  if (!taken) return tellPerson(workspace, listener, say('feedback.unknown'), desk.tell);
  if (opened?.kind === 'done') return;
  const thanks = say(down ? 'feedback.thanksDown' : 'feedback.thanksUp');
  // In a direct message a line for everybody would stand between the answers; the thumb shows that it was taken.
  if (listener.kind === 'channel') await tellPerson(workspace, listener, thanks, desk.tell);
}

async function wish({ desk, origin, workspace, press, value, event, listener }: Pressed) {
  const { person, say } = await personOf(desk, workspace, press.user.id);
  const wanted = wishes[press.actions[0]?.action_id ?? ''] ?? 'again';
  const { is_ephemeral } = press.container;
  const reply: Reply | undefined =
    is_ephemeral === true && press.response_url !== undefined
      ? {
          ...origin,
          channel: listener.channel,
          kind: listener.kind,
          root: null,
          question: null,
          user: press.user.id,
          userTeam: origin.team,
          onlyAsker: { url: press.response_url, replaces: true },
          reads: 'nothing',
        }
      : undefined;
  await endedTurn(desk, value);
  const heard = await desk.conversation.again(
    { event, turn: value, person, wish: wanted, ...(reply && { reply }) },
    desk.channel,
  );
  if (heard.kind === 'unknown') {
    await tellPerson(workspace, listener, say('failed.interaction'), desk.tell);
  }
}

async function stop({ desk, workspace, press, value, listener }: Pressed): Promise<void> {
  const { person, say } = await personOf(desk, workspace, press.user.id);
  const stopped = await desk.conversation.stop(value, person);
  if (stopped === 'not-asker') {
    await tellPerson(workspace, listener, say('stop.notAsker'), desk.tell);
  }
  if (stopped === 'not-running') {
    await tellPerson(workspace, listener, say('stop.nothing'), desk.tell);
  }
}

/** Marks a thread as resolved, or takes that back; everybody in it may. */
async function resolve({ desk, workspace, press, value, listener }: Pressed): Promise<void> {
  const { say, name } = await personOf(desk, workspace, press.user.id);
  const known = await desk.conversation.turn(value);
  if (known === undefined) {
    return tellPerson(workspace, listener, say('failed.interaction'), desk.tell);
  }
  const was = await desk.conversation.isResolved(known.thread);
  await desk.conversation.resolve(known.thread, !was);
  const person = literalMrkdwn(name ?? '…');
  const words = was ? say('resolved.reopened', { person }) : say('resolved.note', { person });
  await tellThread(workspace, listener, words, desk.tell);
}

const stoppedSchema = z.object({
  channel: z.string(),
  user: z.string(),
  thread_ts: z.string(),
  streaming_message_ts: z.array(z.string()),
});

/** Slack's own stop button: Slack has ended the streams already. */
async function stopStreams(desk: Desk, event: unknown, origin: Origin): Promise<void> {
  const { channel, user, streaming_message_ts, thread_ts } = stoppedSchema.parse(event);
  const workspace = await workspaceOf(desk, origin);
  const kind = kindOfChannel(channel);
  const place = placeOf({ team: origin.team, channel, kind });
  const { person, say } = await personOf(desk, workspace, user);
  for (const ts of streaming_message_ts) {
    const known = await desk.conversation.turnAt(place, ts);
    if (known === undefined) continue;
    if ((await desk.conversation.stop(known.turn, person)) === 'not-asker') {
      const listener = { channel, kind, root: thread_ts, user };
      await tellPerson(workspace, listener, say('stop.notAsker'), desk.tell);
    }
  }
}
