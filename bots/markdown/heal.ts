import { isFinished, isOpenCode, lastLeaf, type OpenMark, openMarks, tableHead } from './open.ts';
import { type Block, parseMarkdown, startOf } from './parse.ts';

/**
 * A Markdown that was cut anywhere, made well-formed for display: open fences, emphasis and inline code are
 * closed, half a link is its words, and a table that may still grow is held back. Healing twice changes
 * nothing more. For messages that are edited as they grow; for those that only append, see `safePrefix`.
 */
export function healMarkdown(partial: string): string {
  let healed = partial.replace(/[\uD800-\uDBFF]$/u, '').toWellFormed();
  // Each step closes, drops or escapes something, so this ends; the bound is for what nobody foresaw.
  for (let step = 0; step < 50; step++) {
    const next = healedOnce(healed);
    if (next === healed) break;
    healed = next;
  }
  return healed;
}

function healedOnce(markdown: string): string {
  const leaf = lastLeaf(parseMarkdown(markdown));
  if (leaf === null) return markdown;
  if (leaf.type === 'code') return fenceClosed(markdown, leaf);
  if (isFinished(markdown, leaf)) return markdown;
  if (leaf.type === 'table') return markdown.slice(0, startOf(leaf));
  if (leaf.type !== 'paragraph' && leaf.type !== 'heading') return markdown;
  const head = tableHead(markdown, leaf);
  if (head !== null) return markdown.slice(0, head);
  const open = openMarks(markdown, leaf).filter((mark) => matters(markdown, mark));
  if (open.length === 0) return markdown;
  const closed = marksClosed(markdown, open);
  return isHealed(closed) ? closed : marksEscaped(markdown, open);
}

function isHealed(markdown: string): boolean {
  const leaf = lastLeaf(parseMarkdown(markdown));
  if (leaf === null || (leaf.type !== 'paragraph' && leaf.type !== 'heading')) return true;
  return openMarks(markdown, leaf).every((mark) => !matters(markdown, mark));
}

/** `5*3` is a product until more speaks for emphasis, and `[1]` words in brackets. */
function matters(markdown: string, { kind, offset, mark, labelEnd }: OpenMark): boolean {
  if (kind === 'link') return labelEnd === null || markdown[labelEnd + 1] === '(';
  if (kind !== 'emphasis' || mark !== '*') return true;
  return !/[\p{L}\p{N}]$/u.test(markdown.slice(Math.max(0, offset - 2), offset));
}

function fenceClosed(markdown: string, code: Block): string {
  const start = startOf(code);
  const [fence] = /^(?:`{3,}|~{3,})/u.exec(markdown.slice(start)) ?? [];
  if (fence === undefined || !isOpenCode(markdown, code)) return markdown;
  const line = markdown.slice(markdown.lastIndexOf('\n', start - 1) + 1, start);
  const container = line.replace(/[^>\s]/gu, ' ');
  const closed = `${markdown}${/[\n\r]$/u.test(markdown) ? '' : '\n'}${container}${fence}`;
  const leaf = lastLeaf(parseMarkdown(closed));
  return leaf?.type === 'code' && !isOpenCode(closed, leaf) ? closed : markdown;
}

function marksClosed(markdown: string, open: readonly OpenMark[]): string {
  const code = open.find(({ kind }) => kind === 'code');
  const live = open.filter(({ offset }) => code === undefined || offset <= code.offset);
  let kept = '';
  let closers = '';
  let reached = 0;
  for (const [index, { kind, offset, mark, labelEnd }] of live.entries()) {
    kept += markdown.slice(reached, offset);
    reached = offset + mark.length;
    const until = live[index + 1]?.offset ?? markdown.length;
    if (kind === 'link') {
      if (labelEnd === null) continue;
      // The address is not whole: the label stands for the link.
      return kept + markdown.slice(reached, labelEnd) + closers;
    }
    if (markdown.slice(reached, until).trim() === '' && until === markdown.length) continue;
    kept += mark;
    closers = mark + closers;
  }
  const rest = (kept + markdown.slice(reached)).replace(/(?<!\\)(?:\\\\)*\\$/u, (run) =>
    run.slice(1),
  );
  const words = rest.trimEnd();
  return words + closers + rest.slice(words.length);
}

/** What cannot be closed is the text it is so far. */
function marksEscaped(markdown: string, open: readonly OpenMark[]): string {
  let escaped = '';
  let reached = 0;
  for (const { offset, mark } of open) {
    escaped += markdown.slice(reached, offset) + mark.replace(/./gsu, '\\$&');
    reached = offset + mark.length;
  }
  return escaped + markdown.slice(reached);
}
