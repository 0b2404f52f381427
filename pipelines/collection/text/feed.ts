import { parseFeed as parseAnyFeed } from 'feedsmith';
import { PermanentError } from '../../stores/errors.ts';
import { canonicalLink } from './links.ts';

/** One entry, whatever the format of its feed. */
export type Entry = {
  /** Canonical; for an entry without a page of its own, the feed's address with the entry's id behind a `#`. */
  readonly link: string;
  readonly hasPage: boolean;
  readonly title: string | undefined;
  readonly author: string | undefined;
  readonly published: string | undefined;
  readonly updated: string | undefined;
  readonly language: string | undefined;
  readonly tags: readonly string[];
  /** What the feed gives as the content itself; plain text is marked as such. */
  readonly content: string | undefined;
  readonly summary: string | undefined;
  readonly isPlainText: boolean;
};

export type Feed = {
  readonly title: string | undefined;
  readonly author: string | undefined;
  readonly language: string | undefined;
  readonly entries: readonly Entry[];
};

/** Whether a text is meant to be read by people, so that it is no feed whatever its content type says. */
export function isHtml(text: string): boolean {
  const head = text.slice(0, 2_000).replace(/<!--[\s\S]*?-->/g, '');
  return /^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)[\s>]/i.test(head);
}

/** Whether a text is RSS, RDF, Atom or JSON Feed, by how it begins. */
export function isFeed(text: string): boolean {
  const head = text.slice(0, 4_000);
  if (/^\s*\{/.test(head)) return /"version"\s*:\s*"https?:\/\/jsonfeed\.org/.test(head);
  return !isHtml(text) && /<(?:rss|feed|rdf:RDF|[\w-]+:feed)[\s>]/.test(head);
}

/**
 * Reads RSS, RDF, Atom or JSON Feed. `url` is the feed's own address.
 * PermanentErrors: `feed.is-html`, `feed.entities` (a document type that declares entities: the makings of
 * an XML bomb, and nothing a feed needs), `feed.malformed`.
 */
export function parseFeed(text: string, url: string): Feed {
  if (isHtml(text)) {
    throw new PermanentError('This is an HTML page, not a feed.', {
      code: 'feed.is-html',
      hint: 'Many sites answer a dead feed with a friendly page; look for the feed link on the site.',
    });
  }
  if (/<!ENTITY/i.test(text.slice(0, 100_000))) {
    throw new PermanentError('The feed declares XML entities, which can expand without end.', {
      code: 'feed.entities',
    });
  }
  try {
    return normalise(parseAnyFeed<string>(text), url);
  } catch (cause) {
    throw new PermanentError('This could not be read as RSS, Atom or JSON Feed.', {
      code: 'feed.malformed',
      cause,
    });
  }
}

function normalise(parsed: ReturnType<typeof parseAnyFeed<string>>, url: string): Feed {
  const { format, feed } = parsed;
  if (format === 'atom') {
    return {
      title: feed.title?.value,
      author: feed.authors?.[0]?.name,
      language: feed.xml?.lang,
      entries: (feed.entries ?? []).map((entry) => {
        const page = entry.links?.find(({ rel }) => (rel ?? 'alternate') === 'alternate');
        return {
          ...place(page?.href, entry.id, url),
          title: entry.title?.value,
          author: entry.authors?.[0]?.name ?? entry.dc?.creators?.[0],
          published: entry.published,
          updated: entry.updated,
          language: entry.xml?.lang,
          tags: names(entry.categories?.map(({ label, term }) => label ?? term)),
          content: entry.content?.value,
          summary: entry.summary?.value,
          isPlainText: isPlain(entry.content?.value ? entry.content.type : entry.summary?.type),
        };
      }),
    };
  }
  if (format === 'json') {
    return {
      title: feed.title,
      author: feed.authors?.[0]?.name,
      language: feed.language,
      entries: (feed.items ?? []).map((item) => ({
        ...place(item.url, item.id, url),
        title: item.title,
        author: item.authors?.[0]?.name,
        published: item.date_published,
        updated: item.date_modified,
        language: item.language,
        tags: names(item.tags),
        content: item.content_html ?? item.content_text,
        summary: item.summary,
        isPlainText: item.content_html === undefined,
      })),
    };
  }
  if (format === 'rdf') {
    return {
      title: feed.title,
      author: feed.dc?.creators?.[0],
      language: feed.dc?.languages?.[0],
      entries: (feed.items ?? []).map((item) => ({
        ...place(item.link, item.rdf?.about, url),
        title: item.title,
        author: item.dc?.creators?.[0],
        published: item.dc?.dates?.[0],
        updated: undefined,
        language: item.dc?.languages?.[0],
        tags: names(item.dc?.subjects),
        content: item.content?.encoded,
        summary: item.description,
        isPlainText: false,
      })),
    };
  }
  return {
    title: feed.title,
    author: feed.managingEditor?.name ?? feed.itunes?.author ?? feed.dc?.creators?.[0],
    language: feed.language,
    entries: (feed.items ?? []).map((item) => ({
      ...place(item.link ?? permalink(item.guid), item.guid?.value, url),
      title: item.title,
      author: item.dc?.creators?.[0] ?? item.authors?.[0]?.name ?? item.itunes?.author,
      published: item.pubDate ?? item.dc?.dates?.[0],
      updated: item.atom?.updated,
      language: item.dc?.languages?.[0],
      tags: names(item.categories?.map(({ name }) => name)),
      content: item.content?.encoded,
      summary: item.description,
      isPlainText: false,
    })),
  };
}

function permalink(
  guid: { value?: string; isPermaLink?: boolean } | undefined,
): string | undefined {
  return guid?.isPermaLink !== false && /^https?:/.test(guid?.value ?? '')
    ? guid?.value
    : undefined;
}

function place(
  page: string | undefined,
  id: string | undefined,
  url: string,
): Pick<Entry, 'link' | 'hasPage'> {
  const link = canonicalLink(page, url);
  if (link) return { link, hasPage: true };
  return { link: `${url}#${encodeURIComponent((id ?? 'entry').slice(0, 500))}`, hasPage: false };
}

/** Atom's types are html, xhtml, a media type, or text, which is the default. */
function isPlain(type: string | undefined): boolean {
  return type === undefined || type === 'text' || type === 'text/plain';
}

function names(values: readonly (string | undefined)[] | undefined): readonly string[] {
  const clean = (values ?? []).map((value) => value?.trim().slice(0, 100) ?? '');
  return [...new Set(clean)].filter((value) => value !== '').slice(0, 50);
}
