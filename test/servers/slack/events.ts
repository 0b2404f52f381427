import type { Core } from './core.ts';
import type { Channel, Team } from './team.ts';
import type { ChannelKind } from './types.ts';

/** Scopes that an event needs; one of them is enough. Events not listed need none. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  app_mention: ['app_mentions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  assistant_thread_started: ['assistant:write'],
  assistant_thread_context_changed: ['assistant:write'],
  member_joined_channel: ['channels:read', 'groups:read'],
  member_left_channel: ['channels:read', 'groups:read'],
  channel_archive: ['channels:read'],
  group_archive: ['groups:read'],
  reaction_added: ['reactions:read'],
};

/** Sends an event to the app, if it subscribed to it, may know it, and is still installed. */
export function emit(
  core: Core,
  team: Team,
  subscription: string,
  event: Readonly<Record<string, unknown>>,
): void {
  const subscribed = core.app.events === undefined || core.app.events.has(subscription);
  const needed = NEEDED[subscription];
  const allowed = needed === undefined || needed.some((scope) => team.scopes.has(scope));
  if (!subscribed || !allowed || team.token === undefined) return;
  const eventId = core.ids.id('Ev');
  core.outbox.event(String(event['type']), eventId, {
    token: 'verification-token',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: core.app.id,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Date.now() / 1_000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: team.bot.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${core.ids.hex(32)}`,
  });
}

/** The subscription under which messages of a channel arrive. */
export function messageSubscription(channel: Channel): string {
  const names = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;
  return `message.${names[channel.kind]}`;
}

/** A conversation's kind in the words of events. */
export function channelType(kind: ChannelKind): string {
  const names = { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const;
  return names[kind];
}
