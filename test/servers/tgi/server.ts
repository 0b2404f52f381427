import { openContract } from '../models/contract.ts';
import { type Met, openFaults } from '../models/faults.ts';
import { type Listening, type Logged, listen, type Reply as Sent } from '../models/listening.ts';
import { metBefore, sendBody, sendEvents } from '../models/wire.ts';
import { type Understood, understand } from './chat.ts';
import { chunks, completion } from './chunks.ts';
import { errorEvents, errorReply } from './errors.ts';
import { defaultReply } from './model.ts';
import { guarded, noRoute, routesOf } from './routes.ts';
import { settingsOf, voiceOf } from './settings.ts';
import type { Chat, Reply, TgiOptions, TgiServer } from './types.ts';
import { written } from './written.ts';

export { type Fault, proxyPage } from '../models/faults.ts';
export type * from './types.ts';

const CHAT = '/v1/chat/completions';
const contract = openContract(new URL('contract.json', import.meta.url));

/**
 * A text-generation server on the loopback address, without a model: TGI, or with `engine` one of the others that
 * speak its chat protocol.
 *
 * It is strict. Requests are held to TGI's own OpenAPI document and to what its code does besides; what is refused is
 * refused in the engine's own words. What a well-behaved client never sends, though the engine would skip it, is
 * written down in `violations`.
 *
 * - What it says is deterministic: `reply` or `says` script it; else it cites the passages of the prompt.
 * - Misbehaviour: `misbehave(fault, {times, path})`, `behave`, `down`, `up`.
 * - What was understood: `chats`; what came in, and how each reply ended: `requests`.
 * - Waiting: `until(condition)`; nothing here needs a sleep. Slow is a gate that the test opens.
 */
export async function startTgi(options: TgiOptions = {}): Promise<TgiServer> {
  const settings = settingsOf(options);
  const { engine, apiKey } = settings;
  const chats: Chat[] = [];
  const violations: string[] = [];
  const faults = openFaults([CHAT]);
  const routes = routesOf(settings);
  let scripted: Reply | undefined = options.reply;
  let running = 0;

  async function say({ chat, promptTokens }: Understood, met: Met) {
    const nth = chats.push(chat);
    const voice = voiceOf(settings, chat.adapter);
    const said = await (scripted?.(chat) ?? defaultReply(chat, voice, nth));
    const room = settings.maxTotalTokens - promptTokens;
    const empty = met.outcome?.kind === 'empty';
    return { chat, promptTokens, written: written(engine, chat, empty ? [] : said, room) };
  }

  async function answerChat(request: Logged, reply: Sent): Promise<void> {
    const sending = { request, reply, met: faults.meets(CHAT) };
    if (await metBefore(sending)) return;
    const { outcome } = sending.met;
    const streams = (request.body as { stream?: unknown } | undefined)?.stream === true;
    const stream = { headers: streamHeaders(request), error: [] as readonly string[] };
    const understood = understand(settings, contract, request.body);
    if ('status' in understood) {
      const { status, body, events } = understood;
      if (events && streams) return await sendEvents(sending, asFrames(events), stream);
      return await sendBody(sending, status, body);
    }
    const unknown = contract.unknownIn(`POST ${CHAT}`, request.body as object);
    const skipped = unknown.filter((key) => engine !== 'llamacpp' || key !== 'lora');
    violations.push(...skipped.map((key) => `${CHAT}: the engine does not know ${key}`));
    const overloaded = running > settings.maxConcurrentRequests;
    const problem = overloaded ? 'overloaded' : outcome?.kind === 'error' ? outcome.error : null;
    // Others than TGI look before they begin a stream.
    const early = !streams || (engine !== 'tgi' && (overloaded || !hasText(outcome)));
    if (problem !== null && early) {
      const { status, body } = errorReply(engine, problem);
      return await sendBody({ ...sending, met: { ...sending.met, outcome: null } }, status, body);
    }
    if (overloaded) {
      return await sendEvents(sending, asFrames(errorEvents(engine, 'overloaded')), stream);
    }
    const said = await say(understood, sending.met);
    if (!streams) {
      return await sendBody(sending, 200, completion(settings, said), timings(engine, said));
    }
    await sendEvents(sending, chunks(settings, said), {
      ...stream,
      error: problem === null ? [] : errorEvents(engine, problem),
    });
  }

  function streamHeaders(request: Logged): Record<string, string> {
    if (engine === 'llamacpp') return { 'x-accel-buffering': 'no' };
    if (engine !== 'tgi') return {};
    const messages = (request.body as { messages?: { content?: unknown }[] }).messages ?? [];
    const characters = messages.reduce((sum, { content }) => sum + String(content ?? '').length, 0);
    return {
      'x-accel-buffering': 'no',
      'x-compute-type': 'gpu+optimized',
      'x-compute-characters': String(characters),
    };
  }

  async function answerRoute(request: Logged, reply: Sent): Promise<void> {
    const { method, path, body } = request;
    const sending = { request, reply, met: faults.meets(path) };
    if (await metBefore(sending)) return;
    const route = routes.get(`${method} ${path}`);
    if (!route) return await sendBody(sending, 404, noRoute(settings));
    const operation = `${method} ${path}`;
    const [wrong] = engine === 'tgi' ? contract.bodyErrors(operation, body) : [];
    if (wrong !== undefined) {
      const text = `Failed to deserialize the JSON body into the target type: ${wrong}`;
      return await sendBody(sending, 422, text);
    }
    await sendBody(sending, 200, route(settings, (body ?? {}) as Record<string, unknown>));
  }

  const listening: Listening = await listen(async (request, reply) => {
    const chatting = request.path === CHAT && request.method === 'POST';
    const key = request.headers.authorization;
    if (apiKey !== undefined && guarded(settings, request.path) && key !== `Bearer ${apiKey}`) {
      const { status, body } = errorReply(engine, 'unauthorized');
      return await sendBody({ request, reply, met: { outcome: null, travel: [] } }, status, body);
    }
    if (!chatting) return await answerRoute(request, reply);
    running += 1;
    reply.response.on('close', () => {
      running -= 1;
    });
    await answerChat(request, reply);
  });
  return {
    ...listening,
    chats,
    violations,
    says: (reply) => {
      scripted = reply;
    },
    misbehave: faults.misbehave,
    behave: faults.behave,
  };
}

function hasText(outcome: Met['outcome']): boolean {
  return outcome?.kind === 'error' && (outcome.after ?? 0) > 0;
}

function asFrames(events: readonly string[]) {
  return events.map((data) => ({ type: 'event' as const, data }));
}

/** Only whole replies carry them. Milliseconds, made up of the tokens so that they are the same each time. */
function timings(
  engine: string,
  said: { readonly promptTokens: number; readonly written: { readonly pieces: readonly string[] } },
): Record<string, number | string> {
  if (engine !== 'tgi') return {};
  const tokens = said.written.pieces.length;
  return {
    'x-compute-type': 'gpu+optimized',
    'x-total-time': 12 + tokens * 5,
    'x-validation-time': 2,
    'x-queue-time': 10,
    'x-inference-time': tokens * 5,
    'x-time-per-token': 5,
    'x-prompt-tokens': said.promptTokens,
    'x-generated-tokens': tokens,
  };
}
