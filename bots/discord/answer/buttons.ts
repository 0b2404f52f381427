import type { Say } from '../../strings/strings.ts';
import { button, type Component, emojiButton, row } from './components.ts';
import type { AnswerState } from './state.ts';

const prefix = 'twin';

/** At most 100 characters: a turn has 36. */
export const customId = (action: string, about: string): string => `${prefix}:${action}:${about}`;

/** What one of our buttons, selects or forms is for; undefined for anything else. */
export function readCustomId(id: string): { action: string; about: string } | undefined {
  const [ours, action, ...about] = id.split(':');
  if (ours !== prefix || action === undefined) return undefined;
  return { action, about: about.join(':') };
}

/** What can be done with an answer as it stands now. */
export function buttonsFor(
  turn: string,
  { end, parts }: AnswerState,
  say: Say,
  resolvable: boolean,
): readonly Component[] {
  if (end === null) return [row(button(customId('stop', turn), say('button.stop')))];
  const again = button(customId('again', turn), say('button.regenerate'));
  if (end.type === 'stopped') return end.reason === 'deleted' ? [] : [row(again)];
  if (end.type === 'error') return end.error.retryable || parts.length > 0 ? [row(again)] : [];
  const thumbs = [
    emojiButton(customId('up', turn), '👍'),
    emojiButton(customId('down', turn), '👎'),
  ];
  if (end.outcome === 'abstained') return [row(...thumbs)];
  return [
    row(
      ...thumbs,
      button(customId('shorter', turn), say('button.shorter')),
      button(customId('longer', turn), say('button.detail')),
      again,
    ),
    ...(resolvable ? [row(button(customId('resolve', turn), say('button.resolve')))] : []),
  ];
}
