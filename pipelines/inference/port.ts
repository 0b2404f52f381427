import type { AnswerEvent, Question } from './types.ts';

/** Somebody works on the answer now, with this release. */
export type AnswerBegun = { readonly type: 'begun'; readonly release: string };

/**
 * The inference pipeline as those see it who ask it: in their own process, or in another one.
 *
 * Every adapter promises: one `begun` first, unless nobody could be asked at all; then what `ask` promises, part by
 * part as it is made, exactly one `done` or `error` last. Every failure arrives as `error`, that of the way there
 * included; the only thing thrown is the reason of an aborted `signal`. Aborting, or leaving the stream, aborts the
 * signal that the pipeline works under, wherever it runs.
 */
export type Inference = {
  /** Id of the release that answers now, as far as is known; each answer names its own. */
  readonly release: string;
  ask(question: Question, signal?: AbortSignal): AsyncIterable<AnswerBegun | AnswerEvent>;
};
