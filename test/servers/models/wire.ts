import { setImmediate } from 'node:timers/promises';
import type { Met, Outcome } from './faults.ts';
import type { Logged, Reply } from './listening.ts';

/** What goes into a stream: text counts towards a fault's `after`, an event does not. */
export type Frame = { readonly type: 'text' | 'event' | 'finish'; readonly data: string };

type Sending = { readonly request: Logged; readonly reply: Reply; readonly met: Met };
export type Headers = Readonly<Record<string, string | number>>;

const never = new Promise<never>(() => {});

/** The part of a fault that can be settled before there is a reply. True when it was. */
export async function metBefore({ request, reply, met }: Sending): Promise<boolean> {
  const { outcome } = met;
  if (outcome?.kind === 'status') {
    await waits(met, 0);
    const text = typeof outcome.body === 'string';
    const body = text ? outcome.body : JSON.stringify(outcome.body ?? { error: 'scripted' });
    begin({ request, reply, met }, outcome.status, {
      'content-type': text ? 'text/plain; charset=utf-8' : 'application/json',
      ...outcome.headers,
    });
    reply.response.end(body);
    return true;
  }
  if (outcome?.kind === 'hang' && outcome.after === undefined) return await never;
  if (outcome?.kind === 'cut' && outcome.after === undefined) {
    reply.cut();
    return true;
  }
  if (outcome?.kind === 'silent') {
    begin({ request, reply, met }, 200, { 'content-type': 'application/json' });
    reply.response.end();
    return true;
  }
  return false;
}

/** Sends JSON, or text, the way the faults have it. */
export async function sendBody(
  sending: Sending,
  status: number,
  body: unknown,
  headers: Headers = {},
): Promise<void> {
  const { reply, met } = sending;
  const text = typeof body === 'string';
  await waits(met, 0);
  begin(sending, status, {
    'content-type': text ? 'text/plain; charset=utf-8' : 'application/json',
    ...headers,
  });
  const whole = text ? body : JSON.stringify(body);
  const kind = met.outcome?.kind;
  if (kind === 'garbage') return void reply.response.end(whole.slice(0, whole.length / 2));
  if (kind === 'cut' || kind === 'hang') {
    await packets(sending, whole.slice(0, whole.length / 2));
    if (kind === 'hang') return await never;
    // What was written is to arrive before the end does.
    await setImmediate();
    return reply.cut();
  }
  await packets(sending, whole);
  reply.response.end();
}

/** Sends a stream of server-sent events the way the faults have it. */
export async function sendEvents(
  sending: Sending,
  frames: readonly Frame[],
  { headers, error }: { readonly headers: Headers; readonly error: readonly string[] },
): Promise<void> {
  const { reply, met } = sending;
  begin(sending, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    ...headers,
  });
  reply.response.flushHeaders();
  const events = eventWriter(sending);
  const last = lastText(met.outcome);
  let texts = 0;
  for (const { type, data } of frames) {
    if (reply.response.destroyed) return;
    if (type !== 'event') {
      await waits(met, texts, events.alive);
      const due = texts === last || type === 'finish';
      if (due && (await strike(sending, events, error))) return;
      if (type === 'text') texts += 1;
    }
    await events.emit(data);
  }
  await events.flush();
  reply.response.end();
}

type EventWriter = {
  emit(data: string): Promise<void>;
  /** Sends what was held back to travel together. */
  flush(): Promise<void>;
  /** A sign of life for who waits. */
  alive(): Promise<void>;
};

function eventWriter(sending: Sending): EventWriter {
  const has = (kind: string) => sending.met.travel.some((travel) => travel.kind === kind);
  const end = has('crlf') ? '\r\n' : '\n';
  const comment = has('comments') ? `: keep-alive${end}${end}` : '';
  const together: string[] = [];
  const flush = () => packets(sending, together.splice(0).join(''));
  return {
    emit: async (data) => {
      together.push(`${comment}data: ${data}${end}${end}`);
      if (!has('one-packet')) await flush();
    },
    flush,
    alive: async () => {
      await flush();
      await packets(sending, `:${end}${end}`);
    },
  };
}

/** How many pieces of text a stream hands out before its fault strikes. */
function lastText(outcome: Outcome | null): number {
  const after = outcome && 'after' in outcome ? outcome.after : undefined;
  return after ?? (outcome?.kind === 'unfinished' ? Number.POSITIVE_INFINITY : 0);
}

/** Ends a stream as its fault has it; false when there is none that would. */
async function strike(
  { reply, met: { outcome } }: Sending,
  { emit, flush }: EventWriter,
  error: readonly string[],
): Promise<boolean> {
  await flush();
  switch (outcome?.kind) {
    case 'hang':
      return await never;
    case 'cut':
      // What was written is to arrive before the end does.
      await setImmediate();
      reply.cut();
      return true;
    case 'garbage':
      await emit('{"id":"","choices":[{"del');
      break;
    case 'error':
      for (const event of error) await emit(event);
      break;
    case 'unfinished':
      if (outcome.done) await emit('[DONE]');
      break;
    default:
      return false;
  }
  await flush();
  reply.response.end();
  return true;
}

/** Whoever waits for a gate sees what was said before it, and a sign of life. */
async function waits(met: Met, texts: number, before?: () => Promise<void>): Promise<void> {
  for (const travel of met.travel) {
    if (travel.kind !== 'wait' || (travel.after ?? 0) !== texts) continue;
    await before?.();
    await travel.gate;
  }
}

function begin({ request, reply, met }: Sending, status: number, headers: Headers): void {
  request.status = status;
  const type = met.travel.find((travel) => travel.kind === 'content-type')?.type;
  reply.response.writeHead(status, {
    ...headers,
    ...(type !== undefined && { 'content-type': type }),
  });
}

async function packets({ reply, met }: Sending, text: string): Promise<void> {
  if (text === '' || reply.response.destroyed) return;
  const size = met.travel.find((travel) => travel.kind === 'packets')?.bytes;
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size ?? bytes.length) {
    reply.response.write(bytes.subarray(at, at + (size ?? bytes.length)));
    // Otherwise Node joins what it is given in one turn.
    if (size !== undefined) await setImmediate();
  }
}
