import type { Block } from '../types.ts';

// Mentions, channels and links are control sequences already; everything else a person types is text.
const CONTROL = /<(?:[@#!][^<>\s]+|https?:\/\/[^<>]+)>/g;

/** What a person typed, as Slack hands it on in `text`: `&`, `<` and `>` are escaped outside of mentions and links. */
export function escaped(typed: string): string {
  return pieces(typed)
    .map(({ text, isControl }) =>
      isControl
        ? text
        : text
            .replace(/&(?!amp;|lt;|gt;)/g, '&amp;')
            .replaceAll('<', '&lt;')
            .replaceAll('>', '&gt;'),
    )
    .join('');
}

/** The same as the rich text that every message of a person carries. */
export function richText(typed: string): Block {
  const elements = pieces(typed).map(({ text, isControl }) => {
    const user = isControl ? /^<@([UW][A-Z0-9]+)/.exec(text)?.[1] : undefined;
    return user === undefined ? { type: 'text', text } : { type: 'user', user_id: user };
  });
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

function pieces(typed: string): readonly { readonly text: string; readonly isControl: boolean }[] {
  const found: { text: string; isControl: boolean }[] = [];
  let from = 0;
  for (const match of typed.matchAll(CONTROL)) {
    if (match.index > from) found.push({ text: typed.slice(from, match.index), isControl: false });
    found.push({ text: match[0], isControl: true });
    from = match.index + match[0].length;
  }
  if (from < typed.length) found.push({ text: typed.slice(from), isControl: false });
  return found;
}
