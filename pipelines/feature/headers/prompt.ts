import { readFileSync } from 'node:fs';
import type { ChatMessage } from '../../serving/language-model/port.ts';
import type { Chunk } from '../../stores/features/chunk.ts';
import { sha256 } from '../../stores/identity.ts';
import type { Document } from '../../stores/warehouse/document.ts';

const instructions = readFileSync(new URL('prompt.md', import.meta.url), 'utf8').trim();

/** How document and passages are laid out below; grows with every change of it. */
const layout = 1;

/** Pins the prompt: part of a feature set's manifest, and of what headers are stored under. */
export const promptHash = sha256(`${layout}\n${instructions}`).slice(0, 16);

/**
 * The messages that ask for headers of `passages`, numbered from 1.
 *
 * The tags bear a key made from the hash of what is inside: who wrote the document cannot have known it, so nothing in
 * the document can close a tag. What changes from call to call comes last, so that a server's prefix cache serves
 * all calls about a document.
 *
 * @param excerpt the document, or as much of it as there is room for
 */
export function headerMessages(
  { title, contentHash }: Pick<Document, 'title' | 'contentHash'>,
  excerpt: string,
  passages: readonly Chunk[],
): readonly ChatMessage[] {
  const key = sha256(`${contentHash} ${excerpt}`).slice(0, 16);
  const numbered = passages.map(
    ({ text, headingPath }, index) =>
      `<passage-${key} number="${index + 1}">\n${[headingPath.join(' > '), text].filter(Boolean).join('\n')}\n</passage-${key}>`,
  );
  const content = [
    `<document-${key}>\n${title}\n\n${excerpt}\n</document-${key}>`,
    ...numbered,
    `Write the contexts of passages 1 to ${passages.length}.`,
  ].join('\n\n');
  return [
    { role: 'system', content: instructions },
    { role: 'user', content },
  ];
}
