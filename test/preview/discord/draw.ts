import type { SeenMessage, ShownModal } from '../../servers/discord/server.ts';
import { type Html, html, nothing } from '../html.ts';
import { type Component, drawComponent } from './components.ts';
import { discordText } from './markdown.ts';

/** Messages as they stand in a channel or thread. */
export function drawMessages(
  messages: readonly SeenMessage[],
  names: (text: string) => string,
): Html {
  return html`<div class="discord channel">${messages.map((message) => drawMessage(message, names))}</div>`;
}

export function drawMessage(message: SeenMessage, names: (text: string) => string): Html {
  const { author, components, content, thinking, ephemeralFor } = message;
  const said =
    content === '' ? nothing : html`<div class="text">${discordText(names(content))}</div>`;
  return html`<div class="message ${ephemeralFor === undefined ? '' : 'ephemeral'}">
    <div class="avatar ${author.bot ? 'app' : 'person'}">${author.name.slice(0, 1).toUpperCase()}</div>
    <div class="body"><div class="head"><b>${author.name}</b>${author.bot ? html`<span class="tag">APP</span>` : nothing}<span class="time">Today at 10:24</span></div>
      ${thinking ? html`<div class="text"><i>● ● ● ${author.name} is thinking…</i></div>` : nothing}
      ${said}${components.map((component) => drawComponent(named(component, names)))}
      ${ephemeralFor === undefined ? nothing : html`<div class="note">Only you can see this • <a>Dismiss message</a></div>`}
    </div></div>`;
}

export function drawModal({ title, payload }: ShownModal): Html {
  const inputs = payload.components.map((component) =>
    drawComponent(component as unknown as Component),
  );
  return html`<div class="discord modal"><div class="title">${title}<span>✕</span></div>
    <div class="content">${inputs}</div>
    <div class="foot"><span class="button">Cancel</span><span class="button Primary">Submit</span></div></div>`;
}

/** The same component, with the people and places in its text named as the client does. */
function named(component: unknown, names: (text: string) => string): Component {
  const { content, ...rest } = component as Component & { readonly content?: string };
  return content === undefined ? rest : { ...rest, content: names(content) };
}
