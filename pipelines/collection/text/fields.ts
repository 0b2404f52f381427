import type { Author, DocumentKind } from '../../stores/warehouse/document.ts';
import { authorNamed, slug } from './authors.ts';
import { parseDate } from './dates.ts';
import { isRecord } from './front-matter.ts';
import { statedLanguage } from './language.ts';
import { canonicalLink } from './links.ts';

/** What front matter says about a document, as far as we understand it. */
export type Fields = {
  readonly title: string | undefined;
  readonly authors: readonly Author[];
  readonly publishedAt: string | null;
  readonly kind: DocumentKind | undefined;
  readonly language: string | null;
  readonly link: string | undefined;
  readonly source: string | undefined;
  readonly tags: readonly string[];
  readonly description: string | undefined;
};

/** Reads the fields that blogs and site generators use (Jekyll, Hugo, Docusaurus, Astro agree on these). */
export function understandFields(fields: Readonly<Record<string, unknown>>): Fields {
  const first = (...names: string[]) => names.map((name) => fields[name]).find(isSaid);
  return {
    title: line(first('title', 'name'), 1_000),
    authors: authorsIn(first('author', 'authors')),
    publishedAt:
      ['date', 'published', 'publishedat', 'published_at', 'pubdate', 'datepublished']
        .map((name) => parseDate(fields[name]))
        .find((date) => date !== null) ?? null,
    kind: kindIn(first('kind', 'type', 'layout')),
    language: statedLanguage(first('language', 'lang', 'locale')),
    link: ['link', 'canonical', 'canonical_url', 'canonicalurl', 'url']
      .map((name) => canonicalLink(fields[name]))
      .find((link) => link !== undefined),
    source: line(first('source', 'publication'), 200),
    tags: tagsIn(first('tags', 'keywords', 'categories')),
    description: line(first('description', 'summary', 'excerpt'), 1_000),
  };
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function line(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).replace(/\s+/g, ' ').trim();
  return text === '' ? undefined : text.slice(0, longest);
}

function authorsIn(value: unknown): readonly Author[] {
  const all = Array.isArray(value) ? value.slice(0, 50) : [value];
  return all.map(authorIn).filter((author) => author !== undefined);
}

function authorIn(value: unknown): Author | undefined {
  if (!isRecord(value)) return authorNamed(value);
  const author = authorNamed(value['name'] ?? value['title'] ?? value['id']);
  const id = line(value['id'] ?? value['key'] ?? value['username'], 200);
  return author && { ...author, id: id ?? slug(author.name) };
}

function kindIn(value: unknown): DocumentKind | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (/^(?:post|blog|blog-?post|blogposting)$/.test(word)) return 'post';
  if (/^(?:article|doc|docs|documentation|page|guide|tutorial|essay)$/.test(word)) return 'article';
  if (/^(?:note|notes|snippet|til)$/.test(word)) return 'note';
  return word === 'repository' ? 'repository' : undefined;
}

function tagsIn(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;]/) : [];
  const tags = all.map((tag) => line(tag, 100)).filter((tag) => tag !== undefined);
  return [...new Set(tags)].slice(0, 50);
}
