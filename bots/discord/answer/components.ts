import { createHash } from 'node:crypto';
import { ButtonStyle, ComponentType, SeparatorSpacingSize } from 'discord.js';

export type Component = Readonly<Record<string, unknown>> & { readonly type: ComponentType };

/** One message's worth of components, from top to bottom. */
export type Page = readonly Component[];

/** What a text in one of our messages is; told by the lowest bits of its component id. */
export const roles = { answer: 1, sources: 2, quote: 3, note: 4, title: 5 } as const;
export type Role = keyof typeof roles;

const span = 64;

/**
 * Component ids of a turn begin here. They come back with the message, so that the answer to a turn is
 * recognised where it stands, by any process.
 */
export function firstId(turn: string): number {
  const hash = createHash('sha256').update(turn).digest().readUInt32BE() >>> 1;
  return Math.max(span, hash - (hash % span));
}

export const isOfTurn = (id: number | undefined, turn: string): boolean =>
  id !== undefined && id >= firstId(turn) && id < firstId(turn) + span;

export const roleOf = (id: number | undefined): Role | undefined =>
  (Object.keys(roles) as Role[]).find((role) => id !== undefined && id % span === roles[role]);

export function text(content: string, id?: number): Component {
  return { type: ComponentType.TextDisplay, ...(id === undefined ? {} : { id }), content };
}

export const separator: Component = {
  type: ComponentType.Separator,
  divider: true,
  spacing: SeparatorSpacingSize.Small,
};

export const row = (...components: readonly Component[]): Component => ({
  type: ComponentType.ActionRow,
  components,
});

/** Discord's limit of a button's label is 80 characters. */
export function button(
  customId: string,
  label: string,
  style: ButtonStyle = ButtonStyle.Secondary,
): Component {
  return { type: ComponentType.Button, custom_id: customId, label: label.slice(0, 80), style };
}

export const emojiButton = (customId: string, emoji: string): Component => ({
  type: ComponentType.Button,
  custom_id: customId,
  emoji: { name: emoji },
  style: ButtonStyle.Secondary,
});

/** The small grey line that Discord draws for `-#`. */
export const small = (line: string): string =>
  line
    .split('\n')
    .filter((one) => one.trim() !== '')
    .map((one) => `-# ${one}`)
    .join('\n');
