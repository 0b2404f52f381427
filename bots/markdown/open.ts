import { type Block, endOf, type Inline, type Node, startOf } from './parse.ts';

/** Something at the end of a growing Markdown that later text may still close, and so change. */
export type OpenMark = {
  readonly kind: 'code' | 'emphasis' | 'link';
  readonly offset: number;
  /** The characters that open it. */
  readonly mark: string;
  /** Where the label of a link ended, when it has: what follows is half an address. */
  readonly labelEnd: number | null;
};

/** The innermost block at the end, which a next line may continue. */
export function lastLeaf(node: Node): Block | null {
  if (node.type !== 'root' && !isContainer(node)) return node;
  const last = node.children.at(-1);
  if (last === undefined) return node.type === 'root' ? null : node;
  return lastLeaf(last);
}

function isContainer(node: Block) {
  return node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem';
}

/** Whether a blank line, or for a heading the end of its line, keeps later text out of a block. */
export function isFinished(markdown: string, leaf: Block): boolean {
  const after = markdown.slice(endOf(leaf));
  return leaf.type === 'heading'
    ? /[\n\r]/u.test(after)
    : /(?:\r\n|\n|\r(?!\n))[ \t>]*[\n\r]/u.test(after);
}

/** Where the last line of a paragraph begins when a delimiter row after it would make it a table's head. */
export function tableHead(markdown: string, leaf: Block): number | null {
  if (leaf.type !== 'paragraph') return null;
  const lines = markdown.slice(startOf(leaf), endOf(leaf));
  const line = /(?:^|[\n\r])[ \t>]*(?=\|[^\n\r]*$)/u.exec(lines);
  return line === null ? null : startOf(leaf) + line.index;
}

/** Whether a code block would take in a next line: one without a fence always does. */
export function isOpenCode(markdown: string, code: Block): boolean {
  const lines = markdown.slice(startOf(code), endOf(code)).split(/\r\n|[\n\r]/u);
  const [, fence = ''] = /^\s*(`{3,}|~{3,})/u.exec(lines[0] ?? '') ?? [];
  if (fence === '' || lines.length < 2) return true;
  const end = (lines.at(-1) ?? '').replace(/^[\s>]*/u, '').trimEnd();
  return !(end.length >= fence.length && end === (fence[0] ?? '').repeat(end.length));
}

/** Marks of a paragraph that are text so far because nothing closes them yet, in their order. */
export function openMarks(markdown: string, leaf: Block): OpenMark[] {
  const found: OpenMark[] = [];
  const brackets: number[] = [];
  for (const { start, end, closed } of texts(leaf, false)) {
    for (const [mark, offset] of marksWithin(markdown, start, end)) {
      if (mark === '[') brackets.push(offset - (markdown[offset - 1] === '!' ? 1 : 0));
      else if (mark === ']') closeBracket(offset, brackets.pop());
      else if (mark.startsWith('`')) note('code', offset, mark);
      else if (canOpen(markdown, mark, offset) && !(closed && mark[0] !== '~'))
        note('emphasis', offset, mark);
    }
  }
  for (const offset of brackets) note('link', offset, markdown[offset] === '!' ? '![' : '[');
  return found.sort((a, b) => a.offset - b.offset);

  function closeBracket(offset: number, opened: number | undefined) {
    const next = markdown[offset + 1];
    if (opened !== undefined && (next === undefined || next === '(')) {
      note('link', opened, markdown[opened] === '!' ? '![' : '[', offset);
    }
  }
  function note(
    kind: OpenMark['kind'],
    offset: number,
    mark: string,
    labelEnd: number | null = null,
  ) {
    found.push({ kind, offset, mark, labelEnd });
  }
}

/** Text nodes in order; within finished emphasis or links, other emphasis can no longer be closed. */
function* texts(
  node: Block | Inline,
  closed: boolean,
): Generator<{ start: number; end: number; closed: boolean }> {
  if (node.type === 'text') yield { start: startOf(node), end: endOf(node), closed };
  if (!('children' in node)) return;
  const inside =
    closed || node.type === 'emphasis' || node.type === 'strong' || node.type === 'link';
  for (const child of node.children) yield* texts(child as Inline, inside);
}

function* marksWithin(markdown: string, start: number, end: number): Generator<[string, number]> {
  const marks = /\\[\s\S]|`+|\*+|_+|~+|[[\]]/gu;
  marks.lastIndex = start;
  for (let match = marks.exec(markdown); match !== null; match = marks.exec(markdown)) {
    if (match.index >= end) return;
    const mark = match[0].slice(0, end - match.index);
    if (!mark.startsWith('\\')) yield [mark, match.index];
    marks.lastIndex = match.index + Math.max(mark.length, 1);
  }
}

function canOpen(markdown: string, mark: string, offset: number): boolean {
  const next = markdown[offset + mark.length];
  const before = markdown.slice(Math.max(0, offset - 2), offset);
  if (mark[0] === '~' && mark.length !== 2 && next !== undefined) return false;
  if (mark[0] === '_' && /[\p{L}\p{N}]$/u.test(before)) return false;
  return next === undefined || /\S/u.test(next);
}
