import { type Block, endOf, type List, parseMarkdown, startOf } from '../parse.ts';
import { splitInline } from './inline.ts';
import { brokenLeaf, type Fits, type Part, parts } from './leaves.ts';
import { sourceOf } from './source.ts';

/** Whole blocks as many as fit, and those that do not fit alone in parts. */
export function splitBlocks(markdown: string, fits: (piece: string) => boolean): string[] {
  if (markdown.trim() === '') return [];
  if (fits(markdown)) return [markdown];
  const pieces: string[] = [];
  let current = '';
  let reached = 0;
  for (const node of parseMarkdown(markdown).children) {
    const { text, start, end } = sourceOf(markdown, node);
    const parts = fits(text) ? [{ text, gap: '' }] : brokenBlock(text, node, fits);
    const between = markdown.slice(reached, start);
    for (const [index, part] of parts.entries()) {
      const gap = index === 0 ? between : part.gap;
      const longer = current === '' ? part.text : current + gap + part.text;
      if (fits(longer)) {
        current = longer;
      } else {
        pieces.push(current);
        current = part.text;
      }
    }
    reached = end;
  }
  return [...pieces, current].filter((piece) => piece.trim() !== '');
}

function brokenBlock(source: string, node: Block, fits: Fits): Part[] {
  if (node.type === 'list') return brokenList(source, node, fits);
  if (node.type === 'blockquote') return brokenQuote(source, fits);
  return brokenLeaf(source, node, fits);
}

function brokenQuote(source: string, fits: Fits): Part[] {
  const wrap = (text: string) => text.replace(/^/gmu, '> ');
  const inner = source.replace(/^[ \t]{0,3}> ?/gmu, '');
  if (!fits(wrap('…'.repeat(8)))) return parts(splitInline(inner, fits), ' ');
  return parts(splitBlocks(inner, (text) => fits(wrap(text))).map(wrap), '\n>\n');
}

function brokenList(source: string, node: List, fits: Fits): Part[] {
  // Read once more, alone: positions in the node count from elsewhere, and without the paragraph before it a
  // line may be more than the list it was.
  const [list, ...others] = parseMarkdown(source).children;
  if (list?.type !== 'list' || others.length > 0) return parts(splitBlocks(source, fits), '\n\n');
  let reached = startOf(list);
  let broken = false;
  return list.children.flatMap((item, index) => {
    const [start, end] = [startOf(item), endOf(item)];
    // After the rest of a broken item only a blank line lets a number begin a list again.
    const gap = broken ? '\n\n' : source.slice(reached, start).replace(/[^\n\r]+/gu, '');
    reached = end;
    const number = node.ordered ? (node.start ?? 1) + index : null;
    const text = renumbered(source.slice(start, end), number);
    broken = !fits(text);
    if (!broken) return [{ text, gap }];
    return brokenItem(text, fits).map((part, at) => ({ text: part, gap: at === 0 ? gap : '\n\n' }));
  });
}

/** Items may all be written "1."; alone in a piece each needs its own number. */
function renumbered(item: string, number: number | null): string {
  const [marker, digits] = /^(\d{1,9})[.)]/u.exec(item) ?? [];
  if (number === null || marker === undefined || Number(digits) === number) return item;
  const wider = String(number).length - (digits ?? '').length;
  const renamed = String(number) + item.slice((digits ?? '').length);
  return wider <= 0 ? renamed : renamed.replace(/\n(?=[^\n])/gu, `\n${' '.repeat(wider)}`);
}

/** The first part keeps the marker; what follows stands alone, as text that continues the item. */
function brokenItem(item: string, fits: Fits): string[] {
  const marker = /^(?:[-+*]|\d{1,9}[.)])(?:[ \t]{1,4}(?=\S)|[ \t]?)/u.exec(item)?.[0] ?? '';
  const indent = ' '.repeat(marker.length);
  const inner = item
    .slice(marker.length)
    .replaceAll(new RegExp(`\\n[ \\t]{0,${marker.length}}`, 'gu'), '\n');
  const wrap = (text: string) => marker + text.replace(/\n(?=[^\n])/gu, `\n${indent}`);
  const [first = '', ...rest] = splitBlocks(inner, (text) => fits(wrap(text)));
  return [wrap(first), ...rest];
}
