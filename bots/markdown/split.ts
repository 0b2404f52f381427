import { splitBlocks } from './split/blocks.ts';

/** How long a piece is; a function must grow with the text, as the length of the rendered text does. */
export type Measure = 'utf16' | 'codePoints' | ((piece: string) => number);

/** Shortest limit that leaves room for the marks a cut closes and opens again. */
export const shortestLimit = 32;

/**
 * Markdown in pieces that each measure at most `limit` (UTF-16 units unless said otherwise) and are well-formed
 * alone. Cut between blocks, else between list items, rows or lines of code, else sentences, words, and last
 * grapheme clusters. A fence is closed and opened again with its language, a table repeats its head, numbered
 * items keep their numbers. White space at a cut goes; everything else stays.
 * @throws RangeError for a limit below `shortestLimit`
 */
export function splitMarkdown(
  markdown: string,
  limit: number,
  { measure = 'utf16' }: { readonly measure?: Measure } = {},
): string[] {
  if (!(limit >= shortestLimit)) throw new RangeError(`limit ${limit} is below ${shortestLimit}`);
  const size = sizeBy(measure);
  return splitBlocks(markdown, (piece) => size(piece) <= limit);
}

function sizeBy(measure: Measure): (piece: string) => number {
  if (measure === 'utf16') return (piece) => piece.length;
  if (measure === 'codePoints') return (piece) => [...piece].length;
  return measure;
}
