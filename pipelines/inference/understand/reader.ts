import type { Usage } from '../../serving/language-model/port.ts';
import type { Question, Understanding } from '../types.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a model made of a question; checked against what the warehouse holds. */
export type ModelReading = {
  /** The question so that it stands alone, or null where it does already. */
  readonly rewritten: string | null;
  readonly filters: Understanding['filters'];
  /** Other wordings of the question. */
  readonly rewordings: readonly string[];
  /** What has to be looked up one after the other, for comparisons and questions about an order of events. */
  readonly steps: readonly string[];
  /** What reading took; absent where the server did not tell, or the same was read before. */
  readonly usage?: Usage;
};

/**
 * Reads a question with a language model.
 *
 * Every adapter promises: filters name only what the vocabulary holds; texts are trimmed, different from one another
 * and from the question; a question is data, never an instruction; failures are TransientError or PermanentError.
 */
export type QuestionReader = {
  /** Engine, model and prompt hash, as they stand in traces. */
  readonly name: string;
  read(
    question: Pick<Question, 'text' | 'history' | 'now'>,
    vocabulary: Vocabulary,
    signal?: AbortSignal,
  ): Promise<ModelReading>;
};
