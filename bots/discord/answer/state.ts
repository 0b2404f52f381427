import type { Part } from './cited.ts';
import type { AnswerSource, End, ReplyEvent } from './events.ts';

/** What is known of an answer so far. */
export type AnswerState = {
  readonly stage: 'understanding' | 'retrieving' | 'answering';
  readonly parts: readonly Part[];
  readonly sources: readonly AnswerSource[];
  readonly end: End | null;
};

export const nothingYet: AnswerState = {
  stage: 'understanding',
  parts: [],
  sources: [],
  end: null,
};

/** The state after one more event; a notice is not part of an answer. */
export function after(state: AnswerState, event: ReplyEvent): AnswerState {
  switch (event.type) {
    case 'status':
      return { ...state, stage: event.stage };
    case 'sources':
      return { ...state, sources: event.sources };
    case 'text':
      return { ...state, parts: [...state.parts, event] };
    case 'done':
    case 'error':
    case 'stopped':
      return { ...state, end: event };
    case 'notice':
      return state;
    default:
      return event satisfies never;
  }
}

/** Sources that the text cites, in the order of their numbers. */
export function citedSources({ parts, sources, end }: AnswerState): readonly AnswerSource[] {
  const cited = new Set(
    end?.type === 'done' ? end.cited : parts.flatMap(({ citations }) => citations),
  );
  return sources.filter(({ number }) => cited.has(number));
}
