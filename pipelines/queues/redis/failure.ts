import { z } from 'zod';
import { PermanentError, TransientError } from '../../stores/errors.ts';

/** Says what a failed command means: Redis is away, it refuses us, or it has no room. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(cause: unknown): unknown {
  if (cause instanceof PermanentError || cause instanceof TransientError) return cause;
  if (!(cause instanceof Error)) return cause;
  if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
    return new PermanentError('Redis keeps jobs that this version cannot read.', {
      code: 'queues.corrupt',
      hint: 'Do other programs, or another version of Understudy, use the same REDIS_PREFIX? Give each its own.',
      cause,
    });
  }
  const { message } = cause;
  if (/NOAUTH|WRONGPASS|NOPERM|invalid username-password/i.test(message)) {
    return new PermanentError(`Redis refused us: ${message}.`, {
      code: 'queues.refused',
      hint: 'Check the user name and password in REDIS_URL.',
      cause,
    });
  }
  if (/^OOM /.test(message)) {
    return new TransientError('Redis has no memory left for another job.', {
      code: 'queues.full',
      hint: 'Give it more memory (maxmemory), or let the workers catch up.',
      cause,
    });
  }
  if (
    cause.name === 'ReplyError' &&
    !/^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(message)
  ) {
    return cause;
  }
  return new TransientError(`Redis did not answer: ${message}.`, {
    code: 'queues.unreachable',
    hint: 'Check that it runs and that REDIS_URL is right; `understudy doctor` looks closer.',
    cause,
  });
}
