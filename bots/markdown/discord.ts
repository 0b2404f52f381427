import type { LinkOptions } from './links.ts';
import { withoutDiscordPings, withoutFences } from './pings.ts';
import { type Flavour, renderMarkdown } from './render.ts';
import { escapedMarks, standard } from './standard.ts';
import { alignedTable } from './width.ts';

/** Markdown as Discord reads it. Nothing in it pings, and no link unfolds into a preview. */
export function discordMarkdown(markdown: string, options: LinkOptions = {}): string {
  return withoutDiscordPings(renderMarkdown(markdown, discord, options));
}

const discord: Flavour = {
  ...standard,
  text: escapedMarks,
  link: ({ inner, words, url, bare }) => {
    if (url.startsWith('mailto:'))
      return bare ? inner : `${inner} (${url.slice('mailto:'.length)})`;
    if (bare) return `<${url}>`;
    // Discord shows a masked link as it was typed when its label looks like an address itself.
    return /:\/\/|www\./iu.test(words)
      ? `${words.replace(/[\\`*_~[\]|<>]/gu, ' ')} <${url}>`
      : `[${inner}](<${url}>)`;
  },
  lineBreak: '\n',
  heading: (depth, inner) => (depth <= 3 ? `${'#'.repeat(depth)} ${inner}` : `**${inner}**`),
  boldHeading: (depth) => depth > 3,
  rule: '———',
  checkbox: (checked) => (checked ? '☑ ' : '☐ '),
  table: (rows, alignments) => {
    const words = rows.map((row) => row.map((cell) => cell.words));
    return `\`\`\`\n${withoutFences(alignedTable(words, alignments))}\n\`\`\``;
  },
};
