import type { AnswerEvent } from '../../../pipelines/inference/ask.ts';
import { type HtmlTree, parseMarkdown, safeHtml } from './markdown.ts';

type Text = Extract<AnswerEvent, { type: 'text' }>;

/** Private-use characters carry a citation through the Markdown parser; text from outside loses its own. */
const mark = /\uE000(\d{1,3})\uE001/gu;
const foreign = /[\uE000\uE001]/gu;

/**
 * Renders an answer as it grows, part by part, as safe HTML. Sentences that run on from one source share the mark
 * after the last of them.
 */
export function openAnswerRenderer(): { add(part: Text): void; html(): string } {
  let markdown = '';
  let pending = '';
  return {
    add({ text, citations }) {
      const said = text.replace(foreign, '');
      const numbers = citations.map((number) => `\uE000${number}\uE001`).join('');
      // Inside a fence or a table row a mark would be content: it gets a line of its own.
      const afterBlock = /(?:^|\n)(?:`{3,}|~{3,}|\|.*\|)$/u.test(said);
      const marks = numbers && `${afterBlock ? '\n\n' : ' '}${numbers}`;
      const runsOn = pending === marks && !afterBlock && !said.startsWith('\n');
      markdown += runsOn ? said : pending + said;
      pending = marks;
    },
    html: () => safeHtml(parseMarkdown(markdown + pending), citationsAsLinks),
  };
}

/**
 * Turns each mark into a link that the page opens (`<a data-cite="2">2</a>`) and every other link into its
 * words: links in answers lead to retrieved sources only.
 */
function citationsAsLinks(tree: HtmlTree): HtmlTree {
  if (!('children' in tree)) return tree;
  const children = tree.children as HtmlTree[];
  tree.children = children.flatMap((child): HtmlTree[] => {
    if (child.type === 'element' && child.tagName === 'a') {
      return (citationsAsLinks(child) as typeof child).children;
    }
    if (child.type !== 'text') return [citationsAsLinks(child)];
    return child.value.split(mark).map((piece, index) =>
      index % 2 === 0
        ? { type: 'text', value: piece }
        : {
            type: 'element',
            tagName: 'a',
            properties: { href: `#source-${piece}`, dataCite: piece },
            children: [{ type: 'text', value: piece }],
          },
    );
  }) as typeof tree.children;
  return tree;
}
