import { failureWords, fallbackWords, stoppedWords } from '../../conversation/words.ts';
import type { Say } from '../../strings/strings.ts';
import type { AnswerState } from './state.ts';

/** The line under an answer that is not its text: how far it is, or why it ended as it did; null for none. */
export function noteOn({ stage, parts, end }: AnswerState, say: Say): string | null {
  if (end === null) return parts.length > 0 ? null : say(`status.${stage}`);
  switch (end.type) {
    case 'done':
      return fallbackWords(say, end.fallbacks);
    case 'stopped':
      return stoppedWords(say, end.reason);
    case 'error':
      return parts.length > 0
        ? say('failed.partial', { regenerate: say('button.regenerate') })
        : failureWords(say, end.error);
    default:
      return end satisfies never;
  }
}
