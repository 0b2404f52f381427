/** Text that is HTML already; everything else is written so that it shows as it is. */
export type Html = { readonly html: string };

type Part = Html | string | number | null | readonly Html[];

/** A template for HTML: what is put into it is text, unless it came from this template. Quote every attribute. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((text, next, at) => text + written(parts[at - 1] ?? null) + next) };
}

function written(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'html' in part ? part.html : part.map((each) => each.html).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/gu, (character) => entities[character] ?? '');
