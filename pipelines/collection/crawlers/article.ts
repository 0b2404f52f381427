import type { CrawlContext, Crawler, CrawlItem } from '../crawler.ts';
import { reasonOf } from '../reasons.ts';
import { isFeed, isHtml } from '../text/feed.ts';
import { canonicalLink } from '../text/links.ts';
import { feedsOf } from '../text/page.ts';
import { feedItems } from '../web/feed-items.ts';
import type { Fetched } from '../web/fetch.ts';
import { pageDraft } from '../web/page-draft.ts';

/** Any web page: its main content. A home page that offers a feed leads to the feed. */
export const articleCrawler: Crawler = {
  name: 'web',
  understands: 'a web page (http:// or https://)',
  claims: (link) => /^https?:$/.test(URL.parse(link)?.protocol ?? ''),
  originOf: (link) => canonicalLink(link) ?? link,
  crawl,
};

async function* crawl(origin: string, context: CrawlContext): AsyncGenerator<CrawlItem> {
  const memory = await context.memory(origin);
  const last = memory?.documentId;
  const { signal } = context;
  const asBefore = memory?.fingerprint === fingerprintOf(context);
  const isKnown = asBefore && last !== undefined && (await context.isLive(last));
  const fetched = await context.fetcher.fetch(origin, {
    signal,
    validators: isKnown ? memory : undefined,
  });
  if (fetched.status === 304 && last) {
    yield { type: 'total', items: 1 };
    yield { type: 'unchanged', link: origin, documentId: last };
    return;
  }
  if (isFeed(fetched.text)) {
    yield* feedItems(fetched, context);
    return;
  }
  const feeds = isHtml(fetched.text) ? feedsOf(fetched.text, fetched.url) : [];
  if (feeds[0] && new URL(fetched.url).pathname === '/') {
    yield* throughFeed(feeds[0], fetched, context);
    return;
  }
  const page = pageItem(fetched, context, last);
  if (feeds[0] && page.type === 'failed' && page.reason.code === 'page.no-content') {
    yield* throughFeed(feeds[0], fetched, context);
    return;
  }
  yield { type: 'total', items: 1 };
  yield page;
}

/** The feed that a page offers; the page itself where the feed cannot be had. */
async function* throughFeed(
  feed: string,
  page: Fetched,
  context: CrawlContext,
): AsyncGenerator<CrawlItem> {
  let fetched: Fetched;
  try {
    fetched = await context.fetcher.fetch(feed, { signal: context.signal });
  } catch (error) {
    yield { type: 'failed', link: feed, reason: reasonOf(error) };
    yield pageItem(page, context, undefined);
    return;
  }
  yield* feedItems(fetched, context);
}

type PageItem = Exclude<CrawlItem, { type: 'total' | 'unchanged' | 'complete' }>;

function pageItem(fetched: Fetched, context: CrawlContext, last: string | undefined): PageItem {
  const { origin, defaultAuthor } = context;
  try {
    const found = pageDraft(fetched, {
      origin,
      platform: 'web',
      kind: 'article',
      defaultAuthor,
      collectedAt: context.now().toISOString(),
    });
    const value = {
      ...fetched.validators,
      documentId: found.draft.id,
      fingerprint: fingerprintOf(context),
    };
    return { type: 'draft', ...found, memory: { key: origin, value } };
  } catch (error) {
    const keeps = last ? { keeps: last } : {};
    return { type: 'failed', link: origin, reason: reasonOf(error), ...keeps };
  }
}

/** How the page was read; a page read otherwise is fetched again though it did not change. */
function fingerprintOf({ defaultAuthor = '' }: CrawlContext): string {
  return `r1:${defaultAuthor}`;
}
