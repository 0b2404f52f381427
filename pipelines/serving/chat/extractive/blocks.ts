/** A piece of Markdown that is read as one. `source` is verbatim. */
export type Block = {
  readonly kind: 'paragraph' | 'list' | 'code' | 'table' | 'heading';
  readonly source: string;
};

const fence = /^ {0,3}(`{3,}|~{3,})/u;
const heading = /^ {0,3}#{1,6}\s/u;
const listItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/u;
const tableRow = /^ {0,3}\|/u;
const rule = /^ {0,3}(?:(?:[-*_]\s*){3,}|=+\s*)$/u;

/**
 * Cuts a passage into blocks, line by line. A passage is the chunker's clean Markdown, often cut out of
 * the middle of a document, so this is forgiving: an open fence runs to the end, and what is nothing
 * else is a paragraph. Every line that is not blank or a rule ends up in exactly one block.
 */
export function blocks(markdown: string): Block[] {
  const found: Block[] = [];
  let kind = 'paragraph' as Block['kind'];
  let lines: string[] = [];
  let closing: string | null = null;

  const flush = () => {
    const source = lines.join('\n').replace(/^\n+|\s+$/gu, '');
    if (source !== '') found.push({ kind, source });
    lines = [];
    kind = 'paragraph';
  };
  const begin = (next: Block['kind'], line: string) => {
    flush();
    kind = next;
    lines.push(line);
  };

  for (const line of markdown.split(/\r?\n/u)) {
    if (closing !== null) {
      lines.push(line);
      if (line.trim().startsWith(closing) && line.trim().replace(/[`~]/gu, '') === '') {
        closing = null;
        flush();
      }
      continue;
    }
    const opening = fence.exec(line)?.[1];
    if (opening !== undefined) {
      begin('code', line);
      closing = opening;
    } else if (heading.test(line)) {
      begin('heading', line);
      flush();
    } else if (rule.test(line)) {
      flush();
    } else if (line.trim() === '') {
      // A list goes on after a blank line when an item or its indented text follows.
      if (kind === 'list') lines.push('');
      else flush();
    } else if (listItem.test(line)) {
      if (kind === 'list') lines.push(line);
      else begin('list', line);
    } else if (tableRow.test(line)) {
      if (kind === 'table') lines.push(line);
      else begin('table', line);
    } else if (kind === 'table' || (kind === 'list' && lines.at(-1) === '' && !/^\s/u.test(line))) {
      begin('paragraph', line);
    } else {
      lines.push(line);
    }
  }
  flush();
  return found;
}

/** The items of a list block with what belongs to each, markers included. */
export function listItems(source: string): string[] {
  const items: string[] = [];
  for (const line of source.split('\n')) {
    if (listItem.test(line) || items.length === 0) items.push(line);
    else items[items.length - 1] += `\n${line}`;
  }
  return items.map((item) => item.trimEnd());
}

/** A table as the lines above its rows (header and delimiter, where there are any) and its rows. */
export function tableRows(source: string): { head: string; rows: string[] } {
  const lines = source.split('\n').map((line) => line.trim());
  const delimiter = lines.findIndex((line) => /^\|(?:\s*:?-+:?\s*\|)+$/u.test(line));
  if (delimiter !== 1) return { head: '', rows: lines.filter((_, index) => index !== delimiter) };
  return { head: lines.slice(0, 2).join('\n'), rows: lines.slice(2) };
}
