import { countTokens } from '../chunk/tokens.ts';

/** Of the room, for the document's beginning: it says what the whole is about. */
const headShare = 0.3;

/** A stretch of content, `[start, end)`. */
type Stretch = { readonly start: number; readonly end: number };

/**
 * As much of a document as fits into `room` tokens (of `words-1`): all of it, or else its beginning and what surrounds
 * `about`. Gaps are marked.
 */
export function excerptAround(content: string, about: Stretch, room: number): string {
  const tokens = countTokens(content);
  if (tokens <= room) return content;
  const characters = Math.floor((content.length * room) / tokens);
  const head = Math.floor(characters * headShare);
  const around = characters - head - (about.end - about.start);
  const start = Math.max(0, about.start - Math.floor(around / 2));
  const end = Math.min(content.length, Math.max(about.end, start + characters - head));
  if (start <= head) return trimmed(content, { start: 0, end: Math.max(end, characters) });
  return `${trimmed(content, { start: 0, end: head })}\n\n${trimmed(content, { start, end })}`;
}

/** Cut at line ends where there is one near. */
function trimmed(content: string, { start, end }: Stretch): string {
  const from = start === 0 ? 0 : nextLine(content, start);
  const to = end >= content.length ? content.length : lastLine(content, end);
  const text = to > from ? content.slice(from, to) : content.slice(start, end);
  const before = start === 0 ? '' : '[…]\n';
  const after = end >= content.length ? '' : '\n[…]';
  return `${before}${text.trim()}${after}`;
}

const near = 200;

function nextLine(content: string, position: number): number {
  const found = content.indexOf('\n', position);
  return found >= 0 && found - position < near ? found + 1 : whole(content, position);
}

function lastLine(content: string, position: number): number {
  const found = content.lastIndexOf('\n', position);
  return found >= 0 && position - found < near ? found : whole(content, position);
}

/** Not between the halves of a pair. */
function whole(content: string, position: number): number {
  const code = content.charCodeAt(position);
  return code >= 0xdc00 && code <= 0xdfff ? position + 1 : position;
}
