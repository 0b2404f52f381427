/**
 * What a line begins with that can only be text: a letter, an opening quote or bracket, or the start of
 * emphasis, inline code or a number that cannot be a list item, a rule or a fence.
 */
const plainLine =
  /[ \t]*(?:[\p{L}"'“‘„«(¿¡$@]|!?\[(?!\^)|\*{1,2}[\p{L}"'`[(]|_{1,2}[\p{L}"'`[(]|`{1,2}[^`\s]|\d{1,9}(?:[^\d.)\s]|[ \t]+\p{L}|[.,]\d))/uy;

export function startsPlain(content: string, at: number): boolean {
  plainLine.lastIndex = at;
  return plainLine.test(content);
}

/** Whether text may hold a link or footnote definition: those begin with a bracket and have a `]:`. */
export function mayDefine(content: string, start: number, end: number): boolean {
  if (content.charCodeAt(start) !== 91) return false;
  const colon = content.indexOf(']:', start);
  return colon !== -1 && colon < end;
}

/** Whether a line after a blank one may still belong to a list: indented, or one more item. */
export function mayContinue(code: number): boolean {
  const digit = code >= 48 && code <= 57;
  return code === 32 || code === 9 || code === 42 || code === 43 || code === 45 || digit;
}
