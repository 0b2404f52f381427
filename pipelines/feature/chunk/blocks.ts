import type { Block } from './block.ts';
import { isBlank, lineEnd, nextLine, trimEnd } from './lines.ts';
import { parseRegion } from './parse-region.ts';
import { plainBlock } from './plain-block.ts';
import { mayContinue } from './plain-line.ts';

export type Blocks = {
  readonly blocks: readonly Block[];
  /** Stretches cut at blank lines alone because the parser could not be trusted with them. */
  readonly plainRegions: number;
};

/** Longest stretch the parser is given, in UTF-16 units, and its longest line. */
const longestRegion = 100_000;
/** Longer lists are given to the parser some items at a time. */
const longestList = 30_000;
const longestLine = 50_000;
/** Most that is given to the parser of one document, by `parseCost`: some seconds of work. */
const mostParsed = 4_000_000;

/**
 * Top-level blocks of a Markdown document.
 *
 * What is plain to see (`plain-block.ts`) is cut line by line, many times faster than by a parser. Everything
 * else goes to the reference parser in the smallest stretch that stands alone: from a fresh start to a
 * blank line followed by text at the left margin, which closes every list, quote and indented block.
 * Only an open fence or HTML block reaches further; then the stretch grows until it is closed. A test
 * compares the result with the parser's own over thousands of documents.
 */
export function markdownBlocks(content: string): Blocks {
  const blocks: Block[] = [];
  let plainRegions = 0;
  let parsed = 0;
  let at = content.charCodeAt(0) === 0xfeff ? 1 : 0;
  // Whether the last block is a list of which the parser was given only the first items.
  let listGoesOn = false;
  while (at < content.length) {
    const end = lineEnd(content, at);
    if (isBlank(content, at, end)) {
      at = end + 1;
      continue;
    }
    const simple = plainBlock(content, at);
    if (simple) {
      append(content, blocks, [simple], listGoesOn);
      listGoesOn = false;
      at = nextLine(content, simple.end);
      continue;
    }
    const region = complexRegion(content, at, mostParsed - parsed);
    append(content, blocks, region.blocks, listGoesOn);
    listGoesOn = region.cutsList;
    if (!region.plain) parsed += parseCost(content.slice(at, region.end));
    if (region.plain) plainRegions++;
    at = region.end;
  }
  return { blocks, plainRegions };
}

/** Adds blocks to those found; a list that was given to the parser in parts becomes one again. */
function append(content: string, to: Block[], found: readonly Block[], listGoesOn: boolean): void {
  const [first, ...rest] = found;
  const last = to.at(-1);
  if (first === undefined) return;
  if (listGoesOn && last && isSameList(content, last, first)) {
    const children = [...(last.children ?? []), ...(first.children ?? [])];
    to[to.length - 1] = { ...last, end: first.end, children };
  } else {
    to.push(first);
  }
  for (const block of rest) to.push(block);
}

/** CommonMark 0.31, section 5.3: items belong to one list while their markers are of one type. */
function isSameList(content: string, a: Block, b: Block): boolean {
  const type = ({ start }: Block) => /^\d*([-*+.)])/.exec(content.slice(start, start + 10))?.[1];
  return a.kind === 'list' && b.kind === 'list' && type(a) === type(b);
}

type Region = {
  readonly blocks: readonly Block[];
  readonly end: number;
  readonly plain: boolean;
  /** It ends between two items of a list. */
  readonly cutsList: boolean;
};

function complexRegion(content: string, at: number, budget: number): Region {
  const fresh = freshStart(content, at);
  let end = someItems(content, at, fresh);
  const cutsList = end < fresh;
  for (;;) {
    if (
      end - at > longestRegion ||
      parseCost(content.slice(at, end)) > budget ||
      hostile(content, at, end)
    )
      return plainRegion(content, at, end);
    let blocks: readonly Block[];
    try {
      blocks = parseRegion(content.slice(at, end), at);
    } catch {
      return plainRegion(content, at, end);
    }
    const last = blocks.at(-1);
    if (end >= content.length || !last || !reachesOn(content, last)) {
      return { blocks, end, plain: false, cutsList: cutsList && last?.kind === 'list' };
    }
    // Doubling keeps the work linear when an HTML comment runs to the end of the document.
    const goal = at + 2 * (end - at);
    while (end < content.length && end < goal) end = freshStart(content, end);
  }
}

/** In characters of plain text: an item of a nested list takes the parser as long as a thousand. */
function parseCost(region: string): number {
  return region.length + 1_000 * (region.match(/^[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]/gm)?.length ?? 0);
}

/** Of a list that is too long, the end of the last item that fits, where there is one. */
function someItems(content: string, at: number, end: number): number {
  if (end - at <= longestList) return end;
  const window = content.slice(at, at + longestList);
  const item = [...window.matchAll(/\n(?=(?:[-*+]|\d{1,9}[.)])[ \t])/g)].at(-1);
  return item ? at + item.index + 1 : end;
}

/** Where the next block starts that nothing before can reach into, unless by a fence or HTML. */
function freshStart(content: string, at: number): number {
  let line = at;
  let blankBefore = false;
  while (line < content.length) {
    const end = lineEnd(content, line);
    const blank = isBlank(content, line, end);
    if (line > at && blankBefore && !blank && !mayContinue(content.charCodeAt(line))) return line;
    blankBefore = blank;
    line = end + 1;
  }
  return content.length;
}

const htmlPairs: readonly (readonly [RegExp, RegExp])[] = [
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![a-z]/i, />/],
];

/** Whether a region's last block was still open where the region was cut off. */
function reachesOn(content: string, { kind, start, end }: Block): boolean {
  if (kind === 'code') {
    const text = content.slice(start, end).trim();
    const marker = /^(`{3,}|~{3,})/.exec(text)?.[1];
    if (!marker) return false;
    const close = new RegExp(`\\n[ ]{0,3}${marker[0]}{${marker.length},}$`);
    return !close.test(text);
  }
  if (kind !== 'other') return false;
  const text = content.slice(start, end).trim();
  const pair = htmlPairs.find(([opening]) => opening.test(text));
  return pair !== undefined && !pair[1].test(text);
}

const deepMarkers = /^[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*){40}|^[ \t]{400}/m;

/** Nesting and line lengths that no person writes, and on which a parser's stack or time may go. */
function hostile(content: string, at: number, end: number): boolean {
  for (let line = at; line < end; line = nextLine(content, line)) {
    if (lineEnd(content, line) - line > longestLine) return true;
  }
  return deepMarkers.test(content.slice(at, end));
}

function plainRegion(content: string, at: number, end: number): Region {
  const blocks: Block[] = [];
  let start = -1;
  for (let line = at; line < end; ) {
    const stop = lineEnd(content, line);
    if (!isBlank(content, line, stop)) {
      if (start === -1) start = line;
    } else if (start !== -1) {
      blocks.push({ kind: 'other', start, end: trimEnd(content, start, line) });
      start = -1;
    }
    line = stop + 1;
  }
  if (start !== -1) blocks.push({ kind: 'other', start, end: trimEnd(content, start, end) });
  return { blocks, end, plain: true, cutsList: false };
}
