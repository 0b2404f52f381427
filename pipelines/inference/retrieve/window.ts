import type { Chunk } from '../../stores/features/chunk.ts';
import type { FeatureStore } from '../../stores/features/port.ts';

/** Longest overlap of neighbouring chunks that is looked for, in UTF-16 units. */
const longestOverlap = 1_500;
/** Shorter agreement is chance. */
const shortestOverlap = 20;

/**
 * The passage's text with that of its neighbours in the document, in reading order: small passages are easy
 * to find and hard to read. What two neighbours both have (the chunks' overlap) stands there once.
 */
export async function windowText(
  features: Pick<FeatureStore, 'neighbours'>,
  set: string,
  { documentId, ordinal, text }: Chunk,
  width: number,
): Promise<string> {
  if (width <= 0) return text;
  const chunks = await features.neighbours(
    set,
    documentId,
    Math.max(0, ordinal - width),
    ordinal + width,
  );
  return chunks.length === 0 ? text : chunks.map((chunk) => chunk.text).reduce(continued);
}

/** `next` after `text`, without the beginning that `text` already ends with. */
function continued(text: string, next: string): string {
  for (
    let length = Math.min(longestOverlap, text.length, next.length);
    length >= shortestOverlap;
    length--
  ) {
    if (text.endsWith(next.slice(0, length))) return text + next.slice(length);
  }
  return `${text}\n\n${next}`;
}
