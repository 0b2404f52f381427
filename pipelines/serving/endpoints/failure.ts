import { PermanentError, TransientError } from '../../stores/errors.ts';
import { said } from './said.ts';

type HeaderSource = { get(name: string): string | null };

type Verdict = { readonly code: string; readonly what: string; readonly hint: string };

const refused: Verdict = {
  code: 'refused',
  what: 'refused the request',
  hint: 'The request does not suit this server: see what it says, and compare with its documentation.',
};
const permanent: Readonly<Record<number, Verdict>> = {
  401: {
    code: 'unauthorised',
    what: 'does not accept the token, or wants one',
    hint: 'Set the token that the server was started with.',
  },
  403: {
    code: 'unauthorised',
    what: 'does not let this token do that',
    hint: 'Use a token that has the right to it.',
  },
  404: {
    code: 'not-found',
    what: 'knows neither such a route nor such a model',
    hint: 'Check the address, and the name of the model or adapter.',
  },
  413: {
    code: 'too-large',
    what: 'takes no request as large as this one',
    hint: 'Send less at once, or raise the server’s limit.',
  },
};
const overloaded: Verdict = {
  code: 'overloaded',
  what: 'has more to do than it can',
  hint: 'Try again in a moment; if it stays like this, add an endpoint.',
};
const late: Verdict = {
  code: 'timeout',
  what: 'did not answer in its own time limit',
  hint: 'Try again; if it stays like this, look at the server’s load.',
};
const unavailable: Verdict = {
  code: 'down',
  what: 'is not available',
  hint: 'It may still be starting: try again, then look at its log.',
};
const failed: Verdict = {
  code: 'failed',
  what: 'failed',
  hint: 'Try again; if it stays like this, look at the server’s log.',
};
const transient: Readonly<Record<number, Verdict>> = {
  408: late,
  425: unavailable,
  429: overloaded,
  502: unavailable,
  503: unavailable,
  504: late,
  529: overloaded,
};

/**
 * What a reply that is not a success means.
 *
 * @param service what it is called in the message: `The model server`
 * @param code prefix of the error's code: `chat`
 * @param body parsed JSON where it was JSON, else anything: only what is known to be a message is repeated
 * @returns PermanentError `<code>.refused`, `.unauthorised`, `.not-found`, `.too-large`; TransientError
 *   `<code>.overloaded`, `.timeout`, `.down`, `.failed`, with `retryAfterMs` where the server said
 */
export function failureOf(
  service: string,
  code: string,
  status: number,
  body: unknown,
  headers?: HeaderSource,
): PermanentError | TransientError {
  const { message, type } = said(body);
  const verdict = verdictOn(status, type);
  // What servers say about tokens tends to contain them.
  const words = message === null || verdict.code === 'unauthorised' ? '' : `: ${message}`;
  const about = {
    code: `${code}.${verdict.code}`,
    hint: verdict.hint,
  };
  const text = `${service} ${verdict.what} (${status})${words}${/[.!?…]$/u.test(words) ? '' : '.'}`;
  if (!isTransient(status, type)) return new PermanentError(text, about);
  const retryAfterMs = headers ? retryAfter(headers) : null;
  return new TransientError(text, retryAfterMs === null ? about : { ...about, retryAfterMs });
}

function isTransient(status: number, type: string | null): boolean {
  return status >= 500 || status === 424 || status in transient || type === 'overloaded';
}

function verdictOn(status: number, type: string | null): Verdict {
  if (type === 'overloaded') return overloaded;
  if (isTransient(status, type)) return transient[status] ?? failed;
  if (status >= 300 && status < 400) {
    return { ...refused, what: 'redirects elsewhere', hint: 'Set the address it redirects to.' };
  }
  return permanent[status] ?? refused;
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), or OpenAI's `retry-after-ms`; milliseconds. */
function retryAfter(headers: HeaderSource): number | null {
  const exact = Number(headers.get('retry-after-ms') || Number.NaN);
  if (exact >= 0) return exact;
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+(?:\.\d+)?$/u.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
