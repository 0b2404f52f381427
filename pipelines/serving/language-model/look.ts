import { parsedJson } from '../../json.ts';
import type { TransientError } from '../../stores/errors.ts';
import { addressOf, authorisation } from '../endpoints/address.ts';
import { openAttempt } from '../endpoints/attempt.ts';
import type { Clock } from '../endpoints/clock.ts';
import type { Endpoint } from '../endpoints/port.ts';
import { unreachable } from '../endpoints/unreachable.ts';
import { code, service } from './settings.ts';

/** What one route answered, whatever it was. */
export type Seen = {
  /** Null where nothing answered; then `failure` says why. */
  readonly status: number | null;
  /** Undefined where it is not JSON, or the status is not a success. */
  readonly body: unknown;
  readonly headers: Headers | null;
  readonly failure: TransientError | null;
};

/** GETs a route that may be there or not. Throws nothing but the signal's reason. */
export async function look(
  endpoint: Endpoint,
  path: string,
  {
    clock,
    limitMs,
    signal,
  }: { readonly clock: Clock; readonly limitMs: number; readonly signal?: AbortSignal },
): Promise<Seen> {
  const address = addressOf(endpoint, path);
  const failed = (error: unknown) => unreachable(service, code, address, error);
  const { attempt, within, end } = openAttempt(endpoint, signal, clock, () =>
    failed({ code: 'ETIMEDOUT' }),
  );
  try {
    return await within(limitMs, async () => {
      const response = await fetch(address, {
        headers: authorisation(endpoint),
        signal: attempt.signal,
        redirect: 'manual',
      });
      const { status, headers } = response;
      return { status, headers, body: parsedJson(await response.text()), failure: null };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const failure = attempt.signal.aborted ? attempt.signal.reason : failed(error);
    return { status: null, headers: null, body: undefined, failure };
  } finally {
    end();
  }
}
