import { MessageFlags } from 'discord.js';
import type { FieldError } from '../rest/errors.ts';
import { type Component, walk } from '../world/components.ts';
import { componentErrors } from './components.ts';

/** The fields of a message that limits are about. */
export type Draft = {
  readonly content?: string | null;
  readonly embeds?: readonly Record<string, unknown>[] | null;
  readonly components?: readonly Component[] | null;
  readonly flags?: number | null;
  readonly attachments?: readonly unknown[] | null;
  readonly allowed_mentions?: Mentions | null;
};

export type Mentions = {
  readonly parse?: readonly string[] | null;
  readonly users?: readonly string[] | null;
  readonly roles?: readonly string[] | null;
  readonly replied_user?: boolean | null;
};

type File = { readonly filename: string };

const CONTENT = 2000;
const EMBEDS = 6000;
const COMPONENTS_TEXT = 4000;
const COMPONENTS = 40;
const ATTACHMENTS = 10;

/** Documented limits of a message which the OpenAPI document does not state; `v2` once it is as it will be. */
export function messageErrors(draft: Draft, v2: boolean, files: readonly File[]): FieldError[] {
  const errors: FieldError[] = [];
  const add = (path: (string | number)[], code: string, message: string) =>
    errors.push({ path, code, message });
  if (characters(draft.content ?? '') > CONTENT) {
    add(['content'], 'BASE_TYPE_MAX_LENGTH', `Must be ${CONTENT} or fewer in length.`);
  }
  if (files.length > ATTACHMENTS)
    add(['files'], 'BASE_TYPE_MAX_LENGTH', `Must be ${ATTACHMENTS} or fewer.`);
  if (embedCharacters(draft.embeds ?? []) > EMBEDS) {
    add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${EMBEDS}`);
  }
  if (v2 && (draft.content || draft.embeds?.length)) {
    const field = draft.content ? 'content' : 'embeds';
    const message =
      'The `content` and `embeds` fields cannot be used with MessageFlags.IS_COMPONENTS_V2.';
    add([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
  }
  const tree = draft.components ?? [];
  errors.push(...componentErrors(tree, v2));
  if (v2) errors.push(...totals(tree), ...unattached(tree, files));
  return errors;
}

function totals(tree: readonly Component[]): FieldError[] {
  const errors: FieldError[] = [];
  const all = [...walk(tree)].map(({ component }) => component);
  const path = ['components'];
  if (all.length > COMPONENTS) {
    const message = `The maximum number of components in a message is ${COMPONENTS} (there are ${all.length}).`;
    errors.push({ path, code: 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message });
  }
  const text = all.reduce(
    (sum, { type, content }) => sum + (type === 10 ? characters(String(content)) : 0),
    0,
  );
  if (text > COMPONENTS_TEXT) {
    const message = `The text of all components together must be ${COMPONENTS_TEXT} or fewer (it is ${text}).`;
    errors.push({ path, code: 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message });
  }
  return errors;
}

/** Files that components show must come with the message. */
function unattached(tree: readonly Component[], files: readonly File[]): FieldError[] {
  const attached = new Set(files.map(({ filename }) => `attachment://${filename}`));
  return [...walk(tree)].flatMap(({ component, path }) => {
    const media = [
      component['file'],
      component['media'],
      ...((component['items'] ?? []) as Item[]),
    ];
    const urls = media.map((one) => (one as Media)?.url ?? (one as Item)?.media?.url);
    const missing = urls.some((url) => url?.startsWith('attachment://') && !attached.has(url));
    const message = 'The referenced attachment was not found';
    if (!missing) return [];
    return [
      {
        path: ['components', ...path],
        code: 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
        message,
      },
    ];
  });
}

type Media = { readonly url?: string } | undefined;
type Item = { readonly media?: Media };

function embedCharacters(embeds: readonly Record<string, unknown>[]): number {
  let sum = 0;
  for (const embed of embeds) {
    sum +=
      characters(String(embed['title'] ?? '')) + characters(String(embed['description'] ?? ''));
    for (const field of (embed['fields'] ?? []) as { name: string; value: string }[]) {
      sum += characters(field.name) + characters(field.value);
    }
    sum += characters((embed['footer'] as { text?: string } | undefined)?.text ?? '');
    sum += characters((embed['author'] as { name?: string } | undefined)?.name ?? '');
  }
  return sum;
}

/** Why a message could ping, or undefined: every one must say `allowed_mentions: {parse: []}`. */
export function couldPing({ allowed_mentions: mentions, ...draft }: Draft): string | undefined {
  if (!draft.content && !draft.components?.length && !draft.embeds?.length) return undefined;
  if (!mentions) return 'allowed_mentions is missing: everything the text names would be pinged';
  if (!mentions.parse) return 'allowed_mentions has no parse: []';
  if (mentions.parse.length > 0)
    return `allowed_mentions lets the text ping ${mentions.parse.join(', ')}`;
  const named = [...(mentions.users ?? []), ...(mentions.roles ?? [])];
  return named.length > 0 ? `allowed_mentions lets the text ping ${named.join(', ')}` : undefined;
}

/** Discord counts Unicode characters, not UTF-16 units. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

export function isV2(flags: number): boolean {
  return (flags & MessageFlags.IsComponentsV2) !== 0;
}
