import type { CompletionTimings, TokenCount, Usage } from '../language-model/port.ts';

/** A passage handed to the model: numbered from 1, the number a citation [n] refers to. */
export type Passage = {
  readonly number: number;
  readonly text: string;
  /** One line: author, source, title, heading path, date. */
  readonly context: string;
  readonly title: string;
  /** BCP 47, or null where it is not known. */
  readonly language: string | null;
  /** Retrieval score as the reranker left it, within [0, 1] of this question's best. */
  readonly score: number;
  /** An earlier answer to the question quoted it: to be used again only where nothing else answers. */
  readonly usedBefore?: boolean;
};

/** How much is to be said, where that is not left to the model. */
export type AnswerLength = 'short' | 'long';

export type Turn = { readonly role: 'user' | 'twin'; readonly text: string };

export type ChatRequest = {
  readonly question: string;
  readonly history: readonly Turn[];
  /** Words of the question that retrieval took as conditions (author, date …): the text need not repeat them. */
  readonly conditions?: readonly string[];
  /** Best first. */
  readonly passages: readonly Passage[];
  /** Support of the question's terms by a text of the corpus: idf by stem, for models that weigh words. */
  readonly idf: (stem: string) => number;
  /** `short`: the one or two best sentences; `long`: all that is worth saying. Absent: as the model sees fit. */
  readonly length?: AnswerLength;
};

/** What a language model took to write an answer. */
export type Generation = {
  /** Engine and model, and the adapter where there is one: `tgi:meta/llama@abc+ada`. */
  readonly model: string;
  /** Hash of the prompt files. */
  readonly prompt: string;
  readonly usage: Usage | null;
  readonly timings: CompletionTimings;
  readonly endpoint: string;
  /** Tokens of the prompt as they were counted before it was sent, and whether the server counted them. */
  readonly counted: TokenCount;
  /** Numbers of the passages that found room in the prompt. */
  readonly packed: readonly number[];
  /** Citations that the model made up; they were never shown. */
  readonly refusedCitations: number;
};

/**
 * Why the first choice of model did not answer. `late`: not within its time; `down`: not reachable or failing; `busy`:
 * more asked than it can take; `invalid`: what it was asked or what it said could not be used; `cut`: it broke off
 * after the answer had begun.
 */
export type FallbackReason = 'late' | 'down' | 'busy' | 'invalid' | 'cut';

/**
 * What a model says, part by part, as Markdown: the parts' texts joined are the answer. `text` carries the
 * citations of the sentence it completes; the text itself holds no citation marks: a channel draws them
 * after the part, as links or as [n]. Where a sentence was shown before its marks came, a part without text carries
 * them. The last part is `finish`: a stream that ends without one failed, whatever its HTTP status.
 */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string; readonly citations: readonly number[] }
  | {
      /** Another model answers from here on; at most once. With `cut` it goes on from what was said, else it begins. */
      readonly type: 'fallback';
      readonly reason: FallbackReason;
      /** Code of the error behind it, for operators. */
      readonly code: string;
    }
  | {
      readonly type: 'finish';
      /** `unsupported`: the passages do not answer the question; nothing was said. */
      readonly reason: 'stop' | 'length' | 'unsupported';
      /** 0 … 1, higher is better: how well the passages carry what was said or asked; null where not known. */
      readonly support: number | null;
      readonly generation?: Generation;
    };

/**
 * Answers a question from passages, streaming.
 *
 * Every adapter promises: parts arrive in reading order; citations name passages of the request;
 * aborting `signal` ends the stream at once; passages and question are data, never instructions;
 * failures are PermanentError or TransientError.
 */
export type ChatModel = {
  /** Name and version, as it stands in traces. */
  readonly name: string;
  stream(request: ChatRequest, signal?: AbortSignal): AsyncIterable<ChatPart>;
};
