import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { App, HTTPReceiver, type Installation } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bolt, errorOf, plainClient, startBoltHttp } from '../bolt.ts';
import {
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
  visibleText,
} from '../server.ts';

let slack: SlackServer;
let bolt: Bolt | undefined;

async function start(listen: (app: App) => void, options?: SlackServerOptions): Promise<void> {
  slack = await startSlackServer(options);
  bolt = await startBoltHttp(slack, listen);
}

afterEach(async () => {
  await bolt?.stop();
  bolt = undefined;
  await slack.close();
});

describe('signed requests', () => {
  it('prove themselves, and are refused when wrong, old or unsigned', async () => {
    await start(() => {});
    expect(await slack.http.verifyUrl()).toBe(true);
    const event = { type: 'app_mention', text: 'x', user: 'U1', channel: 'C1', ts: '1.2' };
    expect(await slack.http.forge({ event, signature: 'wrong' })).toBe(401);
    expect(await slack.http.forge({ event, signature: 'missing' })).toBe(401);
    expect(await slack.http.forge({ event, signature: 'valid', ageS: 301 })).toBe(401);
    expect(await slack.http.forge({ event, signature: 'valid', ageS: 200 })).not.toBe(401);
  });

  it('carry events, commands and interactions', async () => {
    const seen: unknown[] = [];
    await start((app) => {
      app.message(async ({ say }) => {
        const button = {
          type: 'button' as const,
          action_id: 'go',
          text: { type: 'plain_text' as const, text: 'Go' },
        };
        await say({ text: 'An answer', blocks: [{ type: 'actions', elements: [button] }] });
      });
      app.command('/twin', async ({ ack }) => ack({ text: 'Private', response_type: 'ephemeral' }));
      app.action('go', async ({ ack, body }) => {
        await ack();
        seen.push(body.user.id);
      });
    });
    const person = slack.workspace.user('U1');
    person.dms('hello');
    const answer = await slack.until(() => slack.workspace.botMessages()[0]);
    await person.presses(answer, 'go');
    await person.runs('/twin', 'ask');
    expect(seen).toEqual(['U1']);
    expect(person.ephemerals().map(visibleText)).toEqual(['Private']);
    expect(slack.deliveries.every(({ via }) => via === 'http')).toBe(true);
    expect(slack.violations).toEqual([]);
  });

  it('come again, numbered and with the reason, when an acknowledgement is lost', async () => {
    const retries: unknown[] = [];
    await start(
      (app) =>
        app.message(
          async ({ context }) => void retries.push([context.retryNum, context.retryReason]),
        ),
      { retryDelaysMs: [0] },
    );
    slack.faults.loseAcks();
    slack.workspace.user('U1').dms('hello');
    await slack.until(() => retries.length === 2);
    expect(retries).toEqual([
      [undefined, undefined],
      [1, 'http_timeout'],
    ]);
  });

  it('are counted as lost when the app fails', async () => {
    await start(() => {}, { retryDelaysMs: [] });
    slack.deliverTo(bolt?.url?.replace('/slack/events', '/elsewhere'));
    slack.workspace.user('U1').dms('hello');
    await slack.until(() => slack.violations.length === 1);
    expect(slack.violations[0]).toMatchObject({ code: 'http_error', where: 'http' });
  });
});

/** Redirects name the port, so it has to be known before anybody listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('installation', () => {
  /** An app for several workspaces, whose installations stay in memory. */
  async function startInstallable(scopes: string[]) {
    slack = await startSlackServer({
      teams: [
        { id: 'T1', installed: false },
        { id: 'T2', installed: false },
      ],
    });
    const port = await freePort();
    const kept = new Map<string, Installation>();
    const clientOptions = { slackApiUrl: slack.apiUrl };
    const receiver = new HTTPReceiver({
      signingSecret: slack.signingSecret,
      clientId: slack.clientId,
      clientSecret: slack.clientSecret,
      stateSecret: 'only-for-this-test',
      scopes,
      redirectUri: `http://127.0.0.1:${port}/slack/oauth_redirect`,
      installerOptions: {
        authorizationUrl: slack.authorizationUrl,
        clientOptions,
        redirectUriPath: '/slack/oauth_redirect',
      },
      installationStore: {
        storeInstallation: async (installation) =>
          void kept.set(installation.team?.id ?? '', installation),
        fetchInstallation: async ({ teamId = '' }) => {
          const found = kept.get(teamId);
          if (found === undefined) throw new Error(`not installed in ${teamId}`);
          return found;
        },
      },
    });
    const app = new App({ receiver, clientOptions });
    await app.start({ port, host: '127.0.0.1' });
    bolt = { app, log: [], url: undefined, stop: async () => void (await app.stop()) };
    slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
    return { app, kept, port };
  }

  it('of one app in two workspaces, each with a token of its own', async () => {
    const { app, kept, port } = await startInstallable(['chat:write', 'im:history']);
    app.message(async ({ say, context }) => void (await say(`Hello ${context.teamId}`)));
    for (const team of ['T1', 'T2']) {
      const page = await slack.install(`http://127.0.0.1:${port}/slack/install`, team, 'U2');
      expect(page.status).toBe(200);
      expect(page.text).toContain('Thank you');
    }
    expect([...kept.values()].map(({ bot, user }) => [bot?.scopes, user.id])).toEqual([
      [['chat:write', 'im:history'], 'U2'],
      [['chat:write', 'im:history'], 'U2'],
    ]);
    for (const team of ['T1', 'T2']) {
      const workspace = slack.workspaceOf(team);
      workspace.user('U1').dms('hello');
      const answer = await slack.until(() => workspace.botMessages()[0]);
      expect(visibleText(answer)).toBe(`Hello ${team}`);
    }
    expect(slack.violations).toEqual([]);
  });

  it('redeems a code once, with the right secret and address', async () => {
    const { port } = await startInstallable(['chat:write']);
    const client = plainClient(slack, '');
    await slack.install(`http://127.0.0.1:${port}/slack/install`, 'T1');
    const [exchange] = slack.callsOf('oauth.v2.access');
    const args = exchange?.args as { code: string; redirect_uri: string };
    const { clientId: client_id, clientSecret: client_secret } = slack;
    const redeem = (more: object) =>
      errorOf(client.oauth.v2.access({ client_id, client_secret, ...args, ...more }));
    expect(await redeem({})).toBe('invalid_code');
    expect(await redeem({ client_secret: 'wrong' })).toBe('bad_client_secret');
    expect(await redeem({ client_id: 'wrong' })).toBe('invalid_client_id');
    expect(slack.violations.map(({ code }) => code)).toEqual([
      'bad_client_secret',
      'invalid_client_id',
    ]);
  });

  it('is refused with scopes that there are not', async () => {
    const { port } = await startInstallable(['chat:shout']);
    const page = await slack.install(`http://127.0.0.1:${port}/slack/install`, 'T1');
    expect(page.status).toBe(400);
    expect(slack.violations.map(({ code }) => code)).toEqual(['invalid_scope']);
  });
});
