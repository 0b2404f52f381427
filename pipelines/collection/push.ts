import { PermanentError } from '../stores/errors.ts';
import { documentId } from '../stores/identity.ts';
import {
  type DocumentDraft,
  type DocumentKind,
  documentDraftSchema,
} from '../stores/warehouse/document.ts';
import type { Upserted, Warehouse } from '../stores/warehouse/port.ts';
import { authorNamed } from './text/authors.ts';
import { detectLanguage, statedLanguage } from './text/language.ts';
import { countWords, titleHeading } from './text/outline.ts';

/** A piece of writing that somebody hands over, instead of having it fetched. */
export type PushedDocument = {
  /** Markdown. */
  readonly content: string;
  /** Where it is published; what makes two pushes the same document. Without one `key` does. */
  readonly link?: string;
  /** The pusher's own name for it, unique within the source. */
  readonly key?: string;
  readonly title?: string;
  readonly author: string;
  /** The publication, as people call it. */
  readonly source: string;
  readonly kind?: DocumentKind;
  /** ISO 8601. */
  readonly publishedAt?: string;
  /** BCP 47; told by the words where it is absent. */
  readonly language?: string;
  readonly tags?: readonly string[];
};

export type Pushed = Upserted & { readonly id: string };

/** Shorter than this is a note, unless it says otherwise; words. */
const noteWords = 80;

/**
 * Takes one handed-over document into the warehouse. Pushing the same twice changes nothing; what was forgotten is
 * refused. It belongs to no origin that is collected again, so it stays until it is pushed anew or forgotten.
 *
 * @throws PermanentError `document.invalid` naming what is wrong with it.
 */
export async function pushDocument(
  pushed: PushedDocument,
  warehouse: Pick<Warehouse, 'upsert'>,
  now: () => Date = () => new Date(),
): Promise<Pushed> {
  const parsed = documentDraftSchema.safeParse(draftOf(pushed, now()));
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].join(', ');
    throw invalid(`This does not make a document: ${fields}.`);
  }
  return { ...(await warehouse.upsert(parsed.data)), id: parsed.data.id };
}

function draftOf(pushed: PushedDocument, now: Date): DocumentDraft {
  const content = pushed.content.replace(/^\s*\n/u, '').trimEnd();
  if (content === '') throw invalid('There is no text in this document.');
  const author = authorNamed(pushed.author);
  if (author === undefined) throw invalid(`“${pushed.author}” is not a person’s name.`);
  const link = linkOf(pushed);
  return {
    id: documentId(link),
    kind: pushed.kind ?? (countWords(content.slice(0, 4_000)) < noteWords ? 'note' : 'article'),
    platform: 'push',
    source: pushed.source,
    origin: `push:${pushed.source}`,
    author,
    link,
    title: pushed.title ?? titleHeading(content) ?? pushed.key ?? pushed.source,
    publishedAt: pushed.publishedAt ? new Date(pushed.publishedAt).toISOString() : null,
    language: statedLanguage(pushed.language) ?? detectLanguage(content),
    content,
    collectedAt: now.toISOString(),
    extras: pushed.tags ? { tags: [...pushed.tags] } : {},
  };
}

function linkOf({ link, key, source }: PushedDocument): string {
  if (link !== undefined) return new URL(link).href;
  if (key !== undefined) {
    return `urn:understudy:${encodeURIComponent(source)}:${encodeURIComponent(key)}`;
  }
  throw invalid('Neither a link nor a key says which document this is.');
}

const invalid = (message: string) =>
  new PermanentError(message, {
    code: 'document.invalid',
    hint: 'A pushed document has content, an author, a source, and a link or a key that names it.',
  });
