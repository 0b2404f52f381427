/** An indivisible stretch for packing; units are in order and meet: only white space is between them. */
export type Unit = {
  readonly start: number;
  readonly end: number;
  /** Of the raw text: an upper bound for the cleaned one. */
  readonly tokens: number;
  readonly kind: 'heading' | 'prose' | 'sentence' | 'code' | 'table' | 'other';
  /** The opening line of the code block that a piece of code begins inside. */
  readonly fence?: string;
  /** Header cells of the table that a piece of rows was cut from, for the context line. */
  readonly columns?: string;
};
