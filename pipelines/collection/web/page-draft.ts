import { PermanentError } from '../../stores/errors.ts';
import { documentId } from '../../stores/identity.ts';
import type { DocumentDraft } from '../../stores/warehouse/document.ts';
import type { Reason } from '../events.ts';
import { authorNamed } from '../text/authors.ts';
import { type Fields, understandFields } from '../text/fields.ts';
import { parseFrontMatter } from '../text/front-matter.ts';
import { detectLanguage, statedLanguage } from '../text/language.ts';
import { canonicalLink, sameHost } from '../text/links.ts';
import { titleHeading } from '../text/outline.ts';
import { readPage } from '../text/page.ts';
import type { Fetched } from './fetch.ts';

/** What is known about a page from elsewhere: the feed that led to it, the person who collects. */
export type PageContext = {
  readonly origin: string;
  readonly platform: 'web' | 'feed';
  readonly kind: 'article' | 'post';
  readonly defaultAuthor: string | undefined;
  readonly collectedAt: string;
  readonly title?: string | undefined;
  readonly author?: string | undefined;
  readonly publishedAt?: string | null;
  readonly source?: string | undefined;
  readonly language?: string | undefined;
  readonly tags?: readonly string[];
};

export type PageDraft = {
  readonly draft: DocumentDraft;
  readonly warnings: readonly Reason[];
  /** Whether the page's host is that of the link it claims to be. */
  readonly authoritative: boolean;
};

/**
 * A fetched page as a document draft; the page's own word on itself counts first.
 * PermanentErrors as of `readPage`, and `page.no-content`.
 */
export function pageDraft(fetched: Fetched, context: PageContext): PageDraft {
  const { fields, markdown, warnings } = read(fetched);
  const here = canonicalLink(fetched.url) ?? fetched.url;
  const link = trusted(fields.link, here);
  const host = new URL(fetched.url).hostname.replace(/^www\./, '');
  const source = (fields.source ?? context.source ?? host).slice(0, 200);
  const [first, ...others] = fields.authors;
  const author = first ?? authorNamed(context.author) ?? authorNamed(context.defaultAuthor);
  const tags = fields.tags.length > 0 ? fields.tags : (context.tags ?? []);
  return {
    draft: {
      id: documentId(link),
      kind: fields.kind ?? context.kind,
      platform: context.platform,
      source,
      origin: context.origin,
      author: author ?? authorNamed(source) ?? { id: host, name: host },
      link,
      title: fields.title ?? context.title ?? titleHeading(markdown) ?? host,
      publishedAt: fields.publishedAt ?? context.publishedAt ?? null,
      language: fields.language ?? statedLanguage(context.language) ?? detectLanguage(markdown),
      content: markdown,
      collectedAt: context.collectedAt,
      extras: {
        ...(link === here ? {} : { fetchedFrom: fetched.url }),
        ...(tags.length > 0 ? { tags: [...tags] } : {}),
        ...(fields.description ? { description: fields.description } : {}),
        ...(others.length > 0 ? { otherAuthors: others } : {}),
      },
    },
    warnings,
    authoritative: sameHost(link, fetched.url),
  };
}

function read(fetched: Fetched): {
  readonly fields: Fields;
  readonly markdown: string;
  readonly warnings: readonly Reason[];
} {
  const { text, contentType, url } = fetched;
  const looksHtml = /<(?:!doctype|html|body|div|p|h1)[\s>]/i.test(text.slice(0, 5_000));
  if (
    /html/.test(contentType) ||
    (looksHtml && !/^text\/(?:plain|(?:x-)?markdown)$/.test(contentType))
  ) {
    const { fields, markdown } = readPage(text, { url });
    return { fields, markdown, warnings: [] };
  }
  if (/xml|json/.test(contentType)) {
    throw new PermanentError(`${url} is data (${contentType}), neither a page nor a feed.`, {
      code: 'page.no-content',
    });
  }
  const { fields, body, warnings } = parseFrontMatter(text.replace(/\r\n?/g, '\n'));
  const markdown = body.trim();
  if (markdown === '') throw new PermanentError('The page is empty.', { code: 'page.no-content' });
  return { fields: understandFields(fields), markdown, warnings };
}

/** A canonical link, unless it is the home page's: a common mistake that would make all pages one. */
function trusted(canonical: string | undefined, here: string): string {
  if (!canonical) return here;
  const isHome = new URL(canonical).pathname === '/' && new URL(canonical).search === '';
  return isHome && new URL(here).pathname !== '/' ? here : canonical;
}
