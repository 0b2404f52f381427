import { PermanentError, TransientError } from '../stores/errors.ts';
import type { AnswerError } from './types.ts';

/** A model's stream that ended without saying how: it failed, whatever its HTTP status was. */
export function failedStream(model: string): TransientError {
  return new TransientError(`The answer broke off: ${model} ended without finishing.`, {
    code: 'answer.unfinished',
    hint: 'Ask again; if it keeps happening, look at the model server’s log.',
  });
}

/** Turns whatever was thrown into what a person is told. Unknown failures keep their insides to themselves. */
export function asAnswerError(
  failure: unknown,
  { deadline, deadlineMs }: { readonly deadline: AbortSignal; readonly deadlineMs: number },
): AnswerError {
  if (deadline.aborted) {
    return {
      code: 'answer.deadline',
      message: `No answer within ${Math.round(deadlineMs / 100) / 10} seconds.`,
      hint: 'Ask again, or ask for less at once.',
      retryable: true,
    };
  }
  if (failure instanceof PermanentError || failure instanceof TransientError) {
    return {
      code: failure.code,
      message: failure.message,
      hint: failure.hint ?? null,
      retryable: failure instanceof TransientError,
    };
  }
  return {
    code: 'answer.unexpected',
    message: 'Something went wrong while answering.',
    hint: 'This is a defect in Understudy. `understudy doctor` shows what can be told about it.',
    retryable: false,
  };
}
