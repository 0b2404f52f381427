import { basename, dirname, extname, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PermanentError } from '../../stores/errors.ts';
import { documentId } from '../../stores/identity.ts';
import type { DocumentDraft, DocumentKind } from '../../stores/warehouse/document.ts';
import type { Reason } from '../events.ts';
import { authorNamed } from '../text/authors.ts';
import { dateInName } from '../text/dates.ts';
import { type Fields, understandFields } from '../text/fields.ts';
import { parseFrontMatter } from '../text/front-matter.ts';
import { detectLanguage } from '../text/language.ts';
import { plainMdx } from '../text/mdx.ts';
import { countWords, titleHeading } from '../text/outline.ts';
import { readPage } from '../text/page.ts';
import type { Format } from './walk.ts';

/** Where a file lies and what is to be assumed where it says nothing. */
export type Place = {
  readonly path: string;
  /** The folder a person named, or the one that holds the file a person named. */
  readonly root: string;
  readonly origin: string;
  readonly format: Format;
  readonly defaultAuthor: string | undefined;
  readonly collectedAt: string;
};

export type LocalDraft = { readonly draft: DocumentDraft; readonly warnings: readonly Reason[] };

/** Shorter than this is a note, unless it says otherwise; words. */
const noteWords = 80;

/**
 * A local text as a document draft. What the text does not say itself:
 *
 * - title: its first heading, else its file name;
 * - author: `defaultAuthor`, else the name of the folder (a person can see where it came from, and mend it);
 * - date: the date its file name begins with, else none. A modification time says when a file was copied;
 * - source: the name of the folder; kind: by path and length; language: by its words.
 */
export function draftOf(text: string, place: Place): LocalDraft {
  const { fields, markdown, warnings } = read(text, place.format);
  const content = markdown.replace(/^\s*\n/, '').trimEnd();
  if (content === '') {
    throw new PermanentError('There is no text in this file.', { code: 'file.empty' });
  }
  const folder = basename(place.root) || 'files';
  const [author, ...others] = fields.authors;
  const link = fields.link ?? pathToFileURL(place.path).href;
  const extras: DocumentDraft['extras'] = {
    path: relative(place.root, place.path).split(sep).join('/'),
    format: place.format,
  };
  if (fields.tags.length > 0) extras['tags'] = [...fields.tags];
  if (fields.description) extras['description'] = fields.description;
  if (others.length > 0) extras['otherAuthors'] = others;
  return {
    draft: {
      id: documentId(link),
      kind: fields.kind ?? kindOf(content, place),
      platform: 'folder',
      source: fields.source ?? folder.slice(0, 200),
      origin: place.origin,
      author: author ??
        authorNamed(place.defaultAuthor ?? folder) ?? { id: 'unknown', name: 'unknown' },
      link,
      title: fields.title ?? titleHeading(content) ?? titleOf(place.path),
      publishedAt: fields.publishedAt ?? dateInName(basename(place.path)),
      language: fields.language ?? detectLanguage(content),
      content,
      collectedAt: place.collectedAt,
      extras,
    },
    warnings,
  };
}

type Read = {
  readonly fields: Fields;
  readonly markdown: string;
  readonly warnings: readonly Reason[];
};

function read(text: string, format: Format): Read {
  if (format === 'text') return { fields: understandFields({}), markdown: text, warnings: [] };
  if (format === 'html') {
    const { fields, markdown } = readPage(text, { wholeBodyWithoutMain: true });
    return { fields, markdown, warnings: [] };
  }
  const { fields, body, warnings } = parseFrontMatter(text);
  const markdown = format === 'mdx' ? plainMdx(body) : body;
  return { fields: understandFields(fields), markdown, warnings };
}

function kindOf(content: string, { path, root }: Place): DocumentKind {
  const folders = [basename(root), ...relative(root, dirname(path)).split(sep)];
  if (folders.some((name) => /^_?posts$/i.test(name))) return 'post';
  return countWords(content.slice(0, 4_000)) < noteWords ? 'note' : 'article';
}

/** `2024-05-01-on-naming.md` as "On naming"; `index.md` and `README.md` by the folder they speak for. */
function titleOf(path: string): string {
  const name = basename(path, extname(path));
  if (/^(?:index|readme)(?:[.-][a-z-]{2,8})?$/i.test(name)) return basename(dirname(path)) || name;
  const words = name
    .replace(/^\d{4}-\d{2}-\d{2}[-_. ]*/, '')
    .replace(/[-_]+/g, ' ')
    .trim();
  const title = words || name;
  return title.charAt(0).toUpperCase() + title.slice(1);
}
