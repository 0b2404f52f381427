import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Block } from './block.ts';
import { trimStart } from './lines.ts';

/**
 * Inline syntax is not looked at: it cannot change where blocks begin and end, costs most of a parse,
 * and is where nested brackets would take quadratic time.
 */
const withoutInline = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
};
// Of GFM, too, only what makes blocks: tables and footnote definitions.
const { text: _text, ...gfmBlocks } = gfm();
const extensions = [gfmBlocks, withoutInline];
const mdastExtensions = gfmFromMarkdown().map(({ transforms: _inline, ...blocks }) => blocks);

type Node = ReturnType<typeof fromMarkdown>['children'][number];

/** Blocks of a stretch of Markdown, by the reference parser; `base` is added to every offset. */
export function parseRegion(markdown: string, base: number): Block[] {
  const root = fromMarkdown(markdown, { extensions, mdastExtensions });
  return apart(
    markdown,
    base,
    root.children.map((node) => toBlock(node, base)),
  );
}

/**
 * The parser lets a heading that follows link definitions begin where they begin: its underline made it a
 * heading only after they had been taken out of its paragraph. Blocks do not overlap here.
 */
function apart(markdown: string, base: number, blocks: readonly Block[]): Block[] {
  let reached = base;
  return blocks.map((block) => {
    const start =
      block.start >= reached
        ? block.start
        : base + trimStart(markdown, reached - base, block.end - base);
    reached = block.end;
    return { ...block, start };
  });
}

function toBlock(node: Node, base: number): Block {
  const span = {
    start: base + (node.position?.start.offset ?? 0),
    end: base + (node.position?.end.offset ?? 0),
  };
  switch (node.type) {
    case 'heading':
      return { kind: 'heading', depth: node.depth, ...span };
    case 'paragraph':
      return { kind: 'prose', ...span };
    case 'code':
      return { kind: 'code', ...span };
    case 'table':
      return { kind: 'table', ...span, children: node.children.map((row) => toBlock(row, base)) };
    case 'list':
      return { kind: 'list', ...span, children: node.children.map((item) => toBlock(item, base)) };
    case 'listItem':
      return {
        kind: 'item',
        ...span,
        children: node.children.map((child) => toBlock(child, base)),
      };
    case 'blockquote':
      return {
        kind: 'quote',
        ...span,
        children: node.children.map((child) => toBlock(child, base)),
      };
    default:
      return { kind: 'other', ...span };
  }
}
