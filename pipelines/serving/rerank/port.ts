import type { QueryTerm } from '../../stores/features/port.ts';
import type { Passage } from '../chat/port.ts';

/** What is asked: for models the question as text, for lexical methods its analysed terms. */
export type RerankQuery = {
  readonly question: string;
  /** In the question's order, then those that the thread or an expansion added, with lower weights. */
  readonly terms: readonly QueryTerm[];
};

/**
 * Orders candidate passages by how well they answer the question.
 *
 * Every adapter promises: one finite score per passage, in the order given, higher is better, comparable
 * within one call only; ties and order of input do not change a score.
 */
export type Reranker = {
  readonly name: string;
  rerank(
    query: RerankQuery,
    passages: readonly Pick<Passage, 'text' | 'context'>[],
    signal?: AbortSignal,
  ): Promise<readonly number[]>;
};
