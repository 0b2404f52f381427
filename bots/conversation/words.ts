import type { AnswerError, Fallback } from '../../pipelines/inference/ask.ts';
import type { Say } from '../strings/strings.ts';
import type { Notice, StopReason } from './channel.ts';

/** A notice in the reader's language. `example` is what a good mention looks like on the platform. */
export function noticeWords(say: Say, notice: Notice, example: string): string {
  switch (notice.code) {
    case 'rate.person':
    case 'rate.channel':
      return say(notice.code, { seconds: seconds(notice.retryAfterMs) });
    case 'busy':
      return say('queue.full', { seconds: seconds(notice.retryAfterMs) });
    case 'not-allowed':
      return say('access.person');
    case 'quiet':
      return say('settings.quietNote');
    case 'empty':
      return say('empty.mention', { example });
    case 'too-long':
      return say('question.tooLong', { count: notice.length, limit: notice.most });
    default:
      return notice satisfies never;
  }
}

/** The honest line under an answer that ended before its end; null where a new one takes its place. */
export function stoppedWords(say: Say, reason: StopReason): string | null {
  switch (reason) {
    case 'asker':
      return say('stopped.asker');
    case 'shutdown':
      return say('stopped.restart', { regenerate: say('button.regenerate') });
    case 'deleted':
      return say('stopped.deleted');
    case 'restarted':
      return null;
    default:
      return reason satisfies never;
  }
}

/** What went wrong, in the reader's language as far as the error is a known one. */
export function failureWords(say: Say, { code, message, hint, retryable }: AnswerError): string {
  if (code === 'retrieve.nothing-indexed') {
    return say('nothing.indexed', { command: 'understudy collect' });
  }
  if (code === 'trace.unwritten') return say('failed.unrecorded');
  if (code === 'answer.deadline') return say('stopped.timeout');
  if (retryable) return say('failed.retryable');
  const said = say('failed.permanent', { reason: message });
  return hint === null ? said : `${said}\n${say('failed.hint', { hint })}`;
}

/**
 * The honest line under an answer that had to do without something: the gravest of it, since one line is read and
 * three are not. Null where nothing was missing.
 */
export function fallbackWords(say: Say, fallbacks: readonly Fallback[]): string | null {
  const generate = fallbacks.find(({ stage }) => stage === 'generate');
  if (generate) return say(`fallback.${generate.reason}`);
  if (fallbacks.some(({ stage }) => stage !== 'understand')) return say('fallback.search');
  return fallbacks.length > 0 ? say('fallback.understand') : null;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));
