import { stringsFor } from '../strings/strings.ts';

/**
 * Whether somebody types that an answer should stop, in their own language or in English: where a platform lets
 * text grow there is no room for a button.
 */
export function saysStop(text: string, locale: string | null): boolean {
  const said = text
    .toLowerCase()
    .replace(/[\s.!。！]+/gu, ' ')
    .trim();
  return [stringsFor(locale), stringsFor('en')].some((say) =>
    say('stop.words')
      .split(',')
      .some((word) => word.trim() === said),
  );
}
