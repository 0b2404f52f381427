import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { environmentProblem, flag, optional } from '../pipelines/environment.ts';
import { PermanentError } from '../pipelines/stores/errors.ts';
import { apiShape } from './api/config.ts';
import type { Limits } from './conversation/limits.ts';
import type { DiscordConfig } from './discord/config.ts';
import type { SlackConfig } from './slack/config.ts';
import type { InstallationStore } from './slack/installations.ts';

const secret = (shape: RegExp, what: string) =>
  optional(z.string().regex(shape, { error: `does not look like ${what}` }));
const port = optional(z.coerce.number().int().min(0).max(65_535));
const perMinute = optional(z.coerce.number().int().min(0).max(100_000));
const url = optional(z.url({ protocol: /^https?$/u }));
/** Every environment variable that only the bots read. `.env.example` explains each one. */
const schema = z.object({
  UNDERSTUDY_ACCESS: optional(z.string()),
  UNDERSTUDY_PERSON_PER_MINUTE: perMinute,
  UNDERSTUDY_CHANNEL_PER_MINUTE: perMinute,
  SLACK_BOT_TOKEN: secret(/^xoxb-/u, 'a bot token (xoxb-…)'),
  SLACK_APP_TOKEN: secret(/^xapp-/u, 'an app-level token (xapp-…)'),
  SLACK_SIGNING_SECRET: optional(z.string().min(8)),
  SLACK_PORT: port,
  SLACK_CLIENT_ID: optional(z.string()),
  SLACK_CLIENT_SECRET: optional(z.string()),
  SLACK_STATE_SECRET: optional(z.string().min(16)),
  SLACK_ENCRYPTION_KEY: optional(
    z.string().transform((text) => text.split(',').map((key) => key.trim())),
  ),
  SLACK_PUBLIC_URL: url,
  SLACK_CONFIG_TOKEN: secret(/^xoxe/u, 'an app configuration token (xoxe-…)'),
  SLACK_SHOW_TASKS: flag('off'),
  SLACK_USER_GROUPS: flag('off'),
  SLACK_API_URL: url,
  SLACK_AUTHORIZE_URL: url,
  DISCORD_TOKEN: optional(z.string().min(20)),
  DISCORD_APPLICATION_ID: secret(/^\d{5,25}$/u, 'an application id (digits only)'),
  DISCORD_PUBLIC_KEY: secret(/^[0-9a-f]{64}$/iu, 'a public key (64 hexadecimal digits)'),
  DISCORD_PORT: port,
  DISCORD_MESSAGE_CONTENT: flag('on'),
  DISCORD_GATEWAY: flag('on'),
  DISCORD_API_URL: url,
});

type Variables = Readonly<Record<string, string | undefined>>;
type Parsed = z.infer<typeof schema>;

export type BotsEnvironment = {
  /** Absolute path of the access rules. */
  readonly access?: string;
  readonly limits?: Partial<Limits>;
};

/**
 * Reads what all bots share.
 *
 * @throws PermanentError `environment.invalid` naming each wrong variable.
 */
export function readBotsEnvironment(
  variables: Variables,
  workingDirectory = process.cwd(),
): BotsEnvironment {
  const data = parsed(variables);
  const { UNDERSTUDY_ACCESS: access } = data;
  const person = data.UNDERSTUDY_PERSON_PER_MINUTE;
  const channel = data.UNDERSTUDY_CHANNEL_PER_MINUTE;
  // 0 stands for no limit: nobody would run a twin that may not be asked at all.
  const limits = {
    ...(person !== undefined && { personPerMinute: person || null }),
    ...(channel !== undefined && { channelPerMinute: channel || null }),
  };
  return {
    ...(access !== undefined && {
      access: isAbsolute(access) ? access : resolve(workingDirectory, access),
    }),
    limits,
  };
}

/**
 * How to reach Slack; null when nothing of it is set. A socket, unless only a signing secret is there; one workspace
 * by its token, unless a client id says that several may install the app.
 *
 * @param installations opens the store of installations with the encryption keys, newest first.
 * @throws PermanentError `environment.incomplete` naming what is missing.
 */
export function readSlack(
  variables: Variables,
  installations: (keys: readonly string[]) => InstallationStore,
): SlackConfig | null {
  const data = parsed(variables);
  const set = Object.entries(data).some(
    ([name, value]) => name.startsWith('SLACK_') && value !== undefined && value !== false,
  );
  if (!set) return null;
  const events = slackEvents(data);
  const port = events.kind === 'http' ? events.port : (data.SLACK_PORT ?? defaultSlackPort);
  return {
    access: slackAccess(data, port, installations),
    events,
    showTasks: data.SLACK_SHOW_TASKS,
    readUserGroups: data.SLACK_USER_GROUPS,
    ...(data.SLACK_API_URL !== undefined && { apiUrl: data.SLACK_API_URL }),
    ...(data.SLACK_CONFIG_TOKEN !== undefined && { configurationToken: data.SLACK_CONFIG_TOKEN }),
  };
}

const defaultSlackPort = 3_000;
const defaultDiscordPort = 3_001;

function slackEvents(data: Parsed): SlackConfig['events'] {
  if (data.SLACK_APP_TOKEN !== undefined) return { kind: 'socket', appToken: data.SLACK_APP_TOKEN };
  if (data.SLACK_SIGNING_SECRET !== undefined) {
    const { SLACK_SIGNING_SECRET: signingSecret, SLACK_PORT: chosen = defaultSlackPort } = data;
    return { kind: 'http', signingSecret, port: chosen };
  }
  throw incomplete(
    'Slack has no way to bring events here: SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both unset.',
    'Set SLACK_APP_TOKEN (Basic Information → App-Level Tokens, scope connections:write) for Socket Mode.',
  );
}

function slackAccess(
  data: Parsed,
  port: number,
  installations: (keys: readonly string[]) => InstallationStore,
): SlackConfig['access'] {
  if (data.SLACK_CLIENT_ID === undefined) {
    if (data.SLACK_BOT_TOKEN !== undefined)
      return { kind: 'token', botToken: data.SLACK_BOT_TOKEN };
    throw incomplete(
      'Slack is set up without SLACK_BOT_TOKEN.',
      'Set it to the Bot User OAuth Token (OAuth & Permissions, after Install to Workspace).',
    );
  }
  const { SLACK_CLIENT_SECRET, SLACK_STATE_SECRET, SLACK_ENCRYPTION_KEY } = data;
  if (
    SLACK_CLIENT_SECRET === undefined ||
    SLACK_STATE_SECRET === undefined ||
    SLACK_ENCRYPTION_KEY === undefined
  ) {
    const needed = { SLACK_CLIENT_SECRET, SLACK_STATE_SECRET, SLACK_ENCRYPTION_KEY };
    const missing = Object.entries(needed).flatMap(([name, value]) =>
      value === undefined ? name : [],
    );
    throw incomplete(
      `SLACK_CLIENT_ID lets several workspaces install the app, which also needs ${missing.join(', ')}.`,
      'Set them as .env.example explains, or unset SLACK_CLIENT_ID to serve one workspace by its token.',
    );
  }
  return {
    kind: 'oauth',
    clientId: data.SLACK_CLIENT_ID,
    clientSecret: SLACK_CLIENT_SECRET,
    stateSecret: SLACK_STATE_SECRET,
    installations: installations(SLACK_ENCRYPTION_KEY),
    port,
    ...(data.SLACK_PUBLIC_URL !== undefined && { publicUrl: data.SLACK_PUBLIC_URL }),
    ...(data.SLACK_AUTHORIZE_URL !== undefined && { authorizationUrl: data.SLACK_AUTHORIZE_URL }),
  };
}

/**
 * How to reach Discord; null when nothing of it is set.
 *
 * @throws PermanentError `environment.incomplete` naming what is missing.
 */
export function readDiscord(variables: Variables): DiscordConfig | null {
  const data = parsed(variables);
  const { DISCORD_TOKEN: token, DISCORD_APPLICATION_ID: applicationId } = data;
  if (token === undefined && applicationId === undefined) return null;
  if (token === undefined || applicationId === undefined) {
    throw incomplete(
      `Discord is set up without ${token === undefined ? 'DISCORD_TOKEN' : 'DISCORD_APPLICATION_ID'}.`,
      'Both stand in the Discord Developer Portal: Bot → Token, General Information → Application ID.',
    );
  }
  const { DISCORD_PUBLIC_KEY: publicKey, DISCORD_PORT: chosen = defaultDiscordPort } = data;
  return {
    token,
    applicationId,
    messageContent: data.DISCORD_MESSAGE_CONTENT,
    http: publicKey === undefined ? null : { publicKey, port: chosen, host: '0.0.0.0' },
    gateway: data.DISCORD_GATEWAY,
    ...(data.DISCORD_API_URL !== undefined && { apiUrl: data.DISCORD_API_URL }),
  };
}

const incomplete = (message: string, hint: string) =>
  new PermanentError(message, { code: 'environment.incomplete', hint });

function parsed(variables: Variables): Parsed {
  const result = schema.safeParse(variables);
  if (!result.success) throw environmentProblem(result.error);
  return result.data;
}

/** The variables' names, so that a test can hold `.env.example` to them. */
export const botVariables: readonly string[] = Object.keys({ ...schema.shape, ...apiShape });
