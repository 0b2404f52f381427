import { estimateTokens } from './length.ts';

/** What one request may hold. `texts` sinks while a server turns out to take less than it said. */
export type BatchLimits = {
  texts: number;
  readonly tokens: number;
  readonly bytes: number;
};

/** A text with its place in the order asked. */
export type Placed = { readonly text: string; readonly index: number };

/**
 * Texts of similar length together, so that little padding is computed; the longest first, so that the last batches to
 * come back are the quick ones. A text that alone exceeds the limits gets a batch of its own.
 */
export function batchesOf(texts: readonly string[], limits: BatchLimits): readonly Placed[][] {
  const sized = texts.map((text, index) => ({
    text,
    index,
    tokens: estimateTokens(text),
    bytes: Buffer.byteLength(text),
  }));
  sized.sort((a, b) => b.tokens - a.tokens || a.index - b.index);
  const batches: Placed[][] = [];
  let open: Placed[] = [];
  let tokens = 0;
  let bytes = 0;
  for (const each of sized) {
    tokens += each.tokens;
    bytes += each.bytes;
    if (open.length >= limits.texts || tokens > limits.tokens || bytes > limits.bytes) {
      open = [];
      tokens = each.tokens;
      bytes = each.bytes;
    }
    if (open.length === 0) batches.push(open);
    open.push({ text: each.text, index: each.index });
  }
  return batches;
}
