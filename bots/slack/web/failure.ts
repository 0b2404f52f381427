import { webApi } from '@slack/bolt';

const { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } = webApi;

/** What a failed call of the Web API means for the one who called. */
export type Failure =
  /** Nothing happened; to be called again after this time. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** It may have happened: the connection broke, or Slack failed on the way. */
  | { readonly kind: 'unknown'; readonly cause: unknown }
  /** Nothing happened, and nothing will until somebody changes something. */
  | { readonly kind: 'refused'; readonly error: string; readonly needed: string | undefined };

/** Slack's own failures, said with `ok: false`: like a 5xx they leave open what happened. */
const internal = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'timeout',
]);
const limited = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

/** Slack names the time with a 429 and in its header only; `ok: false` comes without. */
const unnamedRetryMs = 1_000;

export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'limited', retryAfterMs: error.retryAfter * 1_000 };
  }
  if (error instanceof WebAPIPlatformError) {
    const { data } = error;
    if (limited.has(data.error)) {
      const seconds = data.response_metadata?.retryAfter;
      return {
        kind: 'limited',
        retryAfterMs: seconds === undefined ? unnamedRetryMs : seconds * 1_000,
      };
    }
    if (internal.has(data.error)) return { kind: 'unknown', cause: error };
    const needed = (data as { readonly needed?: unknown }).needed;
    return {
      kind: 'refused',
      error: data.error,
      needed: typeof needed === 'string' ? needed : undefined,
    };
  }
  if (error instanceof WebAPIHTTPError) {
    return error.statusCode >= 500
      ? { kind: 'unknown', cause: error }
      : { kind: 'refused', error: `http_${error.statusCode}`, needed: undefined };
  }
  if (error instanceof WebAPIRequestError) return { kind: 'unknown', cause: error };
  throw error;
}
