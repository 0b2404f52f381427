import { toHtml } from 'hast-util-to-html';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { gfm } from 'micromark-extension-gfm';

/** HTML that was made here and not found somewhere. */
export type Html = { readonly html: string };

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/gu, (mark) => escapes[mark] ?? mark);

type Part = string | number | Html | readonly Html[];

/** A template in which everything is escaped but what is HTML already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rendered = strings.map((string, index) => {
    const part = parts[index];
    return part === undefined ? string : string + render(part);
  });
  return { html: rendered.join('') };
}

function render(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
}

export const nothing: Html = { html: '' };

/** Standard Markdown; raw HTML in it is left out. */
export function markdown(text: string): Html {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  return { html: toHtml(toHast(tree)) };
}

const thumb =
  'M2 10h3v9H2zM7 19V10l4-8c1.6 0 2.4 1 2 3l-.7 3.5H17c1.4 0 2.3 1.2 2 2.5l-1.5 6.5C17.2 18.4 16.5 19 15.5 19z';

/** Drawn, because a machine without an emoji font shows a box. */
export const thumbs = {
  up: { html: `<svg class="thumb" viewBox="0 0 20 20"><path d="${thumb}"/></svg>` },
  down: {
    html: `<svg class="thumb" viewBox="0 0 20 20"><path transform="rotate(180 10 10)" d="${thumb}"/></svg>`,
  },
} satisfies Readonly<Record<string, Html>>;
