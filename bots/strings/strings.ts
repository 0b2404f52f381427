import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };
import ja from './ja.json' with { type: 'json' };
import { fill, type Values } from './message.ts';
import type { parameters } from './parameters.ts';
import pt from './pt.json' with { type: 'json' };

export type StringKey = keyof typeof en;

/** The languages shipped; pt is Brazilian Portuguese. */
export type Language = keyof typeof catalogues;

type Declared = typeof parameters;
type Value<Kind> = Kind extends 'number' ? number : string;

/** What a string is filled with; `undefined` for one without places. */
export type ParametersOf<Key extends StringKey> = Key extends keyof Declared
  ? { readonly [Name in keyof Declared[Key]]: Value<Declared[Key][Name]> }
  : undefined;

type Rest<Key extends StringKey> =
  ParametersOf<Key> extends undefined ? [] : [values: ParametersOf<Key>];

/** Interface strings in one language: `say('rate.person', { seconds: 12 })`. */
export type Say = {
  <Key extends StringKey>(key: Key, ...values: Rest<Key>): string;
  readonly language: Language;
  /** A day, such as "21 Nov 2026"; ISO 8601 or milliseconds since the epoch, shown in UTC. */
  date(at: string | number): string;
  /** How long ago, such as "3 hours ago", in the largest unit that fits; both in ms since the epoch. */
  ago(atMs: number, nowMs: number): string;
  number(value: number): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
};

export const catalogues = { en, de, es, fr, ja, pt } satisfies Record<
  string,
  Record<StringKey, string>
>;

/**
 * The strings for a locale as platforms and terminals write it (`pt-BR`, `en_US`, `ja`, `es-419`,
 * `de_DE.UTF-8`); English where it is unknown, absent or not a locale at all.
 */
export function stringsFor(locale: string | null | undefined): Say {
  const { language, tag } = understood(locale);
  const catalogue = catalogues[language];
  // Making one costs more than a whole answer's words: only those that are used are made.
  const numbers = lazily(() => new Intl.NumberFormat(tag));
  const plurals = lazily(() => new Intl.PluralRules(tag));
  const dates = lazily(
    () => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' }),
  );
  const relative = lazily(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
  const lists = lazily(() => new Intl.ListFormat(tag, { type: 'conjunction' }));
  const number = (value: number) => numbers().format(value);
  const formats = { number, plural: (value: number) => plurals().select(value) };
  const say = (key: StringKey, values: Values = {}) => fill(catalogue[key], values, formats);
  return Object.assign(say as <Key extends StringKey>(key: Key, ...values: Rest<Key>) => string, {
    language,
    number,
    date: (at: string | number) => readableDate(dates(), at),
    ago: (atMs: number, nowMs: number) => agoIn(relative(), atMs - nowMs),
    list: (items: readonly string[]) => lists().format(items),
  });
}

function lazily<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function understood(locale: string | null | undefined): { language: Language; tag: string } {
  try {
    const tag = new Intl.Locale((locale ?? 'en').replace(/[.@].*$/u, '').replaceAll('_', '-'));
    if (Object.hasOwn(catalogues, tag.language)) {
      return { language: tag.language as Language, tag: tag.baseName };
    }
  } catch {
    // Not a locale, such as POSIX's "C.UTF-8" or an empty string: English, as for an unknown one.
  }
  return { language: 'en', tag: 'en' };
}

/** A date that cannot be read is shown as it was written: better than no source line at all. */
function readableDate(format: Intl.DateTimeFormat, at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : format.format(date);
}

const units = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function agoIn(format: Intl.RelativeTimeFormat, differenceMs: number): string {
  const fitting = units.find(([, ms]) => Math.abs(differenceMs) >= ms);
  if (fitting === undefined) return format.format(Math.trunc(differenceMs / 1_000), 'second');
  return format.format(Math.trunc(differenceMs / fitting[1]), fitting[0]);
}
