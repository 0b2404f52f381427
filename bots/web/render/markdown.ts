import { defaultSchema, type Schema, sanitize } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { gfm } from 'micromark-extension-gfm';

export type MarkdownRoot = ReturnType<typeof fromMarkdown>;
export type MarkdownNode = MarkdownRoot | MarkdownRoot['children'][number];

/**
 * What rendered Markdown may consist of: text structure and links to the web. No images (they would be
 * fetched from elsewhere), no forms, no ids, no classes but our own mark.
 */
const schema: Schema = {
  ...defaultSchema,
  tagNames: [
    ...[
      'p',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'ul',
      'ol',
      'li',
      'blockquote',
      'pre',
      'code',
      'hr',
      'br',
    ],
    ...['em', 'strong', 'del', 'sup', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  attributes: {
    '*': [['className', 'cited']],
    a: [
      'href',
      ['rel', 'noopener', 'noreferrer', 'nofollow'],
      ['target', '_blank'],
      ['dataCite', /^\d{1,3}$/],
    ],
    ol: ['start'],
    th: [['align', 'left', 'center', 'right']],
    td: [['align', 'left', 'center', 'right']],
    li: [['className', 'cited']],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
};

export function parseMarkdown(markdown: string): MarkdownRoot {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

export type HtmlTree = ReturnType<typeof toHast>;

/**
 * Markdown as HTML that may be put into the page: raw HTML in it is shown as the text it is, images as
 * their description, and what is left passes the sanitiser's allow-list.
 */
export function safeHtml(
  root: MarkdownRoot,
  edit: (tree: HtmlTree) => HtmlTree = (tree) => tree,
): string {
  const tree = toHast(root, {
    handlers: {
      html: (_state, node: { value: string }) => ({ type: 'text', value: node.value }),
      image: (_state, node: { alt?: string | null }) => described(node.alt),
      imageReference: (_state, node: { alt?: string | null }) => described(node.alt),
    },
  });
  return toHtml(sanitize(linksOutward(edit(tree)), schema));
}

function described(alt: string | null | undefined) {
  return { type: 'text' as const, value: alt ? `[image: ${alt}]` : '[image]' };
}

/** Links leave in a new tab, without a way back to this page. */
function linksOutward(tree: HtmlTree): HtmlTree {
  if (!('children' in tree)) return tree;
  for (const child of tree.children) {
    if (child.type !== 'element') continue;
    if (child.tagName === 'a' && child.properties['dataCite'] === undefined) {
      child.properties['target'] = '_blank';
      child.properties['rel'] = ['noopener', 'noreferrer', 'nofollow'];
    }
    linksOutward(child);
  }
  return tree;
}
