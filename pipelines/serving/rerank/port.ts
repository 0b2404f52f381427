import type { Passage } from '../chat/port.ts';

/**
 * Orders candidate passages by how well they answer the question.
 *
 * Every adapter promises: one finite score per passage, in the order given, higher is better, comparable
 * within one call only; ties and order of input do not change a score.
 */
export type Reranker = {
  readonly name: string;
  rerank(
    question: string,
    passages: readonly Pick<Passage, 'text' | 'context'>[],
    signal?: AbortSignal,
  ): Promise<readonly number[]>;
};
