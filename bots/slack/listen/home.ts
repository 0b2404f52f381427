import type { App } from '@slack/bolt';
import { z } from 'zod';
import { actions, kindOfChannel, placeOf } from '../names.ts';
import { homeView } from '../show/home.ts';
import { helpLines, sourcesLines } from '../show/knowledge.ts';
import { tellPerson } from '../show/tell.ts';
import { again } from '../web/call.ts';
import { type Desk, type Origin, originOf, personOf, workspaceOf } from './desk.ts';
import { openSettings } from './settings.ts';

const openedSchema = z.object({
  user: z.string(),
  channel: z.string(),
  tab: z.string().optional(),
});
const chosenSchema = z.object({
  user: z.object({ id: z.string() }),
  trigger_id: z.string(),
  actions: z.array(z.object({ selected_conversation: z.string() })).min(1),
});

const mostFeedback = 20;
const mostSuggestions = 3;

/** The app's home tab. */
export function listenToHome(app: App, desk: Desk): void {
  app.event('app_home_opened', async ({ event, context }) => {
    const { user, channel, tab } = openedSchema.parse(event);
    if (tab !== undefined && tab !== 'home') return;
    desk.run('home', () => publish(desk, originOf(context), user, channel));
  });

  app.action(actions.homeChannel, async ({ ack, body, context }) => {
    await ack();
    desk.run('settings', async () => {
      const { user, trigger_id, actions: chosen } = chosenSchema.parse(body);
      const origin = originOf(context);
      const workspace = await workspaceOf(desk, origin);
      const { person, say } = await personOf(desk, workspace, user.id);
      const channel = chosen[0]?.selected_conversation ?? '';
      const where = { team: origin.team, channel, kind: kindOfChannel(channel) };
      const refused = await openSettings(desk, workspace, trigger_id, { where, person, say });
      if (refused === undefined) return;
      const listener = { channel: user.id, kind: 'direct', root: null, user: user.id } as const;
      await tellPerson(workspace, listener, refused, desk.tell);
    });
  });
}

async function publish(desk: Desk, origin: Origin, user: string, channel: string): Promise<void> {
  const { knowledge, people, recentFeedback, timings, log } = desk;
  const workspace = await workspaceOf(desk, origin);
  const { person, say } = await personOf(desk, workspace, user);
  const known = await people.person(workspace.client, workspace.team, user);
  // Feedback is not kept by workspace: where there are several, nobody sees what was asked.
  const admin = known.admin && !desk.shared;
  const place = placeOf({ team: origin.team, channel, kind: 'direct' });
  const allowed = await desk.conversation.access(place, person);
  const access = allowed.allowed ? allowed.access : undefined;
  const [overview, sources, help, suggestions, feedback] = allowed.allowed
    ? await Promise.all([
        knowledge.overview(access),
        sourcesLines(knowledge, access, say),
        helpLines(knowledge, access, say, workspace.user),
        knowledge.suggestions(mostSuggestions, access),
        recentFeedback(mostFeedback),
      ])
    : [null, [], [], [], []];
  // The tab has a heading of its own for the help.
  const [, ...howTo] = help;
  const view = homeView(
    { overview, sources, help: howTo, suggestions, feedback, admin },
    Date.now(),
    say,
  );
  const published = await again(
    () => workspace.client.views.publish({ user_id: user, view }),
    timings,
  );
  if (published.kind !== 'done') {
    log.warn({ outcome: published }, 'Slack: the home tab could not be published');
  }
}
