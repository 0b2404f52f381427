import type { ServerResponse } from 'node:http';
import { ApiError } from './errors.ts';
import type { Fault } from './faults.ts';

/** What goes out: status, headers, and a body where there is one. */
export type Answer = { status: number; body?: unknown; headers: Record<string, string> };

/** What a fault answers; nothing when the request is to be served all the same. */
export async function strike(
  fault: Fault,
  response: ServerResponse,
  cutGateway: () => void,
): Promise<Answer | 'gone' | undefined> {
  switch (fault.kind) {
    case 'rate-limit':
      return tooMany(fault.retryAfterMs, fault.scope ?? 'user', {});
    case 'status':
      return {
        status: fault.status,
        body: { message: `${fault.status}: fault`, code: 0 },
        headers: {},
      };
    case 'not-found': {
      const error = new ApiError(fault.code ?? 10_015);
      return { status: error.status, body: error.body(), headers: {} };
    }
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return undefined;
    case 'hold':
      await fault.until;
      return undefined;
    case 'cut-gateway':
      cutGateway();
      return undefined;
    case 'drop':
      if (fault.when === 'after') return undefined;
      drop(response);
      return 'gone';
  }
}

export function drop(response: ServerResponse): void {
  // A reset rather than an end: clients take it for a network failure and may try again.
  response.socket?.resetAndDestroy();
}

/** Discord rounds Retry-After up to seconds; here it is exact, so that tests need not wait. */
export function tooMany(
  retryAfterMs: number,
  scope: 'user' | 'global' | 'shared',
  headers: Readonly<Record<string, string>>,
): Answer {
  const seconds = retryAfterMs / 1000;
  const global = scope === 'global';
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: seconds, global, code: 0 },
    headers: {
      ...headers,
      'retry-after': seconds.toFixed(3),
      'x-ratelimit-scope': scope,
      ...(global && { 'x-ratelimit-global': 'true' }),
    },
  };
}

export function write(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  // An empty answer must not claim to be JSON: clients would parse it.
  if (body === undefined) response.writeHead(status, headers).end();
  else {
    response.writeHead(status, { ...headers, 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}
