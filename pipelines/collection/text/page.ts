import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { PermanentError } from '../../stores/errors.ts';
import type { Fields } from './fields.ts';
import { htmlToMarkdown } from './html.ts';
import { type Dom, readMetadata } from './metadata.ts';
import { withoutDeepNesting } from './nesting.ts';
import { plainWords } from './outline.ts';

export type Page = {
  readonly fields: Fields;
  /** The main content. */
  readonly markdown: string;
  readonly siteName: string | undefined;
  /** Feeds the page offers, absolute. */
  readonly feeds: readonly string[];
};

export type PageOptions = {
  /** Where the page was found; without it, links stay as they are. */
  readonly url?: string;
  /** Take all of the body where no main content stands out, as in a short page of one's own. */
  readonly wholeBodyWithoutMain?: boolean;
};

/** Less text than this is a login form, a cookie notice or an error page, not an article; characters. */
const shortestArticle = 140;
/** More elements than this is a data dump, and the search for the main content is not linear in them. */
const mostElements = 50_000;

/**
 * A page's main content as Markdown, and what the page says about itself.
 * Throws a PermanentError `page.no-content` where there is no main content, `html.too-deep` or
 * `html.too-large` where the page cannot be taken apart.
 */
export function readPage(html: string, options: PageOptions = {}): Page {
  const document = parsed(html);
  const { canonical, feeds, siteName, ...said } = readMetadata(document, options.url);
  const base = baseOf(document, options.url);
  const title = plainWords(document.querySelector('title')?.textContent ?? '');
  const fields = {
    ...said,
    title: said.title ?? (withoutSite(title, siteName) || undefined),
    link: canonical,
    kind: undefined,
    source: siteName?.slice(0, 200),
  };
  return { fields, markdown: mainContent(document, html, base, options), siteName, feeds };
}

/** Taking a page apart costs about a second per megabyte, in one piece; characters. */
const longestPage = 5 * 1024 * 1024;

/** The feeds a page offers, without looking for its content. */
export function feedsOf(html: string, url: string): readonly string[] {
  return readMetadata(parsed(html), url).feeds;
}

type Parsed = Dom & { readonly body: { readonly innerHTML: string } };

function parsed(html: string): Parsed {
  const flat = withoutDeepNesting(html);
  if (flat.length > longestPage) {
    throw new PermanentError('The page is too large to be an article.', { code: 'html.too-large' });
  }
  // Without these two elements this DOM makes the first element it meets the whole document.
  if (/<html[\s>]/i.test(flat) && /<body[\s>]/i.test(flat)) return parseHTML(flat).document;
  const language = /<html[^>]*\slang\s*=\s*["']?([\w-]+)/i.exec(flat)?.[1] ?? '';
  const inner = flat.replace(/<!doctype[^>]*>|<\/?(?:html|head|body)(?:\s[^>]*)?>/gi, '');
  return parseHTML(`<!doctype html><html lang="${language}"><body>${inner}</body></html>`).document;
}

function mainContent(
  document: Parsed,
  html: string,
  base: string | undefined,
  { wholeBodyWithoutMain = false }: PageOptions,
): string {
  // Readability takes the document apart while it searches.
  const body = wholeBodyWithoutMain ? document.body.innerHTML : '';
  const main = findMain(document);
  if (main.length >= shortestArticle) {
    const markdown = htmlToMarkdown(main.html, base);
    if (markdown !== '') return markdown;
  }
  if (wholeBodyWithoutMain) {
    const markdown = htmlToMarkdown(body.replace(/<(nav|footer)[\s>][\s\S]*?<\/\1>/gi, ''), base);
    if (markdown !== '') return markdown;
  }
  throw new PermanentError(
    html.trim() === '' ? 'The page is empty.' : 'The page has no main content.',
    {
      code: 'page.no-content',
      hint: 'It may be a list, a form, or written by scripts that only a browser runs.',
    },
  );
}

function findMain(document: Parsed): { readonly html: string; readonly length: number } {
  try {
    const found = new Readability(document as never, {
      keepClasses: true,
      maxElemsToParse: mostElements,
    }).parse();
    return { html: found?.content ?? '', length: found?.textContent?.trim().length ?? 0 };
  } catch (error) {
    if (error instanceof Error && /too many|Aborting/i.test(error.message)) {
      throw new PermanentError('The page has too many elements to be an article.', {
        code: 'html.too-large',
        cause: error,
      });
    }
    // Readability trips over some odd documents; they have no main content that could be found.
    return { html: '', length: 0 };
  }
}

function baseOf(document: Dom, url: string | undefined): string | undefined {
  if (!url) return undefined;
  const stated = document.querySelector('base[href]')?.getAttribute('href');
  const base = stated ? URL.parse(stated, url) : undefined;
  return base && /^https?:$/.test(base.protocol) ? base.href : url;
}

/** "On naming | The site" as "On naming". */
function withoutSite(title: string, siteName: string | undefined): string {
  if (!siteName) return title;
  const parts = title.split(/\s+[|·–—:-]\s+/);
  return parts.length > 1 && parts.at(-1) === siteName
    ? title.slice(0, title.lastIndexOf(siteName)).replace(/\s+[|·–—:-]\s*$/, '')
    : title;
}
