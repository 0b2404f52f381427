import { type Html, html, markdown, nothing, thumbs } from '../html.ts';
import { mrkdwn } from './mrkdwn.ts';

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

const many = (value: unknown): readonly Block[] => (Array.isArray(value) ? value : []);
const one = (value: unknown): Block => value as Block;
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

type Draw = (block: Block) => Html;

/** Every block that the twin sends; one that is not here has never been looked at. */
const blocks: Readonly<Record<string, Draw>> = {
  markdown: (block) => html`<div class="text">${markdown(word(block['text']))}</div>`,
  section: (block) => html`<div class="text">${text(block['text'])}</div>`,
  header: (block) => html`<h2>${text(block['text'])}</h2>`,
  context: (block) => html`<div class="context">${many(block['elements']).map(drawElement)}</div>`,
  divider: () => html`<hr>`,
  actions: (block) => html`<div class="actions">${many(block['elements']).map(drawElement)}</div>`,
  context_actions: (block) =>
    html`<div class="actions small">${many(block['elements']).map(drawElement)}</div>`,
  input: (block) => html`<div class="input">
    <label>${text(block['label'])}${block['optional'] === true ? html` <small>(optional)</small>` : nothing}</label>
    ${drawElement(one(block['element']))}</div>`,
  task_card: (block) =>
    html`<div class="task ${word(block['status'])}">${word(block['title'])}</div>`,
  rich_text: (block) => html`<div class="text">${many(block['elements']).map(drawElement)}</div>`,
};

const elements: Readonly<Record<string, Draw>> = {
  mrkdwn: (element) => text(element),
  plain_text: (element) => text(element),
  button: (element) =>
    html`<span class="button ${word(element['style'])}">${text(element['text'])}</span>`,
  feedback_buttons: () =>
    html`<span class="button">${thumbs.up}</span><span class="button">${thumbs.down}</span>`,
  radio_buttons: (element) => {
    const chosen = one(element['initial_option'] ?? {})['value'];
    return html`${many(element['options']).map(
      (option) =>
        html`<div class="radio">${option['value'] === chosen ? '◉' : '○'} ${text(option['text'])}</div>`,
    )}`;
  },
  plain_text_input: (element) =>
    html`<div class="field ${element['multiline'] === true ? 'tall' : ''}">${
      word(element['initial_value']) === ''
        ? html`<i>${element['placeholder'] === undefined ? nothing : text(element['placeholder'])}</i>`
        : word(element['initial_value'])
    }</div>`,
  number_input: (element) => html`<div class="field">${word(element['initial_value'])}</div>`,
  multi_static_select: (element) => {
    const chosen = many(element['initial_options']).map((option) => text(option['text']));
    return html`<div class="field">${
      chosen.length > 0 ? chosen : html`<i>${text(element['placeholder'])}</i>`
    } ▾</div>`;
  },
  conversations_select: (element) =>
    html`<span class="button">${text(element['placeholder'])} ▾</span>`,
  rich_text_section: (element) => html`${many(element['elements']).map(drawElement)}`,
  text: (element) => html`${word(element['text'])}`,
  user: (element) => html`<span class="mention">@${word(element['name'])}</span>`,
};

/** @throws Error for a type that was never looked at. */
export const drawBlock: Draw = (block) => drawn(blocks, block, 'block');
const drawElement: Draw = (element) => drawn(elements, element, 'element');

function drawn(known: Readonly<Record<string, Draw>>, what: Block, kind: string): Html {
  const draw = known[what.type];
  if (draw === undefined) throw new Error(`No way to draw Slack's ${kind} ${what.type}.`);
  return draw(what);
}

function text(value: unknown): Html {
  const { type, text: words } = one(value);
  return type === 'mrkdwn' ? mrkdwn(word(words)) : html`${word(words)}`;
}
