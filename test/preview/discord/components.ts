import { ButtonStyle, ComponentType } from 'discord.js';
import { type Html, html, nothing, thumbs } from '../html.ts';
import { discordText } from './markdown.ts';

export type Component = Readonly<Record<string, unknown>> & { readonly type: number };

const many = (value: unknown): readonly Component[] => (Array.isArray(value) ? value : []);
const one = (value: unknown): Component => value as Component;
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

type Draw = (component: Component) => Html;

/** Every component that the twin sends; one that is not here has never been looked at. */
const components: Readonly<Record<number, Draw>> = {
  [ComponentType.TextDisplay]: (text) =>
    html`<div class="text">${discordText(word(text['content']))}</div>`,
  [ComponentType.Separator]: (separator) =>
    separator['divider'] === false ? html`<div class="gap"></div>` : html`<hr>`,
  [ComponentType.ActionRow]: (row) =>
    html`<div class="actions">${many(row['components']).map(drawComponent)}</div>`,
  [ComponentType.Button]: (button) =>
    html`<span class="button ${ButtonStyle[Number(button['style'])] ?? ''}">${emojiOf(button)}${word(button['label'])}</span>`,
  [ComponentType.StringSelect]: (select) => {
    const options = many(select['options']);
    const chosen = options.filter((option) => option['default'] === true);
    const words = chosen.map((option) => word(option['label'])).join(', ');
    return html`<div class="field">${words || word(select['placeholder']) || 'Make a selection'} ▾</div>`;
  },
  [ComponentType.Label]: (label) => html`<div class="input"><label>${word(label['label'])}</label>
    ${drawComponent(one(label['component']))}</div>`,
  [ComponentType.TextInput]: (input) =>
    html`<div class="field ${input['style'] === 2 ? 'tall' : ''}">${
      word(input['value']) || html`<i>${word(input['placeholder'])}</i>`
    }</div>`,
};

const drawnEmoji: Readonly<Record<string, Html>> = { '👍': thumbs.up, '👎': thumbs.down };

/** @throws Error for a type that was never looked at. */
export const drawComponent: Draw = (component) => {
  const draw = components[component.type];
  if (draw === undefined) {
    throw new Error(
      `No way to draw Discord's component ${ComponentType[component.type] ?? component.type}.`,
    );
  }
  return draw(component);
};

function emojiOf(button: Component): Html {
  const { name } = one(button['emoji'] ?? {});
  if (name === undefined) return nothing;
  return drawnEmoji[word(name)] ?? html`${word(name)} `;
}
