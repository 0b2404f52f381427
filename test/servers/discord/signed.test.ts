import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIInteraction } from 'discord.js';
import { SlashCommandBuilder } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { connect, serve } from './bot.ts';

type Answer = { readonly status: number; readonly body?: unknown };

/** A bot on HTTP: checks signatures, answers PING, hands the rest to `respond`. */
async function endpoint(
  publicKey: string,
  respond: (one: APIInteraction) => Answer,
  checks = true,
) {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const der = Buffer.concat([prefix, Buffer.from(publicKey, 'hex')]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const signature = Buffer.from(String(request.headers['x-signature-ed25519'] ?? ''), 'hex');
    const timestamp = String(request.headers['x-signature-timestamp'] ?? '');
    const good = verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, signature);
    if (checks && !good) return void response.writeHead(401).end();
    const interaction = JSON.parse(String(body)) as APIInteraction;
    const answer =
      interaction.type === 1 ? { status: 200, body: { type: 1 } } : respond(interaction);
    const type = answer.body === undefined ? {} : { 'content-type': 'application/json' };
    response.writeHead(answer.status, type).end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function stage() {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const command = new SlashCommandBuilder().setName('ask').setDescription('Ask').toJSON();
  await client.application.commands.set([command]);
  return { discord, channel, ada, client };
}

test('interactions go to the URL once it has proved that it checks signatures', async () => {
  const { discord, channel, ada, client } = await stage();
  const url = await endpoint(discord.bot.publicKey, () => ({ status: 200, body: { type: 5 } }));
  await discord.signed.use(url);
  const asked = ada.runs({ channel, command: 'ask' });
  expect(await asked.acknowledged).toEqual({ kind: 'deferred', ephemeral: false });
  const path = `/webhooks/${discord.bot.applicationId}/${asked.token}/messages/@original` as const;
  const body = { content: 'by http', allowed_mentions: { parse: [] } };
  await client.rest.patch(path, { body, auth: false });
  expect(asked.original()?.text).toBe('by http');
  await discord.until(() => discord.signed.deliveries[0]?.status === 200);
  expect(discord.violations).toEqual([]);

  expect(await client.rest.get('/applications/@me')).toMatchObject({
    interactions_endpoint_url: url,
  });

  discord.signed.stop();
  const arrived = once(client, 'interactionCreate');
  ada.runs({ channel, command: 'ask' });
  await arrived;
});

test('a bot that only accepts may call back by itself', async () => {
  const { discord, channel, ada, client } = await stage();
  await discord.signed.use(await endpoint(discord.bot.publicKey, () => ({ status: 202 })));
  const asked = ada.runs({ channel, command: 'ask' });
  await discord.until(() => discord.signed.deliveries[0]?.status === 202);
  const path = `/interactions/${asked.id}/${asked.token}/callback` as const;
  await client.rest.post(path, { body: { type: 5 }, auth: false });
  expect(asked.acknowledgement()).toEqual({ kind: 'deferred', ephemeral: false });
});

test('a URL that takes any signature, or does not answer a PING, is refused', async () => {
  const { discord } = await stage();
  const credulous = await endpoint(discord.bot.publicKey, () => ({ status: 200 }), false);
  await expect(discord.signed.use(credulous)).rejects.toThrow(
    'signature "invalid" was answered with 200',
  );
  const other = await serve();
  const stranger = await endpoint(other.bot.publicKey, () => ({ status: 200 }));
  await expect(discord.signed.use(stranger)).rejects.toThrow('A PING was answered with 401');
});

test('an answer that is no callback is a violation', async () => {
  const { discord, channel, ada } = await stage();
  const answer = { type: 4, data: { content: 5 } };
  await discord.signed.use(
    await endpoint(discord.bot.publicKey, () => ({ status: 200, body: answer })),
  );
  const asked = ada.runs({ channel, command: 'ask' });
  await discord.until(() => discord.violations.length > 0);
  expect(discord.violations).toMatchObject([{ kind: 'schema', method: 'HTTP' }]);
  expect(discord.unanswered().map(({ id }) => id)).toEqual([asked.id]);
});
