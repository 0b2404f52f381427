import type { AnswerError } from '../../../pipelines/inference/ask.ts';
import type { Notice, StopReason } from '../../conversation/channel.ts';
import { failureWords, noticeWords, stoppedWords } from '../../conversation/words.ts';
import type { Say } from '../../strings/strings.ts';
import { ApiError, type Failed } from '../http/api-error.ts';

const example = 'POST /v1/ask {"question": "…"}';

/** A notice of the conversation, as a failed request. */
export function refusalOf(notice: Notice, say: Say): ApiError {
  return new ApiError(noticeWords(say, notice, example), refused(notice));
}

function refused(notice: Notice): Failed {
  switch (notice.code) {
    case 'rate.person':
    case 'rate.channel':
      return {
        status: 429,
        code: notice.code,
        title: 'Too many questions',
        hint: 'Wait as long as Retry-After says; UNDERSTUDY_PERSON_PER_MINUTE sets the limit.',
        retryAfterMs: notice.retryAfterMs,
      };
    case 'busy':
      return {
        status: 503,
        code: 'busy',
        title: 'Too many questions at once',
        hint: 'Ask again in a moment.',
        retryAfterMs: notice.retryAfterMs,
      };
    case 'not-allowed':
    case 'quiet':
      return notAllowed;
    case 'too-long':
      return {
        status: 413,
        code: 'question.too-long',
        title: 'The question is too long',
        hint: `At most ${notice.most} UTF-16 units; this one has ${notice.length}.`,
      };
    case 'empty':
      return { status: 400, code: 'question.empty', title: 'There is no question' };
    default:
      return notice satisfies never;
  }
}

const notAllowed: Failed = {
  status: 403,
  code: 'access.denied',
  title: 'The access rules do not let this key ask',
  hint: 'A rule with platform: api and people: [key:<name>] lets a key in.',
};

/** For what is read instead of asked. */
export const deniedBy = (say: Say): ApiError => new ApiError(say('access.person'), notAllowed);

/** An answer that failed, as a failed request. */
export function failureOf(error: AnswerError, trace: string, say: Say): ApiError {
  const { code, hint, retryable } = error;
  return new ApiError(failureWords(say, error), {
    status: code === 'answer.deadline' ? 504 : retryable ? 503 : 500,
    code,
    title: 'The answer failed',
    hint,
    trace,
    ...(retryable && { retryAfterMs: 2_000 }),
  });
}

/** An answer that ended before its end, as a failed request. */
export function stopOf(reason: StopReason, trace: string, say: Say): ApiError {
  const left = reason === 'asker';
  return new ApiError(stoppedWords(say, reason) ?? 'The answer was stopped.', {
    // Nobody reads the former: the client has left. It is what logs and metrics call it.
    status: left ? 499 : 503,
    code: `stopped.${reason}`,
    title: 'The answer was stopped',
    trace,
    ...(!left && { retryAfterMs: 2_000 }),
  });
}
