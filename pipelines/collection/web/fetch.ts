import packageJson from '../../../package.json' with { type: 'json' };
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { FetchMemory } from '../../stores/warehouse/port.ts';
import { decodeText, statedInMarkup } from '../text/charset.ts';
import { checkedAddresses, type Resolver, systemResolver } from './address.ts';
import { type Exchange, exchange } from './exchange.ts';
import { createPace, retryAfterMs, type SharedTurns } from './pace.ts';
import { type Arrived, follow, parseAddress } from './redirects.ts';
import { createRobots, robotsMaxBytes } from './robots.ts';

export type FetcherOptions = {
  /** Exact hosts, host:port, or CIDR blocks that may be fetched although they are not public. */
  readonly allowPrivate?: readonly string[];
  readonly resolve?: Resolver;
  /** Between two requests to one host; default 1,000. */
  readonly intervalMs?: number;
  /** To connect, to get headers, and between two pieces of a body; default 15,000. */
  readonly timeoutMs?: number;
  /** For one request from start to last byte; default 60,000. */
  readonly deadlineMs?: number;
  /** Of a decompressed body; default 8 MiB. */
  readonly maxBytes?: number;
  /** Where other processes ask the same hosts: their pace is one. */
  readonly turns?: SharedTurns;
};

export type Fetched = {
  /** 200, or 304 when the validators still hold; everything else is an error. */
  readonly status: 200 | 304;
  /** Where it was found, after redirects. */
  readonly url: string;
  /** Lower case, without parameters; empty where the server said none. */
  readonly contentType: string;
  readonly text: string;
  /** To be sent along the next time. */
  readonly validators: Pick<FetchMemory, 'etag' | 'lastModified'>;
};

export type Fetcher = {
  /**
   * Fetches a text politely and safely. Throws PermanentError or TransientError with one of the codes
   * `fetch.bad-address`, `fetch.private-address`, `fetch.dns`, `fetch.robots`, `fetch.robots-unreachable`,
   * `fetch.redirects`, `fetch.downgrade`, `fetch.status`, `fetch.gone`, `fetch.retry-later`,
   * `fetch.content-type`, `fetch.too-large`, `fetch.encoding`, `fetch.timeout`, `fetch.connection`.
   */
  readonly fetch: (
    link: string,
    options: { readonly signal: AbortSignal; readonly validators?: FetchMemory | undefined },
  ) => Promise<Fetched>;
};

/** How we introduce ourselves to servers, and the name that robots.txt may address. */
export const userAgent = `Understudy/${packageJson.version}`;

const accept =
  'text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/markdown;q=0.9, text/plain;q=0.8, */*;q=0.1';
const readable =
  /^(?:text\/(?:html|plain|markdown|x-markdown|xml)|application\/(?:xhtml\+xml|xml|atom\+xml|rss\+xml|rdf\+xml|feed\+json|json))$/;
/** Where a busy server does not say when to come back. */
const defaultRetryMs = 5_000;
/** Up to this long a busy server is waited for once; beyond, the item is left for the next collection. */
const longestRetryMs = 10_000;

/** A fetcher that remembers robots.txt and pace per host; use one for a whole collection. */
export function createFetcher(options: FetcherOptions = {}): Fetcher {
  const { allowPrivate = [], resolve = systemResolver, intervalMs = 1_000 } = options;
  const { timeoutMs = 15_000, deadlineMs = 60_000, maxBytes = 8 * 1024 * 1024 } = options;
  const pace = createPace(intervalMs, options.turns);

  const once = async (
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    limit = maxBytes,
  ): Promise<Exchange> => {
    const addresses = await checkedAddresses(url, resolve, allowPrivate);
    const limits = { timeoutMs, deadlineMs, maxBytes: limit };
    return exchange(url, addresses, { 'user-agent': userAgent, ...headers }, limits, signal);
  };

  const robots = createRobots(userAgent, async (address) => {
    // Not hung on one caller's signal, because the answer is for all; the deadline ends it anyway.
    const never = new AbortController().signal;
    const answer = await follow(address, (url) => once(url, {}, never, robotsMaxBytes));
    return { status: answer.status, text: Buffer.from(answer.body).toString('utf8') };
  });

  const politely = async (
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Exchange> => {
    // Before robots.txt is asked for, because that is a request, too.
    await checkedAddresses(url, resolve, allowPrivate);
    const { allowed, delayMs } = await robots.permission(url);
    if (!allowed) {
      throw new PermanentError(`The robots.txt of ${url.host} asks not to fetch ${url.href}.`, {
        code: 'fetch.robots',
      });
    }
    if (delayMs !== undefined) pace.slowDown(url.host, delayMs);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await pace.take(url.host, signal, () => once(url, headers, signal));
      if (answer.status !== 429 && answer.status !== 503) return answer;
      const waitMs = retryAfterMs(answer.headers['retry-after'], new Date()) ?? defaultRetryMs;
      await pace.holdOff(url.host, waitMs);
      if (attempt > 1 || waitMs > longestRetryMs) {
        throw new TransientError(`${url.host} is busy (status ${answer.status}).`, {
          code: 'fetch.retry-later',
          hint: 'Collect it again later.',
          retryAfterMs: waitMs,
        });
      }
    }
  };

  return {
    fetch: async (link, { signal, validators }) => {
      const headers: Record<string, string> = { accept };
      if (validators?.etag) headers['if-none-match'] = validators.etag;
      if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified;
      const answer = await follow(parseAddress(link), (url) => politely(url, headers, signal));
      return understood(answer, validators !== undefined);
    },
  };
}

function understood(answer: Arrived, conditional: boolean): Fetched {
  const { status, headers, url } = answer;
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const { etag, 'last-modified': lastModified } = headers;
  const validators = { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
  const known = { url: url.href, contentType, validators };
  if (status === 304 && conditional) return { ...known, status, text: '' };
  if (status !== 200) throw statusError(url, status);
  if (contentType !== '' && !readable.test(contentType)) {
    throw new PermanentError(`${url.href} is ${contentType}, which is no text to collect.`, {
      code: 'fetch.content-type',
    });
  }
  const charset = /charset\s*=\s*["']?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const text = decodeText(answer.body, charset ?? statedInMarkup(answer.body));
  return { ...known, status, text };
}

function statusError(url: URL, status: number): PermanentError | TransientError {
  const message = `${url.href} answered with status ${status}.`;
  if (status >= 500 || status === 408 || status === 425) {
    return new TransientError(message, { code: 'fetch.status', hint: 'Collect it again later.' });
  }
  const gone = status === 404 || status === 410;
  return new PermanentError(message, { code: gone ? 'fetch.gone' : 'fetch.status' });
}
