import { z } from 'zod';
import { localMessage } from '../../bots/conversation/local.ts';
import { replyTo } from '../../bots/conversation/stream.ts';
import { failureWords, fallbackWords } from '../../bots/conversation/words.ts';
import { stringsFor } from '../../bots/strings/strings.ts';
import type { Trace } from '../../monitoring/tracer.ts';
import type { AnswerEvent } from '../../pipelines/inference/ask.ts';
import { type Stage, stages } from './faults.ts';
import { answerBegins, answerEnds, type FaultHouse, revision } from './house.ts';
import type { FaultCase, Seen } from './matrix.ts';
import type { FaultRow } from './row.ts';

const question = 'Are the authors of this handbook real people?';
/** Routes that are a stage's work; what else is asked (limits, health, tokens) is not. */
const work = {
  understand: '/v1/chat/completions',
  embed: '/embed',
  rerank: '/rerank',
  generate: '/v1/chat/completions',
} as const;
/** Longer than any limit of the house's clients allows: who waits so long hangs. */
const hangMs = 25_000;
const say = stringsFor('en');

type End = Extract<AnswerEvent, { type: 'done' | 'error' }>;
type Reply = { readonly text: string; readonly ends: readonly End[]; readonly hung: boolean };

/** Asks one question while a server misbehaves, and looks at what everybody is left with. */
export async function suffer(house: FaultHouse, fault: FaultCase): Promise<FaultRow> {
  const server = house.servers[fault.stage];
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const path = await house.openPath(fault);
  let isDown = false;
  const down = async () => {
    isDown = true;
    await server.down();
  };
  try {
    await fault.wrong.strike({ ...server, down }, path.look);
    const before = server.requests.length;
    const violations = server.violations.length;
    const reply = await replyWithin(path.conversation, `${fault.stage}: ${fault.fault}`);
    await path.close();
    const left = await stillOpen(house);
    const [end] = reply.ends;
    const [trace] = end === undefined ? [] : await house.traces.traces({ ids: [end.trace] });
    return {
      stage: fault.stage,
      fault: fault.fault,
      seen: seenOf(reply),
      line: lineOf(end),
      outcome: trace?.outcome ?? 'no trace',
      without: trace === undefined ? null : withoutOf(trace, fault.stage),
      attempts: server.requests
        .slice(before)
        .filter((request) => request.path === work[fault.stage]).length,
      broken: [
        ...(reply.hung ? [`hung: no end within ${hangMs} ms`] : []),
        ...(reply.ends.length === 1 ? [] : [`${reply.ends.length} ends instead of one`]),
        ...(trace === undefined ? ['no trace'] : []),
        ...server.violations.slice(violations).map((what) => `asked wrongly: ${what}`),
        ...unhandled.map((reason) => `unhandled rejection: ${String(reason)}`),
        ...left,
      ],
    };
  } finally {
    await path.close();
    process.off('unhandledRejection', note);
    server.behave();
    if ('becomes' in server) server.becomes(revision);
    if (isDown) await server.up();
  }
}

async function replyWithin(
  conversation: Parameters<typeof replyTo>[0],
  event: string,
): Promise<Reply> {
  const ends: End[] = [];
  let text = '';
  const read = async () => {
    const message = localMessage('terminal', { question, thread: event, event });
    for await (const event of replyTo(conversation, message)) {
      if (event.type === 'text') text += event.text;
      if (event.type === 'done' || event.type === 'error') ends.push(event);
    }
    return false;
  };
  const { promise: late, resolve } = Promise.withResolvers<true>();
  const timer = setTimeout(() => resolve(true), hangMs);
  try {
    const hung = await Promise.race([read(), late]);
    return { text, ends, hung };
  } finally {
    clearTimeout(timer);
  }
}

function seenOf({ text, ends: [end] }: Reply): Seen {
  if (end?.type !== 'done') return 'an error';
  if (end.outcome === 'abstained') return 'an abstention';
  if (!text.startsWith(answerBegins)) return 'quotations';
  return text.trimEnd().endsWith(answerEnds) ? 'the answer' : 'its beginning, then quotations';
}

/** What stands under the answer, or in its place. */
function lineOf(end: End | undefined): string | null {
  if (end === undefined) return null;
  return end.type === 'done' ? fallbackWords(say, end.fallbacks) : failureWords(say, end.error);
}

const attributesSchema = z.object({
  fallbacks: z
    .array(z.object({ stage: z.string(), reason: z.string(), code: z.string() }))
    .default([]),
  error: z.object({ code: z.string() }).optional(),
});

/** What the trace says was done without; where it is another stage than the one struck, that is named. */
function withoutOf({ spans: [answer] }: Trace, struck: Stage): string | null {
  const { fallbacks, error } = attributesSchema.parse(answer?.attributes ?? {});
  const said = fallbacks.map(
    ({ stage, reason, code }) => `${stage === struck ? '' : `${stage}: `}${reason} (${code})`,
  );
  if (error !== undefined) said.push(`error: ${error.code}`);
  return said.length === 0 ? null : said.join(', ');
}

/** Streams that outlived the answer, after a moment for the servers to see them closed. */
async function stillOpen({ servers }: FaultHouse): Promise<readonly string[]> {
  const left: string[] = [];
  for (const stage of stages) {
    const server = servers[stage];
    await server
      .until(() => server.open() === 0, closingMs)
      .catch(() => {
        left.push(`${stage}: ${server.open()} streams left open`);
      });
  }
  return left;
}

const closingMs = 3_000;
