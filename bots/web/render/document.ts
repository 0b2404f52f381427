import { type MarkdownNode, type MarkdownRoot, parseMarkdown, safeHtml } from './markdown.ts';

export type RenderedDocument = {
  readonly html: string;
  /** True when only the surroundings of the passage are shown. */
  readonly shortened: boolean;
};

/** A longer document is shown as this much on either side of the passage, in UTF-16 units. */
const surroundings = 20_000;

/**
 * Renders a document with the blocks between two offsets of its content marked as cited. A first heading
 * that only repeats the title is left out: the reader sees the title above.
 */
export function renderDocument(
  { title, content }: { readonly title: string; readonly content: string },
  { start, end }: { readonly start: number; readonly end: number },
): RenderedDocument {
  const from = start > surroundings ? nextParagraph(content, start - surroundings, start) : 0;
  const to = Math.min(content.length, Math.max(end, from) + surroundings);
  const root = parseMarkdown(content.slice(from, to));
  withoutTitle(root, title);
  if (end > start) markCited(root, start - from, end - from);
  return { html: safeHtml(root), shortened: from > 0 || to < content.length };
}

function withoutTitle(root: MarkdownRoot, title: string): void {
  const [first] = root.children;
  const [only, ...rest] = first?.type === 'heading' ? first.children : [];
  if (only?.type === 'text' && rest.length === 0 && only.value === title) root.children.shift();
}

function nextParagraph(content: string, from: number, before: number): number {
  const gap = content.indexOf('\n\n', from);
  return gap === -1 || gap >= before ? before : gap + 2;
}

/** Marks the blocks that overlap; of a list or table only the items or rows that do. */
function markCited(node: MarkdownRoot | MarkdownNode, start: number, end: number): void {
  if (!('children' in node)) return;
  for (const child of node.children as MarkdownNode[]) {
    const from = child.position?.start.offset;
    const to = child.position?.end.offset;
    if (from === undefined || to === undefined || to <= start || from >= end) continue;
    if (['list', 'table', 'blockquote'].includes(child.type)) {
      markCited(child, start, end);
    } else {
      child.data = { ...child.data, hProperties: { className: ['cited'] } } as typeof child.data;
    }
  }
}
