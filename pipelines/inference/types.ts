import type { AnswerLength, FallbackReason, Generation, Turn } from '../serving/chat/port.ts';
import type { Usage } from '../serving/language-model/port.ts';
import type { RetrievedChunk } from '../stores/features/chunk.ts';
import type { Access } from '../stores/features/port.ts';
import type { DocumentKind } from '../stores/warehouse/document.ts';

/** What the twin says when it has no answer; in English unless the asker's channel knows better. */
export type AbstentionWords = {
  /** Before the titles of the closest sources. */
  readonly closest: string;
  readonly nothing: string;
};

/** What stands between the beginning of an answer that the model did not finish and the quotations that finish it. */
export type CutShortWords = { readonly cutShort: string };

/** What stood in the way of a better answer, and what was done without. */
export type Fallback = {
  readonly stage: 'understand' | 'embed' | 'rerank' | 'generate';
  /** `uncited`: what a model wrote names no source at all, so there is nothing to check it against. */
  readonly reason: FallbackReason | 'uncited';
  /** Code of the error behind it, for operators. */
  readonly code: string;
};

export type Question = {
  readonly text: string;
  /** The thread so far, oldest first, without the question itself. */
  readonly history: readonly Turn[];
  /** What the asker may see: the one hard filter. */
  readonly access?: Access;
  /** "Now", for "last spring"; ISO 8601. */
  readonly now: string;
  readonly abstention?: AbstentionWords & Partial<CutShortWords>;
  /** Shorter or longer than usual. */
  readonly length?: AnswerLength;
  /**
   * Ids of chunks that an earlier answer to this question cited: another answer is wanted, from other passages
   * and in other sentences. Where nothing else supports the question, it may say the same again.
   */
  readonly besides?: readonly string[];
};

/** One thing self-query understood, and the words it understood it from. */
export type UnderstoodFilter = {
  readonly field: 'author' | 'source' | 'platform' | 'kind' | 'language' | 'date';
  /** The value as stored: an author id, a source name, a kind … ; for dates, a readable range. */
  readonly value: string;
  /** For dates: ISO 8601, inclusive; null where the range is open. */
  readonly since?: string | null;
  readonly until?: string | null;
  /** 0 … 1, higher is surer. */
  readonly confidence: number;
  /** The words in the question. */
  readonly words: string;
};

export type Understanding = {
  readonly question: string;
  /** The question with what it carries over from the thread; equal to `question` when self-contained. */
  readonly rewritten: string;
  readonly filters: readonly UnderstoodFilter[];
  /** Comparison questions are served from each named source or author in turn. */
  readonly comparison: boolean;
  /** Other wordings and steps of the question that a model proposed and that were searched for too. */
  readonly queries?: readonly string[];
};

/** Scores by stage: comparable within one question; higher is better. */
export type StageScores = {
  readonly lexical: number | null;
  readonly dense: number | null;
  readonly rescored: number | null;
  readonly boost: number;
  readonly final: number;
};

export type RetrievedPassage = {
  readonly chunk: RetrievedChunk;
  readonly scores: StageScores;
  /**
   * The passage with its neighbours' text. Read on demand: a generator that quotes must keep to the chunk, one
   * that writes freely understands it better with what stands around it.
   */
  readonly windowText: () => Promise<string>;
};

/** Wall-clock milliseconds of each stage that ran. */
export type StageTimings = Readonly<Record<string, number>>;

export type Retrieved = {
  readonly featureSet: string;
  readonly understanding: Understanding;
  /** Best first. */
  readonly passages: readonly RetrievedPassage[];
  /** Terms that query expansion added, with weights; empty when it chose not to. */
  readonly expansion: readonly { readonly term: string; readonly weight: number }[];
  readonly timings: StageTimings;
  /** What retrieval did without, in the order of its stages. */
  readonly fallbacks: readonly Fallback[];
  /** What a language model took to read the question, where one did and its server told. */
  readonly reading?: Usage;
};

/** A source as an answer shows it: numbered from 1, the number citations use. */
export type AnswerSource = {
  readonly number: number;
  readonly chunkId: string;
  readonly documentId: string;
  readonly title: string;
  readonly author: string;
  readonly authorId: string;
  readonly source: string;
  readonly kind: DocumentKind;
  readonly link: string;
  readonly publishedAt: string | null;
  readonly headingPath: readonly string[];
  readonly text: string;
  /** UTF-16 offsets into the document's content. */
  readonly start: number;
  readonly end: number;
  readonly scores: StageScores;
};

export type AnswerError = {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
};

/**
 * An answer as a stream, the same for every channel. Order: any number of `status`, one `sources` before the
 * first text (a summary of a thread reads no sources, and has none), any number of `text`, then exactly one
 * `done` or `error`.
 */
export type AnswerEvent =
  | { readonly type: 'status'; readonly stage: 'understanding' | 'retrieving' | 'answering' }
  | {
      readonly type: 'sources';
      readonly featureSet: string;
      readonly sources: readonly AnswerSource[];
      readonly understanding: Understanding;
      readonly expansion: Retrieved['expansion'];
    }
  /** Markdown without citation marks: the channel draws `citations` after the text, as links or [n]. */
  | { readonly type: 'text'; readonly text: string; readonly citations: readonly number[] }
  | {
      readonly type: 'done';
      readonly outcome: 'answered' | 'abstained';
      /** Id under which the answer is traced and feedback is given. */
      readonly trace: string;
      /** Numbers of the sources that the text cites, ascending. */
      readonly cited: readonly number[];
      /** 0 … 1, higher is better; null where the generator does not know. */
      readonly support: number | null;
      readonly timings: StageTimings;
      /** What was done without; a channel says so in one line. */
      readonly fallbacks: readonly Fallback[];
      /** What a language model took to write it; null where none did. */
      readonly generation: Generation | null;
      /** What a language model took to read the question, where one did and its server told. */
      readonly reading?: Usage;
    }
  | { readonly type: 'error'; readonly trace: string; readonly error: AnswerError };
