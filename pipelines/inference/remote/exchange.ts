import { type Dispatcher, request } from 'undici';
import { parsedJson } from '../../json.ts';
import { addressOf, authorisation } from '../../serving/endpoints/address.ts';
import { failureOf } from '../../serving/endpoints/failure.ts';
import type { Attempt } from '../../serving/endpoints/port.ts';
import { unreachable } from '../../serving/endpoints/unreachable.ts';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import { receivedFailure, refusalSchema } from '../protocol/failure.ts';

export const service = 'The inference service';
export const code = 'inference';

export type Reply = Dispatcher.ResponseData['body'];

/**
 * Sends one request and gives the body of a reply that is a success.
 *
 * @param body sent as JSON by POST; a GET without one
 * @throws what the service refused it with; TransientError `inference.down` where nothing answers, and as failureOf
 *   where something else answers than the service; the signal's reason on abort
 */
export async function exchange(
  { endpoint, signal }: Pick<Attempt, 'endpoint' | 'signal'>,
  dispatcher: Dispatcher,
  path: string,
  body?: string,
): Promise<{ readonly type: string; readonly body: Reply }> {
  const address = addressOf(endpoint, path);
  try {
    // How long each step may take is decided by whoever attempts it.
    const reply = await request(address, {
      dispatcher,
      signal,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...authorisation(endpoint),
      },
      body: body ?? null,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { statusCode, headers } = reply;
    if (statusCode === 200)
      return { type: String(headers['content-type'] ?? ''), body: reply.body };
    throw refusal(statusCode, headers, parsedJson(await reply.body.text()));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof PermanentError || error instanceof TransientError) throw error;
    throw unreachable(service, code, address, error);
  }
}

/** Balancers and proxies on the way have replies of their own: those mean what their status says. */
function refusal(status: number, headers: Record<string, unknown>, body: unknown) {
  const own = refusalSchema.safeParse(body);
  if (own.success) return receivedFailure(own.data.error);
  const get = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  return failureOf(service, code, status, body, { get });
}
