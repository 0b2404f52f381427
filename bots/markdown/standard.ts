import { withoutFences } from './pings.ts';
import type { Flavour } from './render.ts';

/** Standard Markdown, as plain as it can be written: for platforms that read it themselves. */
export const standard: Flavour = {
  text: (value) => escapedMarks(value).replace(/<(?=\S)|&(?=[a-z\d#])/giu, '\\$&'),
  code: inlineCode,
  strong: (inner) => `**${inner}**`,
  emphasis: (inner) => `*${inner}*`,
  strike: (inner) => `~~${inner}~~`,
  link: ({ inner, url, bare }) => (bare ? `<${url}>` : `[${inner}](${url})`),
  lineBreak: '  \n',
  line: escapedStart,
  heading: (depth, inner) => `${'#'.repeat(depth)} ${inner}`,
  boldHeading: () => false,
  codeBlock: (value, language) => `\`\`\`${language}\n${withoutFences(value)}\n\`\`\``,
  quote: (inner) => inner.replace(/^/gmu, '> '),
  rule: '---',
  bullet: () => '- ',
  checkbox: (checked) => (checked ? '[x] ' : '[ ] '),
  table: (rows, alignments) => {
    const line = (cells: readonly string[]) => `| ${cells.map(withoutPipes).join(' | ')} |`;
    const [head = [], ...body] = rows.map((row) => row.map(({ inner }) => inner));
    const rule = head.map((_, column) => rules[alignments[column] ?? 'none']);
    return [head, rule, ...body].map(line).join('\n');
  },
};

const rules = { left: ':--', right: '--:', center: ':-:', none: '---' };

/** Marks that would format by accident, as the text they are; within words an underscore does nothing. */
export function escapedMarks(text: string): string {
  return text.replace(/[\\`*~[\]|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
}

/** Code keeps its pipes as they are; in a cell they would end it. */
function withoutPipes(cell: string): string {
  return cell.replace(/(?<!\\)\|/gu, '\\|');
}

/** A line that would begin a list, heading, quote or rule, as the text it is. */
export function escapedStart(line: string): string {
  return line.replace(/^(?:[-+#>=]|\d{1,9}(?=[.)](?:\s|$)))/u, (start) =>
    /\d/u.test(start) ? `${start}\\` : `\\${start}`,
  );
}

/** Code between as many backticks as it takes; runs of them inside are kept apart. */
export function inlineCode(value: string): string {
  if (!value.includes('`')) return `\`${value}\``;
  return `\`\` ${value.replace(/`(?=`)/gu, '`\u2060')} \`\``;
}
