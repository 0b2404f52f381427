import type { Message, View } from '../../servers/slack/server.ts';
import { type Html, html, nothing } from '../html.ts';
import { type Block, drawBlock } from './blocks.ts';
import { mrkdwn } from './mrkdwn.ts';

/** How people and the twin are named in pictures. */
export type Names = (id: string) => string;

/** Messages as they stand in a channel or thread. */
export function drawMessages(messages: readonly Message[], names: Names): Html {
  return html`<div class="slack channel">${messages.map((message) => drawMessage(message, names))}</div>`;
}

export function drawMessage(message: Message, names: Names): Html {
  const { user, bot_id, ephemeralTo, blocks, text, stream } = message;
  const who = names(user);
  const people = blocks.map((block) => named(block, names) as Block);
  return html`<div class="message ${ephemeralTo === undefined ? '' : 'ephemeral'}">
    <div class="avatar ${bot_id === undefined ? 'person' : 'app'}">${who.slice(0, 1)}</div>
    <div class="body">
      ${ephemeralTo === undefined ? nothing : html`<div class="note">Only visible to you</div>`}
      <div class="head"><b>${who}</b>${bot_id === undefined ? nothing : html`<span class="tag">APP</span>`}<span class="time">10:24</span></div>
      ${people.length > 0 ? people.map(drawBlock) : html`<div class="text">${mrkdwn(mentionsNamed(text, names))}</div>`}
      ${stream?.state === 'in_progress' ? html`<span class="growing"></span>` : nothing}
    </div></div>`;
}

export function drawStatus(status: string, loading: readonly string[], name: string): Html {
  return html`<div class="slack channel"><div class="status"><b>${name}</b> ${status}<br><i>${loading.join(' → ')}</i></div></div>`;
}

export function drawView(view: View, names: Names): Html {
  const blocks = view.blocks.map((block) => drawBlock(named(block, names) as Block));
  if (view.type === 'home') return html`<div class="slack home">${blocks}</div>`;
  const label = (key: string) => (view.source[key] as { readonly text?: string } | undefined)?.text;
  const [submit, close] = [label('submit'), label('close')];
  return html`<div class="slack modal"><div class="title">${view.title}<span>✕</span></div>
    <div class="content">${blocks}</div>
    <div class="foot">${close === undefined ? nothing : html`<span class="button">${close}</span>`}${
      submit === undefined ? nothing : html`<span class="button primary">${submit}</span>`
    }</div></div>`;
}

export function drawPrompts(
  title: string | undefined,
  prompts: readonly { readonly title: string }[],
): Html {
  return html`<div class="prompts"><i>${title ?? ''}</i>${prompts.map(
    (prompt) => html`<span class="button">${prompt.title}</span>`,
  )}</div>`;
}

const mentionsNamed = (text: string, names: Names): string =>
  text.replace(/<([@#])(\w+)>/gu, (_, mark, id) => `<${mark}${id}|${names(id)}>`);

/** The same blocks, with people and channels named as the client does. */
function named(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return mentionsNamed(value, names);
  if (Array.isArray(value)) return value.map((one) => named(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, named(one, names)]);
  const { user_id } = value as { readonly user_id?: string };
  return Object.fromEntries(
    user_id === undefined ? entries : [...entries, ['name', names(user_id)]],
  );
}
