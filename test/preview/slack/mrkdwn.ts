import { type Html, html, thumbs } from '../html.ts';

const emoji: Readonly<Record<string, Html>> = { thumbsup: thumbs.up, thumbsdown: thumbs.down };

/** What a piece of Slack's own markup looks like, first match first. */
const marks: readonly (readonly [RegExp, (found: RegExpExecArray) => Html])[] = [
  [/^```\n?([\s\S]*?)\n?```/u, ([, code = '']) => html`<pre>${unescaped(code)}</pre>`],
  [/^`([^`\n]+)`/u, ([, code = '']) => html`<code>${unescaped(code)}</code>`],
  [
    /^<#(\w+)(?:\|([^>]*))?>/u,
    ([, id = '', name]) => html`<span class="mention">#${name ?? id}</span>`,
  ],
  [
    /^<@(\w+)(?:\|([^>]*))?>/u,
    ([, id = '', name]) => html`<span class="mention">@${name ?? id}</span>`,
  ],
  [
    /^<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>/u,
    ([, url = '', words]) => html`<a href="${unescaped(url)}">${mrkdwn(words ?? url)}</a>`,
  ],
  [/^\*(?!\s)([^*\n]+?)\*/u, ([, words = '']) => html`<b>${mrkdwn(words)}</b>`],
  [/^_(?!\s)([^_\n]+?)_/u, ([, words = '']) => html`<i>${mrkdwn(words)}</i>`],
  [/^~(?!\s)([^~\n]+?)~/u, ([, words = '']) => html`<s>${mrkdwn(words)}</s>`],
  [/^:([a-z_]+):/u, ([whole, name = '']) => emoji[name] ?? html`${whole}`],
  [/^\n/u, () => html`<br>`],
  [/^&(?:amp|lt|gt);/u, ([entity]) => html`${unescaped(entity)}`],
];

/** Marks count only at the beginning of a word, as on the platform. */
const atWordStart = /^[*_~]/u;

/** Slack's own markup as HTML. */
export function mrkdwn(text: string): Html {
  const [quoted] = /^(?:(?:>|&gt;) ?.*(?:\n|$))+/u.exec(text) ?? [];
  if (quoted === undefined) return inline(text);
  const words = quoted.replace(/^(?:>|&gt;) ?/gmu, '').trimEnd();
  return html`<blockquote>${inline(words)}</blockquote>${inline(text.slice(quoted.length))}`;
}

function inline(text: string): Html {
  const out: Html[] = [];
  let plain = '';
  let rest = text;
  while (rest !== '') {
    const inWord = /[\p{L}\p{N}]$/u.test(plain) && atWordStart.test(rest);
    const found = inWord ? undefined : firstOf(rest);
    if (found === undefined) {
      plain += rest[0];
      rest = rest.slice(1);
      continue;
    }
    out.push(html`${plain}`, found.html);
    plain = '';
    rest = rest.slice(found.length);
  }
  return html`${[...out, html`${plain}`]}`;
}

function firstOf(text: string): { readonly html: Html; readonly length: number } | undefined {
  for (const [pattern, draw] of marks) {
    const found = pattern.exec(text);
    if (found) return { html: draw(found), length: found[0].length };
  }
  return undefined;
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
