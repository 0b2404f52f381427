import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { tablesWithPipes } from './pipe-tables.ts';

export type Root = ReturnType<typeof fromMarkdown>;
export type Block = Root['children'][number];
export type Inline = Extract<Block, { type: 'paragraph' }>['children'][number];
export type Table = Extract<Block, { type: 'table' }>;
export type List = Extract<Block, { type: 'list' }>;
export type Code = Extract<Block, { type: 'code' }>;
export type Node = Root | Block;

/**
 * What would change the meaning of earlier lines is text here, so that what was shown of a growing answer
 * stays as it was: underlined headings, link definitions, footnotes. And raw HTML, which no chat shows.
 */
const text = {
  disable: {
    null: [
      'definition',
      'gfmFootnoteCall',
      'gfmFootnoteDefinition',
      'gfmPotentialFootnoteCall',
      'htmlFlow',
      'htmlText',
      'setextUnderline',
    ],
  },
};
const extensions = [tablesWithPipes(gfm({ singleTilde: false })), text];
// The transforms look for links once more, in a way that loses where in the source a node stands.
const mdastExtensions = gfmFromMarkdown().map(({ transforms: _inline, ...rest }) => rest);

/** Containers or marks within each other by the dozen: nobody writes them, and they cost quadratic time. */
const tooDeep =
  /(?:(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])[ \t]*){40}|[*_]{40}|(?:\*{1,3}[^*\n]?){120}|(?:!?\[){40}/u;

/** Where Markdown begins to be nested beyond reason, as an offset; -1 where it is not. */
export function nestedBeyondReason(markdown: string): number {
  return markdown.search(tooDeep);
}

/** Markdown as a tree whose nodes know their source; what is nested beyond reason is one text. */
export function parseMarkdown(markdown: string): Root {
  if (nestedBeyondReason(markdown) >= 0) return asOneText(markdown);
  return fromMarkdown(markdown, { extensions, mdastExtensions });
}

export function startOf(node: { readonly position?: Root['position'] }): number {
  return node.position?.start.offset ?? 0;
}

export function endOf(node: { readonly position?: Root['position'] }): number {
  return node.position?.end.offset ?? 0;
}

/** The words of a node: texts, code and descriptions of images, without any markup. */
export function wordsOf(node: Node): string {
  if ('children' in node) return (node.children as Node[]).map(wordsOf).join('');
  if (node.type === 'image') return node.alt ?? '';
  if (node.type === 'break') return '\n';
  return 'value' in node ? node.value : '';
}

function asOneText(markdown: string): Root {
  const children = [{ type: 'text' as const, value: markdown }];
  return { type: 'root', children: [{ type: 'paragraph', children }] };
}
