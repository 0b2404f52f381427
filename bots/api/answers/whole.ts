import { markedText } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import type { Say } from '../../strings/strings.ts';
import { ApiError } from '../http/api-error.ts';
import type { ShownAnswer, ShownSource } from '../schemas/answer.ts';
import { failureOf, refusalOf, stopOf } from './refusals.ts';
import { shownEnd, shownSource } from './show.ts';

export type WholeAnswer = Omit<ShownAnswer, 'thread' | 'replayed'>;

/**
 * Reads an answer to its end.
 *
 * @throws ApiError where it came to no answer.
 */
export async function wholeAnswer(
  events: AsyncIterable<ReplyEvent>,
  say: Say,
): Promise<WholeAnswer> {
  let answer = '';
  let sources: readonly ShownSource[] = [];
  for await (const event of events) {
    switch (event.type) {
      case 'status':
        break;
      case 'sources':
        sources = event.sources.map(shownSource);
        break;
      case 'text':
        answer += markedText(event.text, event.citations);
        break;
      case 'done':
        return { answer, sources: [...sources], ...shownEnd(event, say) };
      case 'error':
        throw failureOf(event.error, event.trace, say);
      case 'stopped':
        throw stopOf(event.reason, event.trace, say);
      case 'notice':
        throw refusalOf(event.notice, say);
      default:
        event satisfies never;
    }
  }
  throw unended();
}

/** A stream that ends without an end failed. */
export const unended = () =>
  new ApiError('The answer broke off.', {
    status: 503,
    code: 'api.unanswered',
    title: 'The answer failed',
    hint: 'Ask again in a moment.',
    retryAfterMs: 2_000,
  });
