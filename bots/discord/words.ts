import type { Say } from '../strings/strings.ts';
import catalogue from './words.json' with { type: 'json' };

export type Word = keyof (typeof catalogue)['en'];

/** What only the Discord bot says, in the language of `say`. */
export function word(say: Say, key: Word, values: Readonly<Record<string, string>> = {}): string {
  return catalogue[say.language][key].replace(
    /\{(\w+)\}/gu,
    (whole, name: string) => values[name] ?? whole,
  );
}
