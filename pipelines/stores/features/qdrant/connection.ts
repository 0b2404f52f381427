import { setTimeout as wait } from 'node:timers/promises';
import { QdrantClient, type Schemas } from '@qdrant/js-client-rest';
import { PermanentError, TransientError } from '../../errors.ts';
import { failureOf, retryAfterMs, statusOf } from './failure.ts';
import { type QdrantSettings, type Timing, timingOf } from './settings.ts';

/** A server, and the names of what is ours on it. */
export type Connection = {
  readonly api: Api;
  readonly timing: Timing;
  readonly settings: QdrantSettings;
  readonly names: {
    /** The collection that lists the sets and says which one is current. */
    readonly sets: string;
    readonly alias: string;
    readonly set: (id: string) => string;
  };
  /** Aborts when the store is closed. */
  readonly closing: AbortController;
};

type Api = ReturnType<QdrantClient['api']>;
type Reply<T> = { readonly data: { readonly result?: T } };

const triesWhenBusy = 4;
const longestPauseMs = 5_000;

export function connect(settings: QdrantSettings): Connection {
  const prefix = settings.prefix ?? 'understudy';
  const { pathname, protocol } = addressOf(settings.url);
  const client = new QdrantClient({
    url: settings.url,
    // The client leaves a path out, and warns about keys over plain http, where a proxy may well be.
    ...(pathname !== '/' && {
      url: new URL('/', settings.url).href,
      prefix: pathname.replace(/\/$/, ''),
    }),
    ...(settings.apiKey !== undefined && { headers: { 'api-key': settings.apiKey } }),
    https: protocol === 'https:',
    // We check what we need when a set is made, and the client's own check prints.
    checkCompatibility: false,
    // Every request carries our own signal, which the client's timer would replace.
    timeout: Number.POSITIVE_INFINITY,
  });
  return {
    api: client.api(),
    timing: timingOf(settings),
    settings,
    names: {
      sets: `${prefix}-sets`,
      alias: `${prefix}-current`,
      set: (id) => `${prefix}-${id}`,
    },
    closing: new AbortController(),
  };
}

function addressOf(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new PermanentError(`${url} is no address of a Qdrant server.`, {
    code: 'qdrant.address',
    hint: 'Set QDRANT_URL to something like http://127.0.0.1:6333.',
  });
}

/**
 * One request, bounded in time. What we send may be sent twice, so when the server is busy it is, a few times.
 *
 * @throws TransientError, PermanentError; the reason of `signal` when that aborts
 */
export async function ask<T>(
  { api, timing, closing }: Connection,
  what: string,
  request: (api: Api, init: RequestInit) => Promise<Reply<T>>,
  signal?: AbortSignal,
): Promise<T> {
  const given = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
  for (let tried = 1; ; tried += 1) {
    given.throwIfAborted();
    try {
      const inTime = AbortSignal.any([given, AbortSignal.timeout(timing.timeoutMs)]);
      const { data } = await request(api, { signal: inTime });
      if (data.result === undefined) throw new Error('the reply holds no result');
      return data.result;
    } catch (error) {
      given.throwIfAborted();
      if (statusOf(error) !== 429 || tried >= triesWhenBusy) throw failureOf(what, error);
      // The client (1.19) keeps only the first digit of Retry-After, so each pause is also longer than the last.
      const pauseMs = Math.max(retryAfterMs(error) ?? 0, 100 * 2 ** tried);
      if (pauseMs > longestPauseMs) throw failureOf(what, error);
      await wait(pauseMs, undefined, { signal: given });
    }
  }
}

/** A write that is applied, not only received, when this returns. */
export async function write(
  connection: Connection,
  what: string,
  request: (
    api: Api,
    init: RequestInit,
  ) => Promise<Reply<Schemas['UpdateResult'] | Schemas['UpdateResult'][]>>,
): Promise<void> {
  const result = await ask(connection, what, request);
  for (const { status } of Array.isArray(result) ? result : [result]) {
    if (status === 'completed') continue;
    throw new TransientError(`Qdrant has not finished to ${what} (${status}).`, {
      code: 'qdrant.slow',
      hint: 'The server is behind with its writes; the same will be tried again.',
    });
  }
}

/** Query parameters of every read: with copies, what most of them say, so that nobody is told of an older head. */
export const agreed = ({ settings }: Connection): { consistency?: 'majority' } =>
  (settings.size?.replicas ?? 1) > 1 ? { consistency: 'majority' } : {};

/** Query parameters of every write: applied before the reply, and in order with those of other processes. */
export const applied = { wait: true, ordering: 'strong' } as const;
