import type { AnswerEvent, AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import { failureWords, fallbackWords, stoppedWords } from '../../conversation/words.ts';
import type { Say } from '../../strings/strings.ts';
import type { ShownSource } from '../schemas/answer.ts';
import type { ShownEvent } from '../schemas/events.ts';
import { refusalOf } from './refusals.ts';

type Done = Extract<AnswerEvent, { type: 'done' }>;

/** A link that leads somewhere for others too: not into this machine's folders. */
export const webLink = (link: string): string | null => (/^https?:/u.test(link) ? link : null);

/** The source, without where it lies on this machine. */
export const shownSource = (source: AnswerSource): ShownSource => ({
  ...source,
  headingPath: [...source.headingPath],
  link: webLink(source.link),
});

/** The end of an answer, without where the model servers stand. */
export function shownEnd(done: Done, say: Say) {
  const { outcome, trace, cited, support, timings, fallbacks, generation } = done;
  return {
    outcome,
    trace,
    cited: [...cited],
    support,
    timings: { ...timings },
    fallbacks: [...fallbacks],
    words: fallbackWords(say, fallbacks),
    generation: generation && {
      model: generation.model,
      prompt: generation.prompt,
      usage: generation.usage,
      refusedCitations: generation.refusedCitations,
    },
  };
}

/** An event of the conversation as clients get it. */
export function shownEvent(event: ReplyEvent, say: Say): ShownEvent {
  switch (event.type) {
    case 'status':
      return event;
    case 'text':
      return { ...event, citations: [...event.citations] };
    case 'sources': {
      const { understanding, expansion } = event;
      const { filters, queries } = understanding;
      return {
        ...event,
        sources: event.sources.map(shownSource),
        understanding: {
          ...understanding,
          filters: [...filters],
          queries: queries && [...queries],
        },
        expansion: [...expansion],
      };
    }
    case 'done':
      return { type: 'done', ...shownEnd(event, say) };
    case 'error':
      return { ...event, error: { ...event.error, message: failureWords(say, event.error) } };
    case 'stopped':
      return { ...event, words: stoppedWords(say, event.reason) };
    case 'notice': {
      const { message, failed } = refusalOf(event.notice, say);
      const retryable = failed.retryAfterMs !== undefined;
      const error = { code: failed.code, message, hint: failed.hint ?? null, retryable };
      return { type: 'error', trace: null, error };
    }
    default:
      return event satisfies never;
  }
}
