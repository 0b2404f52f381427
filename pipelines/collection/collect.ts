import type { Warehouse } from '../stores/warehouse/port.ts';
import { type Change, changes } from './changes.ts';
import type { Crawler } from './crawler.ts';
import { dispatch } from './dispatch.ts';
import { type CollectEvent, countItem, emptyTally } from './events.ts';
import { collectOrigin } from './origin.ts';
import { reasonOf } from './reasons.ts';
import { createFetcher, type Fetcher, type FetcherOptions } from './web/fetch.ts';

export type CollectPorts = {
  readonly warehouse: Warehouse;
  /** One fetcher remembers robots.txt and pace per host; by default each call makes its own. */
  readonly fetcher?: Fetcher;
};

export type CollectOptions = {
  /** Hosts, host:port or CIDR blocks that may be fetched although they are not public. */
  readonly allowPrivate?: readonly string[];
  /** Who wrote what does not say who wrote it; else the name of the folder, feed or site. */
  readonly defaultAuthor?: string;
  /** Largest local file that is read, bytes. Default 20 MiB. */
  readonly maxFileBytes?: number;
  /** Limits of the fetcher, where it is not handed in. */
  readonly fetch?: Omit<FetcherOptions, 'allowPrivate'>;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
};

export type WatchOptions = CollectOptions & {
  /** How long a folder must be quiet before its changes are collected; default 300. */
  readonly debounceMs?: number;
  /** Between two looks at a feed or page; default 30 minutes. */
  readonly intervalMs?: number;
};

/** 20 MiB of text is a shelf of books; what is larger is a dump. */
const defaultMaxFileBytes = 20 * 1024 * 1024;

/**
 * Collects links into the warehouse, one after the other, telling what becomes of every item.
 *
 * Running it twice changes nothing. Whatever is wrong with an item or with a whole link is an item of its
 * own, with the reason, and the rest goes on; only a failing warehouse ends it, by throwing. After an
 * abort it ends by itself, with its summary.
 */
export async function* collect(
  links: readonly string[],
  ports: CollectPorts,
  options: CollectOptions = {},
): AsyncGenerator<CollectEvent> {
  const startedAt = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const setting = {
    warehouse: ports.warehouse,
    fetcher: ports.fetcher ?? fetcherFor(options),
    defaultAuthor: options.defaultAuthor,
    maxFileBytes: options.maxFileBytes ?? defaultMaxFileBytes,
    now: options.now ?? (() => new Date()),
    signal,
  };
  const total = emptyTally();
  const told = <T extends CollectEvent>(event: T): T => {
    if (event.type === 'item') countItem(total, event);
    return event;
  };
  const origins = new Set<string>();
  for (const link of links) {
    if (signal.aborted) break;
    const claimed = claim(link);
    if ('type' in claimed) {
      yield told(claimed);
      continue;
    }
    const { crawler, origin } = claimed;
    if (origins.has(origin)) continue;
    origins.add(origin);
    for await (const event of collectOrigin(crawler, origin, setting)) yield told(event);
  }
  yield {
    type: 'finished',
    counts: total,
    origins: origins.size,
    durationMs: performance.now() - startedAt,
    aborted: signal.aborted,
  };
}

/**
 * Collects again whenever something changes, until the signal aborts: folders as soon as they are quiet
 * again, feeds and pages at an interval. Only what changed is told; a look that changed nothing is silent.
 *
 * A change only says when to look: what changed is found by comparing, as in `collect`, so that an event
 * that the operating system lost costs nothing but time.
 */
export async function* watch(
  links: readonly string[],
  ports: CollectPorts,
  options: WatchOptions,
): AsyncGenerator<CollectEvent> {
  const fetcher = ports.fetcher ?? fetcherFor(options);
  const watched: Change[] = [];
  for (const link of links) {
    const claimed = claim(link);
    if ('type' in claimed) yield claimed;
    else watched.push({ origin: claimed.origin, isLocal: claimed.crawler.name === 'folder' });
  }
  const signal = options.signal ?? new AbortController().signal;
  const { debounceMs = 300, intervalMs = 30 * 60_000 } = options;
  for await (const origin of changes(watched, { debounceMs, intervalMs, signal })) {
    const quiet: CollectEvent[] = [];
    let spoke = false;
    for await (const event of collect([origin], { ...ports, fetcher }, options)) {
      const isNews = event.type === 'item' ? event.outcome !== 'unchanged' : false;
      if (isNews && !spoke) {
        spoke = true;
        yield* quiet;
      }
      if (spoke && !(event.type === 'item' && !isNews)) yield event;
      else if (event.type !== 'item') quiet.push(event);
    }
  }
}

function fetcherFor(options: CollectOptions): Fetcher {
  return createFetcher({ ...options.fetch, allowPrivate: options.allowPrivate ?? [] });
}

function claim(
  link: string,
):
  | { readonly crawler: Crawler; readonly origin: string }
  | Extract<CollectEvent, { type: 'item' }> {
  try {
    const crawler = dispatch(link);
    return { crawler, origin: crawler.originOf(link) };
  } catch (error) {
    return { type: 'item', outcome: 'failed', link, reason: reasonOf(error) };
  }
}
