import { stripVTControlCharacters, styleText } from 'node:util';
import { plain } from './plain.ts';
import { type Flavour, renderMarkdown } from './render.ts';
import { alignedTable, displayWidth } from './width.ts';

export type TerminalOptions = {
  /** ANSI styles; without them the text is plain. */
  readonly colour: boolean;
  /** Columns of the terminal; lines of prose are broken there, code and tables are not. */
  readonly width: number;
};

/** Markdown for a terminal. The content cannot send it any command: its control characters are gone. */
export function terminalMarkdown(markdown: string, { colour, width }: TerminalOptions): string {
  return renderMarkdown(markdown, flavoured(colour, Math.max(20, width)), {});
}

type Style = Parameters<typeof styleText>[0];

function flavoured(colour: boolean, width: number): Flavour {
  const style = (name: Style) => (inner: string) =>
    colour ? styleText(name, inner, { validateStream: false }) : inner;
  const dim = style('dim');
  return {
    ...plain,
    code: style('cyan'),
    strong: style('bold'),
    emphasis: style('italic'),
    strike: style('strikethrough'),
    link: ({ inner, words, url, bare }) =>
      bare ? style('underline')(words) : `${style('underline')(inner)} ${dim(`(${url})`)}`,
    line: (line) => wrappedLine(line, width),
    heading: (depth, inner) => style(depth === 1 ? ['bold', 'underline'] : 'bold')(inner),
    boldHeading: () => true,
    codeBlock: (value) => value.replace(/^.*$/gmu, (line) => `    ${style('cyan')(line)}`),
    quote: (inner) => inner.replace(/^/gmu, `${dim('│')} `),
    rule: dim('─'.repeat(Math.min(width, 40))),
    bullet: () => '• ',
    checkbox: (checked) => (checked ? '☑ ' : '☐ '),
    table: (rows, alignments) => {
      const words = rows.map((row) => row.map((cell) => cell.words));
      const aligned = alignedTable(words, alignments);
      const fits = aligned.split('\n').every((line) => displayWidth(line) <= width);
      return fits ? aligned : records(words);
    },
  };
}

/** A table too wide for the terminal, row by row, each cell after its heading. */
function records([head = [], ...body]: readonly (readonly string[])[]): string {
  const record = (row: readonly string[]) =>
    row.map((cell, column) => `${head[column] ?? ''}: ${cell}`).join('\n');
  return body.length === 0 ? head.join('\n') : body.map(record).join('\n\n');
}

/** Breaks a line at spaces; a word wider than the terminal keeps its line. */
function wrappedLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && displayWidth(stripVTControlCharacters(longer)) > width) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current].join('\n');
}
