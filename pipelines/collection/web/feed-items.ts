import { PermanentError } from '../../stores/errors.ts';
import { documentId, sha256 } from '../../stores/identity.ts';
import type { CrawlContext, CrawlItem } from '../crawler.ts';
import type { Reason } from '../events.ts';
import { reasonOf } from '../reasons.ts';
import { authorNamed } from '../text/authors.ts';
import { parseDate } from '../text/dates.ts';
import { type Entry, type Feed, parseFeed } from '../text/feed.ts';
import { htmlToMarkdown } from '../text/html.ts';
import { detectLanguage, statedLanguage } from '../text/language.ts';
import { sameHost } from '../text/links.ts';
import { countWords, plainWords } from '../text/outline.ts';
import type { Fetched } from './fetch.ts';
import { type PageContext, pageDraft } from './page-draft.ts';

/** Raised when extraction changes enough that known entries should be read again. */
const recipe = 1;

/** Short content under a title is a teaser; words. */
const teaserWords = 60;
/** A description this long is the article itself; words. */
const fullDescriptionWords = 200;
/** A post shorter than this is a note; words. */
const noteWords = 80;

/**
 * The entries of a fetched feed, one item each: as the feed gives them where it gives them in full, else
 * from their page. An entry that the feed shows unchanged is not fetched again.
 *
 * Returns whether every entry came to something, so that the feed need not be read again before it changes.
 */
export async function* feedItems(
  fetched: Fetched,
  context: CrawlContext,
): AsyncGenerator<CrawlItem, boolean> {
  const feed = parseFeed(fetched.text, fetched.url);
  yield { type: 'total', items: feed.entries.length };
  let whole = true;
  for (const entry of feed.entries) {
    if (context.signal.aborted) return false;
    const item = await entryItem(entry, feed, fetched.url, context);
    if (item.type === 'failed') whole = false;
    yield item;
  }
  return whole;
}

async function entryItem(
  entry: Entry,
  feed: Feed,
  feedUrl: string,
  context: CrawlContext,
): Promise<CrawlItem> {
  const { link } = entry;
  const key = `entry:${link}`;
  const fingerprint = sha256(JSON.stringify([recipe, context.defaultAuthor, feed.title, entry]));
  const last = await context.memory(key);
  if (
    last?.documentId &&
    last.fingerprint === fingerprint &&
    (await context.isLive(last.documentId))
  ) {
    return { type: 'unchanged', link, documentId: last.documentId };
  }
  try {
    const found = await fromFeedOrPage(entry, feed, feedUrl, context);
    const value = { documentId: found.draft.id, fingerprint };
    return { type: 'draft', ...found, memory: { key, value } };
  } catch (error) {
    const reason = reasonOf(error);
    const keeps = last?.documentId ? { keeps: last.documentId } : {};
    return { type: reason.code === 'fetch.robots' ? 'skipped' : 'failed', link, reason, ...keeps };
  }
}

type FoundEntry = Pick<
  Extract<CrawlItem, { type: 'draft' }>,
  'draft' | 'warnings' | 'authoritative'
>;

async function fromFeedOrPage(
  entry: Entry,
  feed: Feed,
  feedUrl: string,
  context: CrawlContext,
): Promise<FoundEntry> {
  const given = contentOf(entry, feedUrl);
  if (given.isFull || !entry.hasPage)
    return fromFeed(entry, feed, feedUrl, given.markdown, context);
  try {
    const page = await context.fetcher.fetch(entry.link, { signal: context.signal });
    return pageDraft(page, pageContext(entry, feed, context));
  } catch (error) {
    // What may work tomorrow is left for tomorrow; what will not is made the best of.
    if (!(error instanceof PermanentError) || countWords(given.markdown) < 20) throw error;
    const { code, message } = reasonOf(error);
    const warning: Reason = {
      code: 'feed.summary-only',
      message: `Only the feed's summary was taken, because its page could not be (${code}): ${message}`,
    };
    return fromFeed(entry, feed, feedUrl, given.markdown, context, [warning]);
  }
}

function contentOf(entry: Entry, feedUrl: string): { markdown: string; isFull: boolean } {
  const raw = entry.content ?? entry.summary ?? '';
  const markdown = (
    entry.isPlainText ? raw : htmlToMarkdown(raw, entry.hasPage ? entry.link : feedUrl)
  ).trim();
  const words = countWords(markdown);
  // "[…]" and "Continue reading" at the end: a teaser, however long.
  const cut =
    /(?:\[?(?:…|\.\.\.)\\?\]?|(?:read more|continue reading|weiterlesen|lire la suite)\W*(?:\([^)]*\)\W*)?)$/i;
  const isFull =
    words > 0 &&
    !cut.test(markdown) &&
    (!entry.title || words >= (entry.content ? teaserWords : fullDescriptionWords));
  return { markdown, isFull };
}

function pageContext(entry: Entry, feed: Feed, context: CrawlContext): PageContext {
  return {
    origin: context.origin,
    platform: 'feed',
    kind: 'post',
    defaultAuthor: context.defaultAuthor,
    collectedAt: context.now().toISOString(),
    title: titleOf(entry),
    author: entry.author ?? feed.author,
    publishedAt: parseDate(entry.published) ?? parseDate(entry.updated),
    source: plainWords(feed.title ?? '') || undefined,
    language: entry.language ?? feed.language,
    tags: entry.tags,
  };
}

function fromFeed(
  entry: Entry,
  feed: Feed,
  feedUrl: string,
  content: string,
  context: CrawlContext,
  warnings: readonly Reason[] = [],
): FoundEntry {
  if (content === '') {
    throw new PermanentError('The entry has neither content nor a page.', {
      code: 'feed.empty-entry',
    });
  }
  const about = pageContext(entry, feed, context);
  const host = new URL(feedUrl).hostname.replace(/^www\./, '');
  const source = (about.source ?? host).slice(0, 200);
  const author =
    authorNamed(about.author) ?? authorNamed(about.defaultAuthor) ?? authorNamed(source);
  return {
    draft: {
      id: documentId(entry.link),
      kind: countWords(content) < noteWords ? 'note' : 'post',
      platform: 'feed',
      source,
      origin: context.origin,
      author: author ?? { id: host, name: host },
      link: entry.link,
      title: about.title ?? '',
      publishedAt: about.publishedAt ?? null,
      language: statedLanguage(about.language) ?? detectLanguage(content),
      content,
      collectedAt: about.collectedAt,
      extras: entry.tags.length > 0 ? { tags: [...entry.tags] } : {},
    },
    warnings,
    authoritative: sameHost(entry.link, feedUrl),
  };
}

/** An entry's title, or the beginning of what has none. */
function titleOf(entry: Entry): string {
  const title = plainWords(entry.title ?? '');
  if (title) return title;
  const words = plainWords((entry.content ?? entry.summary ?? '').slice(0, 500));
  return words.length > 80 ? `${words.slice(0, 80).replace(/\s+\S*$/, '')}…` : words;
}
