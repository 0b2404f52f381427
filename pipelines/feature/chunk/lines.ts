/** End of the line that begins at or contains `from`: the offset of its line break, or of the end. */
export function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  return feed === -1 ? text.length : feed;
}

/** Start of the line after the one that contains `from`; the text's length when there is none. */
export function nextLine(text: string, from: number): number {
  return Math.min(lineEnd(text, from) + 1, text.length);
}

/** Start of the line that contains `from`. */
export function lineStart(text: string, from: number): number {
  return from === 0 ? 0 : text.lastIndexOf('\n', from - 1) + 1;
}

/** Whether `[start, end)` holds nothing but white space as Markdown sees it. */
export function isBlank(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) return false;
  }
  return true;
}

/** `end` moved back over trailing white space, not before `start`. */
export function trimEnd(text: string, start: number, end: number): number {
  let index = end;
  while (index > start && isSpace(text.charCodeAt(index - 1))) index--;
  return index;
}

/** `start` moved forward over leading white space, not past `end`. */
export function trimStart(text: string, start: number, end: number): number {
  let index = start;
  while (index < end && isSpace(text.charCodeAt(index))) index++;
  return index;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xfeff;
}
