import type { LinkOptions } from './links.ts';
import { isFinished, isOpenCode, lastLeaf, openMarks, tableHead } from './open.ts';
import {
  type Block,
  endOf,
  type Inline,
  nestedBeyondReason,
  parseMarkdown,
  startOf,
} from './parse.ts';
import { slackMarkdown } from './slack.ts';

/**
 * The Slack Markdown of a growing answer as far as it is settled: each result begins with the one before, so
 * that a stream which can only append sends what is new. At the answer's end send what `slackMarkdown` of
 * the whole adds to it.
 */
export function slackAppendable(markdown: string, options: LinkOptions = {}): string {
  const settled = markdown.slice(0, safePrefix(markdown));
  const written = slackMarkdown(settled, options);
  const leaf = lastLeaf(parseMarkdown(settled));
  if (leaf?.type !== 'code' || !isOpenCode(settled, leaf)) return written;
  return written.replace(/\n[ >]*```$/u, '').trimEnd();
}

/**
 * The offset in UTF-16 units up to which a growing Markdown means the same whatever follows: never inside
 * a link, emphasis, inline code, table, word or character. Grows with the text.
 */
export function safePrefix(markdown: string): number {
  const nested = nestedBeyondReason(markdown);
  const read = nested < 0 ? markdown : markdown.slice(0, lineStart(markdown, nested));
  let head = withoutUndecidedLine(read);
  for (;;) {
    const root = parseMarkdown(head);
    const leaf = lastLeaf(root);
    const start = lineStart(head, head.length);
    if (leaf === null || start === head.length || leaf.type !== 'code') {
      return leaf === null ? head.length : backedOff(head, leaf, settledEnd(head, leaf));
    }
    // The first line of a fence can still turn out to be inline code, and a line of code the fence's end.
    head = head.slice(0, start);
  }
}

/** Nothing but what could begin a block: the next letter decides what the line is. */
const undecided = /^[\s>*+\-#\d.)`~|:=_[\]xX]*$/u;

function withoutUndecidedLine(markdown: string): string {
  const start = lineStart(markdown, markdown.length);
  return undecided.test(markdown.slice(start)) ? markdown.slice(0, start) : markdown;
}

function settledEnd(head: string, leaf: Block): number {
  if (leaf.type === 'table') return isFinished(head, leaf) ? head.length : startOf(leaf);
  if (leaf.type !== 'paragraph' && leaf.type !== 'heading') return head.length;
  if (isFinished(head, leaf)) return head.length;
  const [open] = openMarks(head, leaf);
  return Math.min(
    open?.offset ?? head.length,
    tableHead(head, leaf) ?? head.length,
    beforeLastWord(head),
  );
}

const unspaced = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}、。！？「」ー]';
const lastUnspaced = new RegExp(`^.*${unspaced}(?=${unspaced})`, 'su');

/** A word may still become a link, an entity, or another word; East Asian text is cut between characters. */
function beforeLastWord(head: string): number {
  const word = /\S*$/u.exec(head)?.[0] ?? '';
  const start = head.length - word.length;
  const [plain = ''] = /^(?:(?!www\.)[^:@&<\\])*/iu.exec(word) ?? [];
  return start + (lastUnspaced.exec(plain)?.[0].length ?? 0);
}

/** Back to where no inline node is cut and the line has begun to be something. */
function backedOff(head: string, leaf: Block, cut: number): number {
  const around = outermostAround(leaf, cut);
  const whole = around === null ? cut : startOf(around);
  // A backslash at the end of a line breaks it only when a line follows, and what these characters mean, and so
  // whether they are escaped, depends on the next.
  const outside = whole - (/(?:\\[\n\r]+|[<&@_:]+)$/u.exec(head.slice(0, whole))?.[0].length ?? 0);
  const start = lineStart(head, outside);
  const decided = start < outside && undecided.test(head.slice(start, outside)) ? start : outside;
  return decided === cut ? cut : backedOff(head, leaf, decided);
}

function outermostAround(node: Block, offset: number): Inline | null {
  if (!('children' in node)) return null;
  const inlines = node.children as Inline[];
  return (
    inlines.find(
      (child) => child.type !== 'text' && startOf(child) < offset && offset < endOf(child),
    ) ?? null
  );
}

function lineStart(markdown: string, offset: number): number {
  return (
    Math.max(markdown.lastIndexOf('\n', offset - 1), markdown.lastIndexOf('\r', offset - 1)) + 1
  );
}
