import { describe, expect, it } from 'vitest';
import { errorOf, plainClient } from '../bolt.ts';
import { startSlackServer } from '../server.ts';

describe('tokens', () => {
  it('knows none, wrong and dead ones from good ones', async () => {
    const slack = await startSlackServer();
    try {
      expect(await errorOf(plainClient(slack, '').auth.test())).toBe('not_authed');
      expect(await errorOf(plainClient(slack, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
      const { botToken } = slack;
      slack.workspace.revokeToken();
      expect(await errorOf(plainClient(slack, botToken).auth.test())).toBe('token_revoked');
      expect(slack.violations.map(({ code }) => code)).toEqual(['not_authed', 'invalid_auth']);
    } finally {
      await slack.close();
    }
  });

  it('tells an app-level token about the app, and about its own scopes', async () => {
    const slack = await startSlackServer({ app: { id: 'A1', appTokenScopes: [] } });
    try {
      const app = plainClient(slack, slack.appToken);
      const { response_metadata, ...about } = await app.auth.test();
      expect(about).toMatchObject({ app_id: 'A1', app_name: 'Twin' });
      expect(response_metadata?.scopes).toEqual(['']);
      expect(await errorOf(app.apps.connections.open())).toBe('missing_scope');
      expect(await errorOf(app.chat.postMessage({ channel: 'C1', text: 'x' }))).toBe(
        'not_allowed_token_type',
      );
    } finally {
      await slack.close();
    }
  });
});

describe('scopes', () => {
  it('says which is missing, and which there are', async () => {
    const slack = await startSlackServer({
      app: { scopes: ['chat:write', 'channels:read'], events: [] },
    });
    try {
      const client = plainClient(slack);
      const { response_metadata } = await client.auth.test();
      expect(response_metadata?.scopes).toEqual(['chat:write', 'channels:read']);
      expect(await errorOf(client.users.info({ user: 'U1' }))).toBe('missing_scope');
      expect(slack.calls.at(-1)?.answer).toEqual({
        ok: false,
        error: 'missing_scope',
        needed: 'users:read',
        provided: 'chat:write,channels:read',
      });
      // Which scope a conversation needs depends on its kind.
      await client.conversations.info({ channel: 'C1' });
      const { dm } = slack.workspace.user('U1');
      expect(await errorOf(client.conversations.info({ channel: dm }))).toBe('missing_scope');
      slack.workspace.grantScopes('im:read');
      await client.conversations.info({ channel: dm });
    } finally {
      await slack.close();
    }
  });
});

describe('a manifest', () => {
  const manifest = (scopes: readonly string[], events: readonly string[]) => ({
    display_information: { name: 'Twin' },
    features: {
      bot_user: { display_name: 'twin' },
      slash_commands: [{ command: '/twin', description: 'Ask' }],
    },
    oauth_config: { scopes: { bot: scopes } },
    settings: { event_subscriptions: { bot_events: events } },
  });

  it.each([
    ['a scope that there is not', ['chat:shout'], [], 'no such scopes: chat:shout'],
    ['an event without its scope', ['chat:write'], ['app_mention'], 'app_mentions:read'],
    ['an event that there is not', ['chat:write'], ['app_mentioned'], 'app_mentioned'],
  ])('with %s creates no app', async (_what, scopes, events, message) => {
    const start = startSlackServer({ manifest: manifest(scopes, events) });
    await expect(start).rejects.toThrow(message);
  });

  it('creates an app with its scopes and commands, and no others', async () => {
    const slack = await startSlackServer({ manifest: manifest(['commands'], ['app_home_opened']) });
    try {
      const { response_metadata } = await plainClient(slack).auth.test();
      expect(response_metadata?.scopes).toEqual(['commands']);
      const person = slack.workspace.user('U1');
      await expect(person.runs('/other', '')).rejects.toThrow('no command /other');
      // Nobody is connected, and people are told at once.
      expect(await person.runs('/twin', '')).toMatchObject({ outcome: 'dispatch_failed' });
    } finally {
      await slack.close();
    }
  });
});
