import type { z } from 'zod';
import { parsedJson } from '../../json.ts';
import { PermanentError } from '../../stores/errors.ts';
import { addressOf, authorisation } from './address.ts';
import { failureOf } from './failure.ts';
import type { Attempt } from './port.ts';
import { unreachable } from './unreachable.ts';

export type JsonRequest<T> = {
  /** From the endpoint's root, with a leading slash: `/info`. */
  readonly path: string;
  /** POST where there is a body, else GET. */
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly schema: z.ZodType<T>;
  readonly service: string;
  readonly code: string;
};

/**
 * One request with a JSON reply, with the endpoint's bearer token.
 *
 * @throws PermanentError or TransientError as in failure.ts; TransientError `<code>.down` where nothing answers;
 *   PermanentError `<code>.misunderstood` where the reply is not of the schema's shape; the signal's reason on abort
 */
export async function requestJson<T>(attempt: Attempt, request: JsonRequest<T>): Promise<T> {
  const { service, code } = request;
  const { response, text } = await exchange(attempt, request);
  const body = parsedJson(text);
  if (!response.ok) throw failureOf(service, code, response.status, body, response.headers);
  const parsed = request.schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const reason = body === undefined ? 'it is not JSON' : firstIssue(parsed.error);
  throw new PermanentError(
    `${service} at ${addressOf(attempt.endpoint, request.path)} gave a reply that was not expected: ${reason}.`,
    {
      code: `${code}.misunderstood`,
      hint: 'Check that the address is that of the right kind of server.',
    },
  );
}

async function exchange(
  { endpoint, signal }: Attempt,
  { path, method, body, service, code }: JsonRequest<unknown>,
) {
  const address = addressOf(endpoint, path);
  try {
    const response = await fetch(address, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...authorisation(endpoint),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      // A token belongs to the address it was set for.
      redirect: 'manual',
    });
    return { response, text: await response.text() };
  } catch (error) {
    throw signal.aborted ? signal.reason : unreachable(service, code, address, error);
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'unknown';
}
