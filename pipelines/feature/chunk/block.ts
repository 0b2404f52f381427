/**
 * A block of Markdown by its UTF-16 offsets. Blocks of a level are in order and do not overlap; what
 * stands between them is white space or a container's marker.
 */
export type Block = {
  readonly kind: 'heading' | 'prose' | 'code' | 'table' | 'list' | 'item' | 'quote' | 'other';
  readonly start: number;
  readonly end: number;
  /** Of a heading: 1 … 6. */
  readonly depth?: number;
  /** Of lists, items, quotes and tables (their rows). */
  readonly children?: readonly Block[];
};
