import { z } from 'zod';
import { sha256, uuidV5 } from '../../identity.ts';
import { documentKinds } from '../../warehouse/document.ts';
import type { Chunk, ChunkAttributes, DocumentFeatures, RetrievedChunk } from '../chunk.ts';

/**
 * What a set's collection holds. Passages are never changed once written: a document's new features are other points,
 * and its one head, replaced in a single step, says which of them count.
 */
const attributesPayload = z.object({
  author: z.string(),
  authorName: z.string(),
  source: z.string(),
  platform: z.string(),
  kind: z.enum(documentKinds),
  language: z.string().nullable(),
  publishedAt: z.string().nullable(),
  link: z.string(),
  title: z.string(),
  origin: z.string(),
});
type AttributesPayload = z.infer<typeof attributesPayload>;

/** What search needs to know of a passage before it is read. */
export const mention = z.object({
  chunkId: z.string(),
  documentId: z.string(),
  version: z.string(),
});
export type Mention = z.infer<typeof mention>;
export const mentionFields: string[] = ['chunkId', 'documentId', 'version'];

const chunkPayload = mention.extend({
  ...attributesPayload.shape,
  type: z.literal('chunk'),
  revision: z.int(),
  ordinal: z.int(),
  start: z.int(),
  end: z.int(),
  text: z.string(),
  context: z.string(),
  headingPath: z.array(z.string()),
  tokens: z.number(),
  /** Indexed tokens, context line included. */
  length: z.int(),
  /** The mean length, in thousandths of a token, that the words' weights were computed with. */
  writtenFor: z.int(),
});
export type ChunkPayload = z.infer<typeof chunkPayload>;

const headPayload = attributesPayload.extend({
  type: z.literal('document'),
  documentId: z.string(),
  revision: z.int(),
  version: z.string(),
  chunks: z.int(),
  /** Indexed tokens of all its passages. */
  words: z.int(),
  /** When it last came to stand, in milliseconds since 1970 by the writer's clock. */
  flippedAt: z.number(),
});
export type HeadPayload = z.infer<typeof headPayload>;

/** What of a head tells readers which passages count. */
const mark = headPayload.pick({ documentId: true, revision: true, version: true, flippedAt: true });
export type Mark = z.infer<typeof mark>;
export const markFields: string[] = ['documentId', 'revision', 'version', 'flippedAt'];
export const markOf = (payload: unknown): Mark => mark.parse(payload);
export const headOf = (payload: unknown): HeadPayload => headPayload.parse(payload);
export const mentionOf = (payload: unknown): Mention => mention.parse(payload);

/** Work that was begun: what is still there long afterwards was abandoned, and is cleaned up by it. */
const intentPayload = z.object({
  type: z.literal('intent'),
  documentId: z.string(),
  revision: z.int(),
  version: z.string(),
  superseded: z.string().nullable(),
  begunAt: z.number(),
});
export type Intent = z.infer<typeof intentPayload>;
export const intentOf = (payload: unknown): Intent => intentPayload.parse(payload);
export const intentId = ({ documentId, version }: Mark | Intent): string =>
  uuidV5(`feature-intent:${documentId}:${version}`);

/** Of the whole set: what weights are written for. */
export const settingsId = uuidV5('feature-settings');
const settingsPayload = z.object({ type: z.literal('settings'), writtenFor: z.int().positive() });
export const settingsOf = (payload: unknown): { readonly writtenFor: number } =>
  settingsPayload.parse(payload);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A head stands at its document's id, so that scrolling by point id is scrolling by document id. */
export const headId = (documentId: string): string =>
  uuid.test(documentId) ? documentId : uuidV5(`document:${documentId}`);

/**
 * What a document's features are told apart by: the same features are the same version, on every machine, so that
 * doing it again, or after being killed, writes the same points.
 */
export function versionOf({
  documentId,
  revision,
  attributes,
  chunks,
  vectors,
}: DocumentFeatures): string {
  const numbers = vectors?.map((vector) =>
    sha256(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
  );
  return `${revision}-${sha256(JSON.stringify([documentId, revision, attributes, chunks, numbers])).slice(0, 24)}`;
}

/** A passage's point: the UUIDv5 of the chunk in this version. */
export const pointId = (chunkId: string, version: string): string =>
  uuidV5(`feature-point:${chunkId}:${version}`);

export function attributesToPayload(attributes: ChunkAttributes): AttributesPayload {
  const { author, ...rest } = attributes;
  return sound({ ...rest, author: author.id, authorName: author.name });
}

export function chunkToPayload(
  chunk: Chunk,
  more: Pick<ChunkPayload, 'version' | 'length' | 'writtenFor'>,
  attributes: AttributesPayload,
): ChunkPayload {
  const { id, documentId, revision, ordinal, start, end, tokens } = chunk;
  const { text, context } = sound({ text: chunk.text, context: chunk.context });
  const headingPath = chunk.headingPath.map((each) => each.toWellFormed());
  const place = { chunkId: id, documentId, revision, ordinal, start, end, tokens };
  return { type: 'chunk', ...place, text, context, headingPath, ...more, ...attributes };
}

/** Half a surrogate pair is no text: the server would refuse the whole request. */
function sound<T extends Readonly<Record<string, unknown>>>(fields: T): T {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  ) as T;
}

export function chunkOf(payload: unknown): Chunk {
  const { attributes: _attributes, ...chunk } = retrievedOf(payload);
  return chunk;
}

export function retrievedOf(payload: unknown): RetrievedChunk {
  const point = chunkPayload.parse(payload);
  const { chunkId, documentId, revision, ordinal, start, end } = point;
  const { text, context, headingPath, tokens } = point;
  return {
    ...{ id: chunkId, documentId, revision, ordinal, start, end },
    ...{ text, context, headingPath, tokens },
    attributes: attributesOf(point),
  };
}

export function attributesOf(payload: AttributesPayload): ChunkAttributes {
  const { author, authorName, source, platform, kind, language, publishedAt } = payload;
  const { link, title, origin } = payload;
  return {
    author: { id: author, name: authorName },
    ...{ source, platform, kind, language, publishedAt, link, title, origin },
  };
}
