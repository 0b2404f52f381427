import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import type { SlackConfig } from '../config.ts';
import { botEvents, commandName, shortcutIds } from '../manifest.ts';
import { again } from '../web/call.ts';
import type { Client } from '../web/workspaces.ts';
import { pageOf, unreachable } from './bot.ts';

const patience = { retryMs: 500, tries: 3, limitedMs: 30_000 };

/** Whether the app-level token opens a connection: that needs its scope, and Socket Mode switched on. */
export async function checkAppToken(client: Client, token: string): Promise<Finding> {
  const name = 'Socket Mode';
  const opened = await again(() => client.apps.connections.open({ token }), patience);
  if (opened.kind === 'done') return { name, verdict: 'good', found: 'a connection can be opened' };
  if (opened.kind === 'unknown') return unreachable(name);
  const { error } = opened;
  if (error === 'not_allowed_token_type' || error === 'missing_scope') {
    return {
      name,
      verdict: 'bad',
      found: `SLACK_APP_TOKEN may not open connections: ${error}`,
      todo: 'Generate an app-level token with the scope connections:write on your app’s page: Basic Information, App-Level Tokens.',
    };
  }
  if (/socket_mode|not_enabled|forbidden/u.test(error)) {
    return {
      name,
      verdict: 'bad',
      found: `it is not switched on: ${error}`,
      todo: 'On your app’s page, Socket Mode: turn on “Enable Socket Mode”.',
    };
  }
  return {
    name,
    verdict: 'bad',
    found: `Slack refuses SLACK_APP_TOKEN: ${error}`,
    todo: 'Generate a new one on your app’s page: Basic Information, App-Level Tokens.',
  };
}

const exportedSchema = z.object({
  features: z
    .object({
      app_home: z
        .object({ home_tab_enabled: z.boolean(), messages_tab_read_only_enabled: z.boolean() })
        .partial()
        .optional(),
      assistant_view: z.unknown().optional(),
      agent_view: z.unknown().optional(),
      shortcuts: z.array(z.object({ callback_id: z.string() })).default([]),
      slash_commands: z.array(z.object({ command: z.string() })).default([]),
    })
    .prefault({}),
  settings: z
    .object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).prefault({}),
      interactivity: z.object({ is_enabled: z.boolean() }).optional(),
      socket_mode_enabled: z.boolean().default(false),
    })
    .prefault({}),
});

type Exported = z.infer<typeof exportedSchema>;

/**
 * What the app is set up for: subscriptions, commands, shortcuts. Slack shows that to a configuration token
 * only, and not to the bot's.
 */
export async function checkConfigured(
  client: Client,
  { configurationToken: token, events }: SlackConfig,
  app: string | undefined,
): Promise<readonly Finding[]> {
  const name = 'Event subscriptions';
  if (token === undefined || app === undefined) {
    return [
      {
        name,
        verdict: 'advice',
        found: `could not be looked at${token === undefined ? ' without SLACK_CONFIG_TOKEN' : ''}`,
        todo: `Compare “Subscribe to bot events” on ${pageOf(app, 'event-subscriptions')} with bots/slack/manifest.json: ${botEvents.join(', ')}.`,
      },
    ];
  }
  const exported = await again(() => client.apps.manifest.export({ token, app_id: app }), patience);
  if (exported.kind === 'unknown') return [unreachable(name)];
  if (exported.kind === 'refused') {
    return [
      {
        name,
        verdict: 'advice',
        found: `could not be looked at: ${exported.error}`,
        todo: 'Configuration tokens last twelve hours: generate a new one at https://api.slack.com/apps, “Your App Configuration Tokens”.',
      },
    ];
  }
  const parsed = exportedSchema.safeParse(exported.value.manifest);
  if (!parsed.success) {
    return [{ name, verdict: 'advice', found: 'Slack described the app in a form that is new' }];
  }
  return differences(parsed.data, events.kind === 'socket', app);
}

function differences(
  { features, settings }: Exported,
  socket: boolean,
  app: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  const bad = (name: string, found: string, todo: string) =>
    findings.push({ name, verdict: 'bad', found, todo });
  const subscribed = new Set(settings.event_subscriptions.bot_events);
  const missing = botEvents.filter((event) => !subscribed.has(event));
  if (missing.length > 0) {
    bad(
      'Event subscriptions',
      `missing: ${missing.join(', ')}`,
      `Add them under “Subscribe to bot events” on ${pageOf(app, 'event-subscriptions')} and save.`,
    );
  } else {
    findings.push({
      name: 'Event subscriptions',
      verdict: 'good',
      found: `all ${botEvents.length} are there`,
    });
  }
  if (!features.slash_commands.some(({ command }) => command === commandName)) {
    bad(
      'Slash command',
      `${commandName} is missing`,
      `Create it on ${pageOf(app, 'slash-commands')}.`,
    );
  }
  const registered = new Set(features.shortcuts.map(({ callback_id }) => callback_id));
  for (const id of Object.values(shortcutIds).filter((each) => !registered.has(each))) {
    bad(
      'Shortcut',
      `the shortcut on messages with callback id ${id} is missing`,
      `Create it on ${pageOf(app, 'interactive-messages')}.`,
    );
  }
  if (settings.interactivity?.is_enabled !== true) {
    bad('Interactivity', 'is off', `Turn it on at ${pageOf(app, 'interactive-messages')}.`);
  }
  if (socket && !settings.socket_mode_enabled) {
    bad('Socket Mode', 'is off', `Turn it on at ${pageOf(app, 'socket-mode')}.`);
  }
  if (features.assistant_view === undefined && features.agent_view === undefined) {
    findings.push({
      name: 'Assistant',
      verdict: 'advice',
      found: 'the app is no assistant: there is no pane with suggested questions',
      todo: `Turn it on at ${pageOf(app, 'app-assistant')}.`,
    });
  }
  const home = features.app_home;
  if (home?.home_tab_enabled !== true || home.messages_tab_read_only_enabled === true) {
    bad(
      'App Home',
      'the home tab is off, or people may not write in the messages tab',
      `Turn both on at ${pageOf(app, 'app-home')}.`,
    );
  }
  return findings;
}
