import { webApi } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../bots/finding.ts';
import type { SlackConfig } from '../../../bots/slack/config.ts';
import { checkConfigured } from '../../../bots/slack/doctor/app.ts';
import { checkSlack } from '../../../bots/slack/doctor.ts';
import { openInstallations } from '../../../bots/slack/installations.ts';
import stored from '../../../bots/slack/manifest.json' with { type: 'json' };
import { manifest, manifestFor } from '../../../bots/slack/manifest.ts';
import { requiredScopes } from '../../../bots/slack/scopes.ts';
import { openSealer } from '../../../bots/slack/sealer.ts';
import {
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
} from '../../servers/slack/server.ts';

describe('the manifest', () => {
  test('that is pasted is the one in code', () => {
    expect(stored).toEqual(JSON.parse(JSON.stringify(manifest)));
  });

  test('keeps to Slack’s limits, and each scope says why', () => {
    expect(stored.display_information.name.length).toBeLessThanOrEqual(35);
    expect(stored.display_information.description.length).toBeLessThanOrEqual(140);
    expect(stored.features.assistant_view.assistant_description.length).toBeLessThanOrEqual(300);
    for (const { name, description, callback_id } of stored.features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
      expect(callback_id.length).toBeLessThanOrEqual(255);
    }
    expect(stored.features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/u);
    expect(new Set(stored.oauth_config.scopes.bot)).toEqual(
      new Set(requiredScopes.map(({ scope }) => scope)),
    );
    expect(requiredScopes.every(({ why }) => why.length > 20)).toBe(true);
  });

  test('subscribes to nothing that its scopes do not allow', () => {
    const needed: Readonly<Record<string, string>> = {
      app_mention: 'app_mentions:read',
      'message.channels': 'channels:history',
      'message.groups': 'groups:history',
      'message.im': 'im:history',
      'message.mpim': 'mpim:history',
      assistant_thread_started: 'assistant:write',
      assistant_thread_context_changed: 'assistant:write',
    };
    for (const event of stored.settings.event_subscriptions.bot_events) {
      const scope = needed[event];
      if (scope !== undefined) expect(stored.oauth_config.scopes.bot).toContain(scope);
    }
    expect(stored.settings.event_subscriptions.bot_events).toEqual(
      expect.arrayContaining(Object.keys(needed)),
    );
  });

  test('for requests names where they go, and leaves the socket off', () => {
    const made = manifestFor({ name: 'Ada’s twin', requestUrl: 'https://twin.example' });
    const url = 'https://twin.example/slack/events';
    expect(made.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: url },
      event_subscriptions: { request_url: url },
    });
    expect(made.features.slash_commands[0]).toMatchObject({ url });
    expect(made.features.bot_user.display_name).toBe('ada-s-twin');
  });
});

describe('an installation', () => {
  const old = 'an old secret with enough characters';
  const fresh = 'a fresh secret with enough characters';
  const installed = {
    team: { id: 'T1' },
    enterprise: undefined,
    user: { token: undefined, scopes: undefined, id: 'U1' },
    bot: { token: 'xoxb-secret', scopes: [], id: 'B1', userId: 'U2' },
  };
  const query = { teamId: 'T1', enterpriseId: undefined, isEnterpriseInstall: false as const };
  const memory = () => {
    const kept = new Map<string, Uint8Array>();
    return {
      kept,
      bytes: {
        put: async (id: string, bytes: Uint8Array) => void kept.set(id, bytes),
        get: async (id: string) => kept.get(id),
        remove: async (id: string) => void kept.delete(id),
      },
    };
  };

  test('comes back as it was stored, and cannot be read where it lies', async () => {
    const { kept, bytes } = memory();
    const store = openInstallations(bytes, [fresh]);
    await store.storeInstallation(installed);
    expect(Buffer.from(kept.get('team:T1')!).toString('latin1')).not.toContain('xoxb');
    expect((await store.fetchInstallation(query)).bot?.token).toBe('xoxb-secret');
    await store.deleteInstallation(query);
    await expect(store.fetchInstallation(query)).rejects.toMatchObject({
      code: 'slack.not-installed',
    });
  });

  test('is sealed anew when it is read after the key was changed', async () => {
    const { kept, bytes } = memory();
    await openInstallations(bytes, [old]).storeInstallation(installed);
    const before = kept.get('team:T1');
    expect(await openInstallations(bytes, [fresh, old]).fetchInstallation(query)).toEqual(
      JSON.parse(JSON.stringify(installed)),
    );
    expect(kept.get('team:T1')).not.toEqual(before);
    await openInstallations(bytes, [fresh]).fetchInstallation(query);
    await expect(openInstallations(bytes, [old]).fetchInstallation(query)).rejects.toMatchObject({
      code: 'slack.sealed',
    });
  });

  test('of an organisation serves its workspaces', async () => {
    const { bytes } = memory();
    const store = openInstallations(bytes, [fresh]);
    await store.storeInstallation({
      ...installed,
      team: undefined,
      enterprise: { id: 'E1' },
      isEnterpriseInstall: true,
    });
    const found = await store.fetchInstallation({ ...query, teamId: 'T7', enterpriseId: 'E1' });
    expect(found.bot?.token).toBe('xoxb-secret');
  });

  test('that was changed, moved or cut does not open', () => {
    const sealer = openSealer([fresh]);
    const sealed = sealer.seal('team:T1', Buffer.from('secret'));
    expect(Buffer.from(sealer.open('team:T1', sealed).opened).toString()).toBe('secret');
    expect(() => sealer.open('team:T2', sealed)).toThrow('cannot be decrypted');
    for (const at of [0, 3, 10, 20, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      expect(() => sealer.open('team:T1', changed)).toThrow('cannot be decrypted');
    }
    expect(() => sealer.open('team:T1', sealed.subarray(0, 12))).toThrow('cannot be decrypted');
    expect(sealer.seal('team:T1', Buffer.from('secret'))).not.toEqual(sealed);
  });

  test('needs a secret that is long enough', () => {
    expect(() => openSealer([])).toThrow('at least 32');
    expect(() => openSealer([fresh, 'short'])).toThrow('at least 32');
  });
});

describe('the doctor', () => {
  const examine = async (
    options: SlackServerOptions,
    change: (slack: SlackServer) => Partial<SlackConfig> = () => ({}),
  ): Promise<readonly Finding[]> => {
    const slack = await startSlackServer(options);
    try {
      return await checkSlack({
        access: { kind: 'token', botToken: slack.botToken },
        events: { kind: 'socket', appToken: slack.appToken },
        apiUrl: slack.apiUrl,
        ...change(slack),
      });
    } finally {
      await slack.close();
    }
  };
  const bad = (findings: readonly Finding[]) =>
    findings
      .filter(({ verdict }) => verdict === 'bad')
      .map(({ name, found }) => `${name}: ${found}`);

  test('finds nothing wrong with an app made by the manifest', async () => {
    const findings = await examine({ manifest: stored });
    expect(bad(findings)).toEqual([]);
    expect(findings.find(({ name }) => name === 'Bot token')?.found).toMatch(
      /belongs to “.+” in “.+”/u,
    );
    expect(findings.find(({ name }) => name === 'Scopes')?.verdict).toBe('good');
    expect(findings.every(({ todo = 'x' }) => todo.length > 0)).toBe(true);
  });

  test('names each scope that is missing, what it is for and where to click', async () => {
    const scopes = requiredScopes
      .map(({ scope }) => scope)
      .filter((scope) => scope !== 'groups:history' && scope !== 'commands');
    const findings = await examine({ app: { scopes } });
    expect(bad(findings)).toHaveLength(2);
    const missing = findings.find(({ name }) => name === 'Scope groups:history');
    expect(missing?.found).toContain('private channels');
    expect(missing?.todo).toMatch(/apps\/A\w+\/oauth/u);
  });

  test('says what is more than needed', async () => {
    const findings = await examine({
      app: { scopes: [...requiredScopes.map(({ scope }) => scope), 'files:read'] },
    });
    expect(bad(findings)).toEqual([]);
    expect(findings.some(({ found }) => found.includes('more than needed: files:read'))).toBe(true);
  });

  test('tells tokens apart that were put into each other’s place', async () => {
    const findings = await examine({}, ({ botToken, appToken }) => ({
      access: { kind: 'token', botToken: appToken },
      events: { kind: 'socket', appToken: botToken },
    }));
    expect(bad(findings).join('\n')).toContain('begins with “xapp-”, not with “xoxb-”');
    expect(bad(findings).join('\n')).toContain('begins with “xoxb-”, not with “xapp-”');
  });

  test('knows dead tokens, a signing secret that is none, and a Slack that is not there', async () => {
    const dead = await examine({}, () => ({
      access: { kind: 'token', botToken: 'xoxb-dead' },
      events: { kind: 'http', signingSecret: 'nonsense', port: 1 },
    }));
    expect(bad(dead).join('\n')).toMatch(/Slack refuses it: invalid_auth/u);
    expect(bad(dead).join('\n')).toMatch(/not 32 hexadecimal digits/u);
    const away = await examine({}, () => ({
      apiUrl: 'http://127.0.0.1:9/api/',
      timings: { retryMs: 1 },
    }));
    expect(bad(away).join('\n')).toContain('could not be reached');
  });
});

describe('with a configuration token the doctor looks at the app itself', () => {
  const look = (exported: unknown) => {
    const fetch = async () =>
      new Response(JSON.stringify({ ok: true, manifest: exported }), {
        headers: { 'content-type': 'application/json' },
      });
    const config: SlackConfig = {
      access: { kind: 'token', botToken: 'xoxb-1' },
      events: { kind: 'socket', appToken: 'xapp-1' },
      configurationToken: 'xoxe-1',
    };
    return checkConfigured(new webApi.WebClient(undefined, { fetch }), config, 'A1');
  };

  test('and finds all as the manifest has it', async () => {
    const findings = await look(stored);
    expect(findings.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['Event subscriptions', 'good'],
    ]);
  });

  test('and names what was forgotten, with the page where it is switched on', async () => {
    const findings = await look({
      features: { app_home: { home_tab_enabled: false } },
      settings: { event_subscriptions: { bot_events: ['app_mention'] } },
    });
    const found = findings.map(({ name, found: words }) => `${name}: ${words}`).join('\n');
    expect(found).toContain('message.channels');
    expect(found).not.toContain('app_mention,');
    for (const name of ['Slash command', 'Shortcut', 'Interactivity', 'Socket Mode', 'App Home']) {
      expect(found).toContain(`${name}:`);
    }
    for (const { verdict, todo } of findings) {
      if (verdict === 'bad') expect(todo).toContain('https://api.slack.com/apps/A1/');
    }
  });

  test('and says so when what it is shown is new to it', async () => {
    const [finding] = await look({ features: 'none' });
    expect(finding).toMatchObject({ verdict: 'advice' });
  });
});
