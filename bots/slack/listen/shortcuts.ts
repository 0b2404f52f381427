import type { App } from '@slack/bolt';
import { z } from 'zod';
import { shortcutIds } from '../manifest.ts';
import { kindOfChannel, placeOf, threadName } from '../names.ts';
import { askView } from '../show/ask-view.ts';
import { tellPerson } from '../show/tell.ts';
import { once } from '../web/call.ts';
import { type Desk, originOf, personOf, workspaceOf } from './desk.ts';
import { wordsOf } from './messages.ts';

const shortcutSchema = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }),
  message_ts: z.string(),
  message: z.object({ text: z.string().optional(), thread_ts: z.string().optional() }),
  trigger_id: z.string(),
  response_url: z.string(),
});

/** What the menu of a message offers. */
export function listenToShortcuts(app: App, desk: Desk): void {
  app.shortcut(shortcutIds.ask, async ({ ack, body, context }) => {
    await ack();
    desk.run('shortcut', async () => {
      const { user, channel, message, message_ts, trigger_id } = shortcutSchema.parse(body);
      const workspace = await workspaceOf(desk, originOf(context));
      const { say } = await personOf(desk, workspace, user.id);
      const root = message.thread_ts ?? message_ts;
      const text = await wordsOf(desk, message.text ?? '', workspace);
      const view = askView({ channel: channel.id, root }, text, say);
      const opened = await once(
        () => workspace.client.views.open({ trigger_id, view }),
        desk.timings,
      );
      if (opened.kind === 'done') return;
      const kind = kindOfChannel(channel.id);
      const listener = { channel: channel.id, kind, root, user: user.id };
      await tellPerson(workspace, listener, say('failed.retryable'), desk.tell);
    });
  });

  app.shortcut(shortcutIds.summarise, async ({ ack, body, context }) => {
    await ack();
    desk.run('summary', async () => {
      const { user, channel, message, message_ts, trigger_id, response_url } =
        shortcutSchema.parse(body);
      const origin = originOf(context);
      const workspace = await workspaceOf(desk, origin);
      const { person } = await personOf(desk, workspace, user.id);
      const where = { team: origin.team, channel: channel.id, kind: kindOfChannel(channel.id) };
      await desk.conversation.hear(
        {
          event: `${origin.team}:shortcut:${trigger_id}`,
          message: null,
          thread: threadName(where, `shortcut:${trigger_id}`),
          opensThread: false,
          place: placeOf(where),
          person,
          text: '',
          addressed: true,
          mentionsOthers: false,
          task: 'summary',
          reply: {
            ...origin,
            channel: channel.id,
            kind: where.kind,
            root: message.thread_ts ?? message_ts,
            question: null,
            user: user.id,
            userTeam: origin.team,
            onlyAsker: { url: response_url, replaces: false },
            reads: 'thread',
          },
        },
        desk.channel,
      );
    });
  });
}
