import type { Block } from './block.ts';
import { lineStart, nextLine, trimEnd, trimStart } from './lines.ts';
import type { BlockUnit } from './sections.ts';
import { sentences } from './sentences.ts';
import { countTokens } from './tokens.ts';
import type { Unit } from './unit.ts';

type Bounds = {
  /** Prose longer than this is given as sentences. */
  readonly prose: number;
  /** No unit may be longer than this, in tokens. */
  readonly max: number;
  readonly language: string | null;
};

/** A unit in pieces that fit: prose by sentences, code by lines, tables by rows, lists by items. */
export function divide(content: string, unit: BlockUnit, bounds: Bounds): Unit[] {
  return divideBlock(content, unit, unit.block, bounds);
}

function divideBlock(content: string, unit: Unit, block: Block, bounds: Bounds): Unit[] {
  if (block.kind === 'prose') {
    return unit.tokens <= bounds.prose ? [unit] : divideProse(content, unit, bounds);
  }
  if (unit.tokens <= bounds.max) return [unit];
  switch (block.kind) {
    case 'code':
      return divideCode(content, unit, bounds.max);
    case 'table':
      return divideTable(content, unit, block, bounds);
    case 'list':
    case 'item':
    case 'quote':
      return divideChildren(content, unit, block, bounds);
    default:
      return divideProse(content, unit, bounds);
  }
}

/** Cuts `[unit.start, unit.end)` at the given starts; pieces meet and are trimmed. */
function cutAt(content: string, unit: Unit, cuts: readonly number[], kind: Unit['kind']): Unit[] {
  const pieces: Unit[] = [];
  for (let index = 0; index <= cuts.length; index++) {
    const from = index === 0 ? unit.start : (cuts[index - 1] ?? unit.end);
    const to = cuts[index] ?? unit.end;
    const start = trimStart(content, from, to);
    const end = trimEnd(content, start, to);
    if (end > start) pieces.push({ start, end, kind, tokens: countTokens(content, start, end) });
  }
  return pieces;
}

function divideProse(content: string, unit: Unit, { max, language }: Bounds): Unit[] {
  const spans = sentences(content, unit.start, unit.end, language);
  const cuts = spans.slice(1).map(({ start }) => start);
  const pieces = cutAt(content, unit, cuts, 'sentence');
  return pieces.flatMap((piece) =>
    piece.tokens <= max ? [piece] : divideAnywhere(content, piece, max),
  );
}

/** Lines joined while they fit: for a code block that alone is longer than a chunk may be. */
function divideCode(content: string, unit: Unit, max: number): Unit[] {
  const first = content.slice(unit.start, lineEndTrimmed(content, unit));
  const opening = /^[ \t>]*((`{3,}|~{3,})[^\n]*)$/.exec(first);
  if (!opening) return joinLines(content, unit, 'code', max);
  const [, line = '', marker = ''] = opening;
  const fence = countTokens(line) <= 16 ? line : marker.slice(0, 3);
  // Pieces are fenced again when cleaned: what that adds must fit too.
  const added = countTokens(fence) + 1;
  return joinLines(content, unit, 'code', Math.max(1, max - added)).map((piece, index) =>
    index === 0 ? piece : { ...piece, fence, tokens: piece.tokens + added },
  );
}

function lineEndTrimmed(content: string, { start, end }: Unit): number {
  return trimEnd(content, start, Math.min(nextLine(content, start), end));
}

function joinLines(content: string, unit: Unit, kind: Unit['kind'], max: number): Unit[] {
  const pieces: Unit[] = [];
  let from = unit.start;
  let tokens = 0;
  const close = (to: number) => {
    // Indentation at the start of code is part of it: only whole blank lines are skipped.
    const start = lineStartAfterBlank(content, from, to);
    const end = trimEnd(content, start, to);
    if (end > start) pieces.push({ start, end, kind, tokens: countTokens(content, start, end) });
    from = to;
    tokens = 0;
  };
  for (let line = unit.start; line < unit.end; ) {
    const next = Math.min(nextLine(content, line), unit.end);
    const cost = countTokens(content, line, next);
    if (tokens > 0 && tokens + cost > max) close(line);
    if (cost > max) {
      const long = { start: line, end: trimEnd(content, line, next), tokens: cost, kind };
      for (const piece of divideAnywhere(content, long, max)) pieces.push(piece);
      from = next;
    } else {
      tokens += cost;
    }
    line = next;
  }
  close(unit.end);
  return pieces;
}

function lineStartAfterBlank(content: string, from: number, to: number): number {
  const start = trimStart(content, from, to);
  return Math.max(from, lineStart(content, start));
}

function divideTable(content: string, unit: Unit, block: Block, { max }: Bounds): Unit[] {
  const header = block.children?.[0];
  const cells = header ? content.slice(header.start, header.end) : '';
  const columns = cells
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(', ')
    .slice(0, 200);
  const pieces = joinLines(content, unit, 'table', max);
  return pieces.map((piece, index) => (index === 0 || !columns ? piece : { ...piece, columns }));
}

/** A list by items, an item or quote by the blocks in it, recursively. */
function divideChildren(content: string, unit: Unit, block: Block, bounds: Bounds): Unit[] {
  const children = block.children ?? [];
  if (children.length === 0) return divideProse(content, unit, bounds);
  const starts = children.map((child) => withMarker(content, child.start, unit.start));
  return children.flatMap((child, index) => {
    const from = index === 0 ? unit.start : (starts[index] ?? child.start);
    const to = starts[index + 1] ?? unit.end;
    const start = trimStart(content, from, to);
    const end = trimEnd(content, start, to);
    if (end <= start) return [];
    const kind = child.kind === 'prose' ? 'prose' : child.kind === 'code' ? 'code' : 'other';
    const piece: Unit = { start, end, kind, tokens: countTokens(content, start, end) };
    return divideBlock(content, piece, child, bounds);
  });
}

const markers = /^[\s>*+\-\d.)]*$/;

/** A child's start moved back over the container's own marker on its line, not before `least`. */
function withMarker(content: string, start: number, least: number): number {
  const line = Math.max(lineStart(content, start), least);
  return markers.test(content.slice(line, start)) ? line : start;
}

const word = new Intl.Segmenter('en', { granularity: 'word' });
/** How far before a hard cut a better place is looked for, in UTF-16 units. */
const window = 80;

/** The last resort, for a sentence or line longer than a chunk may be: at a clause, a blank, a word. */
function divideAnywhere(content: string, unit: Unit, max: number): Unit[] {
  const pieces: Unit[] = [];
  let start = unit.start;
  while (start < unit.end) {
    const reach = fits(content, start, unit.end, max);
    const stop = reach >= unit.end ? unit.end : betterCut(content, start, reach);
    const end = trimEnd(content, start, stop);
    if (end > start) {
      const tokens = countTokens(content, start, end);
      pieces.push({ start, end, tokens, kind: unit.kind });
    }
    start = trimStart(content, stop, unit.end);
  }
  return pieces;
}

/** The furthest offset such that `[start, offset)` has at most `max` tokens, within a step of 16 units. */
function fits(content: string, start: number, end: number, max: number): number {
  let low = start + 1;
  let step = max;
  // Grow while it fits, then close in: the cost is that of the piece, not of the rest.
  while (low + step < end && countTokens(content, start, low + step) <= max) {
    low += step;
    step *= 2;
  }
  let high = Math.min(end, low + step);
  if (high === end && countTokens(content, start, end) <= max) return end;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (countTokens(content, start, middle) <= max) low = middle;
    else high = middle;
  }
  return low;
}

function betterCut(content: string, start: number, reach: number): number {
  const from = Math.max(start + 1, reach - window);
  const before = content.slice(from, reach);
  const clause = Math.max(
    ...[...before.matchAll(/[,;:—、，；：](?:\s|(?<=[、，；：]))/g)].map((m) => m.index + 1),
    0,
  );
  if (clause > 0) return from + clause;
  const blank = before.search(/\s\S*$/);
  if (blank >= 0) return from + blank;
  let boundary = 0;
  for (const { index } of word.segment(content.slice(from, reach + 8))) {
    if (from + index <= reach) boundary = index;
  }
  if (boundary > 0) return from + boundary;
  // Never between the halves of a pair.
  const code = content.charCodeAt(reach);
  const cut = code >= 0xdc00 && code <= 0xdfff ? reach - 1 : reach;
  return cut > start ? cut : reach + 1;
}
