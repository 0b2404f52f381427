import type { Clock } from '../../serving/endpoints/clock.ts';
import { fallbackOf } from '../fallback.ts';
import type { Fallback, Question } from '../types.ts';
import type { ModelReading, QuestionReader } from '../understand/reader.ts';
import type { Vocabulary } from '../understand/vocabulary.ts';
import type { RetrievalSettings } from './settings.ts';
import { within } from './within.ts';

/** Beyond this a question is a document: its words say enough, and a model would take long. In UTF-16 units. */
export const longestRead = 2_000;

export type Reading =
  | { readonly reading: ModelReading; readonly fallback?: never }
  | { readonly reading?: never; readonly fallback: Fallback };

/** A question that a model is reading while the rules read it and the first search runs. */
export type Underway = {
  /** Never rejects, whatever becomes of the model. */
  readonly done: Promise<Reading>;
  /** Gives the reading up, where nobody will want it any more. */
  leave(): void;
};

/**
 * Hands the question to the model, where there is one and something would be made of what it says. The time it has
 * counts from here.
 */
export function startReading(
  reader: QuestionReader | undefined,
  question: Question,
  vocabulary: Vocabulary,
  settings: RetrievalSettings,
  { signal, clock }: { signal: AbortSignal | undefined; clock: Clock | undefined },
): Underway | undefined {
  if (!reader || !isOfUse(question, settings)) return undefined;
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const { deadlineMs: ms } = settings.model;
  const { text, history, now } = question;
  const reading = within((own) => reader.read({ text, history, now }, vocabulary, own), {
    ms,
    code: 'understand.late',
    signal: stop,
    clock,
  });
  return {
    done: reading.then(
      (read) => ({ reading: read }),
      (failure: unknown) => ({ fallback: fallbackOf('understand', failure) }),
    ),
    leave: () => left.abort(),
  };
}

function isOfUse({ text, history }: Question, { selfQuery, model }: RetrievalSettings): boolean {
  if (text.trim() === '' || text.length > longestRead) return false;
  const others = model.share > 0 && (model.rewordings > 0 || model.steps >= 2);
  return others || (model.rewrite && history.length > 0) || (model.selfQuery && selfQuery);
}
