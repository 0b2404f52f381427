import type { Core } from '../core.ts';
import type { Channel, StoredMessage, StoredView, Team } from '../team.ts';
import { viewJson } from '../views.ts';
import type { Pressable } from '../visible.ts';
import { type Json, messageJson } from '../wire.ts';

/** Interaction payloads, as docs.slack.dev/reference/interaction-payloads has them. */

function from(core: Core, team: Team, user: string): Json {
  const name = team.users.get(user)?.name ?? user.toLowerCase();
  return {
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    user: { id: user, username: name, name, team_id: team.id },
    api_app_id: core.app.id,
    token: 'verification-token',
    is_enterprise_install: false,
    trigger_id: core.triggers.issue(team.id, user),
  };
}

function place(channel: Channel): Json {
  return { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name };
}

export function actionPayload(
  core: Core,
  team: Team,
  user: string,
  control: Pressable,
  pressed: Json,
  where:
    | { readonly channel: Channel; readonly message: StoredMessage }
    | { readonly view: StoredView },
): Json {
  const action = {
    type: control['type'],
    action_id: control.action_id,
    block_id: control.block_id,
    ...pressed,
    action_ts: core.ids.ts(),
  };
  const base = { type: 'block_actions', ...from(core, team, user), actions: [action] };
  if ('view' in where) {
    return {
      ...base,
      container: { type: 'view', view_id: where.view.id },
      view: viewJson(core, team, where.view),
    };
  }
  const { channel, message } = where;
  const isEphemeral = message.ephemeralTo !== undefined;
  return {
    ...base,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: place(channel),
    // Of an ephemeral message the platform keeps nothing to show.
    ...(isEphemeral ? {} : { message: messageJson(core, team, message) }),
    state: { values: {} },
    response_url: core.responseUrls.issue({ team, user, channel, message }),
  };
}

export function commandPayload(
  core: Core,
  team: Team,
  user: string,
  channel: Channel,
  command: string,
  text: string,
): Json {
  return {
    token: 'verification-token',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: place(channel)['name'],
    user_id: user,
    user_name: team.users.get(user)?.name ?? user.toLowerCase(),
    command,
    text,
    api_app_id: core.app.id,
    is_enterprise_install: 'false',
    response_url: core.responseUrls.issue({ team, user, channel }),
    trigger_id: core.triggers.issue(team.id, user),
  };
}

export function shortcutPayload(
  core: Core,
  team: Team,
  user: string,
  callbackId: string,
  on: { readonly channel: Channel; readonly message: StoredMessage } | undefined,
): Json {
  const base = { ...from(core, team, user), callback_id: callbackId, action_ts: core.ids.ts() };
  if (on === undefined) return { type: 'shortcut', ...base };
  const { channel, message } = on;
  return {
    type: 'message_action',
    ...base,
    message_ts: message.ts,
    channel: place(channel),
    message: messageJson(core, team, message),
    response_url: core.responseUrls.issue({ team, user, channel }),
  };
}

export function viewPayload(
  core: Core,
  team: Team,
  view: StoredView,
  kind: 'view_submission' | 'view_closed',
  state: Json,
): Json {
  const { trigger_id, ...base } = from(core, team, view.user);
  return {
    type: kind,
    ...base,
    view: viewJson(core, team, view, state),
    ...(kind === 'view_submission' ? { trigger_id, response_urls: [] } : { is_cleared: false }),
  };
}
