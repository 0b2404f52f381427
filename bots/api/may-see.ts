import type { Access } from '../../pipelines/stores/features/port.ts';
import { accessKey, intersect } from '../../pipelines/stores/features/port.ts';
import type { Document } from '../../pipelines/stores/warehouse/document.ts';

type Seen = Pick<Document, 'origin' | 'source' | 'author' | 'publishedAt'>;

/** Whether a document passes an access, as search decides it for its passages. */
export function maySee(document: Seen, access: Access | undefined): boolean {
  if (access === undefined) return true;
  const has = (allowed: readonly string[] | undefined, value: string) =>
    allowed === undefined || allowed.includes(value);
  return (
    has(access.origins, document.origin) &&
    has(access.sources, document.source) &&
    has(access.authors, document.author.id) &&
    isSince(document.publishedAt, access.since)
  );
}

/** Of two dates `intersect` keeps the later one: a document as late as the limit changes nothing of it. */
function isSince(publishedAt: string | null, since: string | undefined): boolean {
  if (since === undefined) return true;
  if (publishedAt === null) return false;
  const both = intersect({ since: publishedAt }, { since });
  return accessKey(both) === accessKey({ since: publishedAt });
}
