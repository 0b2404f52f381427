/** Names for the ids in a text; null where one is not known. */
export type Names = (user: string) => string | null;

const token = /<([^<>\n]*)>/gu;

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** Slack's escapes undone: exactly three characters travel as entities. */
export function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/gu, (entity) => entities[entity] ?? entity);
}

/** People that a text mentions, in order; groups and everybody not counted. */
export function mentionedIn(text: string): readonly string[] {
  return [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/gu)].map(([, user = '']) => user);
}

/** Whether a text calls people as a group: `@here`, `@channel`, a user group. */
export function callsGroups(text: string): boolean {
  return /<!(?:here|channel|everyone|subteam\^)/u.test(text);
}

/** A message as a person reads it, as Markdown: links, names and channels in words. */
export function readableText(text: string, names: Names): string {
  return unescaped(text.replace(token, (_whole, inner: string) => readable(inner, names)));
}

/** The same without the mention of the bot itself. */
export function questionText(text: string, bot: string, names: Names): string {
  const mention = new RegExp(`[^\\S\\n]*<@${bot}(?:\\|[^<>]*)?>[:,]?[^\\S\\n]*`, 'gu');
  return readableText(text.replace(mention, ' '), names).trim();
}

function readable(inner: string, names: Names): string {
  const [target = '', ...rest] = inner.split('|');
  const label = rest.join('|');
  const mark = target[0];
  if (mark === '@') return `@${label || names(target.slice(1)) || 'someone'}`;
  if (mark === '#') return `#${label || target.slice(1)}`;
  if (mark === '!') return special(target.slice(1), label);
  if (label === '' || label === target) return target.replace(/^mailto:/u, '');
  if (target === `mailto:${label}` || target.replace(/^https?:\/\//u, '') === label) return label;
  return `[${label}](${target})`;
}

function special(target: string, label: string): string {
  if (/^(?:here|channel|everyone)$/u.test(target)) return `@${target}`;
  if (target.startsWith('subteam^'))
    return label === '' ? '@group' : `@${label.replace(/^@/u, '')}`;
  return label === '' ? target : label;
}
