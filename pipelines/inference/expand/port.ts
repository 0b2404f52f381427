import type { LexicalStatistics, QueryTerm, ScoredChunk } from '../../stores/features/port.ts';

/** What an expansion may look at. */
export type ExpansionRequest = {
  readonly terms: readonly QueryTerm[];
  /** The first passages of the question as it is, best first. */
  readonly feedback: readonly ScoredChunk[];
  readonly statistics: (stems: readonly string[]) => Promise<LexicalStatistics>;
  readonly languages: readonly string[];
};

/**
 * Adds terms to a question.
 *
 * Every adapter promises: the terms it adds are not among the question's, their weights are in (0, 1), and
 * it adds none when it is not sure that they help; it decides so for each question anew.
 */
export type Expander = {
  readonly name: string;
  expand(request: ExpansionRequest, signal?: AbortSignal): Promise<readonly QueryTerm[]>;
};
