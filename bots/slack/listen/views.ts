import type { App } from '@slack/bolt';
import { kindOfChannel, placeOf, threadName, views } from '../names.ts';
import { readAsk } from '../show/ask-view.ts';
import { readReason } from '../show/reason-view.ts';
import { tellPerson } from '../show/tell.ts';
import { type Desk, originOf, personOf, workspaceOf } from './desk.ts';
import { judge } from './judging.ts';

/** What people send off in modals, settings aside. */
export function listenToViews(app: App, desk: Desk): void {
  app.view(views.reason, async ({ ack, view, body, context }) => {
    await ack();
    desk.run('feedback', async () => {
      const { about, reason } = readReason(view);
      const workspace = await workspaceOf(desk, originOf(context));
      const { person, say } = await personOf(desk, workspace, body.user.id);
      const given = await judge(desk, about.turn, { person, value: 'down', reason });
      const words = say(given ? 'feedback.thanksDown' : 'feedback.unknown');
      await tellPerson(workspace, about.listener, words, desk.tell);
    });
  });

  app.view(views.ask, async ({ ack, view, body, context }) => {
    await ack();
    desk.run('answer', async () => {
      const { id, about, question } = readAsk(view);
      const origin = originOf(context);
      const workspace = await workspaceOf(desk, origin);
      const { person } = await personOf(desk, workspace, body.user.id);
      const kind = kindOfChannel(about.channel);
      const where = { team: origin.team, channel: about.channel, kind };
      await desk.conversation.hear(
        {
          event: `${origin.team}:view:${id}`,
          message: null,
          thread: threadName(where, about.root),
          opensThread: false,
          place: placeOf(where),
          person,
          text: question,
          addressed: true,
          mentionsOthers: false,
          task: 'answer',
          reply: {
            ...origin,
            channel: about.channel,
            kind,
            root: about.root,
            question: null,
            user: body.user.id,
            userTeam: origin.team,
            onlyAsker: null,
            reads: 'thread',
          },
        },
        desk.channel,
      );
    });
  });
}
