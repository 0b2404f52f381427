import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { plainClient } from '../bolt.ts';
import { type SlackServer, startSlackServer } from '../server.ts';
import { openRaw } from './raw-socket.ts';

let slack: SlackServer;
afterEach(() => slack.close());
const codes = () => slack.violations.map(({ code }) => code);

describe('acknowledgements', () => {
  it('of what never was, of nothing, twice, and with what is not asked for', async () => {
    slack = await startSlackServer();
    const { socket, received } = await openRaw(slack);
    const refused = async (message: unknown, code: string) => {
      const before = slack.violations.length;
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      await slack.until(() => slack.violations.length > before);
      expect(codes().slice(before)).toEqual([code]);
    };
    await refused({ envelope_id: 'never' }, 'unknown_envelope');
    await refused('hello', 'bad_ack');
    await refused({ envelope_id: 'x', body: {} }, 'bad_ack');
    slack.workspace.user('U1').dms('hello');
    const envelope = await slack.until(() => received.find(({ type }) => type === 'events_api'));
    const { envelope_id } = envelope;
    await refused({ envelope_id, payload: { text: 'x' } }, 'payload_not_accepted');
    await refused({ envelope_id }, 'double_ack');
    socket.close();
  });

  it('an address is good for one connection', async () => {
    slack = await startSlackServer();
    const { url = '' } = await plainClient(slack, slack.appToken).apps.connections.open();
    const first = new WebSocket(url);
    await slack.until(() => slack.socket.connections === 1);
    const second = new WebSocket(url);
    const failed = new Promise((resolve) => second.once('error', resolve));
    expect(String(await failed)).toContain('401');
    expect(codes()).toEqual(['bad_ticket']);
    first.close();
  });

  it('connections are pinged', async () => {
    slack = await startSlackServer({ pingIntervalMs: 10 });
    const { socket } = await openRaw(slack);
    await new Promise((resolve) => socket.once('ping', resolve));
    socket.close();
  });
});
