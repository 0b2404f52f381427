import type { Chunk } from '../../stores/features/chunk.ts';
import type { ChunkPolicy } from '../../stores/features/manifest.ts';
import { chunkId } from '../../stores/identity.ts';
import type { Document } from '../../stores/warehouse/document.ts';
import { clean } from '../clean/clean.ts';
import type { Block } from './block.ts';
import { markdownBlocks } from './blocks.ts';
import { contextLine } from './context.ts';
import { pack } from './pack.ts';
import { sectionsOf } from './sections.ts';
import { countTokens } from './tokens.ts';

export type Chunked = {
  readonly chunks: readonly Chunk[];
  /** Stretches of the document that were cut without a parser; 0 for anything a person wrote. */
  readonly plainRegions: number;
};

/**
 * A document in passages, for the feature set `set`.
 *
 * Every character that is neither white space nor removed by cleaning lies in some chunk; offsets are
 * exact; `text` is the cleaned slice; no text is longer than the policy's `max`; equal inputs give equal
 * chunks. A passage of which nothing is left after cleaning is no chunk.
 */
export function chunkDocument(document: Document, policy: ChunkPolicy, set: string): Chunked {
  const { blocks, plainRegions } = markdownBlocks(document.content);
  const chunks = cut(document, blocks, policy, set, false);
  const { max } = policy.sizes[document.kind];
  if (chunks.every(({ tokens }) => tokens <= max)) return { chunks, plainRegions };
  // A comment after a fence that nothing closes stays in the text, so it has to be counted after all.
  return { chunks: cut(document, blocks, policy, set, true), plainRegions };
}

function cut(
  document: Document,
  blocks: readonly Block[],
  policy: ChunkPolicy,
  set: string,
  weighComments: boolean,
): Chunk[] {
  const { content, kind, language } = document;
  const sections = sectionsOf(content, blocks, weighComments);
  const passages = pack(content, sections, { ...policy.sizes[kind], language });
  const chunks: Chunk[] = [];
  for (const { start, end, path, fence, columns } of passages) {
    const text = clean(content.slice(start, end), fence);
    if (text === '') continue;
    chunks.push({
      id: chunkId(set, document.id, chunks.length),
      documentId: document.id,
      revision: document.revision,
      ordinal: chunks.length,
      start,
      end,
      text,
      context: contextLine(document, path, columns),
      headingPath: path,
      tokens: countTokens(text),
    });
  }
  return chunks;
}
