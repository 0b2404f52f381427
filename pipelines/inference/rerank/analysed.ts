/** A candidate as the lexical methods see it: content words only, the context line's before the text's. */
export type Analysed = {
  /** Stem ids in reading order; shared by all candidates of one question. */
  readonly stems: Int32Array;
  /** How many of `stems` come from the context line. */
  readonly contextLength: number;
  /** Six bits of each UTF-16 unit of the content words, folded, with a space before, between and after them. */
  readonly letters: Uint8Array;
};

export type PassageText = { readonly context: string; readonly text: string };
