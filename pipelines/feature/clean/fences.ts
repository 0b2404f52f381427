export type Part = { readonly text: string; readonly code: boolean };

const fenceLine =
  /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)$|^ {0,3}<!--(?:[\s\S]*?-->|[\s\S]*)/gm;

/** Fenced code blocks and what stands between them; a block that is not closed is closed at the end. */
export function splitFences(markdown: string): Part[] {
  if (!markdown.includes('```') && !markdown.includes('~~~')) {
    return [{ text: markdown, code: false }];
  }
  const parts: Part[] = [];
  let from = 0;
  let open: { readonly marker: string; readonly start: number } | undefined;
  const next = new RegExp(fenceLine);
  for (let match = next.exec(markdown); match; match = next.exec(markdown)) {
    const [line = '', marker = '', info = ''] = match;
    if (marker === '') {
      // A comment hides fences, and a fence hides comments: in code only its own line is passed over.
      if (open) next.lastIndex = match.index + 4;
      continue;
    }
    if (!open) {
      if (marker.startsWith('`') && info.includes('`')) continue;
      parts.push({ text: markdown.slice(from, match.index), code: false });
      open = { marker, start: match.index };
    } else if (marker.startsWith(open.marker) && info.trim() === '') {
      from = match.index + line.length;
      parts.push({ text: markdown.slice(open.start, from), code: true });
      open = undefined;
    }
  }
  if (open) {
    // A marker of absurd length is not repeated: closing must cost next to nothing.
    const closing = open.marker.length <= 8 ? `\n${open.marker}` : '';
    const text = markdown.slice(open.start).trimEnd() + closing;
    return [...parts, { text, code: true }];
  }
  return [...parts, { text: markdown.slice(from), code: false }];
}
