import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { failureOf } from './failure.ts';
import { refusal } from './refusal.ts';

/** What became of one call. `unknown`: it may have taken effect, or not. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'unknown'; readonly cause: unknown }
  | { readonly kind: 'refused'; readonly error: string; readonly needed: string | undefined };

/** How calls are repeated. */
export type Patience = {
  /** First pause, in milliseconds; doubles each time. */
  readonly retryMs: number;
  /** Tries of a call that may be repeated. Default 6. */
  readonly tries?: number;
  /** Longest time to wait for a rate limit in all, in milliseconds. Default 5 minutes. */
  readonly limitedMs?: number;
};

const longestPauseMs = 10_000;

/**
 * Makes a call once, and waits as long as Slack asks for. The client itself never repeats anything: an append that
 * took effect before its connection broke would be shown twice.
 */
export async function once<T>(call: () => Promise<T>, patience: Patience): Promise<Outcome<T>> {
  const { limitedMs = 300_000 } = patience;
  let waitedMs = 0;
  while (true) {
    try {
      return { kind: 'done', value: await call() };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'limited') return failure;
      if (waitedMs + failure.retryAfterMs > limitedMs) {
        return { kind: 'refused', error: 'ratelimited', needed: undefined };
      }
      waitedMs += failure.retryAfterMs;
      await sleep(failure.retryAfterMs);
    }
  }
}

/** Makes a call that may take effect twice without harm, until it has: an edit, a deletion, a read. */
export async function again<T>(call: () => Promise<T>, patience: Patience): Promise<Outcome<T>> {
  const { tries = 6, retryMs } = patience;
  let pauseMs = retryMs;
  for (let left = tries; ; left -= 1) {
    const outcome = await once(call, patience);
    if (outcome.kind !== 'unknown' || left <= 1) return outcome;
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** @throws PermanentError `slack.<error>` for a refusal, TransientError `slack.unreachable` when nobody knows. */
export function settledValue<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  if (outcome.kind === 'refused') throw refusal(outcome.error, outcome.needed);
  throw new TransientError('Slack could not be reached, or did not say what became of a call.', {
    code: 'slack.unreachable',
    hint: 'This goes away by itself; if it stays, look at the network and at https://slack-status.com.',
    cause: outcome.cause,
  });
}
