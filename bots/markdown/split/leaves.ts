import type { Block, Code, Table } from '../parse.ts';
import { splitInline } from './inline.ts';

/** A part of a block, and what stands between it and the part before when both fit into one piece. */
export type Part = { readonly text: string; readonly gap: string };
export type Fits = (piece: string) => boolean;

/** A block without blocks in it that does not fit into one piece, in parts that do. */
export function brokenLeaf(source: string, node: Block, fits: Fits): Part[] {
  switch (node.type) {
    case 'code':
      return brokenCode(source, node, fits);
    case 'table':
      return brokenTable(source, node, fits);
    case 'heading': {
      const marks = `${'#'.repeat(node.depth)} `;
      const words = source.replace(/^\s*#{1,6}[ \t]*/u, '').replace(/[ \t]+#+[ \t]*$/u, '');
      return parts(
        wrapping(words, fits, (text) => marks + text),
        '\n',
      );
    }
    default:
      return parts(splitInline(source, fits), ' ');
  }
}

export function parts(texts: readonly string[], gap: string): Part[] {
  return texts.map((text) => ({ text, gap }));
}

/** Where the limit leaves no room for the wrapping, the words matter more. */
function wrapping(words: string, fits: Fits, wrap: (text: string) => string): string[] {
  if (!fits(wrap('…'.repeat(8)))) return splitInline(words, fits);
  return splitInline(words, (text) => fits(wrap(text))).map(wrap);
}

function brokenCode(source: string, node: Code, fits: Fits): Part[] {
  const ticks = Math.max(2, ...[...node.value.matchAll(/`+/gu)].map(([run]) => run.length)) + 1;
  const fence = '`'.repeat(ticks);
  // As it was written, but for backticks: after a fence of backticks they would make it inline code.
  const [, written = ''] = /^ {0,3}(?:`{3,}|~{3,})[ \t]*([^\n\r]*)/u.exec(source) ?? [];
  const info = written.replaceAll('`', '').trim();
  const wrap = (code: string) => `${fence}${info}\n${code}\n${fence}`;
  if (!fits(wrap('…'.repeat(8)))) return parts(splitInline(source, fits), '\n');
  const inside: Fits = (code) => fits(wrap(code));
  const lines = node.value
    .split('\n')
    .flatMap((line) => (inside(line) ? [line] : cutLine(line, inside)));
  return parts(grouped(lines, '\n', inside).map(wrap), '\n\n');
}

/** A line of code too long for a piece is cut between characters: white space in it means something. */
function cutLine(line: string, fits: Fits): string[] {
  const segments = [...graphemes.segment(line)].map(({ segment }) => segment);
  return grouped(
    segments.flatMap((segment) => (fits(segment) ? [segment] : [...segment])),
    '',
    fits,
  );
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function brokenTable(source: string, node: Table, fits: Fits): Part[] {
  const [head = '', rule = '', ...rows] = source.split(/\r\n|[\n\r]/u).map((line) => line.trim());
  const wrap = (body: string) => `${head}\n${rule}\n${body}`;
  if (node.children.length > 1 && rows.every((row) => fits(wrap(row)))) {
    return parts(grouped(rows, '\n', (body) => fits(wrap(body))).map(wrap), '\n\n');
  }
  return parts(
    [head, ...rows].flatMap((row) => splitInline(row, fits)),
    '\n\n',
  );
}

/** Neighbours joined as long as they fit. */
function grouped(texts: readonly string[], gap: string, fits: Fits): string[] {
  const groups: string[] = [];
  for (const text of texts) {
    const last = groups.at(-1);
    const longer = last === undefined ? text : last + gap + text;
    if (last !== undefined && fits(longer)) groups[groups.length - 1] = longer;
    else groups.push(text);
  }
  return groups;
}
