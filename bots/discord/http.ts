import { InteractionResponseType, InteractionType } from 'discord.js';
import fastify from 'fastify';
import type { BotPorts } from '../ports.ts';
import type { HttpConfig } from './config.ts';
import { describeFailure } from './failure.ts';
import type { Respond } from './interactions/asked.ts';
import { type Interaction, interactionSchema } from './payloads/interaction.ts';
import { isSigned, readPublicKey } from './signature.ts';
import type { Body } from './wire.ts';

export type InteractionServer = {
  /** Where Discord's "Interactions Endpoint URL" must lead. */
  readonly url: string;
  close(): Promise<void>;
};

/** Far more than Discord sends. */
const mostBytes = 1 << 20;
/** A signature from long ago was recorded by somebody and is played back. */
const oldestSeconds = 300;

/**
 * Takes interactions over HTTP: `POST /discord/interactions`. The answer to the request is the first answer to the
 * interaction; everything later goes by its token.
 */
export async function serveInteractions(
  config: HttpConfig,
  log: BotPorts['log'],
  now: () => number,
  handle: (interaction: Interaction, respond: Respond) => Promise<void>,
): Promise<InteractionServer> {
  const key = readPublicKey(config.publicKey);
  const app = fastify({ bodyLimit: mostBytes, logger: false, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  // The signature is over the bytes as they came.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/discord/interactions', async (request, reply) => {
    const timestamp = request.headers['x-signature-timestamp'];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signature = request.headers['x-signature-ed25519'];
    const age = Math.abs(now() / 1_000 - Number(timestamp));
    if (!isSigned(key, { signature, timestamp, body }) || !(age <= oldestSeconds)) {
      return reply.code(401).send({ message: 'The signature is not Discord’s.' });
    }
    const payload = parsedJson(body);
    if (isPing(payload)) return { type: InteractionResponseType.Pong };
    const interaction = interactionSchema.safeParse(payload);
    if (!interaction.success) {
      return reply.code(400).send({ message: 'This is not an interaction that is known here.' });
    }
    return firstAnswer(interaction.data, handle, log);
  });
  const url = await app.listen({ port: config.port, host: config.host });
  return { url: `${url}/discord/interactions`, close: () => app.close() };
}

/** Resolves with the first answer; the rest of the work goes on behind it. */
function firstAnswer(
  interaction: Interaction,
  handle: (interaction: Interaction, respond: Respond) => Promise<void>,
  log: BotPorts['log'],
): Promise<Body> {
  const { promise, resolve, reject } = Promise.withResolvers<Body>();
  const respond: Respond = async (response) => {
    resolve(response);
    return null;
  };
  handle(interaction, respond).then(
    () => reject(new Error('An interaction was handled without an answer.')),
    (error: unknown) => {
      log.error({ failure: describeFailure(error) }, 'an interaction failed');
      reject(error);
    },
  );
  return promise;
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const isPing = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  'type' in payload &&
  payload.type === InteractionType.Ping;
