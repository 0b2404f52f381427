import { requiredScopes } from './scopes.ts';

/** Ids by which Slack names what people press, as the manifest registers them. */
export const commandName = '/twin';
export const shortcutIds = { ask: 'twin_ask_about', summarise: 'twin_summarise' } as const;

/** Events the app subscribes to. */
export const botEvents = [
  'agent_session_stopped',
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'assistant_thread_context_changed',
  'assistant_thread_started',
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'tokens_revoked',
] as const;

export type ManifestChoice = {
  readonly name?: string;
  /** Public https address of this process: then events come as requests instead of over a socket. */
  readonly requestUrl?: string;
};

/** What creates the app in one paste at api.slack.com/apps. */
export function manifestFor({ name = 'Understudy', requestUrl }: ManifestChoice = {}) {
  const url = requestUrl === undefined ? undefined : new URL('/slack/events', requestUrl).href;
  return {
    display_information: {
      name,
      description: 'Answers questions from its author’s own writing, with sources.',
      background_color: '#4a154b',
    },
    features: {
      app_home: {
        home_tab_enabled: true,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      assistant_view: {
        assistant_description:
          'Ask what the author has written about something. Every answer shows where it comes from.',
      },
      bot_user: {
        display_name: name.toLowerCase().replace(/[^a-z0-9._-]+/gu, '-'),
        always_online: true,
      },
      shortcuts: [
        {
          type: 'message',
          name: 'Ask the twin about this',
          callback_id: shortcutIds.ask,
          description: 'Ask a question about this message',
        },
        {
          type: 'message',
          name: 'Summarise this thread',
          callback_id: shortcutIds.summarise,
          description: 'Sum up what was said in this thread',
        },
      ],
      slash_commands: [
        {
          command: commandName,
          ...(url === undefined ? {} : { url }),
          description: 'Ask the twin, and see what it knows',
          usage_hint: 'ask <question> | sources | style | summary | settings | help',
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      ...(requestUrl === undefined
        ? {}
        : { redirect_urls: [new URL('/slack/oauth_redirect', requestUrl).href] }),
      scopes: { bot: requiredScopes.map(({ scope }) => scope) },
    },
    settings: {
      event_subscriptions: {
        ...(url === undefined ? {} : { request_url: url }),
        bot_events: [...botEvents],
      },
      interactivity: { is_enabled: true, ...(url === undefined ? {} : { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}

/** For an app that connects by a socket. `manifest.json` is the same; a test holds the two together. */
export const manifest = manifestFor();
