import type { Block } from './block.ts';
import { isBlank, lineEnd, nextLine, trimEnd } from './lines.ts';
import { mayDefine, startsPlain } from './plain-line.ts';
import { plainList } from './plain-list.ts';
import { plainQuote } from './plain-quote.ts';

/**
 * The block that begins at `at`, where no other block is open, when it can be told without a parser:
 * ATX headings and fenced code at the left margin, paragraphs, quotes and flat lists of lines that begin with a
 * letter or the like, tables whose every line begins with a bar, rules, link definitions of one line,
 * and HTML that a blank line or the end of a comment closes. Undefined when there is any doubt.
 */
export function plainBlock(content: string, at: number): Block | undefined {
  switch (content.charCodeAt(at)) {
    case 35: // #
      return heading(content, at);
    case 96: // `
      return fence(content, at) ?? paragraph(content, at);
    case 126: // ~
      return fence(content, at);
    case 124: // |
      return table(content, at);
    case 32:
    case 9:
      return undefined;
    case 60: // <
      return html(content, at);
    case 62: // >
      return plainQuote(content, at);
    case 91: // [
      // Not the other way round: many definitions in a row would be read over and over.
      return definition(content, at) ?? paragraph(content, at);
    default:
      return paragraph(content, at) ?? rule(content, at) ?? plainList(content, at);
  }
}

const atxHeading = /(#{1,6})(?=[ \t\r\n]|$)/y;

function heading(content: string, at: number): Block | undefined {
  atxHeading.lastIndex = at;
  const marker = atxHeading.exec(content)?.[1];
  if (!marker) return undefined;
  const end = trimEnd(content, at, lineEnd(content, at));
  return { kind: 'heading', depth: marker.length, start: at, end };
}

const fenceOpening = /(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)(?:\n|$)/y;

function fence(content: string, at: number): Block | undefined {
  fenceOpening.lastIndex = at;
  const opening = fenceOpening.exec(content);
  const marker = opening?.[1] ?? opening?.[2];
  if (!marker) return undefined;
  const closing = new RegExp(`^ {0,3}${marker.charAt(0)}{${marker.length},}[ \\t]*\\r?$`, 'gm');
  closing.lastIndex = nextLine(content, at);
  const found = closing.exec(content);
  const end = found ? trimEnd(content, at, found.index + found[0].length) : content.length;
  return { kind: 'code', start: at, end };
}

function paragraph(content: string, at: number): Block | undefined {
  let line = at;
  let end = at;
  while (line < content.length) {
    const stop = lineEnd(content, line);
    if (isBlank(content, line, stop)) break;
    if (line > at && interrupts(content, line)) break;
    if (!startsPlain(content, line)) return undefined;
    end = stop;
    line = stop + 1;
  }
  end = trimEnd(content, at, end);
  return mayDefine(content, at, end) ? undefined : { kind: 'prose', start: at, end };
}

function interrupts(content: string, line: number): boolean {
  const code = content.charCodeAt(line);
  if (code === 35) return heading(content, line) !== undefined;
  return (code === 96 || code === 126) && fence(content, line) !== undefined;
}

const delimiterRow = /\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*\r?$/;

/** Header and delimiter row of equally many cells, every line with bars around it. */
function table(content: string, at: number): Block | undefined {
  const rows: Block[] = [];
  let line = at;
  for (; line < content.length; line = nextLine(content, line)) {
    const stop = lineEnd(content, line);
    if (isBlank(content, line, stop)) break;
    if (content.charCodeAt(line) !== 124) return undefined;
    const text = content.slice(line, stop).trimEnd();
    if (line === at && (/[\\`]/.test(text) || !text.endsWith('|'))) return undefined;
    if (rows.length === 1 && !delimiterRow.test(text)) return undefined;
    rows.push({ kind: 'other', start: line, end: line + text.length });
    if (stop >= content.length) break;
  }
  const [header, delimiter] = rows;
  const last = rows.at(-1);
  if (!header || !delimiter || !last) return undefined;
  if (bars(content, header) !== bars(content, delimiter)) return undefined;
  const children = rows.filter((row) => row !== delimiter);
  return { kind: 'table', start: at, end: last.end, children };
}

function bars(content: string, { start, end }: Block): number {
  return content.slice(start, end).split('|').length;
}

const thematicBreak = /(?:-{3,}|\*{3,}|_{3,})[ \t]*(?:\r?\n|$)/y;

function rule(content: string, at: number): Block | undefined {
  thematicBreak.lastIndex = at;
  if (!thematicBreak.test(content)) return undefined;
  return { kind: 'other', start: at, end: trimEnd(content, at, lineEnd(content, at)) };
}

const oneLineDefinition =
  /\[(?!\^)[^[\]\\\s][^[\]\\\n]{0,200}\]: [^\s<>()"'\\&]+[ \t]*\r?(?:\n(?=[ \t]*\r?(?:\n|$)|\[)|$)/y;

/** A link definition whose next line is blank or begins with a bracket, so holds no title of it. */
function definition(content: string, at: number): Block | undefined {
  oneLineDefinition.lastIndex = at;
  if (!oneLineDefinition.test(content)) return undefined;
  return { kind: 'other', start: at, end: trimEnd(content, at, lineEnd(content, at)) };
}

/** Block-level tag names of CommonMark 0.31, section 4.6, start condition 6. */
const blockTag =
  /<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s>]|\/>|$)/iy;

function html(content: string, at: number): Block | undefined {
  if (content.startsWith('<!--', at)) {
    if (content.startsWith('>', at + 4) || content.startsWith('->', at + 4)) return undefined;
    const close = content.indexOf('-->', at + 4);
    const end = close === -1 ? content.length : lineEnd(content, close);
    return { kind: 'other', start: at, end: trimEnd(content, at, end) };
  }
  blockTag.lastIndex = at;
  if (!blockTag.test(content)) return undefined;
  let end = at;
  for (let line = at; line < content.length; line = nextLine(content, line)) {
    const stop = lineEnd(content, line);
    if (isBlank(content, line, stop)) break;
    end = stop;
    if (stop >= content.length) break;
  }
  return { kind: 'other', start: at, end: trimEnd(content, at, end) };
}
