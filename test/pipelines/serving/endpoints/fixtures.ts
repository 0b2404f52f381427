import { openEndpoints } from '../../../../pipelines/serving/endpoints/open.ts';
import type {
  Attempt,
  EndpointSettings,
  Endpoints,
} from '../../../../pipelines/serving/endpoints/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export const settings: EndpointSettings = {
  service: 'The model server',
  code: 'chat',
  concurrency: 2,
  queue: 2,
  firstMs: 1_000,
  idleMs: 500,
  attempts: 3,
  retryBudget: 1,
  healthPath: null,
};

/** Longer than any backoff or open breaker. */
export const longMs = 60_000;

export function opened(
  changes: Partial<EndpointSettings> = {},
  count = 1,
): { endpoints: Endpoints; clock: ManualClock; urls: readonly string[] } {
  const clock = manualClock();
  const urls = Array.from({ length: count }, (_, at) => `http://127.0.0.1:${9_000 + at}`);
  const endpoints = openEndpoints(
    urls.map((url) => ({ url })),
    { ...settings, ...changes },
    clock,
  );
  return { endpoints, clock, urls };
}

export const down = () => new TransientError('It is down.', { code: 'chat.down' });
export const overloaded = (retryAfterMs?: number) =>
  new TransientError('Too much.', {
    code: 'chat.overloaded',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
export const refused = () => new PermanentError('No.', { code: 'chat.refused' });

/** Work that goes on until the test says how it ends; it does not listen to its signal. */
export function controlled<T = string>(): {
  readonly run: (attempt: Attempt) => Promise<T>;
  readonly attempts: Attempt[];
  readonly end: (at: number, result: T) => void;
  readonly fail: (at: number, error: unknown) => void;
} {
  const attempts: Attempt[] = [];
  const ends: PromiseWithResolvers<T>[] = [];
  return {
    attempts,
    run(attempt) {
      attempts.push(attempt);
      const end = Promise.withResolvers<T>();
      ends.push(end);
      return end.promise;
    },
    end: (at, result) => ends[at]?.resolve(result),
    fail: (at, error) => ends[at]?.reject(error),
  };
}

/** The error that a promise rejects with; fails the test when it resolves. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a failure, got ${JSON.stringify(value)}.`);
    },
    (error) => error,
  );
}
