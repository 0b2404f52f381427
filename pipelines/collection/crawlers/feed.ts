import type { CrawlContext, Crawler, CrawlItem } from '../crawler.ts';
import { isHtml } from '../text/feed.ts';
import { canonicalLink } from '../text/links.ts';
import { feedsOf } from '../text/page.ts';
import { feedItems } from '../web/feed-items.ts';

/** RSS, RDF, Atom or JSON Feed, by an address that looks like one. Entries that left a feed stay. */
export const feedCrawler: Crawler = {
  name: 'feed',
  understands: 'an RSS, Atom or JSON feed (https://…)',
  claims: (link) => {
    const url = URL.parse(link.replace(/^feed:(?:\/\/)?(?=https?:)/i, ''));
    if (!url || !/^https?:$/.test(url.protocol)) return false;
    return /(?:^|\/)(?:rss|atom|feeds?)(?:\/|$)|\.(?:rss|atom|xml|rdf)$|(?:^|\/)(?:feed|rss|atom|index)\.json$/i.test(
      url.pathname,
    );
  },
  originOf: (link) => {
    const address = link.replace(/^feed:(?:\/\/)?(?=https?:)/i, '');
    return canonicalLink(address) ?? address;
  },
  crawl,
};

async function* crawl(origin: string, context: CrawlContext): AsyncGenerator<CrawlItem> {
  const known = await knownTo(context);
  const memory = await context.memory(origin);
  // If a document is missing (forgotten, and allowed again) the feed must be read whole to bring it back.
  const holds = memory?.fingerprint === fingerprintOf(known.length, context);
  const { signal } = context;
  let fetched = await context.fetcher.fetch(origin, {
    signal,
    validators: holds ? memory : undefined,
  });
  if (fetched.status === 304) {
    yield { type: 'total', items: known.length };
    for (const { id, link } of known) yield { type: 'unchanged', link, documentId: id };
    return;
  }
  const { validators } = fetched;
  const [offered] = isHtml(fetched.text) ? feedsOf(fetched.text, fetched.url) : [];
  if (offered && offered !== origin) fetched = await context.fetcher.fetch(offered, { signal });
  const whole = yield* feedItems(fetched, context);
  if (!whole || offered) return;
  const { length } = await knownTo(context);
  await context.remember(origin, { ...validators, fingerprint: fingerprintOf(length, context) });
}

/** What must be as it was for "not modified" to mean that nothing is to do. */
function fingerprintOf(documents: number, { defaultAuthor = '' }: CrawlContext): string {
  return `r1:live:${documents}:${defaultAuthor}`;
}

async function knownTo(context: CrawlContext): Promise<readonly { id: string; link: string }[]> {
  const known: { id: string; link: string }[] = [];
  for await (const { id, link } of context.known()) known.push({ id, link });
  return known;
}
