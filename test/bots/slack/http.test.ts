import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openInstallations } from '../../../bots/slack/installations.ts';
import { startSlack } from '../../../bots/slack/start.ts';
import { buttonsOf, openScene, play, type Scene, visibleText } from './scene.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const signingSecret = '0123456789abcdef0123456789abcdef';

test('over signed requests the same twin answers, and forgeries are turned away', async () => {
  const port = await freePort();
  await play(
    {
      says: () => 'Here.',
      slack: { app: { signingSecret } },
      config: { events: { kind: 'http', signingSecret, port } },
    },
    async ({ ada, slack, answerTo, own, still }) => {
      slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
      expect(await slack.http.verifyUrl()).toBe(true);
      const question = ada.mentions({ channel: 'C1', text: 'Hello?' });
      expect(visibleText(await answerTo(question))).toContain('Here.');
      await ada.runs('/twin', 'ask Hello?', { channel: 'C1' });
      await slack.until(() =>
        ada.ephemerals('C1').find((each) => buttonsOf(each).includes('Regenerate')),
      );
      const event = { type: 'message', channel: 'C1', user: 'U1', ts: '1.000001', text: 'forged' };
      expect(await slack.http.forge({ event, signature: 'wrong' })).toBe(401);
      expect(await slack.http.forge({ event, signature: 'missing' })).toBe(401);
      expect(await slack.http.forge({ event, signature: 'valid', ageS: 600 })).toBe(401);
      await still();
      expect(own('C1')).toEqual([]);
    },
  );
});

test('several workspaces install the app, each is answered by its own bot, and one leaves', async () => {
  const port = await freePort();
  const kept = new Map<string, Uint8Array>();
  const installations = openInstallations(
    {
      put: async (id, bytes) => void kept.set(id, bytes),
      get: async (id) => kept.get(id),
      remove: async (id) => void kept.delete(id),
    },
    ['a secret of at least thirty-two characters'],
  );
  await using scene = await openScene({
    says: () => 'Here.',
    slack: {
      teams: [
        { id: 'T1', installed: false },
        { id: 'T2', installed: false, users: [{ id: 'U1' }], channels: [{ id: 'C7' }] },
      ],
    },
    config: { access: { kind: 'token', botToken: '' } },
    start: async (twin, slack, config) =>
      startSlack(twin, {
        ...config,
        access: {
          kind: 'oauth',
          clientId: slack.clientId,
          clientSecret: slack.clientSecret,
          stateSecret: 'a state secret',
          installations,
          port,
          publicUrl: `http://127.0.0.1:${port}`,
          authorizationUrl: slack.authorizationUrl,
        },
      }),
  });
  const { slack } = scene;
  for (const team of ['T1', 'T2']) {
    const page = await slack.install(`http://127.0.0.1:${port}/slack/install`, team);
    expect(page.status).toBe(200);
  }
  expect([...kept.keys()].sort()).toEqual(['team:T1', 'team:T2']);
  const bytes = Buffer.concat([...kept.values()]).toString('latin1');
  expect(bytes).not.toContain('xoxb');

  for (const [team, channel] of [
    ['T1', 'C1'],
    ['T2', 'C7'],
  ] as const) {
    await answered(scene, team, channel);
  }
  slack.workspaceOf('T2').uninstall();
  await expect.poll(() => [...kept.keys()], { timeout: 10_000 }).toEqual(['team:T1']);
  await answered(scene, 'T1', 'C1');
});

async function answered({ slack }: Scene, team: string, channel: string): Promise<void> {
  const workspace = slack.workspaceOf(team);
  const question = workspace.user('U1').mentions({ channel, text: 'Hello?' });
  await slack.until(() =>
    workspace
      .messages(channel, question.ts)
      .some((each) => each.bot_id === workspace.bot.id && buttonsOf(each).includes('Regenerate')),
  );
}
