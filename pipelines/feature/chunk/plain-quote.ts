import type { Block } from './block.ts';
import { isBlank, lineEnd, trimEnd } from './lines.ts';
import { mayDefine, startsPlain } from './plain-line.ts';

/** A quote of plain paragraphs whose every line has its own marker, up to a blank line. */
export function plainQuote(content: string, at: number): Block | undefined {
  const children: Block[] = [];
  let start = -1;
  let end = at;
  const close = () => {
    if (start !== -1) children.push({ kind: 'prose', start, end: trimEnd(content, start, end) });
    start = -1;
  };
  for (let line = at; line < content.length; ) {
    const stop = lineEnd(content, line);
    if (isBlank(content, line, stop)) break;
    if (content.charCodeAt(line) !== 62) return undefined;
    if (isBlank(content, line + 1, stop)) {
      close();
    } else {
      const text = line + 2;
      const indented = /[ \t]/.test(content.charAt(text));
      if (content.charCodeAt(line + 1) !== 32 || indented || !startsPlain(content, text)) {
        return undefined;
      }
      if (start === -1) start = text;
      if (mayDefine(content, start, stop)) return undefined;
    }
    end = stop;
    line = stop + 1;
  }
  close();
  if (children.length === 0) return undefined;
  return { kind: 'quote', start: at, end: trimEnd(content, at, end), children };
}
