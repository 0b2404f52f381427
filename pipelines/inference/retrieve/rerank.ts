import type { Clock } from '../../serving/endpoints/clock.ts';
import type { Reranker, RerankQuery } from '../../serving/rerank/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import { fallbackOf } from '../fallback.ts';
import type { Fallback } from '../types.ts';
import type { Candidate } from './candidates.ts';
import { within } from './within.ts';

/** A reranker on a server, and how long it is waited for. */
export type ModelReranking = {
  readonly reranker: Reranker;
  readonly passages: number;
  readonly deadlineMs: number;
  readonly clock: Clock | undefined;
};

export type Judged =
  | { readonly scores: readonly number[]; readonly fallback?: never }
  | { readonly scores?: never; readonly fallback: Fallback };

/** The model's score of each candidate, or why there is none. Throws nothing but the reason of an aborted signal. */
export async function judgedByModel(
  { reranker, deadlineMs: ms, clock }: ModelReranking,
  query: RerankQuery,
  candidates: readonly Candidate[],
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const passages = candidates.map(({ chunk: { text, context } }) => ({ text, context }));
  try {
    const scores = await within((own) => reranker.rerank(query, passages, own), {
      ms,
      code: 'rerank.late',
      signal,
      clock,
    });
    if (scores.length === passages.length && scores.every(Number.isFinite)) return { scores };
    throw new PermanentError(`${reranker.name} did not score every passage.`, {
      code: 'rerank.invalid',
    });
  } catch (failure) {
    signal?.throwIfAborted();
    return { fallback: fallbackOf('rerank', failure) };
  }
}
