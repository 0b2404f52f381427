import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import type { Message } from '../../conversation/message.ts';
import { failureWords, fallbackWords, stoppedWords } from '../../conversation/words.ts';
import type { Say } from '../../strings/strings.ts';
import type { Closing } from './closing.ts';
import { literal } from './mrkdwn.ts';

/** How an answer ended, of the events that end one. */
export type End = Extract<ReplyEvent, { readonly type: 'done' | 'error' | 'stopped' }>;

/**
 * What stands under an answer that ended so.
 *
 * @param said whether any of the answer was shown.
 * @param threaded whether there is a thread that can be marked as resolved.
 */
export function closingFor(
  end: End,
  {
    sources,
    said,
    threaded,
    task,
    say,
  }: {
    readonly sources: readonly AnswerSource[];
    readonly said: boolean;
    readonly threaded: boolean;
    readonly task: Message['task'];
    readonly say: Say;
  },
): Closing {
  const resolve = threaded ? (['resolve'] as const) : [];
  switch (end.type) {
    case 'done': {
      const cited = sources.filter(({ number }) => end.cited.includes(number));
      // A summary is of what was said, and not of what was written: there are no others to choose from.
      if (task === 'summary') return { note: null, sources: [], feedback: true, buttons: [] };
      const answered = end.outcome === 'answered';
      return {
        note: fallbackWords(say, end.fallbacks),
        sources: cited,
        feedback: true,
        buttons: answered ? ['shorter', 'longer', 'again', ...resolve] : ['again', ...resolve],
      };
    }
    case 'error':
      return {
        note: said
          ? say('failed.partial', { regenerate: say('button.regenerate') })
          : literal(failureWords(say, end.error)),
        sources: [],
        feedback: false,
        buttons: task === 'answer' && (said || end.error.retryable) ? ['again'] : [],
      };
    case 'stopped':
      return {
        note: stoppedWords(say, end.reason),
        sources: [],
        feedback: false,
        buttons: ['again'],
      };
  }
}
