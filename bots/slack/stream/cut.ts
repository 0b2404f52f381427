/** How long a message may become, in UTF-16 units. */
export type Lengths = {
  /** From here on the next paragraph begins a new message. */
  readonly soft: number;
  /** Here it is cut wherever it stands. */
  readonly hard: number;
};

const fence = /^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)*(```+|~~~+)(.*)$/u;

/**
 * Where the message that begins at `from` has to end, as an offset into the text; undefined while it may go on.
 * The same text with more behind it gives the same place: what was shown is never shown again elsewhere.
 *
 * @param atLeast what is shown already cannot be taken back.
 */
export function endOfMessage(
  text: string,
  from: number,
  atLeast: number,
  { soft, hard }: Lengths,
): number | undefined {
  if (text.length - from <= soft) return undefined;
  const earliest = Math.max(atLeast, from + soft);
  const latest = from + hard;
  for (const offset of paragraphEnds(text, from)) {
    if (offset > latest) break;
    if (offset >= earliest && offset < text.length) return offset;
  }
  if (text.length - from <= hard) return undefined;
  return Math.max(atLeast, lastSpace(text, Math.max(earliest, from + 1), latest));
}

/** Ends of paragraphs outside fences: where the next one begins. */
function* paragraphEnds(text: string, from: number): Generator<number> {
  let open = openFence(text, from) !== undefined;
  let lineAt = from;
  let wasBlank = false;
  while (lineAt < text.length) {
    const end = text.indexOf('\n', lineAt);
    const line = text.slice(lineAt, end < 0 ? text.length : end);
    const isBlank = line.trim() === '';
    if (wasBlank && !isBlank && !open) yield lineAt;
    if (fence.test(line)) open = !open;
    wasBlank = isBlank;
    if (end < 0) return;
    lineAt = end + 1;
  }
}

/** After the last line, else the last word, that fits; else between two characters. */
function lastSpace(text: string, earliest: number, latest: number): number {
  for (const space of [/\n/u, /\s/u]) {
    for (let at = latest; at > earliest; at -= 1) {
      if (space.test(text[at - 1] ?? '')) return at;
    }
  }
  return isLowSurrogate(text, latest) ? latest - 1 : latest;
}

const isLowSurrogate = (text: string, at: number): boolean =>
  /[\uDC00-\uDFFF]/u.test(text.charAt(at)) && /[\uD800-\uDBFF]/u.test(text.charAt(at - 1));

/** The line that opened the fence in which the offset stands; undefined outside fences. */
export function openFence(text: string, at: number): string | undefined {
  let opened: string | undefined;
  for (const line of text.slice(0, at).split('\n')) {
    if (fence.test(line)) opened = opened === undefined ? line : undefined;
  }
  return opened;
}

/** A part of the text as a message of its own: a fence that was cut is opened and closed again. */
export function messageText(text: string, from: number, to: number, closed: boolean): string {
  return openingOf(text, from) + text.slice(from, to) + (closed ? closingOf(text, to) : '');
}

export function openingOf(text: string, at: number): string {
  const opened = openFence(text, at);
  return opened === undefined ? '' : `${opened}\n`;
}

export function closingOf(text: string, at: number): string {
  const opened = openFence(text, at);
  if (opened === undefined) return '';
  const marks = fence.exec(opened)?.[1] ?? '```';
  return text[at - 1] === '\n' ? marks : `\n${marks}`;
}
