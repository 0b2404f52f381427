/** A run of sentences as the author wrote them, without markup. */
export type Paragraph = string;

const fence = /^\s{0,3}(`{3,}|~{3,})/u;
/** Somebody else's words, headings, tables, rules, link definitions, raw HTML blocks. */
const notProse =
  /^\s{0,3}(?:>|#{1,6}\s|\||(?:[-*_]\s*){3,}$|=+\s*$|\[[^\]]+\]:\s|<\/?[a-z!][^>]*>\s*$)/iu;
const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/u;
const indentedCode = /^(?: {4}|\t)/u;
const ends = /[.!?…。！？؟][)\]"'”’»」』*_]*$/u;

/**
 * What the author says in a piece of Markdown: paragraphs without code, quotations, tables, headings and links'
 * targets. An item of a list is a paragraph where it ends as a sentence does; else it is a label and left out.
 */
export function paragraphsOf(markdown: string): readonly Paragraph[] {
  const found: Paragraph[] = [];
  let lines: string[] = [];
  let closing: string | null = null;
  let inItem = false;
  const flush = () => {
    const text = withoutMarks(lines.join(' '));
    if (text !== '' && (!inItem || ends.test(text))) found.push(text);
    lines = [];
    inItem = false;
  };
  for (const line of markdown.split(/\r?\n/u)) {
    if (closing !== null) {
      if (line.trim().startsWith(closing)) closing = null;
      continue;
    }
    const opening = fence.exec(line)?.[1];
    const fresh = lines.length === 0;
    if (opening !== undefined) {
      flush();
      closing = opening;
    } else if (line.trim() === '' || notProse.test(line)) {
      flush();
    } else if (item.test(line)) {
      flush();
      inItem = true;
      lines.push(line.replace(item, ''));
    } else if (!(fresh && indentedCode.test(line))) {
      lines.push(line.trim());
    }
  }
  flush();
  return found;
}

function withoutMarks(text: string): string {
  return text
    .replace(/`+[^`]*`+/gu, ' ')
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?/gu, ' ')
    .replace(/\[\^[^\]]+\]/gu, '')
    .replace(/\[([^\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])/gu, '$1')
    .replace(/<?\bhttps?:\/\/[^\s>)]+>?/giu, ' ')
    .replace(/<\/?[a-z!][^<>]*>/giu, ' ')
    .replace(/(?<![\p{L}\p{N}])[*_~]+|[*_~]+(?![\p{L}\p{N}])/gu, '')
    .replace(/\s+(?=[.,;:!?](?:\s|$))/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}
