import type { FetchMemory, Warehouse } from '../stores/warehouse/port.ts';
import type { CrawlContext, Crawler, CrawlItem } from './crawler.ts';
import { type CollectEvent, type Counts, countItem, emptyTally, type ItemEvent } from './events.ts';
import { reasonOf } from './reasons.ts';
import { settle } from './settle.ts';
import type { Fetcher } from './web/fetch.ts';

/** What every origin of one collection shares. */
export type Setting = {
  readonly warehouse: Warehouse;
  readonly fetcher: Fetcher;
  readonly defaultAuthor: string | undefined;
  readonly maxFileBytes: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

/** Collects one origin: its items, what vanished from it, and its line in the ledger of origins. */
export async function* collectOrigin(
  crawler: Crawler,
  origin: string,
  setting: Setting,
): AsyncGenerator<CollectEvent> {
  const { warehouse, signal } = setting;
  // Taken before the crawl: what another process adds meanwhile must not look vanished to this one.
  const before = new Set<string>();
  for await (const head of warehouse.heads({ origin })) {
    if (head.state === 'live') before.add(head.id);
  }
  const seen = new Set<string>();
  const tally = emptyTally();
  const told = (item: ItemEvent): ItemEvent => {
    countItem(tally, item);
    return item;
  };
  const started = { type: 'origin-started', crawler: crawler.name, link: origin } as const;
  let announced = false;
  let complete = false;
  for await (const found of crawlSafely(crawler, origin, before, setting)) {
    if (signal.aborted) break;
    if (!announced) yield found.type === 'total' ? { ...started, total: found.items } : started;
    announced = true;
    if (found.type === 'complete') complete = true;
    else if (found.type !== 'total') yield told(await settle(found, { origin, warehouse, seen }));
  }
  if (!announced) yield started;
  if (complete && !signal.aborted) {
    for await (const item of vanish(before, seen, warehouse)) yield told(item);
  }
  // A link that brought nothing but failure is not remembered: most likely it was misspelled.
  const broughtNothing = !complete && tally.failed === sum(tally);
  await keepOrigin(crawler.name, origin, tally, { warehouse, now: setting.now, broughtNothing });
  yield { type: 'origin-finished', crawler: crawler.name, link: origin, counts: tally };
}

/** The crawler's items; when it breaks, that is one more item. A broken warehouse is thrown, though. */
async function* crawlSafely(
  crawler: Crawler,
  origin: string,
  before: ReadonlySet<string>,
  setting: Setting,
): AsyncGenerator<CrawlItem> {
  const { warehouse } = setting;
  let broken: unknown;
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  const context: CrawlContext = {
    origin,
    fetcher: setting.fetcher,
    memory: (key) => asked(warehouse.fetchMemory(key)),
    isLive: async (id) => before.has(id) || (await asked(warehouse.get(id))) !== undefined,
    known: async function* () {
      const documents = warehouse.documents({ origin })[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await asked(documents.next());
        if (done) return;
        yield { id: value.id, link: value.link };
      }
    },
    remember: (key: string, memory: FetchMemory) => asked(warehouse.putFetchMemory(key, memory)),
    defaultAuthor: setting.defaultAuthor,
    maxFileBytes: setting.maxFileBytes,
    now: setting.now,
    signal: setting.signal,
  };
  try {
    for await (const item of crawler.crawl(origin, context)) {
      if (broken !== undefined) throw broken;
      yield item;
    }
  } catch (error) {
    if (broken !== undefined) throw broken;
    if (setting.signal.aborted) return;
    yield { type: 'failed', link: origin, reason: reasonOf(error) };
  }
}

async function* vanish(
  before: ReadonlySet<string>,
  seen: ReadonlySet<string>,
  warehouse: Warehouse,
): AsyncGenerator<ItemEvent> {
  for (const id of before.difference(seen)) {
    const document = await warehouse.get(id);
    if (!document || (await warehouse.tombstone([id])) === 0) continue;
    yield {
      type: 'item',
      outcome: 'vanished',
      link: document.link,
      documentId: id,
      title: document.title,
    };
  }
}

async function keepOrigin(
  crawler: string,
  link: string,
  counts: Counts,
  {
    warehouse,
    now,
    broughtNothing,
  }: Pick<Setting, 'warehouse' | 'now'> & {
    readonly broughtNothing: boolean;
  },
): Promise<void> {
  const known = (await warehouse.origins()).find((origin) => origin.link === link);
  if (!known && broughtNothing) return;
  const collectedAt = now().toISOString();
  await warehouse.putOrigin({
    link,
    crawler,
    addedAt: known?.addedAt ?? collectedAt,
    lastCollectedAt: broughtNothing ? (known?.lastCollectedAt ?? null) : collectedAt,
    lastOutcome: { ...counts },
  });
}

function sum({ warnings: _, ...byOutcome }: Counts): number {
  return Object.values(byOutcome).reduce((total, count) => total + count, 0);
}
