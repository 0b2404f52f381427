import { z } from 'zod';
import type { App } from './core.ts';
import { NEEDED } from './events.ts';
import type { Ids } from './ids.ts';
import type { AppSpec } from './types.ts';

/** Bot scopes that this server knows. A manifest that asks for another is a typing mistake, or news. */
export const SCOPES: ReadonlySet<string> = new Set([
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'links:read',
  'metadata.message:read',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'usergroups:read',
  'users:read',
  'users:read.email',
]);

// What an installation gets when a test does not care: everything but permission to dress up.
const USUAL = [...SCOPES].filter((scope) => !/customize|public|files|email/.test(scope));

const manifest = z.looseObject({
  display_information: z.looseObject({ name: z.string().max(35) }),
  features: z.looseObject({
    bot_user: z.looseObject({ display_name: z.string().max(80) }),
    slash_commands: z
      .array(z.looseObject({ command: z.string().startsWith('/').max(32) }))
      .optional(),
    shortcuts: z
      .array(
        z.looseObject({
          name: z.string().max(24),
          callback_id: z.string().max(255),
          type: z.enum(['message', 'global']),
          description: z.string().max(150),
        }),
      )
      .optional(),
  }),
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({ bot_events: z.array(z.string()) }).optional(),
  }),
});

/** The app, from what the test says, else from its manifest, else open to everything. */
export function createApp(spec: AppSpec, manifestSource: unknown, ids: Ids): App {
  const made = manifestSource === undefined ? {} : appOfManifest(manifestSource);
  const given = { ...made, ...spec };
  const unknown = (given.scopes ?? []).filter((scope) => !SCOPES.has(scope));
  if (unknown.length > 0) throw new Error(`Slack has no such scopes: ${unknown.join(', ')}`);
  for (const event of given.events ?? []) subscribable(event, given.scopes ?? USUAL);
  const setOf = (values: readonly string[] | undefined) =>
    values === undefined ? undefined : new Set(values);
  const id = given.id ?? 'A0TWIN';
  return {
    id,
    name: given.name ?? 'Twin',
    clientId: given.clientId ?? '1111.2222',
    clientSecret: given.clientSecret ?? ids.hex(32),
    signingSecret: given.signingSecret ?? ids.hex(32),
    appToken: `xapp-1-${id}-${ids.hex(24)}`,
    appTokenScopes: given.appTokenScopes ?? ['connections:write'],
    scopes: given.scopes ?? USUAL,
    events: setOf(given.events),
    commands: setOf(given.commands),
    shortcuts: setOf(given.shortcuts),
  };
}

const FREE_EVENTS: ReadonlySet<string> = new Set([
  'agent_session_stopped',
  'app_home_opened',
  'app_uninstalled',
  'tokens_revoked',
]);

/** Slack saves no subscription without the scope that it needs. */
function subscribable(event: string, scopes: readonly string[]): void {
  const needed = NEEDED[event];
  if (needed === undefined && !FREE_EVENTS.has(event)) {
    throw new Error(`This server sends no event called ${event}.`);
  }
  if (needed !== undefined && !needed.some((scope) => scopes.includes(scope))) {
    throw new Error(`The event ${event} needs one of the scopes ${needed.join(', ')}.`);
  }
}

function appOfManifest(source: unknown): AppSpec {
  const { display_information, features, oauth_config, settings } = manifest.parse(source);
  return {
    name: display_information.name,
    scopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions?.bot_events ?? [],
    commands: (features.slash_commands ?? []).map(({ command }) => command),
    shortcuts: (features.shortcuts ?? []).map(({ callback_id }) => callback_id),
  };
}
