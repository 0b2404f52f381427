import { endOf, type Inline, parseMarkdown, startOf } from '../parse.ts';
import { escapedStart } from '../standard.ts';
import { type Cut, cutsOf, type Stretch } from './cuts.ts';

/** Formatting that spans a stretch of a paragraph: a cut within closes it and opens it again. */
type Span = Stretch & { readonly open: string; readonly close: string };

/**
 * Words in pieces that fit: cut after a sentence where that leaves pieces of a fair length, else between words,
 * last between grapheme clusters; better outside of links, code and emphasis than within.
 */
export function splitInline(words: string, fits: (piece: string) => boolean): string[] {
  const text = words.trim();
  const spans = spansOf(text);
  const cuts = cutsOf(text, spans);
  const pieces: string[] = [];
  let from = 0;
  while (from < text.length) {
    const rest = written(text, spans, from, text.length);
    if (fits(rest)) return [...pieces, rest].filter((piece) => piece !== '');
    const whole = (to: number) => fits(written(text, spans, from, to));
    const bare = (to: number) => text.slice(from, to).trim();
    const after = cuts.filter(({ offset }) => offset > from);
    const at = (place: Cut['place']) => after.filter((cut) => cut.place === place);
    const cut = bestCut(at('outside'), from, whole) ?? bestCut(at('inside'), from, whole);
    // No room for the marks, or for one grapheme cluster: the characters alone, one at least.
    const to =
      cut ?? bestCut(after, from, (end) => fits(bare(end))) ?? longestRun(text, from, fits);
    pieces.push(cut === null ? bare(to) : written(text, spans, from, to));
    from = to;
  }
  return pieces.filter((piece) => piece !== '');
}

function longestRun(text: string, from: number, fits: (piece: string) => boolean): number {
  let to = from;
  for (const character of text.slice(from)) {
    if (to > from && !fits(text.slice(from, to + character.length))) break;
    to += character.length;
  }
  return to;
}

/** A cut at a sentence may waste half a piece, one between words three quarters. */
const fair = { sentence: 0.5, word: 0.25, cluster: 0 } as const;

function bestCut(cuts: readonly Cut[], from: number, fits: (to: number) => boolean): number | null {
  const fitting = cuts.slice(0, lastFitting(cuts, fits) + 1);
  const longest = fitting.at(-1);
  if (longest === undefined) return null;
  for (const [kind, share] of Object.entries(fair)) {
    const least = from + (longest.offset - from) * share;
    const found = fitting.findLast(
      (cut) => cut.kind === kind && cut.offset >= least && fits(cut.offset),
    );
    if (found !== undefined) return found.offset;
  }
  return longest.offset;
}

/** Sizes grow with the text, so halving finds the last cut that fits; −1 where none does. */
function lastFitting(cuts: readonly Cut[], fits: (to: number) => boolean): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(cuts[middle]?.offset ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function written(text: string, spans: readonly Span[], from: number, to: number): string {
  const opened = spans.filter(({ start, end }) => start < from && from < end);
  const closed = spans.filter(({ start, end }) => start < to && to < end);
  const inner = text.slice(from, to).trim();
  if (inner === '') return '';
  const open = opened.map((span) => span.open).join('');
  const close = closed
    .map((span) => span.close)
    .reverse()
    .join('');
  return (from > 0 && open === '' ? escapedStart(inner) : open + inner) + close;
}

function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  const visit = (node: Inline) => {
    const [start, end] = [startOf(node), endOf(node)];
    const children = 'children' in node ? node.children : [];
    const [first, last] = [children[0], children.at(-1)];
    const ticks = node.type === 'inlineCode' ? (/^`+/u.exec(text.slice(start))?.[0] ?? '') : '';
    // Links without a label, images and the like: cut only when nothing else is left, without marks.
    // Images and bare links have no words of their own to format.
    const atomic = first === undefined || last === undefined || startOf(first) === start;
    const words = ticks
      ? { start: start + ticks.length, end: end - ticks.length }
      : { start: atomic ? start : startOf(first), end: atomic ? start : endOf(last) };
    spans.push({
      start,
      end,
      words,
      open: atomic && !ticks ? '' : text.slice(start, words.start),
      close: atomic && !ticks ? '' : text.slice(words.end, end),
    });
    for (const child of children) if (child.type !== 'text') visit(child as Inline);
  };
  for (const block of parseMarkdown(text).children) {
    if (!('children' in block)) continue;
    for (const child of block.children) if (child.type !== 'text') visit(child as Inline);
  }
  return spans;
}
