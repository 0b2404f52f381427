import type { App } from '@slack/bolt';
import type { Person } from '../../conversation/message.ts';
import type { Say } from '../../strings/strings.ts';
import { kindOfChannel, placeOf, views, type Where } from '../names.ts';
import { readSettings, settingsView } from '../show/settings-view.ts';
import { tellPerson } from '../show/tell.ts';
import { once } from '../web/call.ts';
import type { Workspace } from '../web/workspaces.ts';
import { type Desk, originOf, personOf, workspaceOf } from './desk.ts';

type Asker = { readonly where: Where; readonly person: Person; readonly say: Say };

/** Opens the form with a channel's settings; gives the words for the one who may not see it, or for whom it failed. */
export async function openSettings(
  desk: Desk,
  { client }: Workspace,
  trigger: string,
  { where, person, say }: Asker,
): Promise<string | undefined> {
  const place = placeOf(where);
  const [allowed, settings] = await Promise.all([
    desk.conversation.access(place, person),
    desk.conversation.settings(place),
  ]);
  if (!allowed.allowed) return say('access.channel');
  // Names of sources go through the same filter as answers: a channel that was narrowed is widened by choosing none.
  const sources = (await desk.knowledge.sources(allowed.access)).map(({ name }) => name);
  const view = settingsView(where.channel, settings, sources, say);
  const opened = await once(() => client.views.open({ trigger_id: trigger, view }), desk.timings);
  if (opened.kind === 'done') return undefined;
  desk.log.warn({ outcome: opened }, 'Slack: the settings could not be opened');
  return say('failed.retryable');
}

export function listenToSettings(app: App, desk: Desk): void {
  app.view(views.settings, async ({ ack, view, body, context }) => {
    await ack();
    desk.run('settings', async () => {
      const origin = originOf(context);
      const workspace = await workspaceOf(desk, origin);
      const { person, say } = await personOf(desk, workspace, body.user.id);
      const { channel, read } = readSettings(view);
      const kind = kindOfChannel(channel);
      const place = placeOf({ team: origin.team, channel, kind });
      const allowed = await desk.conversation.access(place, person);
      if (!allowed.allowed) return;
      const sources = (await desk.knowledge.sources(allowed.access)).map(({ name }) => name);
      await desk.conversation.changeSettings(place, read(sources));
      const listener = { channel, kind, root: null, user: body.user.id };
      await tellPerson(workspace, listener, say('settings.saved'), desk.tell);
    });
  });
}
