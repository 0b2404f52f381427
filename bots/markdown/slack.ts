import type { LinkOptions } from './links.ts';
import { apart, withoutFences, withoutSlackPings } from './pings.ts';
import { type Flavour, renderMarkdown } from './render.ts';
import { standard } from './standard.ts';
import { alignedTable } from './width.ts';

/** Standard Markdown for Slack's `markdown` block and `markdown_text` chunks. Nothing in it pings. */
export function slackMarkdown(markdown: string, options: LinkOptions = {}): string {
  return withoutSlackPings(renderMarkdown(markdown, standard, options));
}

/** Slack's mrkdwn, for `text` fallbacks and section blocks. Nothing in it pings. */
export function slackMrkdwn(markdown: string, options: LinkOptions = {}): string {
  return withoutSlackPings(bounded(renderMarkdown(markdown, mrkdwn, options)));
}

/** Where bold and the like begin and end: mrkdwn knows marks only beside spaces and punctuation. */
const edge = '\uE010';

const mrkdwn: Flavour = {
  text: (value) => escaped(withoutMarks(value)),
  code: (value) => `${edge}\`${escaped(value.replaceAll('`', 'ˋ'))}\`${edge}`,
  strong: (inner) => `${edge}*${inner}*${edge}`,
  emphasis: (inner) => `${edge}_${inner}_${edge}`,
  strike: (inner) => `${edge}~${inner}~${edge}`,
  link: ({ words, url, bare }) => `<${escaped(url)}${bare ? '' : `|${label(words)}`}>`,
  lineBreak: '\n',
  line: (line) => (line.startsWith('&gt;') ? apart('', line) : line),
  heading: (_depth, inner) => `*${inner}*`,
  boldHeading: () => true,
  codeBlock: (value) => `\`\`\`\n${escaped(withoutFences(value))}\n\`\`\``,
  quote: (inner) => inner.replace(/^/gmu, '> '),
  rule: '———',
  bullet: (depth) => (depth % 2 === 0 ? '• ' : '◦ '),
  checkbox: (checked) => (checked ? '☑ ' : '☐ '),
  table: (rows, alignments) => {
    const words = rows.map((row) => row.map((cell) => cell.words));
    return `\`\`\`\n${escaped(withoutFences(alignedTable(words, alignments)))}\n\`\`\``;
  },
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function label(words: string): string {
  return escaped(withoutMarks(words).replaceAll('|', '¦'));
}

const lookalikes: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

/** Mrkdwn has no escapes: marks that would format by accident become characters that look alike. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(edge, '')
    .replace(
      /`|(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])/gu,
      (mark) => lookalikes[mark] ?? mark,
    );
}

/** A space without width where a mark would touch a word, as in Japanese, which has no spaces. */
function bounded(text: string): string {
  return text
    .replace(/(?<=[\p{L}\p{N}])\uE010+|\uE010+(?=[\p{L}\p{N}])/gu, '\u200B')
    .replaceAll(edge, '');
}
