import { type Flavour, renderMarkdown } from './render.ts';
import { alignedTable } from './width.ts';

/** Text for screen readers, notifications and logs: the words without marks, links with their address. */
export function plainText(markdown: string): string {
  return renderMarkdown(markdown, plain, {});
}

const same = (inner: string) => inner;

export const plain: Flavour = {
  text: same,
  code: same,
  strong: same,
  emphasis: same,
  strike: same,
  link: ({ words, url, bare }) => (bare ? words : `${words} (${url})`),
  lineBreak: '\n',
  line: same,
  heading: (_depth, inner) => inner,
  boldHeading: () => false,
  codeBlock: same,
  quote: (inner) => inner.replace(/^/gmu, '> '),
  rule: '———',
  bullet: () => '- ',
  checkbox: (checked) => (checked ? '[x] ' : '[ ] '),
  table: (rows, alignments) => {
    const words = rows.map((row) => row.map((cell) => cell.words));
    return alignedTable(words, alignments);
  },
};
