const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wide =
  /\p{Emoji_Presentation}|\uFE0F|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u;
const narrow = /^[\x20-\x7E]*$/u;
const invisible = /^[\p{Mark}\p{Format}\p{Control}]+$/u;

/** Columns a text takes in a fixed-width font: East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) {
    columns += wide.test(segment) ? 2 : invisible.test(segment) ? 0 : 1;
  }
  return columns;
}

export type Alignment = 'left' | 'right' | 'center' | null | undefined;

/** Rows of cells as lines of fixed width, the first row underlined. */
export function alignedTable(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(3, ...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => padded(cells[column] ?? '', width, alignments[column]))
      .join(' | ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return [line(head), rule, ...body.map(line)].join('\n');
}

function padded(cell: string, width: number, alignment: Alignment): string {
  const missing = width - displayWidth(cell);
  if (alignment === 'right') return ' '.repeat(missing) + cell;
  if (alignment !== 'center') return cell + ' '.repeat(missing);
  const before = Math.floor(missing / 2);
  return ' '.repeat(before) + cell + ' '.repeat(missing - before);
}
