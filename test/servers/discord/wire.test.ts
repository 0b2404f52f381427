import { once } from 'node:events';
import { createInflate } from 'node:zlib';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serve } from './bot.ts';

/** A bare WebSocket, for what discord.js never does. */
async function raw(apiUrl: string, query = '') {
  const address = new URL(apiUrl).host;
  const socket = new WebSocket(`ws://${address}/?v=10&encoding=json${query}`);
  const received: { op: number; t?: string }[] = [];
  const inflate = createInflate();
  let text = '';
  inflate.on('data', (chunk: Buffer) => {
    text += chunk;
    try {
      received.push(JSON.parse(text));
      text = '';
    } catch {
      // The rest of the payload is still to come.
    }
  });
  socket.on('message', (data: Buffer, binary) => {
    if (binary) inflate.write(data);
    else received.push(JSON.parse(String(data)));
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'open');
  const send = (payload: unknown) => socket.send(JSON.stringify(payload));
  return { received, closed, send };
}

test('the transport is one compressed stream when that is asked for', async () => {
  const discord = await serve();
  discord.guild('Theatre');
  const socket = await raw(discord.apiUrl, '&compress=zlib-stream');
  socket.send({
    op: 2,
    d: { token: discord.bot.token, intents: 1, properties: {}, shard: [0, 1] },
  });
  await discord.until(() => socket.received.length === 3);
  expect(socket.received.map(({ op, t }) => [op, t])).toEqual([
    [10, undefined],
    [0, 'READY'],
    [0, 'GUILD_CREATE'],
  ]);
});

test.each([
  ['a wrong token', { op: 2, d: { intents: 1, token: 'wrong' } }, 4004],
  ['an unknown opcode', { op: 99 }, 4001],
  ['anything before it identified', { op: 8, d: {} }, 4003],
  ['invalid intents', { op: 2, d: { intents: 2 ** 40 } }, 4013],
  ['a shard that is not', { op: 2, d: { intents: 1, shard: [2, 2] } }, 4010],
  ['an over-long payload', { op: 1, d: 'x'.repeat(5000) }, 4002],
] as const)('%s closes the connection', async (_name, payload, code) => {
  const discord = await serve();
  const socket = await raw(discord.apiUrl);
  const d =
    'd' in payload && payload.op === 2 ? { token: discord.bot.token, ...payload.d } : undefined;
  socket.send(d ? { op: 2, d } : payload);
  expect(await socket.closed).toBe(code);
});

test('more than 120 payloads in a minute close the connection and are a violation', async () => {
  const discord = await serve();
  const socket = await raw(discord.apiUrl);
  for (let sent = 0; sent <= 120; sent++) socket.send({ op: 1, d: null });
  expect(await socket.closed).toBe(4008);
  expect(discord.violations).toMatchObject([{ kind: 'gateway' }]);
});
