import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { Attempt } from '../endpoints/port.ts';
import { type Chunk, finishReasons, readChunk } from './chunks.ts';
import type { Reply } from './client.ts';
import { streamFailure } from './failure.ts';
import type { CompletionPart, Usage } from './port.ts';
import { costUsd } from './prices.ts';
import { code, type Prices, service } from './settings.ts';
import { serverTimings } from './timings.ts';

type About = {
  readonly attempt: Attempt;
  readonly reply: Reply;
  /** Milliseconds since the completion was asked for, attempts before this one included. */
  readonly elapsedMs: () => number;
  readonly prices: Prices | undefined;
};

/** The events of one chat stream as parts of a completion. */
export async function* partsOf(
  events: AsyncIterable<unknown>,
  { attempt, reply, elapsedMs, prices }: About,
): AsyncGenerator<CompletionPart> {
  let reason: string | null = null;
  let firstTextMs: number | null = null;
  let usage: Chunk['usage'] = null;
  let timings: Chunk['timings'] = null;
  let half = '';

  try {
    for await (const event of events) {
      const chunk = readChunk(event);
      if (chunk === null || isError(chunk, event)) throw streamFailure(event);
      const [choice] = chunk.choices ?? [];
      reason = choice?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
      timings = chunk.timings ?? timings;
      const [text, rest] = wholeCharacters(half + (choice?.delta?.content ?? ''));
      half = rest;
      if (text === '') {
        // A model that thinks, or an engine that tells its role first.
        attempt.alive();
        continue;
      }
      firstTextMs ??= elapsedMs();
      yield { type: 'text', text };
    }
  } catch (error) {
    // All was said before it broke.
    if (reason === null || attempt.signal.aborted) throw error;
  }
  if (half !== '') yield { type: 'text', text: half.toWellFormed() };
  yield {
    type: 'finish',
    reason: finishOf(reason),
    usage: usage ? usageOf(usage, prices) : null,
    timings: {
      ...serverTimings(reply.response?.headers, timings),
      firstTextMs: firstTextMs ?? elapsedMs(),
      totalMs: elapsedMs(),
    },
    endpoint: attempt.endpoint.url,
  };
}

/** Older vLLM and SGLang send an error as an event like any other. */
function isError(chunk: Chunk, event: unknown): boolean {
  return (
    !chunk.choices &&
    typeof event === 'object' &&
    event !== null &&
    'object' in event &&
    event.object === 'error'
  );
}

/** A character beyond the BMP may come in halves: the first half waits for the second. */
function wholeCharacters(text: string): readonly [string, string] {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? [text.slice(0, -1), text.slice(-1)] : [text, ''];
}

function finishOf(reason: string | null): 'stop' | 'length' {
  const known = finishReasons.get(reason ?? '');
  if (known !== undefined) return known;
  if (reason === 'content_filter') {
    throw new PermanentError(`${service} withheld the rest of the reply: its content filter.`, {
      code: `${code}.filtered`,
      hint: 'Ask differently, or use a server without a filter.',
    });
  }
  const shown = reason === null ? '' : `: it says “${reason.slice(0, 40)}”`;
  throw new TransientError(`The model’s reply ended without being finished${shown}.`, {
    code: `${code}.unfinished`,
    hint: 'Try again; if it stays like this, look at the server’s log.',
  });
}

function usageOf(
  { prompt_tokens, completion_tokens }: NonNullable<Chunk['usage']>,
  prices: Prices | undefined,
): Usage {
  const counts = { promptTokens: prompt_tokens, completionTokens: completion_tokens };
  return { ...counts, costUsd: prices ? costUsd(counts, prices) : null };
}
