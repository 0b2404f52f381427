import { createHash } from 'node:crypto';
import type { DocumentDraft } from './warehouse/document.ts';

/** Our own UUID namespace (a random UUIDv4, fixed for ever: every id derives from it). */
const namespace = Buffer.from('6f1d6f0e7c0b4c55a1b75a2f0f6f3d1c', 'hex');

/** Name-based UUID, version 5 (RFC 9562 section 5.5): the same name gives the same id, everywhere. */
export function uuidV5(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** A document's id from its canonical link. */
export function documentId(link: string): string {
  return uuidV5(`document:${link}`);
}

/** A chunk's id; the revision is left out so that an unchanged passage keeps its id over edits elsewhere. */
export function chunkId(featureSet: string, document: string, ordinal: number): string {
  return uuidV5(`chunk:${featureSet}:${document}:${ordinal}`);
}

/** sha256, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Hash over everything of a document that shapes its features, so that a corrected title or author is a
 * new revision too, while collecting the same thing at another time is not.
 */
export function contentHash(draft: DocumentDraft): string {
  const { kind, platform, source, author, link, title, publishedAt, language, content } = draft;
  return sha256(
    JSON.stringify([
      kind,
      platform,
      source,
      author.id,
      author.name,
      link,
      title,
      publishedAt,
      language,
      content,
    ]),
  );
}
