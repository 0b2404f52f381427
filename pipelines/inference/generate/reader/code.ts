/** A fenced code block that is open. */
export type Fence = {
  readonly character: '`' | '~';
  readonly size: number;
  /** Column of the list item it stands in; a line that begins before it ends the block. */
  readonly column: number;
  /** How many block quotes it stands in; a line in fewer ends the block. */
  readonly quotes: number;
};

const quote = /^ {0,3}> ?/u;
const opening = /^( *)(`{3,}|~{3,})(.*)$/u;

/**
 * The fence that a line opens, as CommonMark has it (0.31, section 4.5): at most three spaces further in than the list
 * item around it. In doubt there is none: what is taken for code is shown as it is, so it has to be code.
 */
export function fenceOf(line: string, column: number): Fence | null {
  const { rest, quotes } = unquoted(line);
  const [, indent = '', run = '', info = ''] = opening.exec(rest) ?? [];
  const character = run.startsWith('`') ? '`' : '~';
  if (run === '' || indent.length > column + 3) return null;
  if (character === '`' && info.includes('`')) return null;
  return { character, size: run.length, column: Math.min(column, indent.length), quotes };
}

/** What a line is to the fence it follows. */
export function lineInFence(line: string, fence: Fence): 'code' | 'closing' | 'outside' {
  const { rest, quotes } = unquoted(line, fence.quotes);
  const indent = /^ */u.exec(rest)?.[0].length ?? 0;
  if (quotes < fence.quotes || (indent < fence.column && /\S/u.test(rest))) return 'outside';
  const run = /^ *(`{3,}|~{3,})[ \t]*$/u.exec(rest)?.[1] ?? '';
  const closes = run.startsWith(fence.character) && run.length >= fence.size;
  return closes && indent <= fence.column + 3 ? 'closing' : 'code';
}

/** Whether a line that begins like this is code of the fence, whatever follows. */
export function isCodeAlready(beginning: string, fence: Fence): boolean {
  const { rest, quotes } = unquoted(beginning, fence.quotes);
  return (
    quotes === fence.quotes && /^ *[^\s`~]/u.test(rest) && lineInFence(beginning, fence) === 'code'
  );
}

/** The column at which the text of a list item begins, for the lines after `line`; 0 outside a list. */
export function columnAfter(line: string, column: number): number {
  const { rest } = unquoted(line);
  const [item, indent = '', marker = ''] = /^( *)([-*+]|\d{1,9}[.)]) {1,4}(?=\S)/u.exec(rest) ?? [];
  if (item === undefined || indent.length > column + 3) return /^\S/u.test(rest) ? 0 : column;
  // Within a paragraph only a list's first number begins a list.
  const isText = column === 0 && /^\d/u.test(marker) && Number.parseInt(marker, 10) !== 1;
  return isText ? 0 : item.length;
}

/** Longest inline code, in UTF-16 units: a backtick that is not answered by then is a backtick. */
const longestInline = 400;

/**
 * The length of the inline code that the backticks at `at` open, both ends included; `open` while it may still close;
 * null where they are only backticks. On one line, and without what a table's cell cannot hold.
 */
export function inlineCodeAt(text: string, at: number, isWhole: boolean): number | 'open' | null {
  const run = runAt(text, at);
  if (at + run === text.length) return isWhole ? null : 'open';
  const [line = ''] = text.slice(at + run, at + run + longestInline).split('\n', 1);
  const mayGrow = !isWhole && at + run + line.length === text.length;
  for (let index = line.indexOf('`'); index >= 0; index = line.indexOf('`', index)) {
    const closing = runAt(line, index);
    if (index + closing === line.length && mayGrow) return 'open';
    if (closing === run) return mayBeCells(line.slice(0, index)) ? null : run + index + closing;
    index += closing;
  }
  return mayGrow && line.length < longestInline ? 'open' : null;
}

/** In a table a bar ends a cell even within backticks, and what follows would be alive. */
function mayBeCells(code: string): boolean {
  return /(?<!\\)\|/u.test(code) && /[[<]|:\/\/|www\./iu.test(code);
}

export function runAt(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] === text[at]) end += 1;
  return end - at;
}

function unquoted(line: string, most = Number.POSITIVE_INFINITY): { rest: string; quotes: number } {
  let rest = line;
  let quotes = 0;
  for (; quotes < most && quote.test(rest); quotes += 1) rest = rest.replace(quote, '');
  return { rest, quotes };
}

/** What closes the fence that a text leaves open, on a line of its own; empty where none is. */
export function closingOf(text: string): string {
  let fence: Fence | null = null;
  let column = 0;
  for (const line of text.split('\n')) {
    const kind = fence && lineInFence(line, fence);
    if (kind === 'closing') fence = null;
    else if (kind === null || kind === 'outside') {
      fence = fenceOf(line, column);
      column = columnAfter(line, column);
    }
  }
  if (fence === null) return '';
  const indent = '> '.repeat(fence.quotes) + ' '.repeat(fence.column);
  return `${text.endsWith('\n') ? '' : '\n'}${indent}${fence.character.repeat(fence.size)}`;
}
