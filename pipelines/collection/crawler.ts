import type { DocumentDraft } from '../stores/warehouse/document.ts';
import type { FetchMemory } from '../stores/warehouse/port.ts';
import type { Reason } from './events.ts';
import type { Fetcher } from './web/fetch.ts';

/** What a crawler finds, one by one. `collect` turns it into the warehouse's state and into events. */
export type CrawlItem =
  /** How many items will follow, when that is known before the first. */
  | { readonly type: 'total'; readonly items: number }
  | {
      readonly type: 'draft';
      readonly draft: DocumentDraft;
      readonly warnings?: readonly Reason[];
      /** Stored under `memory.key` once the warehouse has the draft, never before. */
      readonly memory?: { readonly key: string; readonly value: FetchMemory };
      /**
       * Whether who served it may speak for the draft's link (a file for itself, a page for its own
       * host). If not, it never replaces a document that another origin brought.
       */
      readonly authoritative: boolean;
    }
  /** Known to be as it was, without having been read. */
  | { readonly type: 'unchanged'; readonly link: string; readonly documentId: string }
  | {
      readonly type: 'skipped' | 'failed';
      readonly link: string;
      readonly reason: Reason;
      /** The document it was last time: still there, only out of reach, so not vanished. */
      readonly keeps?: string;
    }
  /** The whole origin was seen: its documents that did not come by have vanished. */
  | { readonly type: 'complete' };

/** What a crawler is handed. It reads the warehouse only through this, and never writes to it. */
export type CrawlContext = {
  /** The origin: an absolute path or a normalised address. */
  readonly origin: string;
  readonly fetcher: Fetcher;
  readonly memory: (key: string) => Promise<FetchMemory | undefined>;
  /** Is there a live document of this id? */
  readonly isLive: (documentId: string) => Promise<boolean>;
  /** Live documents that this origin brought earlier. */
  readonly known: () => AsyncIterable<{ readonly id: string; readonly link: string }>;
  /** Remembers something that is no draft's: a feed's validators. */
  readonly remember: (key: string, memory: FetchMemory) => Promise<void>;
  /** Who wrote what does not say who wrote it. */
  readonly defaultAuthor: string | undefined;
  /** Largest local file that is read, bytes. */
  readonly maxFileBytes: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

/** One way to collect. To add one: a file in `crawlers/`, and a line in `dispatch.ts`. */
export type Crawler = {
  /** The `platform` of what it brings. */
  readonly name: string;
  /** What it understands, to be read after "understood are:". */
  readonly understands: string;
  /** Cheap: no network. */
  readonly claims: (link: string) => boolean;
  /** How the warehouse knows this origin, however a person spelled the link. */
  readonly originOf: (link: string) => string;
  readonly crawl: (origin: string, context: CrawlContext) => AsyncIterable<CrawlItem>;
};
