import type { Block } from './block.ts';
import { isBlank, lineEnd, nextLine, trimEnd } from './lines.ts';
import { mayContinue, mayDefine, startsPlain } from './plain-line.ts';

const bullet = /([-*+]) (?=\S)/y;
const number = /\d{1,9}([.)]) (?=\S)/y;

/**
 * A flat list at the left margin: one kind of marker, one blank after it, and items of plain lines. It
 * ends at a blank line before anything at the margin that cannot be one more item.
 */
export function plainList(content: string, at: number): Block | undefined {
  const marker = markerAt(content, at);
  if (!marker) return undefined;
  const items: Block[] = [];
  let line = at;
  for (;;) {
    const found = markerAt(content, line);
    if (found?.kind !== marker.kind || found.ordered !== marker.ordered) return undefined;
    const item = itemAt(content, line, found.width);
    if (!item) return undefined;
    items.push(item.block);
    const after = item.next;
    line = skipBlank(content, after);
    if (line >= content.length) break;
    const code = content.charCodeAt(line);
    if (line > after && !mayContinue(code)) break;
  }
  const end = items.at(-1)?.end ?? at;
  return { kind: 'list', start: at, end, children: items };
}

type Marker = { readonly kind: string; readonly ordered: boolean; readonly width: number };

function markerAt(content: string, at: number): Marker | undefined {
  bullet.lastIndex = at;
  const dot = bullet.exec(content);
  if (dot) return { kind: dot[1] ?? '', ordered: false, width: dot[0].length };
  number.lastIndex = at;
  const counted = number.exec(content);
  return counted ? { kind: counted[1] ?? '', ordered: true, width: counted[0].length } : undefined;
}

/** One item: its first line and those that go on with its paragraph, up to a marker or a blank line. */
function itemAt(
  content: string,
  at: number,
  width: number,
): { readonly block: Block; readonly next: number } | undefined {
  const start = at + width;
  if (!startsPlain(content, start)) return undefined;
  let end = lineEnd(content, at);
  let line = end + 1;
  while (line < content.length) {
    const stop = lineEnd(content, line);
    if (isBlank(content, line, stop) || markerAt(content, line)) break;
    if (!startsPlain(content, line)) return undefined;
    end = stop;
    line = stop + 1;
  }
  end = trimEnd(content, at, end);
  if (mayDefine(content, start, end)) return undefined;
  const children: Block[] = [{ kind: 'prose', start, end }];
  return {
    block: { kind: 'item', start: at, end, children },
    next: Math.min(line, content.length),
  };
}

function skipBlank(content: string, from: number): number {
  let line = from;
  while (line < content.length && isBlank(content, line, lineEnd(content, line))) {
    line = nextLine(content, line);
  }
  return line;
}
