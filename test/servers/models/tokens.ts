export type Token = {
  readonly id: number;
  readonly text: string;
  readonly start: number;
  readonly stop: number;
};

/** A tokenizer of about the density of the real ones: words in pieces of four letters, blanks with the next word. */
export function tokenize(text: string): readonly Token[] {
  return Array.from(text.matchAll(/\s?(?:[\p{L}\p{N}]{1,4}|[^\s\p{L}\p{N}]+)|\s+/gu), (found) => ({
    id: idOf(found[0]),
    text: found[0],
    start: found.index,
    stop: found.index + found[0].length,
  }));
}

/** FNV-1a. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value >>> 0;
}

function idOf(piece: string): number {
  return hash(piece) % 128_000;
}
