import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';
import type { Passage } from '../chat/port.ts';
import type { Clock } from '../endpoints/clock.ts';
import { openEndpoints } from '../endpoints/open.ts';
import type { Attempt, Endpoint, EndpointSettings } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import { readTeiInfo, type TeiInfo } from '../tei/info.ts';
import { watchModel } from '../tei/same-model.ts';
import { countTeiTokens } from '../tei/tokens.ts';
import { fitted, type Pairs } from './fit.ts';
import type { Reranker } from './port.ts';

export type TeiReranking = {
  /** All of them serve the same model. Root addresses. */
  readonly endpoints: readonly Endpoint[];
  readonly limits?: Partial<Omit<EndpointSettings, 'service' | 'code' | 'healthPath'>>;
  readonly clock?: Clock;
};

export type ServedReranker = Reranker & {
  /** Longest pair of question and passage in the model's own tokens. */
  readonly maxTokens: number;
  close(): Promise<void>;
};

const asker = { service: 'The reranking server', code: 'rerank' } as const;

/** Somebody waits for the answer, and there is an order without it: one retry, and no long waiting. */
const usual = {
  concurrency: 16,
  queue: 64,
  firstMs: 5_000,
  idleMs: 5_000,
  attempts: 2,
  retryBudget: 0.2,
};

const ranksSchema = z.array(z.object({ index: z.int(), score: z.number().nullable() }));

/**
 * Reranker on text-embeddings-inference (TEI 1.9, `/rerank`): a cross-encoder's probability that a passage answers the
 * question, in [0, 1]. A passage is its context line and its text; what is too long for the model is cut
 * as `fit.ts` says. Requests hold no more passages than the server takes and travel side by side.
 *
 * @throws PermanentError `rerank.not-a-reranker`, `rerank.bad-url`; TransientError `rerank.down` when no endpoint answers.
 *   Later PermanentError `rerank.model-changed` and `rerank.reply` from `rerank`.
 */
export async function openTeiReranker(
  { endpoints: addresses, limits, clock }: TeiReranking,
  signal?: AbortSignal,
): Promise<ServedReranker> {
  const server = { ...asker, ...usual, ...limits, healthPath: '/health' };
  const endpoints = openEndpoints(addresses, server, clock);
  try {
    const info = await endpoints.call(signal ? { signal } : {}, async (attempt) =>
      readReranker(await readTeiInfo(attempt, asker), attempt),
    );
    const same = watchModel(async (attempt) => {
      const now = await readTeiInfo(attempt, asker);
      if (nameOf(now) !== nameOf(info)) throw modelChanged(info, now, attempt);
    });
    let mostTexts = info.maxTexts;

    const call = <T>(stop: AbortSignal, run: (attempt: Attempt) => Promise<T>) =>
      endpoints.call({ signal: stop }, (attempt) => same(attempt, () => run(attempt)));
    const count = async (texts: readonly string[], stop: AbortSignal) => {
      const parts = evenly(texts, mostTexts).map((part) =>
        call(stop, (attempt) => countTeiTokens(attempt, asker, part)),
      );
      return (await Promise.all(parts)).flat();
    };
    const score = async ({ question, texts, truncate }: Pairs, stop: AbortSignal) => {
      const parts = evenly(texts, mostTexts).map((part) =>
        call(stop, async (attempt) => {
          const body = { query: question, texts: part, raw_scores: false, truncate };
          const request = { ...asker, path: '/rerank', body, schema: ranksSchema };
          return inOrder(await requestJson(attempt, request), part.length);
        }),
      );
      return (await Promise.all(parts)).flat();
    };
    return {
      name: nameOf(info),
      maxTokens: info.maxTokens,
      async rerank({ question }, passages, caller) {
        caller?.throwIfAborted();
        if (passages.length === 0) return [];
        const texts = passages.map(sentText);
        const stop = new AbortController();
        const stopped = caller ? AbortSignal.any([caller, stop.signal]) : stop.signal;
        const whole: Pairs = { question: question.toWellFormed(), texts, truncate: false };
        let pairs = whole;
        try {
          for (;;) {
            // What one part of a round is refused for, the others need not be asked any more.
            const round = new AbortController();
            try {
              return await score(pairs, AbortSignal.any([stopped, round.signal]));
            } catch (error) {
              round.abort();
              if (!isRefusal(error)) throw error;
              if (isTooMany(error) && mostTexts > 1) {
                mostTexts = Math.ceil(mostTexts / 2);
              } else if (pairs === whole) {
                pairs = await fitted(pairs, info.maxTokens, (some) => count(some, stopped));
              } else if (!pairs.truncate) {
                // It counts pairs in another way than texts.
                pairs = { ...pairs, truncate: true };
              } else {
                throw error;
              }
            }
          }
        } finally {
          stop.abort();
        }
      },
      close: () => endpoints.close(),
    };
  } catch (error) {
    await endpoints.close();
    throw error;
  }
}

/** Half a character is no JSON to the server. */
function sentText({ context, text }: Pick<Passage, 'text' | 'context'>): string {
  return (context ? `${context}\n${text}` : text).toWellFormed();
}

function isRefusal(error: unknown): error is PermanentError {
  if (!(error instanceof PermanentError)) return false;
  return error.code === 'rerank.refused' || error.code === 'rerank.too-large';
}

function isTooMany({ code, message }: PermanentError): boolean {
  return code === 'rerank.too-large' || /batch size/iu.test(message);
}

/** In parts of nearly the same size: 50 in two of 25, not one of 32 that the other waits for. */
function evenly(texts: readonly string[], most: number): readonly (readonly string[])[] {
  const size = Math.ceil(texts.length / Math.ceil(texts.length / most));
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, part) =>
    texts.slice(part * size, (part + 1) * size),
  );
}

/** The server sorts by score; the caller wants its own order. */
function inOrder(ranks: z.infer<typeof ranksSchema>, texts: number): readonly number[] {
  const scores: number[] = new Array(texts).fill(Number.NaN);
  for (const { index, score } of ranks) {
    if (score === null || !Number.isNaN(scores[index] ?? 0)) throw wrong();
    scores[index] = score;
  }
  if (ranks.length !== texts) throw wrong();
  return scores;
}

function wrong(): PermanentError {
  return new PermanentError(
    'The reranking server’s reply does not have exactly one number for each passage.',
    {
      code: 'rerank.reply',
      hint: 'Check its log; numbers that are none come of float16 overflow.',
    },
  );
}

function nameOf({ model, revision }: TeiInfo): string {
  return `tei:${model}${revision === null ? '' : `@${revision}`}`;
}

function readReranker(info: TeiInfo, { endpoint }: Attempt): TeiInfo {
  if (info.serves === 'reranker') return info;
  throw new PermanentError(
    `${info.model} at ${endpoint.url} is a ${info.serves}, not a reranker.`,
    {
      code: 'rerank.not-a-reranker',
      hint: 'Set RERANK_URL to the server of the reranking model; an embedding model belongs in EMBED_URL.',
    },
  );
}

function modelChanged(was: TeiInfo, is: TeiInfo, { endpoint }: Attempt): PermanentError {
  return new PermanentError(
    `${endpoint.url} serves ${nameOf(is)}; this process began with ${nameOf(was)}.`,
    {
      code: 'rerank.model-changed',
      hint: 'Serve the former model again, or restart: the reranker is part of a release.',
    },
  );
}
