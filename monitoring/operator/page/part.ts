import type { Part } from '../part.ts';
import { type Html, html } from './html.ts';

/** What there is to show, or why it cannot be shown and what to do about it. */
export function partOf<T>(part: Part<T>, show: (value: T) => Html): Html {
  if ('value' in part) return show(part.value);
  const { message, hint, code } = part.problem;
  return html`<div class="problem"><p><strong>${message}</strong></p>
${hint === undefined ? null : html`<p>${hint}</p>`}<p><small>${code}. It is tried again each time the page is loaded.</small></p></div>`;
}
